"""Files go out."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from services import access, datasets, uploads
from services.house import house
from services.importing import carry_out_import
from services.work.detached import Detached


@pytest.fixture
def version(caller: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """A version that is ready, with a cell that a spreadsheet would run."""
    monkeypatch.setattr(Detached, "ensure", lambda self, folder: None)
    ada = access.sign_in("Ada")[0]
    file = tmp_path / "cells.csv"
    file.write_text("word,number\n" + "\n".join(f"=1+{i % 3},{i}" for i in range(30)))
    made = datasets.import_dataset(ada, uploads.copy_in(ada, file).id, "中文 / cells")
    latest = datasets.dataset(ada, made.id).latest.id
    carry_out_import(house(), latest, lambda fraction: None)
    return latest


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_version_is_sent_as_a_file_with_its_name(caller: TestClient, version: int, kind: str) -> None:
    answer = caller.get(f"/versions/{version}/table.{kind}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    assert f".{kind}" in answer.headers["content-disposition"]
    assert len(answer.content) > 100


def test_formulas_are_defused(caller: TestClient, version: int) -> None:
    lines = caller.get(f"/versions/{version}/table.csv").content.decode("utf-8-sig").splitlines()
    assert lines[1].lstrip('"').startswith("'=1+0")


def test_a_stranger_gets_no_file(stranger: TestClient, version: int) -> None:
    stranger.cookies.clear()
    assert stranger.get(f"/versions/{version}/table.csv").status_code == 403


def test_another_format_or_version_is_told(caller: TestClient, version: int) -> None:
    assert caller.get(f"/versions/{version}/table.exe").status_code == 422
    assert caller.get("/versions/999/table.csv").status_code == 404
