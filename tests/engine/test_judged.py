"""Answers that people judged: who reports mistakes more often than right answers makes no version look better."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from engine.judged import apart, compare_judged
from engine.results import Comparison, Heard

HELD_BACK = 0.25

World = Callable[[np.random.Generator, int], tuple[pd.DataFrame, pd.DataFrame, np.ndarray]]
"""So many answers of both versions as row tables, and which of the first one's are wrong (rows,)."""


def classes(error: float, mended: float, broken: float) -> World:
    """The first version errs so often; the second is right where that errs, and wrong where it is right, so often."""

    def world(random: np.random.Generator, count: int) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
        truth, wrong, draw = random.random(count) < 0.4, random.random(count) < error, random.random(count)
        second = np.where(wrong, draw < mended, draw >= broken)
        names = np.array(["no", "yes"])

        def table(right: np.ndarray) -> pd.DataFrame:
            answer = np.where(right, truth, ~truth).astype(int)
            frame = pd.DataFrame({"__row__": range(count), "truth": names[truth.astype(int)], "answer": names[answer]})
            chances = {f"probability of {name}": np.where(answer == i, 0.9, 0.1) for i, name in enumerate(names)}
            return frame.assign(probability=0.9, **chances)

        return table(~wrong), table(second), wrong

    return world


def numbers(noise: float) -> World:
    """Both are off by what cannot be known and by noise of their own; people call wrong what is far off."""

    def world(random: np.random.Generator, count: int) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
        truth, unknown = random.normal(0, 100, count), random.normal(0, 10, count)

        def table(own: float) -> pd.DataFrame:
            answer = truth + unknown + random.normal(0, own, count)
            frame = pd.DataFrame({"__row__": range(count), "truth": truth, "answer": answer})
            return frame.assign(low=answer - 1, high=answer + 1)

        first = table(10.0)
        return first, table(noise), np.asarray((first["answer"] - truth).abs() > 15)

    return world


def compared(world: World, seed: int, told: tuple[float, float], count: int = 1500) -> Comparison:
    """People judge a share of wrong and of right answers; a part of these is held back and compared on."""
    random = np.random.default_rng(seed)
    first, second, wrong = world(random, count)
    judged = random.random(count) < np.where(wrong, *told)
    held = judged & (random.random(count) < HELD_BACK)
    heard = Heard(answers=count, wrong=int((judged & wrong).sum()), right=int((judged & ~wrong).sum()))
    one, other = (table.loc[~judged, "answer"] for table in (first, second))
    differs = (one - other).abs() if one.dtype.kind == "f" else one != other
    tables = {"a": first[held], "b": second[held]}
    return compare_judged(tables, np.flatnonzero(wrong).tolist(), heard, differs.to_numpy("float64")[:300], seed=seed)


@pytest.mark.parametrize("told", [(1.0, 0.1), (1.0, 0.3), (1.0, 1.0)])
@pytest.mark.parametrize("world", [classes(0.15, 0.5, 0.075 / 0.85), numbers(10.0)], ids=["classes", "numbers"])
def test_version_that_is_no_better_is_not_called_better_whoever_reports(
    world: World, told: tuple[float, float]
) -> None:
    """2 to 6 in 100 of 150 worlds of each kind were called better, 3 in 100 of all."""
    called = [compared(world, seed, told).outcome for seed in range(30)]
    assert called.count("better") <= 4


def test_mistakes_alone_tell_nothing_and_it_is_said_what_would() -> None:
    found = compared(classes(0.3, 0.9, 0.0), 0, (1.0, 0.0))
    assert (found.outcome, found.differences, found.enough) == ("unknown", (), False)
    text = " ".join(note.text.format(**note.values) for note in found.sentences)
    assert "Too few answers that people called right were held back to compare on: about 40 more would do." in text


@pytest.mark.parametrize("told", [(1.0, 0.3), (0.6, 0.2)])
@pytest.mark.parametrize("world", [classes(0.3, 0.8, 0.05), numbers(2.0)], ids=["classes", "numbers"])
def test_version_that_is_better_is_found(world: World, told: tuple[float, float]) -> None:
    """Of 20 worlds each, 15 to 20 were called better."""
    called = [compared(world, seed, told).outcome for seed in range(8)]
    assert called.count("better") >= 5
    assert "worse" not in called


def test_what_is_found_is_what_all_answers_would_say() -> None:
    """The truth: right 70 in 100, and 70 + 0.3 · 80 − 0.7 · 5 = 90.5."""
    found = compared(classes(0.3, 0.8, 0.05), 3, (0.6, 0.2), count=20_000)
    (first,), (second,) = (run.metrics for run in found.runs)
    assert first.value == pytest.approx(0.70, abs=0.05)
    assert second.value == pytest.approx(0.905, abs=0.05)
    (difference,) = found.differences
    assert (difference.first, difference.second, difference.outcome) == ("b", "a", "better")
    assert difference.value == pytest.approx(0.205, abs=0.05)
    assert difference.low is not None
    assert difference.low < 0.205 < (difference.high or 0)
    assert Comparison.model_validate_json(found.model_dump_json()) == found


def test_answers_are_not_apart_where_an_earlier_loam_wrote_the_same_class_with_a_point() -> None:
    assert apart(pd.Series(["1.0", "2.5", "3.0"]), pd.Series(["1", "2.5", "1"])).tolist() == [0, 0, 1]
    assert apart(pd.Series(["1.0", "1"]), pd.Series(["1", "1"])).tolist() == [1, 0]
