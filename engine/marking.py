"""Which words of a text an answer rests on, found by hiding them one by one (occlusion, Li, Monroe & Jurafsky 2016).

Works on rows and a callable; knows no model. What is hidden shows a piece that no text has instead.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from engine.answers import Answers
from engine.results import MarkedPart, MarkedText
from engine.texts import normal, spans

Ask = Callable[[pd.DataFrame], Answers]
"""Rows to calibrated answers."""

HIDDEN = "\ue000"  # of Unicode's private use: no training text has it
PARTS = 256  # that are hidden one by one; of texts with more words, several at once
TELLING = 0.25  # share of the largest effect from which a part is marked
MOST_MARKED = 20
TRIALS = 16  # times that as many parts are hidden at random, to compare with
SMALLEST = 1e-6  # a probability below that is as good as none

Span = tuple[int, int]


def mark_text(ask: Ask, row: pd.DataFrame, column: str, *, seed: int = 0) -> MarkedText:
    """What hiding each word of the text in `column` takes from the answer to `row` (a frame of one)."""
    text = row[column].iloc[0]
    text = text if isinstance(text, str) else ""
    parts = _parts(text)
    answers = ask(_with(row, column, [text, *(_without(text, part) for part in parts)]))
    of = answers.followed()
    values = answers.values(of)
    strength = values if of is None else _log_odds(values)
    effects = strength[0] - strength[1:]
    marked = _telling(effects)
    # Numbers have two sides: those that moved it the way of the strongest are hidden together.
    side = 1.0 if of is not None or not len(marked) else np.sign(effects[marked[0]])
    taken = [place for place in marked if side * effects[place] > 0]
    hidden, elsewhere = _check(ask, row, column, (text, parts, taken), np.random.default_rng(seed), of)
    return MarkedText(
        column=column,
        text=text,
        of=None if of is None else answers.choices[of],
        unit="number" if of is None else "probability",
        answer=float(values[0]),
        parts=tuple(
            MarkedPart(start=start, end=end, effect=float(effects[i]))
            for (start, end), i in sorted((span, i) for i in marked for span in parts[i])
        ),
        taken=len(taken),
        hidden=hidden if taken else float(values[0]),
        elsewhere=elsewhere if taken else float(values[0]),
    )


def _parts(text: str) -> list[list[Span]]:
    """Where each word stands, every time: a bag holds it as long as one is left. Of more than PARTS words, several that
    appear one after the other are a part together.
    """
    places = spans(text)
    words: dict[str, int] = {}
    numbers = [words.setdefault(normal(text[start:end]), len(words)) for start, end in places]
    together = -(-len(words) // PARTS) or 1
    parts: list[list[Span]] = [[] for _ in range(0, len(words), together)]
    before = None
    for (start, end), number in zip(places, numbers, strict=True):
        part = parts[number // together]
        if part is before:  # neighbours are marked as one
            start = part.pop()[0]
        part.append((start, end))
        before = part
    return parts


def _without(text: str, hidden: list[Span]) -> str:
    pieces, at = [], 0
    for start, end in sorted(hidden):
        pieces += [text[at:start], HIDDEN]
        at = end
    return "".join([*pieces, text[at:]])


def _with(row: pd.DataFrame, column: str, texts: list[str]) -> pd.DataFrame:
    """The row once for each text."""
    made = row.iloc[[0] * len(texts)].reset_index(drop=True)
    made[column] = pd.Series(texts, dtype=row[column].dtype)
    return made


def _log_odds(probabilities: np.ndarray) -> np.ndarray:
    clipped = np.clip(probabilities, SMALLEST, 1 - SMALLEST)
    return np.asarray(np.log(clipped / (1 - clipped)))


def _telling(effects: np.ndarray) -> list[int]:
    """Places of the parts to mark, the strongest first: at most a sixth of them, but three of a short text."""
    sizes = np.abs(effects)
    most = min(MOST_MARKED, max(3, len(effects) // 6))
    order = np.argsort(-sizes, kind="stable")[:most]
    return [int(place) for place in order if sizes[place] > 0 and sizes[place] >= TELLING * sizes.max()]


def _check(
    ask: Ask,
    row: pd.DataFrame,
    column: str,
    found: tuple[str, list[list[Span]], list[int]],
    random: np.random.Generator,
    of: int | None,
) -> tuple[float, float]:
    """What is left when the parts `taken` are hidden, and on average when as many are at random."""
    text, parts, taken = found
    chosen = [random.choice(len(parts), len(taken), replace=False).tolist() for _ in range(TRIALS if taken else 0)]
    sets: list[list[int]] = [taken, *chosen]
    texts = [_without(text, [span for i in places for span in parts[i]]) for places in sets]
    values = ask(_with(row, column, texts)).values(of)
    return float(values[0]), float(values[1:].mean()) if taken else float(values[0])
