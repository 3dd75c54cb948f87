"""Use a finished run: ask it about one row or a file of rows, and why. The predicting process answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import pandas as pd

from engine.errors import BadRow, NotFound
from engine.events import Note
from engine.inputs import FormField
from engine.inputs.image import Image
from engine.labels import NONE as NO_LABEL
from engine.labels import parted
from engine.results import Contributions, HeatMap, MarkedText
from engine.table import keeping
from engine.table.options import ReadOptions
from engine.table.pictures import REFERENCE, as_png, load
from services import access, batches, columns, downloads, keys, results, rows, uploads
from services.access import User
from services.downloads import Download, Format
from services.house import house
from services.serving import client
from services.work import ensure_supervisor, queue
from storage.queries import jobs, predictions
from storage.queries import uploads as sent
from storage.records import Batch, Prediction, PredictorName, Run, Source

__all__ = ["NO_LABEL", "Batch", "BatchView", "FormField", "Prediction", "PredictionForm", "PredictorName", "WhatIf"]

Values = Mapping[str, Any]


@dataclass(frozen=True)
class PredictionForm:
    """What a form asks for. `predictors`: “model”, and “baseline” if there is one. `classes` are empty for numbers; of
    labels an answer may hold `several`, with `separator` between them, those whose probability reaches the predictor's
    threshold.
    """

    run: Run
    fields: tuple[FormField, ...]
    predictors: tuple[PredictorName, ...]
    classes: tuple[str, ...]
    separator: str = ""
    thresholds: Mapping[str, float] = field(default_factory=dict)

    @property
    def several(self) -> bool:
        """Whether an answer may hold several of the classes."""
        return bool(self.separator)

    def given(self, made: Prediction) -> tuple[str, ...]:
        """The labels of an answer, one by one."""
        return parted(str(made.answer["answer"]), self.separator)


@dataclass(frozen=True)
class BatchView:
    """A file of rows, and how far it is. `fraction` 0…1; `waiting` while nobody has begun; `notes` say what was odd."""

    batch: Batch
    fraction: float
    waiting: bool
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class WhatIf:
    """The answers to one row with each of `values` in `column`: a row of `answers` each, columns as in a prediction."""

    column: str
    values: tuple[Any, ...]
    answers: pd.DataFrame


@dataclass(frozen=True)
class Seen:
    """A picture as a PNG file, and its width and height."""

    content: bytes
    size: tuple[int, int]


def form(user: User, run_id: int) -> PredictionForm:
    """What a form for this run asks for. Raises NotFound while the run is not finished."""
    access.require(user, "predict", "run", run_id)
    run = results.run_of(run_id)
    manifest = results.manifest_of(run)
    names: tuple[PredictorName, ...] = ("model", "baseline") if "baseline" in manifest.targets else ("model",)
    return PredictionForm(run, tuple(column.field for column in manifest.inputs), names, *results.choices_of(manifest))


def predict_one(
    user: User, run_id: int, values: Values, predictor: PredictorName = "model", source: Source = "form"
) -> Prediction:
    """Answers one row and keeps the answer. A value may be as a person writes it; one that is not given is missing.

    `answer` of the prediction has `answer`, and `probability` and `probability of …` each class, or `low` and `high`.
    Raises BadRow when there is nothing to go by.
    """
    access.require(user, "predict", "run", run_id)
    run = results.run_of(run_id)
    (answered,) = client.ask(_asked(run, predictor), [_given(values)])
    with house().database.write() as session:
        return predictions.add(
            session,
            owner=user.id,
            run=run_id,
            predictor=predictor,
            bundle_hash=run.bundle_hash or "",
            source=source,
            row=answered.row,
            answer=answered.answer,
        )


def oddities(user: User, run_id: int, values: Values) -> tuple[Note, ...]:
    """What is odd about a row: columns that are missing, values that cannot be read or that the model never saw."""
    access.require(user, "predict", "run", run_id)
    odd = rows.Oddities()
    run = results.run_of(run_id)
    reader = rows.Reader(results.manifest_of(run))
    odd.add(reader, reader.few([_given(values)], house().files.path(keys.run_pictures(run.id))))
    return odd.notes()


def keep_picture(user: User, run_id: int, content: bytes) -> str:
    """Keeps a picture to ask a run about; gives what stands for it among the values of a row.

    Raises BadFile for what is no picture, is damaged, or is huge.
    """
    access.require(user, "predict", "run", run_id)
    folder = house().files.path(keys.run_pictures(results.run_of(run_id).id))
    folder.mkdir(parents=True, exist_ok=True)
    return keeping.keep(content, folder).reference


def as_seen(user: User, run_id: int, reference: str, column: str) -> Seen:
    """A picture that a run was asked about, brought to the size and colours that its model sees.

    Raises NotFound when the picture is not kept or the model learned from no such column.
    """
    access.require(user, "read", "run", run_id)
    run = results.run_of(run_id)
    return _seen(run, column, keys.run_pictures(run.id), reference)


def explain(user: User, run_id: int, values: Values, predictor: PredictorName = "model") -> Contributions:
    """What each column added to the answer."""
    access.require(user, "predict", "run", run_id)
    run = results.run_of(run_id)
    return client.explain(_asked(run, predictor), _given(values))


def heat_map(user: User, run_id: int, values: Values, column: str, predictor: PredictorName = "model") -> HeatMap:
    """Which parts of the picture in a column the answer rests on. Raises NotFound when it holds no pictures."""
    access.require(user, "predict", "run", run_id)
    run = results.run_of(run_id)
    return client.heat_map(_asked(run, predictor), _given(values), column)


def mark_text(user: User, run_id: int, values: Values, column: str, predictor: PredictorName = "model") -> MarkedText:
    """Which words of the text in a column the answer rests on. Raises NotFound when it holds no texts."""
    access.require(user, "predict", "run", run_id)
    run = results.run_of(run_id)
    return client.mark_text(_asked(run, predictor), _given(values), column)


def what_if(user: User, run_id: int, values: Values, column: str, predictor: PredictorName = "model") -> WhatIf:
    """How the answer moves with one column, all else as it is. Raises NotFound when the model does not use it."""
    access.require(user, "predict", "run", run_id)
    run = results.run_of(run_id)
    fields = {each.name: each.field for each in results.manifest_of(run).inputs}
    if column not in fields:
        raise NotFound("The model did not learn from a column “{column}”.", column=column)
    tried = fields[column].values
    given = _given(values)
    answered = client.ask(_asked(run, predictor), [given | {column: value} for value in tried])
    return WhatIf(column, tuple(tried), pd.DataFrame([each.answer for each in answered]))


def prediction(user: User, prediction_id: int) -> Prediction:
    """One answer that was given."""
    access.require(user, "read", "prediction", prediction_id)
    with house().database.read() as session:
        found = predictions.get(session, prediction_id)
    if found is None:
        raise NotFound(access.WORDS["prediction"])
    return found


def start_file(
    user: User, run_id: int, upload_id: str, predictor: PredictorName = "model", options: ReadOptions | None = None
) -> Batch:
    """Queues a file of rows. The same file asked for again, as by a second click, gives the same batch."""
    access.require(user, "predict", "run", run_id)
    access.require(user, "read", "upload", upload_id)
    results.bundle_of(results.run_of(run_id))
    found = uploads.upload(user, upload_id)
    uploads.path_of(found)
    kept = options.model_dump(mode="json") if options else None
    with house().database.write() as session:
        sent.lock(session, upload_id)
        known = predictions.batch_of_upload(session, run_id, upload_id, predictor)
        if known is not None:
            return known
        batch = predictions.add_batch(
            session,
            owner=user.id,
            run=run_id,
            predictor=predictor,
            upload=upload_id,
            filename=found.filename,
            options=kept,
        )
        queue.predict(session, batch)
    ensure_supervisor()
    return batch


def batch(user: User, batch_id: int) -> BatchView:
    """A file of rows, and how far it is."""
    access.require(user, "read", "batch", batch_id)
    found = batches.batch_of(batch_id)
    with house().database.read() as session:
        job = jobs.latest(session, batch=batch_id)
    under_way = found.status in ("queued", "running")
    return BatchView(
        batch=found,
        fraction=job.fraction if under_way and job is not None else 1.0,
        waiting=found.status == "queued",
        notes=tuple(Note.model_validate(note) for note in found.notes),
    )


def list_batches(user: User, run_id: int) -> list[Batch]:
    """The last files that were predicted with a run."""
    access.require(user, "read", "run", run_id)
    with house().database.read() as session:
        return predictions.batches(session, run_id)


def batch_rows(user: User, batch_id: int, offset: int = 0, limit: int = 100) -> pd.DataFrame:
    """Some rows with their answers, indexed by row number from 0."""
    access.require(user, "read", "batch", batch_id)
    return batches.rows_of(batches.batch_of(batch_id), offset, limit)


def batch_pictures(user: User, batch_id: int, row: int) -> dict[str, Seen] | None:
    """The pictures in a row of a file as the model sees them, by column. None when they are not kept any more."""
    access.require(user, "read", "batch", batch_id)
    found = batches.batch_of(batch_id)
    references = batches.pictures_of(found, row)
    if references is None:
        return None
    run, kept = results.run_of(found.run), keys.batch_pictures(found.run, found.id)
    return {name: _seen(run, name, kept, reference) for name, reference in references.items()}


def answer_names(user: User, batch_id: int) -> dict[str, str]:
    """The columns of a file's rows that hold answers, and what each is called when no column of the file is."""
    access.require(user, "read", "batch", batch_id)
    return batches.answer_names(batches.batch_of(batch_id))


def batch_result(user: User, batch_id: int, format: Format) -> Download:
    """The rows of the file with their answers, as a file."""
    access.require(user, "read", "batch", batch_id)
    found = batches.batch_of(batch_id)
    title = f"{PurePath(found.filename).stem} with answers"
    kept = keys.batch(found.run, found.id, f"download.{format}")
    return downloads.as_file(batches.result_key(found), kept, title, format)


def heat_map_of_row(user: User, run_id: int, row_id: int, column: str) -> tuple[Seen, HeatMap]:
    """The picture in a column of a row of the run's data, and which parts of it the answer rests on.

    Raises NotFound when the row or its picture is not there any more.
    """
    access.require(user, "read", "run", run_id)
    run = results.run_of(run_id)
    frame = columns.rows_of(columns.version_of(run.version), [row_id])
    if frame.empty or pd.isna(frame[column].iloc[0]):
        raise _gone()
    kept = keys.pictures(run.dataset)
    seen = _seen(run, column, kept, frame[column].iloc[0])
    names = [each.name for each in results.manifest_of(run).inputs]
    row = {name: frame[name].iloc[0] for name in names if pd.notna(frame[name].iloc[0])}
    return seen, client.heat_map(client.Asked(run.bundle_key or "", kept), row, column)


def _gone() -> NotFound:
    return NotFound("This picture is no longer kept.")


def _seen(run: Run, column: str, pictures: str, reference: str) -> Seen:
    fitted = next((each for each in results.manifest_of(run).inputs if each.name == column), None)
    if not isinstance(fitted, Image) or not REFERENCE.fullmatch(reference):
        raise _gone()
    path = house().files.path(pictures) / reference
    if not path.is_file():
        raise _gone()
    size = (fitted.wide, fitted.height)
    return Seen(as_png(load(path, size, fitted.channels)), size)


def _asked(run: Run, predictor: PredictorName) -> client.Asked:
    results.bundle_of(run)
    return client.Asked(run.bundle_key or "", keys.run_pictures(run.id), predictor)


def _given(values: Values) -> dict[str, Any]:
    given = {name: value for name, value in values.items() if value is not None and value != ""}
    if not given:
        raise BadRow("Fill in at least one column.")
    return given
