"""A data folder of its own for each test, and a caller who has said their name."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import app
from services import access
from tests.storage.tables_there import put_sqlite


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOAM_DATA", str(tmp_path / "data"))
    put_sqlite(tmp_path / "data" / "loam.db")
    return tmp_path / "data"


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
