"""Settings come from the environment, and a wrong one is named."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from engine.errors import UserError
from services.house import _secret, house
from services.server import _without_passwords
from services.settings import SETTINGS, Settings


def test_defaults_hold_without_an_environment() -> None:
    settings = Settings.read({})
    assert settings.data == Path.cwd() / ".loam"
    assert settings.max_upload_mb == 20_000


def test_environment_sets_each_by_its_name(tmp_path: Path) -> None:
    settings = Settings.read({"LOAM_DATA": str(tmp_path), "LOAM_TRASH_DAYS": "7", "LOAM_SPARE": "0", "LOAM_OTHER": "x"})
    assert (settings.data, settings.trash_days, settings.spare) == (tmp_path, 7, False)


@pytest.mark.parametrize(
    ("name", "value"), [("LOAM_TRASH_DAYS", "soon"), ("LOAM_MAX_UPLOAD_MB", "0"), ("LOAM_SPARE", "?")]
)
def test_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(UserError, match=f"{name} cannot be “"):
        Settings.read({name: value})


def test_every_setting_says_what_it_is() -> None:
    assert [setting.name for setting in SETTINGS] == [f"LOAM_{name.upper()}" for name in Settings.model_fields]
    assert all(setting.title and setting.help for setting in SETTINGS)


def test_one_process_opens_a_house_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOAM_DATA", str(tmp_path / "one"))
    first = house()
    assert house() is first
    assert (tmp_path / "one").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("LOAM_DATA", str(tmp_path / "two"))
    assert house() is not first


def test_processes_that_start_together_share_one_whole_key(tmp_path: Path) -> None:
    together = Barrier(4)

    def key(path: Path) -> bytes:
        together.wait()
        return _secret(path)

    with ThreadPoolExecutor(4) as pool:
        for turn in range(200):
            path = tmp_path / str(turn)
            found = set(pool.map(key, [path] * 4))
            assert found == {path.read_bytes()}
            assert len(path.read_bytes()) == 64
    assert path.stat().st_mode & 0o077 == 0
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+psycopg://loam:s3cret@db/loam", "postgresql+psycopg://loam:…@db/loam"),
        ("postgresql+psycopg://db/loam?user=loam&password=s3cret", "postgresql+psycopg://db/loam?user=loam&password=…"),
        (
            "postgresql://db/loam?sslPassword=s3cret&sslmode=require",
            "postgresql://db/loam?sslPassword=…&sslmode=require",
        ),
        ("sqlite:////data/loam.db", "sqlite:////data/loam.db"),
    ],
)
def test_url_is_shown_without_its_passwords(url: str, shown: str) -> None:
    assert _without_passwords(url) == shown
