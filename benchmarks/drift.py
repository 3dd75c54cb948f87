"""False alarms and found changes of the rule that watches for drift, beside simpler rules, in simulated streams.

A stream is asked row by row about a model that learned from rows of the same world. Every 50 rows the last rows, at
most 2,000, are looked at, as the check of a model in use does. The columns are of the shapes that tables have: bells,
long tails, whole numbers with many zeros, few words, hundreds of words, many that occur once, rare yes, missing cells.

The rows of a stream are independent of each other, but for those that come many in a request: three cells in ten repeat
what the request has in common, such as its place or its day. Nothing else is simulated that makes rows alike: hours,
seasons, one source that asks all day. Columns are independent too. Looks overlap, so that of the share of streams in
which one ever rings much less is known than of looks.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.measuring import in_process, table
from engine.drift import FEWEST, drift, refer
from engine.inputs import INPUTS, InputColumn
from engine.results import DriftReport, Side
from services.checking import LOOK_AGAIN, MOST_OF_ONE, MOST_ROWS

LEARNED = (300, 1_000, 10_000)  # training rows
STREAMS, SHIFTED = 20, 8  # of each number of training rows, and of each shift
STREAM = 5_000  # rows
SHIFTS = (0.25, 0.5, 1.0)  # of a standard deviation, in one of the columns
SHIFTED_AT = 1_000
COPIES = 3  # of each shape: 24 columns
REQUESTS = (1, MOST_OF_ONE, 200, 2_000)  # rows each
CLUSTERED = ["rows of a request that count", "looks that ring, of 100", "streams, of 100"]
ALIKE = 0.3  # of the cells of a request repeat what it has in common: two rows are alike in 9 of 100

Shape = Callable[[np.random.Generator, int], Any]
Rule = Callable[[Side, int], bool]


def _zipf(words: int, power: float) -> Shape:
    chances = 1 / np.arange(1, words + 1) ** power
    chances /= chances.sum()
    names = np.array([f"w{i}" for i in range(words)], dtype=object)
    return lambda chance, rows: names[chance.choice(words, rows, p=chances)]


def _with_missing(chance: np.random.Generator, rows: int) -> Any:
    return np.where(chance.random(rows) < 0.1, np.nan, chance.normal(size=rows))


SHAPES: dict[str, tuple[str, Shape]] = {
    "bell": ("number", lambda chance, rows: chance.normal(size=rows)),
    "tail": ("number", lambda chance, rows: chance.lognormal(3, 1.2, rows)),
    "zeros": ("number", lambda chance, rows: chance.poisson(0.7, rows).astype(float)),
    "missing": ("number", _with_missing),
    "few": ("category", _zipf(5, 0.8)),
    "hundreds": ("category", _zipf(400, 0.5)),
    "once": ("category", _zipf(5_000, 1.1)),
    "rare": ("boolean", lambda chance, rows: np.where(chance.random(rows) < 0.03, "yes", "no").astype(object)),
}
COLUMNS = tuple(f"{shape} {i}" for shape in SHAPES for i in range(COPIES))

RULES: dict[str, Rule] = {
    "PSI from 0.1 on": lambda side, _sides: abs(side.psi or 0.0) >= 0.1,
    "PSI from 0.2 on": lambda side, _sides: abs(side.psi or 0.0) >= 0.2,
    "chance below 5 %, each column": lambda side, _sides: side.chance < 0.05,
    "chance below 5 %, shared out": lambda side, sides: side.chance < 0.05 / sides,
    "Loam": lambda side, _sides: side.change == "changed",
}


def frame_of(chance: np.random.Generator, rows: int) -> pd.DataFrame:
    """Rows of the world."""
    return pd.DataFrame({name: SHAPES[name.split()[0]][1](chance, rows) for name in COLUMNS})


def fitted(train: pd.DataFrame) -> tuple[InputColumn, ...]:
    """The columns as a run fits them."""
    return tuple(INPUTS[SHAPES[name.split()[0]][0]].fit(name, train[name]) for name in COLUMNS)


def rung(report: DriftReport) -> set[str]:
    """The rules by which this look is an alarm."""
    sides = [side for column in report.columns for side in column.sides]
    return {name for name, rule in RULES.items() if any(rule(side, len(sides)) for side in sides)}


def in_requests(chance: np.random.Generator, stream: pd.DataFrame, rows: int) -> pd.DataFrame:
    """The same world, asked so many rows at a time."""
    request = np.arange(len(stream)) // rows
    common = frame_of(chance, request[-1] + 1)
    alike = chance.random(stream.shape) < ALIKE
    return pd.DataFrame(
        {
            name: np.where(alike[:, place], common[name].to_numpy()[request], stream[name])
            for place, name in enumerate(COLUMNS)
        }
    )


def looks(learned: int, seed: int, shift: float = 0.0, request: int = 1) -> list[tuple[int, set[str]]]:
    """For each look at one stream: rows that came, and the rules that rang."""
    chance = np.random.default_rng([learned, seed])
    train, stream = frame_of(chance, learned), frame_of(chance, STREAM)
    stream.loc[SHIFTED_AT:, "bell 0"] += shift
    if request > 1:
        stream = in_requests(chance, stream, request)
    columns = fitted(train)
    reference = refer(columns, train)
    ends = range(FEWEST, STREAM + 1, LOOK_AGAIN)
    return [(end, rung(drift(columns, reference, stream.iloc[max(0, end - MOST_ROWS) : end]))) for end in ends]


def false_alarms() -> list[list[str]]:
    """For each rule: of 100 looks at unchanged streams how many ring, and of 100 streams in how many one ever does."""
    found = {learned: [looks(learned, seed) for seed in range(STREAMS)] for learned in LEARNED}
    lines = []
    for rule in RULES:
        line = [rule]
        for streams in found.values():
            ringing = [[rule in rang for _end, rang in stream] for stream in streams]
            line += [f"{100 * np.mean(ringing):.2f}", f"{100 * np.mean([any(each) for each in ringing]):.0f}"]
        lines.append(line)
    return lines


def false_alarms_of_requests() -> list[list[str]]:
    """For each number of rows in a request: as in `false_alarms`, by Loam's rule."""
    lines = []
    for rows in REQUESTS:
        streams = [[("Loam" in rang) for _end, rang in looks(10_000, seed, request=rows)] for seed in range(STREAMS)]
        ever = f"{100 * np.mean([any(each) for each in streams]):.0f}"
        lines.append([f"{rows:,}", f"{100 * np.mean(streams):.2f}", ever])
    return lines


def found_changes() -> list[list[str]]:
    """For each shift: how many streams of 100 ring, and how many rows after it, by Loam's rule."""
    lines = []
    for shift in SHIFTS:
        waits = []
        for seed in range(SHIFTED):
            rings = [end for end, rang in looks(10_000, seed, shift) if end > SHIFTED_AT and "Loam" in rang]
            waits.append(min(rings) - SHIFTED_AT if rings else None)
        there = [wait for wait in waits if wait is not None]
        wait = f"{np.median(there):,.0f}" if there else ""
        lines.append([f"{shift} standard deviations", f"{100 * len(there) / len(waits):.0f}", wait])
    return lines


def measure() -> str:
    """As Markdown."""
    found = in_process("-m", "benchmarks.drift", timeout=3_600).answer
    head = [""] + [
        f"{learned:,} training rows: {what}"
        for learned in LEARNED
        for what in ("looks that ring, of 100", "streams, of 100")
    ]
    bound = 100 * (1 - 0.05 ** (1 / (STREAMS * len(LEARNED))))
    return (
        f"{STREAMS} streams of {STREAM:,} rows in which nothing changes, {len(COLUMNS)} columns, looked at every "
        f"{LOOK_AGAIN} rows ({len(range(FEWEST, STREAM + 1, LOOK_AGAIN))} looks at the last {MOST_ROWS:,}): every "
        f"alarm is a false one. Looks overlap, so streams count: where none of {STREAMS * len(LEARNED)} rings, fewer "
        f"than {bound:.0f} of 100 would (95 times in 100), and no more is known.\n\n{table(head, found['false'])}\n\n"
        "The same streams (10,000 training rows, Loam’s rule), asked many rows at a time, of which three cells in ten "
        f"repeat what the request has in common. Of one request the last {MOST_OF_ONE} rows count at most; the lines "
        f"with more show why.\n\n{table(CLUSTERED, found['requests'])}\n\n"
        f"After {SHIFTED_AT:,} rows one of the {len(COLUMNS)} columns shifts (10,000 training rows, Loam’s rule; until "
        "the last 2,000 rows are full, half of them are from before):\n\n"
        + table(["", "found, of 100 streams", "rows until then (median)"], found["found"])
    )


if __name__ == "__main__":
    print(json.dumps({"false": false_alarms(), "requests": false_alarms_of_requests(), "found": found_changes()}))
