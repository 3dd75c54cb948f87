"""What people say about answers: right or wrong, and what would have been correct. It feeds the next version."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy.orm import Session

from engine.bundle import Manifest
from engine.errors import NotFound, UserError
from engine.events import listed
from engine.labels import joined, parted
from engine.targets.labels import SeveralOfMany
from services import access, batches, downloads, keys, names, results
from services.access import User
from services.downloads import Download, Format
from services.house import house
from storage.queries import feedback, predictions
from storage.queries.feedback import Wanted
from storage.records import Feedback, FeedbackVerdict, Json, Run

__all__ = ["Counts", "Feedback", "FeedbackFilter", "FeedbackPage", "FeedbackVerdict"]

PAGE = 50
EXPORT_ROWS = 10_000  # a row group
LISTED = 5  # answers that a refusal names
CELLS: tuple[tuple[set[type], pa.DataType], ...] = (
    ({bool}, pa.bool_()),
    ({int}, pa.int64()),
    ({int, float}, pa.float64()),
    ({datetime}, pa.timestamp("us")),
)


@dataclass(frozen=True)
class FeedbackFilter(Wanted):
    """Which feedback a list shows. Empty fields do not filter; `page` counts from 0."""

    page: int = 0


@dataclass(frozen=True)
class FeedbackPage:
    """A page of the list, newest first; `total` counts the whole list."""

    items: tuple[Feedback, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Counts:
    """How many answers were called right and wrong."""

    right: int
    wrong: int


@dataclass(frozen=True)
class _Said:
    """What feedback is about: the row and its answer, as they were shown."""

    run: int
    row: Json
    answer: Json
    bundle_hash: str


def give(
    user: User,
    about: int | tuple[int, int],
    verdict: FeedbackVerdict,
    correct: str | Sequence[str] | None = None,
    comment: str = "",
) -> Feedback:
    """Says of an answer that it is right or wrong: `about` is a prediction's id, or (batch id, row number from 0).

    Said again, it takes the place of what this person said before. `correct` is an answer that this model can give:
    one of its classes, in any case, a number, or several of its labels, one by one or in a cell; so answers can be
    counted and learned from. Whoever knows of a class that the model does not, says so in the comment. Raises UserError
    for another `correct`.
    """
    access.require(user, "judge", *_thing(about))
    prediction, (batch, row) = (about, (None, None)) if isinstance(about, int) else (None, about)
    said = _of_prediction(about) if isinstance(about, int) else _of_row(*about)
    corrected = _correct(results.run_of(said.run), said, verdict, correct)

    def save(session: Session) -> Feedback | None:
        kept = feedback.save(
            session,
            owner=user.id,
            prediction=prediction,
            batch=batch,
            row_number=row,
            run=said.run,
            row=said.row,
            answer=said.answer,
            bundle_hash=said.bundle_hash,
            verdict=verdict,
            correct=corrected,
            comment=names.note(comment),
        )
        return feedback.get(session, kept)

    found = house().database.write_once(save)
    if found is None:
        raise NotFound(access.WORDS["prediction"])
    return found


def list_feedback(user: User, wanted: FeedbackFilter = FeedbackFilter()) -> FeedbackPage:
    """A page of what people said, newest first."""
    access.require(user, "list")
    page = max(wanted.page, 0)
    with house().database.read() as session:
        found, total = feedback.page(session, _asked(wanted), limit=PAGE, offset=page * PAGE)
    return FeedbackPage(tuple(found), total, page, max(1, -(-total // PAGE)))


def counts(user: User, wanted: FeedbackFilter = FeedbackFilter()) -> Counts:
    """How many are right and wrong, of the list's whole."""
    access.require(user, "list")
    with house().database.read() as session:
        found = feedback.counts(session, _asked(wanted))
    return Counts(found["right"], found["wrong"])


def export(user: User, wanted: FeedbackFilter, format: Format) -> Download:
    """What people said as a file: the row's columns, the answer, what was said, by whom, when."""
    access.require(user, "list")
    home = house()
    source = keys.export(user.id, "feedback.parquet")
    with home.database.read() as session, home.files.new(source) as path:
        upto = feedback.last(session)
        schema = _columns(map(_line, feedback.every(session, _asked(wanted), upto)))
        lines = map(_line, feedback.every(session, _asked(wanted), upto))
        with pq.ParquetWriter(path, schema) as writer:
            while some := list(islice(lines, EXPORT_ROWS)):
                writer.write_table(pa.Table.from_pylist([_fitting(line, schema) for line in some], schema))
    return downloads.as_file(source, keys.export(user.id, f"feedback.{format}"), "Feedback", format)


def _thing(about: int | tuple[int, int]) -> tuple[Literal["prediction", "batch"], int]:
    return ("prediction", about) if isinstance(about, int) else ("batch", about[0])


def _asked(wanted: FeedbackFilter) -> Wanted:
    return replace(wanted, search=wanted.search.strip())


def _of_prediction(prediction_id: int) -> _Said:
    with house().database.read() as session:
        found = predictions.get(session, prediction_id)
    if found is None:
        raise NotFound(access.WORDS["prediction"])
    return _Said(found.run, found.row, found.answer, found.bundle_hash)


def _of_row(batch_id: int, row: int) -> _Said:
    found = batches.batch_of(batch_id)
    cells = batches.rows_of(found, row, 1)
    if row < 0 or cells.empty:
        raise NotFound("This file has no row {row}.", row=row + 1)
    record: Json = json.loads(cells.to_json(orient="records", date_format="iso"))[0]
    answers = batches.answer_names(found)
    return _Said(
        run=found.run,
        row={name: value for name, value in record.items() if name not in answers},
        answer={plain: record[name] for name, plain in answers.items()},
        bundle_hash=found.bundle_hash or "",
    )


def _correct(run: Run, said: _Said, verdict: FeedbackVerdict, correct: str | Sequence[str] | None) -> str | None:
    """The correct answer as it is kept: the answer itself when it is right; else what the person says, checked."""
    if verdict == "right":
        return str(said.answer["answer"])
    if run.answer == "labels":
        return _labels(results.manifest_of(run), correct)
    text = names.visible(str(correct or "")).strip()
    if not text:
        return None
    if run.answer != "number":
        return _class(results.manifest_of(run).targets["model"].choices, text)
    if not _is_number(text):
        raise UserError("“{written}” is not a number. Write the correct answer as 12.5.", written=text)
    return text[: names.LONGEST]


def _labels(manifest: Manifest, correct: str | Sequence[str] | None) -> str | None:
    """The labels that are meant, as the column writes them; `[]` says that there are none."""
    target = manifest.targets["model"]
    assert isinstance(target, SeveralOfMany), "a run that predicts labels"
    if not correct:
        return None
    written = parted(correct, target.separator) if isinstance(correct, str) else correct
    wanted = [_class(target.labels, names.visible(each).strip()) for each in written]
    return joined(dict.fromkeys(wanted), target.separator)


def _class(classes: Sequence[str], text: str) -> str:
    """The class that is meant, as the model writes it."""
    if text in classes:
        return text
    meant = [each for each in classes if each.casefold() == text.casefold()]
    if len(meant) == 1:
        return meant[0]
    raise UserError(
        "This model does not know the answer “{written}”, only {known}. Choose one of these, or leave the correct "
        "answer empty and write it into the comment.",
        written=text,
        known=listed(classes, LISTED),
    )


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _line(said: Feedback) -> Json:
    return {
        **said.row,
        "answer given": said.answer.get("answer"),
        "verdict": said.verdict,
        f"correct {said.target}": said.correct,
        "comment": said.comment,
        "by": said.owner_name,
        "at": said.created.replace(tzinfo=None),
        "run": said.run_name,
        "model": said.bundle_hash[:12],
    }


def _columns(lines: Iterator[Json]) -> pa.Schema:
    """The columns of all lines, each of the narrowest type that holds its cells: one run's may be another's of another
    kind, and is text then.
    """
    kinds: dict[str, set[type]] = {}
    for line in lines:
        for name, cell in line.items():
            kinds.setdefault(name, set()).update(() if cell is None else (type(cell),))
    return pa.schema([(name, _type(found)) for name, found in kinds.items()])


def _type(kinds: set[type]) -> pa.DataType:
    return next((arrow for python, arrow in CELLS if kinds and kinds <= python), pa.large_string())


def _fitting(line: Json, schema: pa.Schema) -> Json:
    texts = {field.name for field in schema if pa.types.is_large_string(field.type)}
    return {name: str(cell) if name in texts and cell is not None else cell for name, cell in line.items()}
