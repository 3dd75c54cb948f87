"""A house of its own for a test, two people in it, and the predicting process: fixtures for services and pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from services import access
from services.access import User
from services.house import House, house
from services.serving import client
from services.serving.process import Desk, application
from services.work.detached import Detached


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """An empty house. No supervisor and no predicting process come up: tests do their work themselves."""
    monkeypatch.setenv("LOAM_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(Detached, "ensure", lambda self, folder: None)
    yield house()
    house().database.close()


@pytest.fixture
def ada(home: House) -> User:
    return access.sign_in("Ada")[0]


@pytest.fixture
def ben(home: House) -> User:
    return access.sign_in("Ben")[0]


@pytest.fixture
def serving(home: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The predicting process's own routes, answered in this process."""
    with TestClient(application(Desk(home.files)), base_url="http://serving") as answering:
        monkeypatch.setattr(client, "_client", lambda path: answering)
        yield
