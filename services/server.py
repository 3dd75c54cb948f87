"""The server itself: do its helpers live, what does it compute on, what does it keep."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from engine.devices import gpus
from engine.events import Note
from services import access
from services.access import User
from services.house import house
from services.settings import PREFIX, SETTINGS
from services.work.detached import SERVING, SUPERVISOR

LOGIN = re.compile(r"(://[^:/@]*):[^@]*@")
SECRET = re.compile(r"(?i)(?<=password=)[^&]*")


@dataclass(frozen=True)
class ServerState:
    """`used` and `free` in bytes; `supervisor` carries out queued work, `predicting` answers rows."""

    supervisor: bool
    predicting: bool
    device: Note
    used: int
    free: int
    folder: Path


def state(user: User) -> ServerState:
    """What an administrator looks at first. Walks the data folder."""
    access.require(user, "list")
    home = house()
    supervisor, predicting = processes()
    return ServerState(
        supervisor=supervisor,
        predicting=predicting,
        device=_device(),
        used=_bytes_under(home.settings.data),
        free=home.files.free(),
        folder=home.settings.data,
    )


def settings_now(user: User) -> dict[str, str]:
    """The settings as they hold, by the name of their variable. Passwords inside them are not shown."""
    access.require(user, "list")
    settings = house().settings
    shown = {row.name: str(getattr(settings, row.name.removeprefix(PREFIX).lower())) for row in SETTINGS}
    return {name: _without_passwords(value) for name, value in shown.items()}


def processes() -> tuple[bool, bool]:
    """Whether the supervisor and the predicting process live. Starts nothing."""
    folder = house().settings.data
    return SUPERVISOR.lives(folder), SERVING.lives(folder)


def _without_passwords(value: str) -> str:
    """A URL may hold one before its host, and others in its query: password, sslpassword."""
    return SECRET.sub("…", LOGIN.sub(r"\1:…@", value))


def _device() -> Note:
    names = gpus()
    if names:
        return Note(text="GPU: {names}", values={"names": ", ".join(names)})
    return Note(text="CPU, because this machine shows no NVIDIA GPU.")


def _bytes_under(folder: Path) -> int:
    total = 0
    for here, _folders, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(os.path.join(here, name)).st_size  # noqa: PTH118 (twice as quick as Path)
            except FileNotFoundError:  # it went while we walked
                continue
    return total
