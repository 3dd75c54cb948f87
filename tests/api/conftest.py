"""A data folder of its own for each test, and a caller who has said their name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import app
from services import access
from tests.house_there import empty_house


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    home = empty_house(tmp_path / "data", monkeypatch)
    yield home.settings.data
    home.database.close()


@pytest.fixture
def stranger() -> TestClient:
    """A caller without a name. The application is not entered: no helpers come up."""
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def caller(stranger: TestClient) -> TestClient:
    """A caller whose browser keeps the name cookie."""
    _user, token = access.sign_in("Ada")
    assert stranger.post("/session", json={"token": token}).status_code == 204
    return stranger
