"""A data folder of its own for each test, and a caller who has said their name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import app
from services import access


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOAM_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def stranger() -> Iterator[TestClient]:
    """A caller without a name."""
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def caller(stranger: TestClient) -> TestClient:
    """A caller whose browser keeps the name cookie."""
    _user, token = access.sign_in("Ada")
    assert stranger.post("/session", json={"token": token}).status_code == 204
    return stranger
