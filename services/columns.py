"""What is in the columns of a version: facts, associations, findings. Reads artifacts; asks no permission itself.

What costs more than a moment is computed once and kept beside the table.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import pandas as pd
from pydantic import TypeAdapter

from engine.errors import BadTable, NotFound
from engine.table.association import Association, associations
from engine.table.columns import Schema
from engine.table.facts import ColumnFacts
from engine.table.frames import read_frame
from engine.table.telling import ClassWords, telling_words
from engine.table.warnings import Finding, warnings
from services import access, keys
from services.house import house
from services.importing import FACTS
from storage.queries import datasets
from storage.records import Version

FORMAT = 2  # raise it when what is kept changes
T = TypeVar("T")
ASSOCIATIONS: TypeAdapter[dict[str, Association]] = TypeAdapter(dict[str, Association])
CLASS_WORDS: TypeAdapter[tuple[ClassWords, ...]] = TypeAdapter(tuple[ClassWords, ...])
FINDINGS: TypeAdapter[tuple[Finding, ...]] = TypeAdapter(tuple[Finding, ...])


def version_of(version_id: int) -> Version:
    """The version. Raises NotFound."""
    with house().database.read() as session:
        found = datasets.version(session, version_id)
    if found is None:
        raise NotFound(access.WORDS["version"])
    return found


def table_of(version: Version) -> Path:
    """Its Parquet file. Raises BadTable while it is being made, or when there is none."""
    if version.status == "importing":
        raise BadTable("This version is still being read. Come back in a moment.")
    if version.table_key is None:
        raise BadTable("This version has no table: it could not be read, or its data set was erased.")
    return house().files.path(version.table_key)


def schema_of(version: Version) -> Schema:
    """Its columns. Raises BadTable as `table_of` does."""
    table_of(version)
    return Schema.model_validate(version.schema)


def facts_of(version: Version) -> tuple[ColumnFacts, ...]:
    """What is known of each column, in file order."""
    table_of(version)
    return FACTS.validate_json(house().files.path(version.facts_key or "").read_bytes())


def sample_of(version: Version) -> Path:
    """A table small enough to look at in the server: the whole one, or random rows of it."""
    table = table_of(version)
    sample = house().files.path(keys.version(version.dataset, version.number, "sample.parquet"))
    return sample if sample.exists() else table


def values_of(version: Version, column: str) -> pd.DataFrame:
    """One column of all rows. Raises BadTable when there is no such column."""
    schema_of(version)[column]
    return read_frame(table_of(version), [column])


def rows_of(version: Version, row_ids: Sequence[int]) -> pd.DataFrame:
    """The rows with these ids, in this order; an id that is not there is left out.

    Raises BadTable as `table_of` does.
    """
    wanted = list(dict.fromkeys(row_ids))
    found = read_frame(table_of(version), rows=wanted)
    return found.loc[[row for row in wanted if row in found.index]]


def associations_of(version: Version, target: str) -> dict[str, Association]:
    """How closely each column goes with the target. Raises BadTable when there is no such column."""
    schema = schema_of(version)
    schema[target]

    def find() -> dict[str, Association]:
        return associations(read_frame(sample_of(version)), schema, target)

    return _kept(version, "associations", target, ASSOCIATIONS, find)


def telling_words_of(version: Version, column: str, target: str) -> tuple[ClassWords, ...]:
    """The words of a text column that tell each class of the target. Raises BadTable when there is no such column."""
    schema_of(version).only(column, target)

    def find() -> tuple[ClassWords, ...]:
        frame = read_frame(sample_of(version), [column, target])
        return telling_words(frame[column], frame[target])

    return _kept(version, "telling", f"{column}\n{target}", CLASS_WORDS, find)


def findings_of(version: Version, target: str | None) -> tuple[Finding, ...]:
    """What is wrong with the columns; with a target also what is wrong with it, and what gives it away."""
    schema = schema_of(version)
    if target is not None:
        schema[target]

    def find() -> tuple[Finding, ...]:
        return warnings(facts_of(version), schema, read_frame(sample_of(version)), target=target)

    return _kept(version, "findings", target or "", FINDINGS, find)


def _kept(version: Version, what: str, target: str, type: TypeAdapter[T], find: Callable[[], T]) -> T:
    """What `find` gives, from the file in which it was kept the first time."""
    name = hashlib.sha256(target.encode()).hexdigest()[:16]
    key = keys.version(version.dataset, version.number, f"{what}-{FORMAT}-{name}.json")
    files = house().files
    if not files.exists(key):
        found = find()
        with files.new(key) as path:
            path.write_bytes(type.dump_json(found))
    return type.validate_json(files.path(key).read_bytes())
