"""Pictures in other guises: what each switch does, and that the examples on the page follow the settings."""

from __future__ import annotations

import numpy as np
import pytest

from engine.augmentation import Augmentation

SWITCHES = {
    "flip": "both", "rotate": 30, "zoom": 0.3, "shift": 0.3, "brightness": 0.3, "contrast": 0.5, "rand_augment": True,
    "mixup": 0.4,
}  # fmt: skip


@pytest.fixture
def picture():
    """A bright corner on a dark ground, in colour."""
    pixels = np.full((20, 30, 3), 40, dtype="uint8")
    pixels[2:8, 3:12] = (250, 200, 30)
    return pixels


@pytest.fixture
def other(picture):
    return np.full_like(picture, 200)


@pytest.mark.parametrize(("name", "value"), SWITCHES.items())
@pytest.mark.parametrize("channels", [1, 3])
def test_every_switch_changes_pictures_and_keeps_their_shape(name, value, channels, picture, other):
    pixels, beside = picture[..., :channels], other[..., :channels]
    made = Augmentation.model_validate({name: value}).examples(pixels, 8, other=beside)
    assert all(each.shape == pixels.shape and each.dtype == np.uint8 for each in made)
    assert any((each != pixels).any() for each in made)


def test_without_a_switch_pictures_stay_as_they_are(picture, other):
    for made in Augmentation().examples(picture, 3, other=other):
        np.testing.assert_array_equal(made, picture)


def test_sideways_never_turns_over(picture, other):
    for made in Augmentation(flip="sideways").examples(picture, 20, other=other):
        assert made[:10].max() == 250
        assert made[10:].max() == 40


def test_a_shift_is_no_farther_than_it_says(picture, other):
    lit = [np.argwhere(made[..., 0] > 150) for made in Augmentation(shift=0.1).examples(picture, 30, other=other)]
    tops = {int(each[:, 0].min()) for each in lit}
    assert tops <= {0, 1, 2, 3, 4}
    assert len(tops) > 2
