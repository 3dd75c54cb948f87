"""Encoded rows on disk, and the order in which they are learned from. Knows no Keras.

A folder holds one part (training, validation or test): a memory-mapped array for each kind of column, the truth, and
the rows' ids. Rows are shuffled once when written, so that reading blocks in order is already reading at random.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from engine.encoding import Encoded, take

BLOCK_ROWS = 1 << 18
"""Rows that are shuffled among themselves: all, for most tables; above that, block by block: reading stays local."""
ZEROS = 1 << 20  # bytes written at once


def write_part(
    folder: Path,
    encode: Callable[[np.ndarray], Encoded],
    truth: np.ndarray,
    row_ids: np.ndarray,
    *,
    seed: int,
    rows_at_once: int = BLOCK_ROWS,
) -> None:
    """Writes one part, its rows shuffled by `seed` whatever their order was.

    `encode` is asked for the rows at some places of the part, few enough to be held in memory. Raises OSError when
    the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    order = np.random.default_rng(seed).permutation(len(truth))
    written: Encoded = {}
    for start in range(0, max(1, len(order)), rows_at_once):
        block = slice(start, start + rows_at_once)
        for kind, array in encode(order[block]).items():
            if kind not in written:
                written[kind] = _room(folder / f"{kind}.input.npy", array.dtype, (len(order), array.shape[1]))
            written[kind][block] = array
    np.save(folder / "truth.npy", truth[order])
    np.save(folder / "rows.npy", row_ids[order])


def _room(file: Path, dtype: np.dtype[Any], shape: tuple[int, int]) -> np.ndarray:
    """A new file, memory-mapped, with all of its room on the disk: a full one would end the process later (SIGBUS)."""
    array: np.memmap[Any, np.dtype[Any]] = np.lib.format.open_memmap(file, "w+", dtype, shape)
    size = file.stat().st_size
    with file.open("r+b") as opened:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(opened.fileno(), 0, size)
        else:  # macOS gives room only for what is written
            opened.seek(array.offset)
            for at in range(array.offset, size, ZEROS):
                opened.write(bytes(min(ZEROS, size - at)))
    return array


@dataclass(frozen=True)
class Segment:
    """Rows for the next steps: `inputs` packed arrays, `truth` (rows, …) and `weights` (rows,)."""

    inputs: Encoded
    truth: np.ndarray
    weights: np.ndarray | None


@dataclass(frozen=True)
class Fed:
    """One part, opened. `balanced` weighs rows so that every class counts the same."""

    folder: Path
    seed: int
    balanced: bool = False
    _orders: dict[int, np.ndarray] = field(default_factory=dict, repr=False, compare=False)

    def encoded(self) -> Encoded:
        """All rows, memory-mapped."""
        return self._arrays

    def truth(self) -> np.ndarray:
        """Encoded truth (rows, …)."""
        return self._truth

    def row_ids(self) -> np.ndarray:
        """The permanent ids of the rows (rows,)."""
        ids: np.ndarray = np.load(self.folder / "rows.npy")
        return ids

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self._truth)

    def weights(self) -> np.ndarray | None:
        """(rows,) float32 with mean 1, or None when all rows count the same."""
        if not self.balanced:
            return None
        counts = np.bincount(self._truth)
        weights: np.ndarray = (len(self._truth) / (np.count_nonzero(counts) * counts[self._truth])).astype("float32")
        return weights

    def segment(self, start: int, rows: int) -> Segment:
        """`rows` rows from place `start` of the endless stream: epochs through all rows, each in an order of its own.

        The stream depends on the seed alone, so training that goes on from a place meets the same rows.
        """
        places = []
        while rows:
            epoch, at = divmod(start, self.rows)
            chunk = self._order(epoch)[at : at + rows]
            places.append(chunk)
            start, rows = start + len(chunk), rows - len(chunk)
        chosen = np.concatenate(places)
        return Segment(
            take(self._arrays, chosen), self._truth[chosen], None if self._weights is None else self._weights[chosen]
        )

    def _order(self, epoch: int) -> np.ndarray:
        if epoch not in self._orders:
            random = np.random.default_rng((self.seed, epoch))
            starts = random.permutation(np.arange(0, self.rows, BLOCK_ROWS)).tolist()
            blocks = [s + random.permutation(min(BLOCK_ROWS, self.rows - s)) for s in starts]
            self._orders.clear()
            self._orders[epoch] = np.concatenate(blocks)
        return self._orders[epoch]

    @cached_property
    def _arrays(self) -> Encoded:
        files = sorted(self.folder.glob("*.input.npy"))
        return {f.name.removesuffix(".input.npy"): np.load(f, mmap_mode="r") for f in files}

    @cached_property
    def _truth(self) -> np.ndarray:
        truth: np.ndarray = np.load(self.folder / "truth.npy")
        return truth

    @cached_property
    def _weights(self) -> np.ndarray | None:
        return self.weights()
