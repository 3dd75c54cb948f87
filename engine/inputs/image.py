"""Pictures."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd

from engine.encoders import Frame
from engine.inputs._base import FormField, InputColumn, Values
from engine.table.pictures import load, measure

LARGEST = 224
MEASURED = 200  # pictures that show the usual size
CHUNK = 16  # pictures that a thread decodes in a row
# Bytes of a decoded picture. Below that, threads wait for Python's lock longer than Pillow computes without it: of
# 28 × 28 pixels two threads decode fewer a second than one (measured), of 128 × 128 a third more.
WORTH_THREADS = 100 * 100 * 3


class Image(InputColumn):
    """Pixels of one size, row by row: height × width × channels bytes a picture; a missing one is black."""

    kind: Literal["image"] = "image"
    height: int
    wide: int
    channels: Literal[1, 3]

    dtype: ClassVar[str] = "uint8"
    tabular: ClassVar[bool] = False
    largest_batch: ClassVar[int] = 128

    @classmethod
    def fit(cls, name: str, values: pd.Series[Any], reading: Any = None) -> Self:
        """Learns the usual size and whether there is colour from training rows. `values` are paths, `reading` Frame."""
        frame: Frame = reading or Frame(size=None)
        paths = values.dropna()
        sizes = np.array([measure(path) for path in paths.iloc[:: max(1, len(paths) // MEASURED)]] or [(32, 32, 1)])
        width, height = np.median(sizes[:, :2], axis=0).round().astype(int).tolist()
        if frame.size:
            width = height = frame.size
        scale = min(1.0, LARGEST / max(width, height)) if not frame.size else 1.0
        return cls(
            name=name,
            height=max(8, round(height * scale)),
            wide=max(8, round(width * scale)),
            channels=3 if (sizes[:, 2] > 1).any() else 1,
        )

    def encode(self, values: Values) -> np.ndarray:
        """(rows, height × width × channels) uint8, from paths."""
        encoded = np.zeros((len(values), self.width), dtype="uint8")

        paths = np.asarray(values, dtype=object)

        def decode(rows: range) -> None:
            for row in rows:
                if isinstance(paths[row], str):
                    encoded[row] = load(paths[row], (self.wide, self.height), self.channels).reshape(-1)

        if self.width < WORTH_THREADS or len(paths) <= CHUNK:
            decode(range(len(paths)))
        else:
            chunks = [range(at, min(at + CHUNK, len(paths))) for at in range(0, len(paths), CHUNK)]
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(decode, chunks))
        return encoded

    def picture(self, encoded: np.ndarray) -> np.ndarray:
        """(height, width, channels) uint8, the pixels of one encoded row."""
        return encoded.reshape(self.height, self.wide, self.channels)

    @property
    def width(self) -> int:
        """Columns of the encoded array."""
        return self.height * self.wide * self.channels

    @property
    def field(self) -> FormField:
        """There is no typical picture."""
        return FormField(name=self.name, kind=self.kind, typical="")

    @classmethod
    def layers(cls, columns: Sequence[Self], options: Any) -> Any:
        """See the contract; `options` is an ImageEncoder."""

        def read(bytes_: Any) -> Any:
            from keras import layers

            features, start = [], 0
            for column in columns:
                part = bytes_[:, start : start + column.width]
                pixels = layers.Reshape((column.height, column.wide, column.channels))(part)
                pixels = options.augmentation.layers(layers.Rescaling(1 / 255)(pixels))
                features.append(options.features(pixels, column))
                start += column.width
            return layers.Concatenate()(features) if len(features) > 1 else features[0]

        return read
