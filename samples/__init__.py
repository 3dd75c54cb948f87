"""Sample data: small tables, pictures and texts to begin with, one click each. Knows no page; licences: LICENCES.md."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sample:
    """Data that ship with Loam. `title`, `question` and `about` are English, translated where they are shown.

    `about` says what `rows` counts. `columns` are those of the data set that is made of it.
    """

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
            about="Table · {n} rows",
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
            about="Table · {n} rows",
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
            about="Table · {n} rows",
            licence="Public domain (US government)",
        ),
        Sample(
            name="spam",
            title="Spam",
            question="Is this e-mail spam?",
            icon=":material/mail:",
            file="spam.zip",
            target="label",
            rows=3000,
            columns=3,
            about="Texts · {n}",
            licence="PDDL, CC0 1.0",
        ),
        Sample(
            name="fashion",
            title="Clothes",
            question="What piece of clothing is it?",
            icon=":material/apparel:",
            file="fashion.zip",
            target="label",
            rows=6000,
            columns=4,
            about="Pictures · {n}",
            licence="MIT",
        ),
        Sample(
            name="emoji",
            title="Emoji",
            question="Which kind of emoji is it?",
            icon=":material/mood:",
            file="emoji.zip",
            target="label",
            rows=1906,
            columns=3,
            about="Pictures · {n}",
            licence="CC BY 4.0",
        ),
    )
}
