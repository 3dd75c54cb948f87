"""Files of rows to predict: carried out in a job, read afterwards. Asks no permission itself.

The result is one Parquet file: the columns of the file as they came, then the answers. Pictures of the file are kept
beside it for a while, so that rows can be looked at and judged; those of rows that are judged stay with the run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from engine.bundle import Manifest
from engine.errors import BadFile, BadTable, NotFound
from engine.table import keeping
from engine.table.columns import ROW, Kind
from engine.table.frames import read_slice
from engine.table.options import ReadOptions
from engine.table.reading import open_source
from services import access, keys, results, rows
from services.house import House, house
from services.serving import client
from services.work.reporting import Reporter
from storage.queries import predictions, progress, uploads
from storage.queries.jobs import Superseded
from storage.records import Batch, Job

KEEPING = 0.3  # of the progress, where pictures are unpacked first
REFERENCES = "rows.parquet"  # among the pictures of a file: which of them stand in each of its rows
ANSWERS = b"loam.answers"  # in the file's metadata: which columns are answers, and what each is called otherwise
MEANT = b"loam.meant"  # likewise: which columns of an archive stand for which that the model learned from


def carry_out_batch(home: House, job: Job, reporter: Reporter) -> None:
    """Answers every row of the job's file and ends the job; called again after a kill, it begins anew.

    Raises the engine's errors, and Superseded when another attempt took over.
    """
    with home.database.read() as session:
        batch = predictions.batch(session, job.batch or 0)
        upload = uploads.get(session, batch.upload or "") if batch is not None else None
    if batch is None:
        raise NotFound(access.WORDS["batch"])
    if upload is None or upload.key is None:
        raise BadFile("The file “{name}” is no longer kept. Send it again.", name=batch.filename)
    run = results.run_of(batch.run)
    manifest, bundle_key = results.manifest_of(run), run.bundle_key or ""
    odd = rows.Oddities()
    key = keys.batch(run.id, batch.id, f"result-{job.attempts}.parquet")
    options = ReadOptions.model_validate(batch.options) if batch.options else None
    with (
        home.files.new(key) as target,
        _no_pictures_of_a_failure(home, keys.batch_pictures(run.id, batch.id)) as pictures,
        open_source(home.files.path(upload.key), batch.filename, options) as source,
    ):
        writer: pq.ParquetWriter | None = None
        begun = KEEPING if "image" in source.kinds.values() else 0.0
        source.keep(pictures, lambda part: reporter.advance(part * begun))
        reader, asked = rows.Reader(manifest, source.options), list[pa.RecordBatch]()
        try:
            for piece, fraction in source.batches():
                typed = reader.many(_known(piece, source.kinds, manifest), pictures)
                odd.add(reader, typed)
                asked.append(typed.rows.select(reader.pictures))
                answers = client.answer(bundle_key, typed.located, batch.predictor)
                table = _with_answers(_shown(piece, source.kinds), answers, _meant(source.kinds, manifest))
                writer = writer or pq.ParquetWriter(target, table.schema)
                writer.write_table(table.cast(writer.schema))
                reporter.advance(begun + fraction * (1 - begun))
        finally:
            if writer is not None:
                writer.close()
        if writer is None:
            raise BadFile("“{name}” has no rows to predict.", name=batch.filename)
        if begun:
            with home.files.new(keys.batch_pictures(run.id, batch.id, REFERENCES)) as path:
                pq.write_table(pa.Table.from_batches(asked), path)
    try:
        reporter.flush()  # from here on it would find its job ended, and take that for another attempt's doing
        with home.database.write() as session:
            progress.answered(
                session,
                job.id,
                job.attempts,
                rows=odd.rows,
                result_key=key,
                bundle_hash=run.bundle_hash,
                notes=[note.model_dump(mode="json") for note in odd.notes()],
            )
    except Superseded:
        home.files.remove(key)
        raise


def batch_of(batch_id: int) -> Batch:
    """The batch. Raises NotFound."""
    with house().database.read() as session:
        found = predictions.batch(session, batch_id)
    if found is None:
        raise NotFound(access.WORDS["batch"])
    return found


def result_key(batch: Batch) -> str:
    """Where its answers lie. Raises BadTable while there are none."""
    if batch.result_key is None:
        raise BadTable("The answers to “{name}” are not there yet, or could not be made.", name=batch.filename)
    return batch.result_key


def rows_of(batch: Batch, offset: int, limit: int) -> pd.DataFrame:
    """Some rows with their answers, indexed by row number from 0."""
    offset = max(offset, 0)
    frame = read_slice(house().files.path(result_key(batch)), offset, limit)
    frame.index = pd.RangeIndex(offset, offset + len(frame), name="row")
    return frame


def answer_names(batch: Batch) -> dict[str, str]:
    """The columns that hold answers, and what each is called when no column of the file has that name."""
    return _names(batch, ANSWERS)


def asked_names(batch: Batch) -> dict[str, str]:
    """The columns of an archive that stand for some that the model learned from, and what each of these is called."""
    return _names(batch, MEANT)


def pictures_of(batch: Batch, row: int) -> dict[str, str] | None:
    """The pictures in a row of the file: references by the columns that the model learned from. None: not kept."""
    try:
        cells = read_slice(house().files.path(keys.batch_pictures(batch.run, batch.id, REFERENCES)), row, 1)
    except FileNotFoundError:
        return None
    return {} if cells.empty else {str(name): str(cell) for name, cell in cells.iloc[0].dropna().items()}


def keep_pictures(batch: Batch, row: int) -> dict[str, str]:
    """Keeps the pictures in a row among those that its run was asked about, which stay for as long as the run.

    As `pictures_of` names them; those that are not there any more are left out.
    """
    files, kept = house().files, dict[str, str]()
    folder = files.path(keys.run_pictures(batch.run))
    folder.mkdir(parents=True, exist_ok=True)
    for name, reference in (pictures_of(batch, row) or {}).items():
        with suppress(FileNotFoundError):  # it is swept away at this moment
            content = files.path(keys.batch_pictures(batch.run, batch.id, reference)).read_bytes()
            kept[name] = keeping.keep(content, folder).reference
    return kept


def _names(batch: Batch, key: bytes) -> dict[str, str]:
    schema = pq.read_schema(house().files.path(result_key(batch)))
    names: dict[str, str] = json.loads(schema.metadata.get(key, b"{}"))
    return names


@contextmanager
def _no_pictures_of_a_failure(home: House, key: str) -> Iterator[Path]:
    """The folder of the pictures of a file; on an error they go."""
    try:
        yield home.files.path(key)
    except Superseded:
        raise  # another attempt uses it
    except BaseException:
        home.files.remove(key)
        raise


def _known(piece: pa.RecordBatch, kinds: Mapping[str, Kind], manifest: Manifest) -> pa.RecordBatch:
    """The rows without what an archive adds of its own accord, such as the names of its files."""
    learned, meant = {column.name for column in manifest.inputs}, _meant(kinds, manifest)
    others = ({*kinds} - learned) | {*meant.values()}
    used = piece.select([name for name in piece.schema.names if name not in others or name in meant])
    return used.rename_columns([meant.get(name, name) for name in used.schema.names])


def _meant(kinds: Mapping[str, Kind], manifest: Manifest) -> dict[str, str]:
    """What an archive calls “picture” or “text”: the only column of that kind that the model learned from, whatever
    its name.
    """
    meant: dict[str, str] = {}
    for kind in ("image", "text"):
        given = [name for name, known in kinds.items() if known == kind]
        wanted = [column.name for column in manifest.inputs if column.kind == kind]
        if len(given) == len(wanted) == 1:
            meant[given[0]] = wanted[0]
    return meant


def _shown(piece: pa.RecordBatch, kinds: Mapping[str, Kind]) -> pa.Table:
    """The rows as the reader knows them: pictures have their files' names in another column."""
    pictures = [name for name, kind in kinds.items() if kind == "image"]
    return pa.Table.from_batches([piece]).drop_columns(pictures)


def _with_answers(table: pa.Table, answers: pa.RecordBatch, meant: Mapping[str, str]) -> pa.Table:
    if ROW in table.column_names:
        table = table.drop_columns([ROW])
    names: dict[str, str] = {}
    for plain, values in zip(answers.schema.names, answers.columns, strict=True):
        name = plain
        while name in table.column_names:
            name = f"{name} (model)"
        names[name] = plain
        table = table.append_column(name, values)
    return table.replace_schema_metadata({ANSWERS: json.dumps(names).encode(), MEANT: json.dumps(meant).encode()})
