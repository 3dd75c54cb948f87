"""How much a network learns between two looks at it. Knows only numbers: rows, their bytes, and what a row costs.

All follows from the recipe, the rows and the kind of device, not from a clock: the same run is cut alike every time.
"""

from __future__ import annotations

import math
from typing import NamedTuple, Self

SEGMENT_STEPS = 1024
SEGMENT_BYTES = 256 << 20  # rows of a segment are held in memory
STEPS_AT_ONCE = 16  # steps that the backend carries out between two looks at the clock and at the wishes
FIRST_STEPS = STEPS_AT_ONCE
HELD_ROWS = 20_000  # validation rows, enough to steer by; the whole part calibrates and reports
FEWEST_HELD = 500
# Multiplications: what two cores do in about ten seconds; of a look at the clock, and at validation rows; and a GPU so
# many times as fast.
SEGMENT_WORK = 300_000_000_000
LOOK_WORK = SEGMENT_WORK // 15
HELD_WORK = SEGMENT_WORK // 30
GPU = 50
LEARNING = 3  # times the work of answering


class Pace(NamedTuple):
    """Steps of a segment, of the very first one, and between two looks; and how many validation rows a look takes."""

    segment: int
    first: int
    at_once: int
    held: int

    @classmethod
    def of(cls, rows: int, held: int, batch: int, row_bytes: int, work: int, *, gpu: bool) -> Self:
        """For so many training and validation `rows`; `work` is multiplications to answer one row."""
        swift = GPU if gpu else 1
        row_bytes, work = max(1, row_bytes), max(1, work)
        affordable = max(FEWEST_HELD, HELD_WORK * swift // work)
        watched = min(held, HELD_ROWS, affordable, max(1, SEGMENT_BYTES // row_bytes))
        step = LEARNING * batch * work
        epoch = max(1, round(rows / batch))
        # However dear a step: looking at validation rows takes less time than learning does.
        useful = max(1, watched // batch, SEGMENT_WORK * swift // step)
        longest = min(epoch, SEGMENT_STEPS, useful, max(1, SEGMENT_BYTES // (batch * row_bytes)))
        segment = math.ceil(epoch / math.ceil(epoch / longest))  # no short one at the end of an epoch
        at_once = max(1, min(STEPS_AT_ONCE, segment, LOOK_WORK * swift // step))
        return cls(segment, min(segment, FIRST_STEPS), at_once, watched)
