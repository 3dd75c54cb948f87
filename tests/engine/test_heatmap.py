"""The heat map marks what an answer rests on. Fits nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.encoding import Place
from engine.heatmap import heat_map
from engine.inputs.image import Image
from engine.targets import TARGETS

COLUMN = Image(name="picture", height=28, wide=28, channels=1)
PLACE = Place("picture", "image", 0, COLUMN.width)
CORNER = np.s_[:, 2:10, 16:24]


def corner(encoded):
    """Scores that rest on the brightness of one corner alone."""
    pictures = encoded["image"].reshape(-1, 28, 28)
    return (pictures[CORNER].mean(axis=(1, 2)) / 255 * 8 - 4).astype("float32")[:, None]


@pytest.fixture
def row():
    random = np.random.default_rng(0)
    picture = random.integers(0, 256, (1, 28, 28))
    picture[CORNER] = 255
    return {"image": picture.reshape(1, -1).astype("uint8"), "number": np.zeros((1, 2), "float32")}


@pytest.fixture
def background():
    pictures = np.random.default_rng(1).integers(0, 80, (20, COLUMN.width))
    return {"image": pictures.astype("uint8"), "number": np.zeros((20, 2), "float32")}


def test_the_warmest_cells_are_where_the_answer_comes_from(row, background):
    target = TARGETS["binary"].fit("y", pd.Series(["no", "yes"]))
    found = heat_map(corner, row, background, COLUMN, PLACE, target)
    cells = np.array(found.cells)
    assert found.of == "yes"
    assert cells.shape == (14, 14)
    line, across = np.unravel_index(cells.argmax(), cells.shape)
    assert 1 <= line <= 4
    assert 8 <= across <= 11
    assert found.marked < 0.2


def test_hiding_what_is_marked_changes_the_answer_more_than_hiding_elsewhere(row, background):
    target = TARGETS["binary"].fit("y", pd.Series(["no", "yes"]))
    found = heat_map(corner, row, background, COLUMN, PLACE, target)
    assert found.hidden < 0.5 < found.elsewhere < found.answer


def test_numbers_have_a_map_too(row, background):
    target = TARGETS["number"].fit("y", pd.Series(np.arange(100.0)))
    calibrated = target.calibrate(np.linspace(-1, 1, 50), np.zeros((50, 1), "float32"))
    found = heat_map(corner, row, background, COLUMN, PLACE, calibrated)
    assert (found.of, found.unit) == (None, "number")
    assert abs(found.hidden - found.answer) > abs(found.elsewhere - found.answer)


def test_a_picture_of_few_pixels_has_a_cell_for_each(background):
    small = Image(name="picture", height=8, wide=10, channels=1)
    target = TARGETS["binary"].fit("y", pd.Series(["no", "yes"]))
    picture = {"image": np.arange(80, dtype="uint8")[None]}
    usual = {"image": np.zeros((3, 80), "uint8")}
    found = heat_map(
        lambda encoded: encoded["image"][:, :1] / 10.0, picture, usual, small, Place("picture", "image", 0, 80), target
    )
    assert np.array(found.cells).shape == (8, 10)
