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


def empty_house(folder: Path, patch: pytest.MonkeyPatch) -> House:
    """A new house there, which the environment names from now on. It is forgotten with the patch: what a process keeps
    of each house, such as the questions it was asked, is searched for garbage again and again.
    """
    patch.setenv("LOAM_DATA", str(folder))
    patch.setattr("services.house._open", {})
    put_sqlite(folder / "loam.db")
    return house()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """An empty house. No supervisor and no predicting process come up: tests do their work themselves."""
    monkeypatch.setattr(Detached, "ensure", lambda self, folder: None)
    yield empty_house(tmp_path / "data", monkeypatch)
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
