"""A house of its own with real processes in it, which are gone when the test is over."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest

from engine.models import GradientBoosting
from engine.recipe import Effort, Input, Recipe, Split
from engine.table.columns import ROW, Column, Schema
from services import keys, work
from services.house import House
from services.work import queue
from services.work.detached import SERVING, SUPERVISOR
from storage.queries import datasets, runs, users
from storage.records import Run, Version
from tests.house_there import empty_house

PATIENCE = 300.0
"""Seconds that a test waits for what takes a moment on a quiet machine."""


def wait_for(what: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Returns once `what()` is true."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def process_of(pid: int | None) -> psutil.Process:
    assert pid is not None
    return psutil.Process(pid)


def is_gone(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@dataclass(frozen=True)
class Place:
    """A house and what tests do in it."""

    home: House
    owner: int

    @property
    def folder(self) -> Path:
        return self.home.settings.data

    def supervisor(self) -> psutil.Process:
        """The living supervisor, started if need be.

        Asked for until it is there, as a server does: one that is killed while it starts a process leaves its lock to
        that for a moment.
        """

        def lives() -> bool:
            work.ensure_supervisor()
            pid = SUPERVISOR.pid(self.folder)
            return pid is not None and psutil.pid_exists(pid) and not is_gone(process_of(pid))

        wait_for(lives)
        return process_of(SUPERVISOR.pid(self.folder))

    def kill_supervisor(self) -> None:
        """Kills it without a warning; it is gone then."""
        supervisor = self.supervisor()
        supervisor.kill()
        wait_for(lambda: is_gone(supervisor))

    def worker(self) -> psutil.Process:
        """The process of the only job under way."""
        supervisor = self.supervisor()
        wait_for(supervisor.children)
        return supervisor.children()[0]

    def version(self, rows: int = 2000) -> Version:
        """A data set of numbers in which `y` is yes where `a` and `b` together are large, mostly."""
        random = np.random.default_rng(0)
        frame = pd.DataFrame(random.normal(size=(rows, 4)), columns=list("abcd"))
        frame.insert(0, ROW, np.arange(rows))
        frame["y"] = np.where(frame["a"] + frame["b"] + random.normal(size=rows) > 0, "yes", "no")
        columns = [Column(name=name, kind="number", read_as="number") for name in "abcd"]
        schema = Schema(columns=(*columns, Column(name="y", kind="category", read_as="category")))
        with self.home.database.write() as session:
            dataset = datasets.add(session, self.owner, "data")
            made = datasets.add_version(session, dataset)
            key = keys.version(dataset, made.number, "table.parquet")
            with self.home.files.new(key) as path:
                frame.to_parquet(path, index=False)
            datasets.ready(session, made.id, table_key=key, schema=schema.model_dump(mode="json"), rows=rows)
            ready = datasets.version(session, made.id)
        assert ready is not None
        return ready

    def start(self, version: Version, recipe: Recipe) -> int:
        """Queues a run; its id."""
        with self.home.database.write() as session:
            run = runs.add(
                session,
                owner=self.owner,
                dataset=version.dataset,
                version=version.id,
                name="run",
                recipe=recipe.model_dump(mode="json"),
                target=recipe.target,
                answer=recipe.answer,
                family=recipe.model.family,
                request_key=os.urandom(8).hex(),
            )
            queue.train(session, run)
        return run.id

    def run(self, run_id: int) -> Run:
        with self.home.database.read() as session:
            run = runs.get(session, run_id)
        assert run is not None
        return run

    def wait(self, run_id: int, *states: str) -> Run:
        """The run, once its status is one of these."""
        wait_for(lambda: self.run(run_id).status in states)
        return self.run(run_id)


def recipe(**settings: object) -> Recipe:
    """Trees: quick, and without Keras."""
    inputs = tuple(Input(name=name, kind="number") for name in "abcd")
    return Recipe.model_validate(
        {
            "target": "y",
            "answer": "binary",
            "inputs": inputs,
            "model": GradientBoosting(trees=30),
            "split": Split(),
            "effort": Effort(name="own", seconds=20),
            **settings,
        }
    )


def endless() -> Recipe:
    """More trees than fit into a test."""
    return recipe(
        model=GradientBoosting(trees=10_000, patience=1000, learning_rate=0.001), effort=Effort(name="own", seconds=600)
    )


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("LOAM_SPARE", "0")
    home = empty_house(tmp_path / "data", monkeypatch)
    with home.database.write() as session:
        owner = users.add(session, "Ada", "ada").id
    yield Place(home, owner)
    for kind in (SUPERVISOR, SERVING):
        pid = kind.pid(home.settings.data)
        if pid is not None:
            end(psutil.Process(pid))
    home.database.close()


def end(process: psutil.Process) -> None:
    """Asks a process to end, and sees that it and its children did."""
    family = [process, *process.children(recursive=True)]
    with suppress(psutil.NoSuchProcess):
        process.terminate()
    _, left = psutil.wait_procs(family, timeout=10)
    for one in left:
        with suppress(psutil.NoSuchProcess):
            one.kill()
