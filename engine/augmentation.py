"""Changes of pictures that do not change what they show: a network meets each picture in ever new variations.

`layers` makes them for training, from Keras's own layers. `examples` makes some with Pillow and numpy, by the same
settings and ranges, for a person to look at: whoever draws a page must not load Keras. The two draw their own random
numbers, and RandAugment is drawn from the kinds of change that both have.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from engine.spec import Spec, setting

STRENGTH = 0.3  # of RandAugment, 0…1
CHANGES = 2  # of RandAugment, one after the other


class Augmentation(Spec):
    """Which changes, and how far they go. Only training pictures are changed."""

    flip: Literal["none", "sideways", "both"] = setting(
        "none",
        "Flip",
        "Sideways mirrors left and right, which suits photos, not digits or letters; both also turns upside down.",
    )
    rotate: int = setting(0, "Rotate", "Turned by so much at most, either way.", unit="°", ge=0, le=180, step=5)
    zoom: float = setting(0.0, "Zoom", "Larger or smaller by this share at most.", ge=0, le=0.5, step=0.05)
    shift: float = setting(
        0.0, "Shift", "Moved by this share of the picture at most, in any direction.", ge=0, le=0.5, step=0.05
    )
    brightness: float = setting(0.0, "Brightness", "Lighter or darker by this share at most.", ge=0, le=0.9, step=0.05)
    contrast: float = setting(0.0, "Contrast", "More or less contrast by this share at most.", ge=0, le=0.9, step=0.05)
    rand_augment: bool = setting(
        False,
        "Random changes",
        "Two changes of many kinds, chosen anew for each picture (RandAugment, Cubuk et al. 2020).",
    )
    mixup: float = setting(
        0.0,
        "MixUp",
        "Lays two pictures over each other, and wants both answers in proportion; the number says how evenly they are "
        "mixed, 0 not at all. For recipes with pictures alone (Zhang et al. 2018).",
        ge=0,
        le=1,
        step=0.1,
    )

    def layers(self, pixels: Any) -> Any:
        """Pixels (batch, height, width, channels) 0…1 changed in training, as they are otherwise. Imports Keras."""
        from keras import layers

        steps: list[Any] = []
        if self.flip != "none":
            steps.append(layers.RandomFlip("horizontal" if self.flip == "sideways" else "horizontal_and_vertical"))
        if self.rotate:
            steps.append(layers.RandomRotation(self.rotate / 360, fill_mode="nearest"))
        if self.zoom:
            steps.append(layers.RandomZoom((-self.zoom, self.zoom), fill_mode="nearest"))
        if self.shift:
            steps.append(layers.RandomTranslation(self.shift, self.shift, fill_mode="nearest"))
        if self.brightness:
            steps.append(layers.RandomBrightness(self.brightness, value_range=(0, 1)))
        if self.contrast:
            steps.append(layers.RandomContrast(self.contrast, value_range=(0, 1)))
        if self.rand_augment:
            steps.append(layers.RandAugment((0, 1), num_ops=CHANGES, factor=STRENGTH))
        for step in steps:
            pixels = step(pixels)
        return pixels

    def examples(self, pixels: np.ndarray, count: int, *, other: np.ndarray, seed: int = 0) -> list[np.ndarray]:
        """`count` changed copies of a picture (height, width, channels) uint8. `other` is what MixUp lays over it."""
        random = np.random.default_rng(seed)
        return [self._example(pixels, other, random) for _ in range(count)]

    def _example(self, pixels: np.ndarray, other: np.ndarray, random: np.random.Generator) -> np.ndarray:
        if self.mixup:
            share = random.beta(self.mixup, self.mixup)
            pixels = np.rint(share * pixels + (1 - share) * other).astype("uint8")
        picture = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
        if self.flip != "none" and random.random() < 0.5:
            picture = ImageOps.mirror(picture)
        if self.flip == "both" and random.random() < 0.5:
            picture = ImageOps.flip(picture)
        picture = _moved(
            picture,
            angle=random.uniform(-self.rotate, self.rotate),
            scale=1 + random.uniform(-self.zoom, self.zoom),
            shift=random.uniform(-self.shift, self.shift, 2),
        )
        lighter = np.asarray(picture, dtype=float) + 255 * random.uniform(-self.brightness, self.brightness)
        mean = lighter.mean(axis=(0, 1))
        sharper = (lighter - mean) * (1 + random.uniform(-self.contrast, self.contrast)) + mean
        picture = Image.fromarray(np.clip(sharper, 0, 255).astype("uint8"))
        for _ in range(CHANGES if self.rand_augment else 0):
            picture = _any_change(picture, random)
        return np.asarray(picture).reshape(pixels.shape)


def _moved(picture: Image.Image, *, angle: float, scale: float, shift: np.ndarray) -> Image.Image:
    """Turned around the centre, scaled and shifted; the edges go on outside."""
    if angle == 0 and scale == 1 and not shift.any():
        return picture
    width, height = picture.size
    edge = max(picture.size)
    pad = ((edge, edge), (edge, edge), (0, 0))[: 2 + (picture.mode == "RGB")]
    wide = Image.fromarray(np.pad(np.asarray(picture), pad, mode="edge"))
    turn = np.deg2rad(angle)
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    x, y = width / 2, height / 2
    across, down = edge + x - shift[0] * width, edge + y - shift[1] * height
    matrix = (cos, -sin, across - cos * x + sin * y, sin, cos, down - sin * x - cos * y)
    return wide.transform((width, height), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)


def _any_change(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    """One of the changes of RandAugment."""
    amount = random.uniform(-STRENGTH, STRENGTH)
    still = np.zeros(2)
    match random.integers(8):
        case 0:
            return _moved(picture, angle=0, scale=1, shift=random.uniform(-STRENGTH, STRENGTH, 2))
        case 1:
            return _moved(picture, angle=360 * amount / 2, scale=1, shift=still)
        case 2:
            return ImageEnhance.Brightness(picture).enhance(1 + amount)
        case 3:
            return ImageEnhance.Contrast(picture).enhance(1 + amount)
        case 4:
            return ImageEnhance.Sharpness(picture).enhance(1 + amount)
        case 5:
            return ImageOps.solarize(picture, round(255 * (1 - abs(amount))))
        case 6:
            return ImageOps.autocontrast(picture)
        case _:
            return ImageOps.equalize(picture)
