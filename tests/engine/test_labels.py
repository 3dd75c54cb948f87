"""Cells that hold several labels: separators, lists, and what is no label at all. Fits nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.errors import BadTable
from engine.labels import clearly_several, flags, joined, parted, separator_between, separator_of, several
from engine.targets.labels import SeveralOfMany


def cells(*values: str, times: int = 3) -> dict[str, int]:
    return dict.fromkeys(values, times)


@pytest.mark.parametrize(
    ("cell", "separator", "labels"),
    [
        ("Drama; Sci-fi ;Drama", "; ", ("Drama", "Sci-fi")),
        ("红，蓝", "，", ("红", "蓝")),
        ("big dogs|small cats|", "|", ("big dogs", "small cats")),
        ("['a b', \"c\"]", ", ", ("a b", "c")),
        ("[a; b]", ";", ("a", "b")),
        ("[]", ";", ()),
        ("none", ";", ("none",)),
        ("'tis; [x", ";", ("'tis", "[x")),
    ],
)
def test_a_cell_is_parted_into_its_labels(cell: str, separator: str, labels: tuple[str, ...]) -> None:
    assert parted(cell, separator) == labels


def test_labels_come_back_from_the_cell_they_are_joined_in() -> None:
    for names in ((), ("a",), ("中 文", "b c")):
        assert parted(joined(names, "; "), "; ") == names


@pytest.mark.parametrize(
    ("values", "separator"),
    [
        (("a;b", "b;c", "a"), ";"),
        (("a, b", "b, c", "a"), ", "),
        (("红、蓝", "蓝、绿", "红"), "、"),
        (("Smith, John; Doe, Jane", "Doe, Jane; Roe, Ann", "Roe, Ann; Smith, John"), "; "),
        (("a|b", "b|c", "a, or else"), "|"),
        (("a", "b", "c"), None),
    ],
)
def test_the_separator_is_the_one_that_explains_the_cells(values: tuple[str, ...], separator: str | None) -> None:
    assert separator_of(cells(*values)) == separator


def test_parts_of_a_name_are_not_several_answers_unless_somebody_says_so() -> None:
    names = cells(*(f"{last}, {first}" for last in ("Smith", "Doe", "Roe") for first in ("Anna", "John", "Ada")))
    assert not clearly_several(names)
    assert several(names) == 6
    assert clearly_several(cells("a, b", "b, c", "a, c", "c, d", "d, a"))


def test_labels_recombine_and_places_do_not() -> None:
    assert several(cells("a;b", "b;c", "a;c", "a;b;c")) == 3
    assert clearly_several(cells("a;b", "b;c", "a;c", "a;b;c"))
    assert several(cells("Paris, France", "Rome, Italy", "Lyon, France", "Nice, France")) == 0
    assert not clearly_several(cells("a", "b", "c", times=100) | cells("a;b", "b;c", "a;c"))
    assert several(cells("a", "b", "c", times=100) | cells("a;b", "b;c", "a;c")) == 3
    assert several(cells(*(f"remark {i}, made once" for i in range(40)), times=1)) == 0


def test_the_separator_is_found_again_from_labels_alone() -> None:
    assert separator_between(["a, b|c", "c"], ["[]"], names=("a, b", "c")) == "|"
    assert flags(["c|a, b", "[]", "c"], ("a, b", "c"), "|").tolist() == [[True, True], [False, False], [False, True]]


def test_a_row_without_labels_is_known_and_an_empty_cell_is_not() -> None:
    values = pd.Series(["old town;北京", "北京", "old town", "北京;rare", "[]", None, "rare two"])
    fitted = SeveralOfMany.fit("tags", values)
    assert (fitted.labels, fitted.left_out) == (("北京", "old town"), 2)
    assert fitted.encode(values).tolist() == [[1, 1], [1, 0], [0, 1], [1, 0], [0, 0], [-1, -1], [-1, -1]]
    assert fitted.encode(pd.Series(["never seen", "北京 ; never seen"])).tolist() == [[-1, -1], [1, 0]]


def test_the_same_labels_in_every_row_are_refused() -> None:
    with pytest.raises(BadTable, match="same labels in every training row"):
        SeveralOfMany.fit("tags", pd.Series(["a;b", "b;a"] * 5))


def test_answers_are_written_as_the_column_writes_them() -> None:
    fitted = SeveralOfMany.fit("tags", pd.Series(["红, big dogs", "红", "big dogs", "[]"] * 3))
    scores = np.array([[2.0, 3.0], [-2.0, -3.0], [-1.0, 1.0]], dtype="float32")
    frame = fitted.decode(scores).frame()
    assert list(frame) == ["answer", *(f"probability of {name}" for name in fitted.labels)]
    assert frame["answer"].tolist() == [", ".join(fitted.labels), "[]", fitted.labels[1]]
    np.testing.assert_array_equal(fitted.encode(frame["answer"]), scores > 0)


def test_the_threshold_is_where_validation_rows_match_best() -> None:
    random = np.random.default_rng(0)
    odds = random.normal(-2.5, 1.5, (4000, 6))
    truth = (random.random(odds.shape) < 1 / (1 + np.exp(-odds))).astype("int8")
    fitted = SeveralOfMany(name="tags", labels=tuple("abcdef"), separator=";")
    steered = fitted.calibrate(truth[:2000], odds[:2000])
    assert steered.temperature == pytest.approx(1, abs=0.1)
    assert 0.2 < steered.threshold < 0.45
    assert steered.score(truth[2000:], odds[2000:]) > fitted.score(truth[2000:], odds[2000:]) + 0.05
