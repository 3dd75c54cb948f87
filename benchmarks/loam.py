"""Loam's side of the contest: one recipe carried out by the engine, as a job process does it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.prepared import Prepared
from benchmarks.sources import CACHE
from engine.answers import NumberAnswers
from engine.bundle import Bundle
from engine.events import Entered, Event, Point, Wish
from engine.preparing import RunData
from engine.recipe import Recipe
from engine.running import Outcome, carry_out
from engine.table.facts import column_facts
from services.recipes import suggest

Extra = dict[str, float]


class Clock:
    """Hears a run's events; keeps when each stage began, and when each point of the curve came."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self.stages: list[tuple[str, float]] = []
        self.points: list[tuple[float, Point]] = []

    def __call__(self, event: Event) -> None:
        """Hears one event."""
        now = time.perf_counter() - self.began
        if isinstance(event, Entered):
            self.stages.append((event.stage.value, now))
        elif isinstance(event, Point):
            self.points.append((now, event))

    def spent(self) -> Extra:
        """Seconds in each stage, to now."""
        now = time.perf_counter() - self.began
        ends = [at for _, at in self.stages[1:]] + [now]
        return {name: end - at for (name, at), end in zip(self.stages, ends, strict=True)}


def recipe_for(prepared: Prepared) -> Recipe:
    """What the Train page suggests."""
    table, schema = CACHE / f"{prepared.table.name}.parquet", prepared.schema
    target, answer = prepared.table.target, prepared.table.answer
    return suggest(schema, column_facts(table, schema), prepared.frame[[target]], target, answer, "balanced")


def run(prepared: Prepared, recipe: Recipe, folder: Path, clock: Callable[[Event], None]) -> Outcome:
    """Carries the recipe out in an empty folder; nothing is cached from an earlier run."""
    table = CACHE / f"{prepared.table.name}.parquet"
    data = RunData(table, prepared.schema, prepared.parts, folder / "cache")
    return carry_out(recipe, data, folder=folder / "run", emit=clock, wishes=lambda: Wish.GO_ON)


def predict_as_loam(prepared: Prepared, testing: pd.DataFrame) -> tuple[np.ndarray, Extra]:
    """Probabilities or values for the test rows by the saved and reopened bundle, and seconds spent in each stage."""
    clock = Clock()
    with tempfile.TemporaryDirectory(prefix="loam-bench-") as folder:
        outcome = run(prepared, recipe_for(prepared), Path(folder), clock)
        spent = clock.spent()
        answers = Bundle.open(outcome.bundle).answer(testing)
    if isinstance(answers, NumberAnswers):
        return answers.value, spent
    order = np.argsort(answers.classes)
    return answers.probabilities[:, order], spent
