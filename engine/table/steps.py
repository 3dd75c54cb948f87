"""Row-wise cleaning steps: part of a version, replayed on rows to predict. No step learns a number or drops a row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal, assert_never

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field, model_validator

from engine.errors import BadTable
from engine.events import Note
from engine.spec import Spec
from engine.table.casting import cast
from engine.table.columns import ROW, STORED, Column, Kind, Schema
from engine.table.frames import read_frame
from engine.table.importing import parquet_writer, whole_file
from engine.table.names import MAX_NAME, tidy
from engine.table.options import ReadOptions
from engine.table.retyping import retype


class Retype(Spec):
    """The column becomes another kind."""

    op: Literal["retype"] = "retype"
    column: str
    kind: Kind


class AsMissing(Spec):
    """These values, as written, count as missing; then the column may become another kind."""

    op: Literal["as missing"] = "as missing"
    column: str
    values: tuple[str, ...]
    kind: Kind | None = None


class Rename(Spec):
    """The column gets another name."""

    op: Literal["rename"] = "rename"
    column: str
    to: str = Field(min_length=1, max_length=MAX_NAME)

    @model_validator(mode="before")
    @classmethod
    def _tidied(cls, given: Any) -> Any:
        """A new name is like those that files give. A stored step, which says its `op`, has the name of its version."""
        if isinstance(given, dict) and "op" not in given and isinstance(given.get("to"), str):
            return given | {"to": tidy(given["to"])}
        return given


class Ignore(Spec):
    """The column is no longer offered for training."""

    op: Literal["ignore"] = "ignore"
    column: str


class Correct(Spec):
    """These rows were wrong: row id → the right value, as written. Other rows, those to predict too, keep theirs."""

    op: Literal["correct"] = "correct"
    column: str
    values: dict[int, str]


Step = Annotated[Retype | AsMissing | Rename | Ignore | Correct, Field(discriminator="op")]


@dataclass(frozen=True)
class Cleaned:
    """A version after its steps, as it was written."""

    schema: Schema
    rows: int
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Replayed:
    """Rows to predict, as the version's columns.

    `rows` have every column of the schema, missing where it was not given. `lost` says of each column that had any
    which cells (rows,) could not be read and became missing; `missing` and `extra` name the columns the rows lack, or
    have besides.
    """

    rows: pa.RecordBatch
    lost: dict[str, np.ndarray]
    missing: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def frame(self) -> pd.DataFrame:
        """The rows as a frame."""
        frame: pd.DataFrame = self.rows.to_pandas()
        return frame

    @property
    def unread(self) -> dict[str, int]:
        """How many cells of a column could not be read."""
        return {name: int(cells.sum()) for name, cells in self.lost.items()}


@dataclass(frozen=True)
class _State:
    frame: pd.DataFrame
    schema: Schema
    notes: tuple[Note, ...] = ()
    lost: tuple[tuple[str, np.ndarray], ...] = ()  # which values did not have their column's new kind
    settled: bool = False  # how values are written is known from a version, and not to be found out from these rows


def apply(frame: pd.DataFrame, schema: Schema, steps: Sequence[Step]) -> tuple[pd.DataFrame, Schema]:
    """The frame and schema after the steps, in their order; the ones given stay as they are.

    Raises BadTable for a column that is not there, a name that is taken, or a kind that no value of the column has.
    """
    state = _run(_State(frame, schema), steps)
    return state.frame, state.schema


def after(schema: Schema, steps: Sequence[Step]) -> Schema:
    """The schema after the steps, as far as it can be told without rows. Raises BadTable like `apply`."""
    empty = schema.arrow().empty_table().to_pandas().set_index(ROW)
    return _run(_State(empty, schema, settled=True), steps).schema


def apply_steps(path: Path, schema: Schema, steps: Sequence[Step], out: Path) -> Cleaned:
    """Writes the version at `path` after the steps to `out`, which appears only when it is whole.

    Only columns that steps touch are held in memory. Rows keep their ids. Raises like `apply`, and OutOfResources.
    """
    after(schema, steps)  # names are checked against the whole table
    touched = _touched(schema, steps)
    part = schema.only(*touched)
    state = _run(_State(read_frame(path, touched), part), steps)
    changed = dict(zip(touched, state.schema.columns, strict=True))
    result = Schema(columns=tuple(changed.get(column.name, column) for column in schema.columns))
    rows = 0
    with pq.ParquetFile(path) as old, whole_file(out) as partial, parquet_writer(partial, result) as writer:
        for batch in old.iter_batches():
            piece = state.frame.iloc[rows : rows + batch.num_rows]
            arrays = [batch.column(ROW)]
            for column in schema.columns:
                new = changed.get(column.name)
                if new is None:
                    arrays.append(batch.column(column.name))
                else:
                    arrays.append(pa.Array.from_pandas(piece[new.name], type=result.arrow().field(new.name).type))
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=result.arrow()))
            rows += batch.num_rows
    return Cleaned(schema=result, rows=rows, notes=state.notes)


class Naming:
    """The names by which the columns of `schema`, which is the one *after* `steps`, may come: those of any time.

    A name may have become another column's since. So names that come together are those of the time that knows most of
    them, the newest of several; what is left over is taken by any other time whose column did not come already.
    """

    def __init__(self, schema: Schema, steps: Sequence[Step]) -> None:
        times = [{name: name for name in schema.names}]
        for step in reversed(steps):
            if isinstance(step, Rename):
                before = dict(times[-1])
                before[step.column] = before.pop(step.to)
                times.append(before)
        self._times = times  # each: name then → name of today

    @property
    def changed(self) -> bool:
        """Whether any column was ever called otherwise."""
        return len(self._times) > 1

    @property
    def first(self) -> dict[str, str]:
        """The name that the file gave each column, by its name of today."""
        return {today: name for name, today in self._times[-1].items()}

    @property
    def all(self) -> frozenset[str]:
        """Every name that a column has or had."""
        return frozenset[str]().union(*self._times)

    def of(self, names: Collection[str]) -> dict[str, str]:
        """The columns that come by these names: name → name of today. The names of no column are left out."""
        fitting = max(self._times, key=lambda time: sum(name in time for name in names))
        found: dict[str, str] = {}
        for time in (fitting, *self._times):
            there = {*found.values()}
            found |= {n: time[n] for n in names if n in time and n not in found and time[n] not in there}
        return found

    def of_each(self, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
        """The same for each of some rows, which mostly have the same names."""
        names = [tuple(row) for row in rows]
        found = {each: self.of(each) for each in set(names)}
        return [found[each] for each in names]


Read = tuple[pa.Array, pa.Array]
"""Values of a column, and which of them could not be read."""


class Replay:
    """Brings rows to predict to the columns of `schema`, which is the schema *after* `steps`. Made once, used often.

    Cells are text as written or typed values; `naming` tells the columns by their names. `options` say how these rows'
    numbers are written. What cannot be read becomes missing.
    """

    def __init__(self, options: ReadOptions, steps: Sequence[Step], schema: Schema) -> None:
        self.naming = Naming(schema, steps)
        self._options, self._steps = options, steps
        first = _before(schema, self.naming.first)
        self._columns = tuple(zip(first.columns, schema.columns, strict=True))
        self._touched = _settle(first, schema).only(*_touched(first, steps))
        self._alike = _alike(self._columns)

    def few(self, rows: Sequence[Mapping[str, Any]]) -> Replayed:
        """Rows of plain values, each read as it would be alone. Columns that are written alike are read together."""
        called = list(zip(rows, self.naming.of_each(rows), strict=True))
        if self.naming.changed:
            rows = [{today: row[name] for name, today in names.items()} for row, names in called]
        extra = dict.fromkeys(n for row, names in called if len(names) < len(row) for n in row if n not in names)
        came = frozenset[str]().union(*(names.values() for _row, names in called))
        read: dict[str, Read] = {}
        for how, alike in self._alike:
            there = [name for name in alike if name in came]
            if there:
                values, unread = cast([row.get(name) for name in there for row in rows], how, self._options)
                for at, name in enumerate(there):
                    part = slice(at * len(rows), (at + 1) * len(rows))
                    read[name] = values[part], unread[part]
        return self._replayed(read, len(rows), tuple(extra))

    def many(self, rows: pa.RecordBatch) -> Replayed:
        """Rows of a file."""
        called = self.naming.of(rows.schema.names)
        came = {today: name for name, today in called.items()}
        read = {
            new.name: cast(rows[came[new.name]], old, self._options) for old, new in self._columns if new.name in came
        }
        return self._replayed(read, len(rows), tuple(n for n in rows.schema.names if n not in called and n != ROW))

    def _replayed(self, read: Mapping[str, Read], rows: int, extra: tuple[str, ...]) -> Replayed:
        """`read` holds the columns that are there, by their names of today."""
        first: dict[str, pa.Array] = {}
        lost: dict[str, np.ndarray] = {}
        for old, new in self._columns:
            values, unread = read.get(new.name) or (pa.nulls(rows, STORED[old.kind]), None)
            first[old.name] = values
            if unread is not None and unread.true_count:
                lost[new.name] = np.asarray(unread)
        done = self._carry_out({name: first.pop(name) for name in self._touched.names}, lost)
        columns = {new.name: done[new.name] if new.name in done else first[old.name] for old, new in self._columns}
        missing = tuple(new.name for _old, new in self._columns if new.name not in read)
        return Replayed(pa.RecordBatch.from_pydict(columns), lost, missing, extra)

    def _carry_out(self, touched: dict[str, pa.Array], lost: dict[str, np.ndarray]) -> dict[str, pa.Array]:
        """The columns that steps touch, by their last names; what is lost on the way is added to `lost`."""
        if not touched:
            return {}
        frame = pd.DataFrame({name: values.to_pandas() for name, values in touched.items()})
        end = _run(_State(frame, self._touched, settled=True), self._steps)
        for name, cells in end.lost:
            if cells.any():
                lost[name] = lost.get(name, False) | cells
        kinds = {column.name: STORED[column.kind] for column in end.schema.columns}
        return {name: pa.Array.from_pandas(end.frame[name], type=kind) for name, kind in kinds.items()}


def _touched(schema: Schema, steps: Sequence[Step]) -> list[str]:
    """The columns that the steps are about, by their first names."""
    return [name for name in schema.names if any(name == step.column for step in steps)]


def _run(state: _State, steps: Sequence[Step]) -> _State:
    for step in steps:
        column = state.schema[step.column]
        match step:
            case Retype():
                state = _retype(state, column, step.kind)
            case AsMissing():
                state = _as_missing(state, column, step)
            case Rename():
                state = _rename(state, column, step.to)
            case Ignore():
                ignored = column.model_copy(update={"ignored": True, "reason": "left out by a step"})
                state = replace(state, schema=state.schema.replace(column.name, ignored))
            case Correct():
                state = _correct(state, column, step)
            case _:
                assert_never(step)
    return state


def _retype(state: _State, column: Column, kind: Kind) -> _State:
    values = state.frame[column.name]
    became, now = retype(values, column, kind, settled=state.settled)
    lost = values.notna() & became.isna()
    state = replace(
        state,
        frame=state.frame.assign(**{column.name: became}),
        schema=state.schema.replace(column.name, now),
        lost=(*state.lost, (column.name, lost.to_numpy())),
    )
    if lost.any() and not state.settled:
        text = (
            "“{column}” has values that cannot be read as “{kind}” and count as missing ({count} in all): {examples}."
        )
        examples = ", ".join(f"“{value}”" for value in values[lost].astype(str).unique()[:3])
        counted = {"count": int(lost.sum()), "column": column.name, "kind": kind, "examples": examples}
        state = replace(state, notes=(*state.notes, Note(text=text, values=counted)))
    return state


def _as_missing(state: _State, column: Column, step: AsMissing) -> _State:
    values = state.frame[column.name]
    written, _ = cast(pa.array(step.values, pa.string()), _as_read(column), ReadOptions())
    named = values.isin(written.drop_null().to_pandas())
    state = replace(state, frame=state.frame.assign(**{column.name: values.mask(named)}))
    if step.kind is not None and step.kind != column.kind:
        return _retype(state, column, step.kind)
    return state


def _correct(state: _State, column: Column, step: Correct) -> _State:
    if column.kind == "image":
        text = "“{column}” holds pictures, which come with their files and cannot be written."
        raise BadTable(text, column=column.name)
    rows = {row: value for row, value in step.values.items() if row in state.frame.index}
    if state.settled or not rows:  # rows to predict have ids of their own
        return state
    read, unread = cast(pa.array(rows.values(), pa.string()), _as_read(column), ReadOptions())
    if unread.true_count:
        wrong = next(value for value, bad in zip(rows.values(), unread.to_pylist(), strict=True) if bad)
        raise BadTable("“{value}” cannot stand in “{column}”.", value=wrong, column=column.name)
    values = state.frame[column.name].copy()
    values.loc[list(rows)] = read.to_pandas().to_numpy()
    return replace(state, frame=state.frame.assign(**{column.name: values}))


def _as_read(column: Column) -> Column:
    """The column as if the file had held its present kind: a step's words are read the way its values are."""
    kind = column.kind if column.kind in ("number", "datetime", "boolean") else "category"
    return column.model_copy(update={"read_as": kind})


def _rename(state: _State, column: Column, to: str) -> _State:
    if to == ROW or (to in state.schema and to != column.name):
        raise BadTable("There is a column “{name}” already. Choose another name.", name=to)
    schema = state.schema.replace(column.name, column.model_copy(update={"name": to}))
    lost = tuple((to if name == column.name else name, cells) for name, cells in state.lost)
    return replace(state, frame=state.frame.rename(columns={column.name: to}), schema=schema, lost=lost)


def _before(schema: Schema, first: Mapping[str, str]) -> Schema:
    """The columns as the file had them: their `first` names, and the kinds they were first read as."""
    was = (column.model_copy(update={"name": first[column.name], "kind": column.read_as}) for column in schema.columns)
    return Schema(columns=tuple(was))


def _alike(columns: Sequence[tuple[Column, Column]]) -> list[tuple[Column, list[str]]]:
    """How cells are written, as a column of the file, and the names of today of all columns written so."""
    found: dict[tuple[object, ...], tuple[Column, list[str]]] = {}
    for old, new in columns:
        written = old.read_as, old.dates, old.words, old.unit, old.decimal
        found.setdefault(written, (old, []))[1].append(new.name)
    return list(found.values())


def _settle(first: Schema, last: Schema) -> Schema:
    """The first columns with everything that is known of how values are written."""
    return Schema(
        columns=tuple(
            new.model_copy(update={"name": old.name, "kind": old.kind})
            for old, new in zip(first.columns, last.columns, strict=True)
        )
    )
