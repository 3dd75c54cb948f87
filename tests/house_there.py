"""A house of its own for a test, two people in it, and the predicting process: fixtures for services and pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services import access
from services.access import User
from services.house import House, house
from services.serving import client
from services.serving.desk import Desk
from services.work.detached import Detached
from tests.storage.tables_there import put_sqlite


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """An empty house. No supervisor and no predicting process come up: tests do their work themselves."""
    monkeypatch.setenv("LOAM_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(Detached, "ensure", lambda self, folder: None)
    put_sqlite(tmp_path / "data" / "loam.db")
    yield house()
    house().database.close()


@pytest.fixture
def ada(home: House) -> User:
    return access.sign_in("Ada")[0]


@pytest.fixture
def ben(home: House) -> User:
    return access.sign_in("Ben")[0]


@pytest.fixture
def serving(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The predicting process's own desk, in this process."""
    desk = Desk(home.files)
    monkeypatch.setattr(client, "_connections", lambda folder: desk)
