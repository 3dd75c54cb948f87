"""How doubtful an answer is, from the answer as it is kept: the most doubtful ones are worth a person's look first.

Knows no model: it reads the calibrated probabilities, or the interval, that were stored with the answer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from engine.answers import PROBABILITY_OF, SMALLEST_PROBABILITY
from engine.labels import parted


def doubt(answer: Mapping[str, Any], separator: str = "") -> float:
    """The more doubtful the answer, the larger; to be compared among answers of one kind.

    Of classes it is how near the two most probable come to each other: 1 less their margin, which Settles (Active
    Learning Literature Survey, 2009, section 3.1) recommends where mistakes are to become fewer. Of labels, between
    which stands `separator`, how improbable it is that each is as answered, as the negative logarithm. Of numbers the
    width of the interval, in their unit.
    """
    if "low" in answer:
        return float(answer["high"]) - float(answer["low"])
    each = ((name, share) for name, share in answer.items() if name.startswith(PROBABILITY_OF))
    chances = {name.removeprefix(PROBABILITY_OF): float(share) for name, share in each}
    if separator:
        given = set(parted(str(answer["answer"]), separator))
        as_said = (share if name in given else 1 - share for name, share in chances.items())
        return -sum(math.log(max(share, SMALLEST_PROBABILITY)) for share in as_said)
    first, second = sorted(chances.values(), reverse=True)[:2]
    return 1 - (first - second)
