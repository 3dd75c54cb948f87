"""The settings of a server: one table of names, defaults and help. Read from the environment; the README lists them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Self

from pydantic import ValidationError

from engine.errors import UserError
from engine.spec import Spec, setting

PREFIX = "LOAM_"


class Settings(Spec):
    """Each field is read from the environment by its name in capitals: `data` from `LOAM_DATA`."""

    data: Path = setting(Path(".loam"), "Data folder", "Where the database and all files are kept.")
    database: str = setting(
        "", "Database", "An SQLAlchemy URL, such as postgresql+psycopg://…; empty: SQLite in the data folder."
    )
    max_upload_mb: int = setting(20_000, "Largest upload", "The largest file that is taken.", unit="MB", ge=1)
    upload_days: int = setting(
        2, "Uploads are kept", "Files that were sent in, and their pictures, once they are read or forgotten.",
        unit="days", ge=1,
    )  # fmt: skip
    trash_days: int = setting(
        30, "The trash is kept", "After that, what lies in the trash is erased for good.", unit="days", ge=1
    )
    cookie_days: int = setting(365, "A name is remembered", "By the browser in which it was given.", unit="days", ge=1)
    weights: str = setting(
        "", "Folder of weights", "What networks for pictures learned elsewhere; empty: “weights” in the data folder."
    )
    api_per_minute: int = setting(
        6000, "Requests of a key", "How many are taken in a minute, in each process that serves the API.", ge=1
    )
    api_rows: int = setting(10_000, "Rows in a request", "The most that the API answers at once.", ge=1)
    api_mb: int = setting(25, "Largest request", "The largest that the API reads.", unit="MB", ge=1)
    spare: bool = setting(
        True, "Spare process", "Keep one process ready that has loaded Keras: runs start faster, for 700 MB of memory."
    )

    @property
    def weights_folder(self) -> Path:
        """Where the weights lie."""
        return Path(self.weights).expanduser().resolve() if self.weights else self.data / "weights"

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Settings as the environment has them. Raises UserError, naming the variable that is wrong."""
        given = {
            name: environment[PREFIX + name.upper()]
            for name in cls.model_fields
            if PREFIX + name.upper() in environment
        }
        try:
            found = cls.model_validate(given)
        except ValidationError as error:
            fault = error.errors()[0]
            name = PREFIX + str(fault["loc"][0]).upper()
            raise UserError(
                "The setting {name} cannot be “{value}”: {problem}",
                name=name,
                value=fault["input"],
                problem=fault["msg"],
            ) from error
        return found.model_copy(update={"data": found.data.expanduser().resolve()})


class Setting(NamedTuple):
    """One row of the table."""

    name: str
    default: str
    title: str
    help: str


def _row(name: str) -> Setting:
    field = Settings.model_fields[name]
    return Setting(PREFIX + name.upper(), str(field.default), field.title or "", field.description or "")


SETTINGS = tuple(_row(name) for name in Settings.model_fields)
