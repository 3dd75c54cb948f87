"""Artifacts: whole or not at all, and never outside their folder."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from storage.files import Files


def test_artifact_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    files = Files(tmp_path)
    with files.new("datasets/1/table.parquet") as path:
        path.write_text("half")
        assert not files.exists("datasets/1/table.parquet")
    assert files.path("datasets/1/table.parquet").read_text() == "half"


def test_failed_artifact_leaves_nothing(tmp_path: Path) -> None:
    files = Files(tmp_path)

    def write() -> None:
        with files.new("runs/1/bundle") as path:
            path.mkdir()
            (path / "model").write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write()
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []
    assert not files.exists("runs/1/bundle")


def test_folder_replaces_a_folder(tmp_path: Path) -> None:
    files = Files(tmp_path)
    for text in ("old", "new"):
        with files.new("runs/1/bundle") as path:
            path.mkdir()
            (path / text).write_text(text)
    assert [file.name for file in files.path("runs/1/bundle").iterdir()] == ["new"]


@pytest.mark.parametrize("key", ["../secret", "/etc/passwd", "a//b", "", "a/./b", ".hidden", "a/..", "a\\..\\b", "ä"])
def test_key_cannot_lead_out_of_the_folder(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="Not the key"):
        Files(tmp_path).path(key)


def test_removing_twice_is_harmless(tmp_path: Path) -> None:
    files = Files(tmp_path)
    with files.new("a/b") as path:
        path.write_text("x")
    assert files.exists("a/b")
    files.remove("a/b")
    files.remove("a/b")
    assert not files.exists("a/b")


def test_drafts_of_killed_processes_are_removed_once_they_are_old(tmp_path: Path) -> None:
    files = Files(tmp_path)
    kept = files.folder / "a" / "table.parquet"
    old = [kept.with_name("table.parquet.0a1b.part"), kept.with_name(".table.parquet.0a1b.part.7.partial")]
    folder = files.folder / "runs" / "bundle-1.0a1b.part"
    folder.mkdir(parents=True)
    kept.parent.mkdir()
    for path in (kept, *old, folder / "model.keras"):
        path.write_bytes(b"x")
    files.remove_drafts(time.time() - 60)
    assert all(path.exists() for path in (kept, *old, folder))
    files.remove_drafts(time.time() + 60)
    assert kept.exists()
    assert not any(path.exists() for path in (*old, folder))
