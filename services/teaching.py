"""Accepted feedback becomes rows of a new version, in a job: numbered for ever, read, dealt, appended. Knows no job.

Called again after a kill, it gives the same rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from engine.errors import UserError
from engine.events import Note
from engine.recipe import Recipe
from engine.table.appending import append_rows, last_row, typed_rows
from engine.table.columns import Schema
from engine.table.frames import read_frame
from engine.table.keeping import keep_copies
from services import keys, splits, versions
from services.house import House
from storage.queries import datasets, improvements, models, runs
from storage.queries.improvements import Taught
from storage.records import Improvement, Run, Version


def production_run(home: House, found: Improvement) -> Run:
    """The run that answered when the improvement began. Raises UserError when it is not there any more."""
    with home.database.read() as session:
        version = models.version(session, found.model, found.production)
        run = runs.get(session, version.run) if version else None
    if run is None:
        raise UserError("Version {n} of the model is not there any more.", n=found.production)
    return run


def append_taught(home: House, version: Version, parent: Version, table: Path) -> tuple[int, tuple[Note, ...]]:
    """Writes the parent's table and the rows taught to `table`: how many rows it has, and what is to be said of them.

    Raises UserError when none of the feedback can become a row.
    """
    with home.database.write() as session:
        improvements.number_rows(session, version, _highest(home, datasets.versions(session, version.dataset)) + 1)
        taught = improvements.taught(session, version.id)
        found = improvements.of_version(session, version.id)
    if found is None or parent.table_key is None:
        raise UserError("What is to be improved is not there any more.")
    recipe = Recipe.model_validate(production_run(home, found).recipe)
    schema, before = Schema.model_validate(parent.schema), home.files.path(parent.table_key)
    rows = _read(home, version, schema, recipe, taught)
    if rows.empty:
        raise UserError(
            "None of the accepted feedback can become a row: it holds none of the columns that the model learns from, "
            "or its pictures are no longer kept."
        )
    inputs = [column.name for column in recipe.inputs]
    splits.accept(home, version, rows[inputs], read_frame(before, inputs))
    total = append_rows(before, schema, rows, table)
    return total, _notes(len(rows), len(taught))


def _highest(home: House, versions: list[Version]) -> int:
    """The highest row id of the lineage."""
    there = [home.files.path(each.table_key) for each in versions if each.table_key is not None]
    return max((last_row(path) for path in there if path.exists()), default=-1)


def _read(home: House, version: Version, schema: Schema, recipe: Recipe, taught: list[Taught]) -> pd.DataFrame:
    """The rows taught, typed, indexed by their ids. Without an answer or any column to learn from, none."""
    pictures = [column.name for column in schema.columns if column.kind == "image"]
    kept = _keep_pictures(home, version, taught, pictures) if pictures else {}
    cells: dict[int, dict[str, Any]] = {}
    for each in taught:
        row = {name: cell for name, cell in each.row.items() if name not in pictures or cell in kept[each.run]}
        answer: Any = float(each.answer) if recipe.answer == "number" else each.answer
        cells[each.row_id] = row | {recipe.target: answer}
    frame = typed_rows(cells, schema, versions.steps_of(version), versions.options_of(version))
    asked = frame[[column.name for column in recipe.inputs]].notna().any(axis=1)
    return frame[asked & frame[recipe.target].notna()]


def _keep_pictures(home: House, version: Version, taught: list[Taught], columns: list[str]) -> dict[int, set[str]]:
    """The pictures of each run that was asked, kept among those of the data set."""
    folder = home.files.path(keys.pictures(version.dataset))
    asked: dict[int, list[str]] = {}
    for each in taught:
        asked.setdefault(each.run, []).extend(str(each.row[name]) for name in columns if each.row.get(name))
    return {
        run: keep_copies(references, home.files.path(keys.run_pictures(run)), folder)
        for run, references in asked.items()
    }


def _notes(rows: int, taught: int) -> tuple[Note, ...]:
    text = "Accepted feedback added {rows} rows." if rows != 1 else "Accepted feedback added {rows} row."
    said = [Note(text=text, values={"rows": rows})]
    if rows < taught:
        text = (
            "{rows} more could not be added: they hold none of the columns that the model learns from, or their "
            "pictures are no longer kept."
        )
        said.append(Note(text=text, values={"rows": taught - rows}))
    return tuple(said)
