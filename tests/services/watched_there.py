"""Models in use: fixtures for what watches them."""

from __future__ import annotations

from typing import Any

import pytest

from services import models, watching
from services.access import User
from services.house import House
from storage.records import Json, Model, Run
from tests.services.doing import imported, people, trained
from tests.services.models_there import a_data_set, a_finished_run


@pytest.fixture
def run(home: House, ada: User) -> Run:
    """A finished run on `people`."""
    return trained(ada, imported(ada, people()))


@pytest.fixture
def model(ada: User, run: Run) -> Model:
    return models.create(ada, run.id, "Buyers")


@pytest.fixture
def plain(home: House, ada: User) -> Run:
    """A run that took no training: enough where no rows are looked at."""
    return a_finished_run(home, ada, a_data_set(home, ada), "a")


@pytest.fixture
def asked(ada: User, plain: Run) -> Model:
    """A model of it."""
    return models.create(ada, plain.id, "Quick")


def usual(rows: int, first: int = 7, **changed: Any) -> list[Json]:
    """Rows as those of training."""
    return [
        {"age": 20 + i * 37 % 60, "city": ("Rome", "Oslo", "北京")[i % 3], "visits": i * 7 % 13} | changed
        for i in range(first, first + rows)
    ]


def lasting(user: User, model: Model) -> list[tuple[str, str | None]]:
    return [(alarm.kind, alarm.column) for alarm in watching.alarms(user, model.id) if alarm.closed is None]


def drifted(user: User, model: Model) -> dict[str, str]:
    report = watching.monitored(user, model.id).report
    assert report is not None
    assert report.drift is not None
    return {column.name: column.change for column in report.drift.columns}
