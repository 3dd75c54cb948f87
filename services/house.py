"""The house: settings, database and files, opened once a process for a data folder and brought up to date then."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from services.settings import SETTINGS, Settings
from storage.database import Database, sqlite_url
from storage.files import Files
from storage.migrations import upgrade


@dataclass(frozen=True)
class House:
    """What every service works with. `secret` signs cookies and upload tokens; it is shown nowhere."""

    settings: Settings
    database: Database
    files: Files
    secret: bytes = field(repr=False)

    @property
    def incoming(self) -> Path:
        """Where files lie while they arrive."""
        return self.settings.data / "incoming"


NAMES = tuple(row.name for row in SETTINGS)

_open: dict[tuple[str | None, ...], House] = {}
_lock = Lock()


def house() -> House:
    """The house that the environment names. The first call of a process makes or migrates what is needed."""
    # Asked many times for a request: to check the settings each time takes longer than the answer.
    given = tuple(map(os.environ.get, NAMES))
    known = _open.get(given)
    if known is not None:
        return known
    with _lock:
        if given not in _open:
            _open[given] = open_house(Settings.read())
        return _open[given]


def open_house(settings: Settings) -> House:
    """Opens the database and the files of these settings, and makes what is not there yet."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = Files(settings.data / "files")
    files.folder.mkdir(exist_ok=True)
    (settings.data / "incoming").mkdir(exist_ok=True)
    database = Database(settings.database or sqlite_url(settings.data / "loam.db"))
    upgrade(database.engine, settings.data / "migrate.lock")
    return House(settings, database, files, _secret(settings.data / "secret"))


def _secret(path: Path) -> bytes:
    """The key of this data folder, made by whichever process comes first; only its owner may read it.

    It appears whole or not at all: with an empty key anybody could sign.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_hex(32).encode())
            with suppress(FileExistsError):
                path.hardlink_to(draft)  # unlike a rename, this never replaces the key of another process
        finally:
            draft.unlink(missing_ok=True)
    return path.read_bytes()
