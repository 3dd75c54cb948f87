"""Sample data: small tables to begin with, one click each. Knows no data set and no page; licences: LICENCES.md."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sample:
    """One table that ships with Loam. `title`, `question` and `about` are English, translated where they are shown."""

    name: str
    title: str
    question: str
    icon: str
    file: str
    target: str
    rows: int
    columns: int
    about: str
    licence: str

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return Path(__file__).with_name(self.file)


SAMPLES = {
    sample.name: sample
    for sample in (
        Sample(
            name="titanic",
            title="Titanic",
            question="Who survived?",
            icon=":material/sailing:",
            file="titanic.csv",
            target="survived",
            rows=1313,
            columns=5,
            about="Passengers",
            licence="Public domain",
        ),
        Sample(
            name="penguins",
            title="Penguins",
            question="Which species is it?",
            icon=":material/ac_unit:",
            file="penguins.csv",
            target="species",
            rows=344,
            columns=7,
            about="Penguins of three species",
            licence="CC0 1.0",
        ),
        Sample(
            name="weather",
            title="Weather",
            question="How warm does the day get?",
            icon=":material/partly_cloudy_day:",
            file="weather.csv",
            target="temp_max",
            rows=2922,
            columns=7,
            about="Days in Seattle and New York",
            licence="Public domain (US government)",
        ),
    )
}
