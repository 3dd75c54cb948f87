"""Which parts of a picture an answer rests on, found by hiding them (occlusion, Zeiler & Fergus 2014).

Works on encoded rows and a callable; knows no model. What is hidden shows the mean of some training pictures instead.
"""

from __future__ import annotations

import numpy as np

from engine.encoding import Encoded, Place
from engine.explanation import Predict
from engine.inputs.image import Image
from engine.results import HeatMap
from engine.targets import Target

CELLS = 14  # of the map, along a side; at most one a pixel
WINDOW = 4  # cells along a side of what is hidden at once
MARKED = 0.15  # share of the picture that counts as marked
TRIALS = 16  # parts of the same size and shape that are hidden at random, to compare with
SMALLEST = 1e-6  # a probability below that is as good as none


def heat_map(
    predict: Predict, row: Encoded, background: Encoded, column: Image, place: Place, target: Target, *, seed: int = 0
) -> HeatMap:
    """What hiding each part of the picture in `column` takes from the answer to `row` (one row).

    Every cell has the mean over all windows that hide it: of the fall of the logarithm of the probability of the class
    answered or the label that is likeliest, or of how far the number moves. Then the warmest cells are hidden together,
    and beside them as many cells in the same shape elsewhere, which shows whether the map says something. `target` is
    calibrated.
    """
    down, across = min(CELLS, column.height), min(CELLS, column.wide)
    hider = _Hider(row, background, column, place, (down, across))
    windows = _windows(down, across)
    answers = target.decode(predict(hider.hide(np.concatenate([np.zeros((1, down, across), bool), windows]))))
    of = answers.followed()
    values = answers.values(of)
    if of is None:
        fallen = np.abs(values[1:] - values[0])
    else:
        logs = np.log(np.maximum(values, SMALLEST))
        fallen = logs[0] - logs[1:]
    cells = np.tensordot(fallen, windows.astype(float), axes=1) / windows.sum(axis=0)
    marked = cells >= np.quantile(cells, 1 - MARKED)
    hidden = np.concatenate([marked[None], _elsewhere(marked, np.random.default_rng(seed))])
    after = target.decode(predict(hider.hide(hidden))).values(of)
    return HeatMap(
        column=column.name,
        of=None if of is None else answers.choices[of],
        unit="number" if of is None else "probability",
        answer=float(values[0]),
        cells=tuple(tuple(float(cell) for cell in line) for line in cells),
        marked=float(marked.mean()),
        hidden=float(after[0]),
        elsewhere=float(after[1:].mean()),
    )


class _Hider:
    """Makes rows of one, with parts of its picture hidden."""

    def __init__(self, row: Encoded, background: Encoded, column: Image, place: Place, cells: tuple[int, int]) -> None:
        self._row, self._place = row, place
        self._part = slice(place.start, place.stop)
        self._picture = column.picture(row[place.kind][0, self._part])
        usual = background[place.kind][:, self._part].mean(axis=0).round().astype("uint8")
        self._usual = column.picture(usual)
        self._lines = np.arange(column.height) * cells[0] // column.height
        self._columns = np.arange(column.wide) * cells[1] // column.wide

    def hide(self, hidden: np.ndarray) -> Encoded:
        """`hidden` (rows, down, across) says which cells: a row each."""
        pixels = hidden[:, self._lines][:, :, self._columns][..., None]
        pictures = np.where(pixels, self._usual, self._picture)
        made = {kind: np.repeat(array, len(hidden), axis=0) for kind, array in self._row.items()}
        made[self._place.kind][:, self._part] = pictures.reshape(len(hidden), -1)
        return made


def _windows(down: int, across: int) -> np.ndarray:
    """(windows, down, across): every square of WINDOW cells, those that stand out over the edge too."""
    starts = [(i, j) for i in range(1 - WINDOW, down, 2) for j in range(1 - WINDOW, across, 2)]
    windows = np.zeros((len(starts), down, across), dtype=bool)
    for window, (i, j) in zip(windows, starts, strict=True):
        window[max(0, i) : i + WINDOW, max(0, j) : j + WINDOW] = True
    return windows


def _elsewhere(marked: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """(TRIALS, down, across): the same shape, moved around the picture, over its edges to the other side."""
    moved = [
        np.roll(marked, (random.integers(marked.shape[0]), random.integers(marked.shape[1])), axis=(0, 1))
        for _ in range(TRIALS)
    ]
    return np.stack(moved)
