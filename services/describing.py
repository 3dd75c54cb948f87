"""What a program must know to ask a model: the columns of a row as JSON Schema, an example, what it can answer."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from engine.bundle import Manifest
from engine.golden import golden_rows
from engine.inputs import AnyInput
from services import access, asking, results
from services.api_keys import Caller, due
from services.house import house
from services.questions import LONGEST
from storage.queries import api_keys
from storage.records import Json
from storage.tables import now

SHOWN = 20  # words of a column that a description lists
ANY_WORD = ["string", "number", "boolean", "null"]
TYPES: dict[str, Json] = {
    "number": {"type": ["number", "null"]},
    "category": {"type": ANY_WORD, "maxLength": LONGEST},
    "boolean": {"type": ANY_WORD, "maxLength": LONGEST},
    "text": {"type": ANY_WORD, "maxLength": LONGEST},
    "datetime": {"type": ["string", "null"], "format": "date-time"},
    "image": {"type": ["string", "null"], "contentEncoding": "base64"},
}
"""JSON Schema of a cell, by the kind of its column; null, or leaving it out, says that the value is not known."""


@dataclass(frozen=True)
class Description:
    """A model as a program asks it: `row` is the JSON Schema of a row, `example` one that the model was tested with."""

    model: str
    version: int
    target: str
    answer: str
    classes: tuple[str, ...]
    columns: tuple[Json, ...]
    row: Json
    example: Json


def describe(caller: Caller, name: str) -> Description:
    """The version that answers now. Raises NotFound when there is no such model."""
    access.require(caller.user, "list")
    version = asking.answering(caller, name)
    key, at = caller.key, now()
    if key is not None and due(key, at):
        with house().database.note() as connection:
            api_keys.used(connection, key.id, at)
    run = results.run_of(version.run)
    manifest = results.manifest_of(run)
    return Description(
        model=version.model_name,
        version=version.number,
        target=run.target,
        answer=run.answer,
        classes=tuple(results.choices_of(manifest)[0]),
        columns=tuple(_column(column) for column in manifest.inputs),
        row=_row(manifest),
        example=_example(house().files.path(version.bundle_key), manifest),
    )


def _column(column: AnyInput) -> Json:
    """A column in short: its kind, and what training rows held."""
    field = column.field
    about = {"low": field.low, "high": field.high, "choices": list(field.choices[:SHOWN]) or None}
    return {
        "name": field.name,
        "kind": field.kind,
        **{name: value for name, value in about.items() if value is not None},
    }


def _row(manifest: Manifest) -> Json:
    """At least one value has to be known."""
    names = [column.name for column in manifest.inputs]
    return {
        "type": "object",
        "properties": {column.name: _cell(column) for column in manifest.inputs},
        "additionalProperties": False,
        "anyOf": [{"required": [name], "properties": {name: {"not": {"type": "null"}}}} for name in names],
    }


def _cell(column: AnyInput) -> Json:
    field = column.field
    cell = dict(TYPES[field.kind])
    if field.choices:
        cell["examples"] = list(field.choices[:SHOWN])
    if field.low is not None:
        cell["description"] = f"In training: {field.low} to {field.high}."
    return cell


def _example(bundle: Path, manifest: Manifest) -> Json:
    """A real test row, of the first few the one of which most is known."""
    rows = golden_rows(bundle, manifest.table)[[column.name for column in manifest.inputs]]
    row = rows.iloc[int(rows.notna().to_numpy().sum(axis=1).argmax())]
    kinds = {column.name: column.kind for column in manifest.inputs}
    return {name: _plain(row[name], kinds[name]) for name in rows.columns if pd.notna(row[name])}


def _plain(cell: Any, kind: str) -> Any:
    """A cell as JSON has it."""
    if kind == "image":
        return base64.b64encode(Path(cell).read_bytes()).decode("ascii")
    if kind == "datetime":
        return pd.Timestamp(cell).isoformat()
    if kind == "number":
        return int(cell) if float(cell).is_integer() and abs(cell) < 2**53 else float(cell)
    return str(cell)
