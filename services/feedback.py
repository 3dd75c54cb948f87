"""What people say about answers: right or wrong, and what would have been correct. It feeds the next version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.errors import NotFound, UserError
from engine.table.pictures import small
from services import access, batches, corrections, downloads, keys, names, results
from services.access import User
from services.downloads import Download, Format
from services.house import house
from storage.queries import feedback, predictions
from storage.queries.feedback import Once, Wanted
from storage.records import Feedback, FeedbackSource, FeedbackVerdict, Json, Review

__all__ = ["Counts", "Feedback", "FeedbackFilter", "FeedbackPage", "FeedbackVerdict", "Review"]

PAGE = 50
EXPORT_ROWS = 10_000  # a row group
LONGEST_KEY = 100
CELLS: tuple[tuple[set[type], pa.DataType], ...] = (
    ({bool}, pa.bool_()),
    ({int}, pa.int64()),
    ({int, float}, pa.float64()),
    ({datetime}, pa.timestamp("us")),
)


class Contradiction(UserError):
    """What is said goes against what is kept: the answer itself, or what was said with this key or learned from."""


@dataclass(frozen=True)
class FeedbackFilter(Wanted):
    """Which feedback a list shows. Empty fields do not filter; `page` counts from 0."""

    page: int = 0


@dataclass(frozen=True)
class FeedbackPage:
    """A page of the list, newest first; `total` counts the whole list."""

    items: tuple[Feedback, ...]
    total: int


@dataclass(frozen=True)
class Counts:
    """How many answers were called right and wrong."""

    right: int
    wrong: int


@dataclass(frozen=True)
class _Said:
    """What feedback is about: the row and its answer, as they were shown; a prediction, or a row of a batch."""

    run: int
    model: int | None
    row: Json
    answer: Json
    bundle_hash: str
    prediction: int | None = None
    batch: int | None = None
    row_number: int | None = None

    @property
    def about(self) -> dict[str, int | None]:
        """Which answer it is."""
        return {"prediction": self.prediction, "batch": self.batch, "row_number": self.row_number}


@dataclass(frozen=True)
class _Words:
    """What is said of an answer."""

    verdict: FeedbackVerdict
    correct: str | None
    comment: str


def say(
    user: User,
    about: int | tuple[int, int],
    verdict: FeedbackVerdict,
    correct: str | Sequence[str] | None = None,
    comment: str = "",
    *,
    request_key: str | None = None,
    source: FeedbackSource = "page",
) -> Feedback:
    """Says of an answer that it is right or wrong: `about` is a prediction's id, or (batch id, row number from 0).

    Said again, it takes the place of what this person said before, and waits for its review again. `correct` is an
    answer that this model can give: one of its classes, in any case, a number, or several of its labels, one by one or
    in a cell; so answers can be counted and learned from. Whoever knows of a class that the model does not, says so in
    the comment. The same `request_key` again to the same model gives the same feedback, as it is by now, and changes
    nothing, however late it comes.

    Raises UserError for another `correct`; Contradiction for one that `verdict` speaks against, for a key that was used
    for something else, and for an answer from whose feedback was learned already.
    """
    access.require(user, "judge", *_thing(about))
    said = _of_prediction(about) if isinstance(about, int) else _of_row(*about)
    words = _Words(verdict, _right(said, verdict, correct), names.note(comment))
    key = None if request_key is None else _key(request_key)
    once = None if key is None or said.model is None else Once(said.model, key, _fingerprint(user, said, words))
    kept = asdict(said) | asdict(words) | {"owner": user.id, "source": source}
    database = house().database
    try:
        with database.write() as session:
            return feedback.add(session, once, **kept)
    except IntegrityError:  # seldom; whoever looked first would ask the database twice each time
        return database.write_once(lambda session: _say_again(session, said, words, kept, once))


def list_feedback(user: User, wanted: FeedbackFilter = FeedbackFilter()) -> FeedbackPage:
    """A page of what people said, newest first; the last one, when the list has become shorter than was asked for."""
    access.require(user, "list")
    with house().database.read() as session:
        found, total = feedback.page(session, _asked(wanted), limit=PAGE, offset=max(wanted.page, 0) * PAGE)
    return FeedbackPage(tuple(found), total)


def pictures(user: User, items: Sequence[Feedback]) -> dict[str, bytes]:
    """Small pictures of the rows of some feedback, by what stands for them there; those no longer kept are left out."""
    access.require(user, "list")
    files, found = house().files, dict[str, bytes]()
    for said in items:
        folder = files.path(keys.run_pictures(said.run))
        paths = {cell: small(folder, cell) for cell in said.row.values() if isinstance(cell, str)}
        found |= {cell: path.read_bytes() for cell, path in paths.items() if path.is_file()}
    return found


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
        asked = replace(_asked(wanted), upto=feedback.last(session))
        schema = _columns(map(_line, feedback.every(session, asked)))
        lines = map(_line, feedback.every(session, asked))
        with pq.ParquetWriter(path, schema) as writer:
            while some := list(islice(lines, EXPORT_ROWS)):
                writer.write_table(pa.Table.from_pylist([_fitting(line, schema) for line in some], schema))
    return downloads.as_file(source, keys.export(user.id, f"feedback.{format}"), "Feedback", format)


def _thing(about: int | tuple[int, int]) -> tuple[Literal["prediction", "batch"], int]:
    return ("prediction", about) if isinstance(about, int) else ("batch", about[0])


def _key(text: str) -> str:
    tidy = names.visible(text).strip()
    if not 0 < len(tidy) <= LONGEST_KEY:
        raise UserError("A request key has 1 to {longest} letters or digits.", longest=LONGEST_KEY)
    return tidy


def _asked(wanted: FeedbackFilter) -> Wanted:
    return replace(wanted, search=names.search(wanted.search))


def _of_prediction(prediction_id: int) -> _Said:
    with house().database.read() as session:
        found = predictions.get(session, prediction_id)
    if found is None:
        raise NotFound(access.WORDS["prediction"])
    return _Said(found.run, found.model, found.row, found.answer, found.bundle_hash, prediction=found.id)


def _of_row(batch_id: int, row: int) -> _Said:
    found = batches.batch_of(batch_id)
    cells = batches.rows_of(found, row, 1)
    if row < 0 or cells.empty:
        raise NotFound("This file has no row {row}.", row=row + 1)
    record: Json = json.loads(cells.to_json(orient="records", date_format="iso"))[0]
    answers, meant = batches.answer_names(found), batches.asked_names(found)
    given = {name: value for name, value in record.items() if name not in answers and name not in meant}
    given |= {meant[name]: value for name, value in record.items() if name in meant}
    return _Said(
        run=found.run,
        model=None,
        row=given | batches.keep_pictures(found, row),
        answer={plain: record[name] for name, plain in answers.items()},
        bundle_hash=found.bundle_hash or "",
        batch=batch_id,
        row_number=row,
    )


def _right(said: _Said, verdict: FeedbackVerdict, correct: str | Sequence[str] | None) -> str | None:
    """What is right, as the model writes it; None when nobody knows."""
    answer = str(said.answer["answer"])
    right = None if correct is None else corrections.checked(results.run_of(said.run), correct, answer)
    if verdict == "right":
        if right not in (None, answer):
            text = "The model answered “{answer}”. Say that it is right, or that “{correct}” is."
            raise Contradiction(text, answer=answer, correct=right)
        return answer
    if right == answer:
        text = "“{answer}” is what the model answered. Say that it is right, or what else is."
        raise Contradiction(text, answer=answer)
    return right


def _fingerprint(user: User, said: _Said, words: _Words) -> str:
    """Tells apart what is said: by whom, of which answer, what."""
    told = [user.id, *said.about.values(), *asdict(words).values()]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _say_again(session: Session, said: _Said, words: _Words, kept: Json, once: Once | None) -> Feedback:
    """What was said with this key; else what is said now, in place of what this person said of the answer before."""
    used = feedback.used_key(session, once) if once is not None else None
    if once is not None and used is not None:
        return _said_with(session, once, *used)
    before = feedback.earlier(session, owner=kept["owner"], **said.about)
    if before is None:
        raise NotFound(access.WORDS["prediction"])
    if _Words(before.verdict, before.correct, before.comment) != words:
        if before.used_in is not None:
            raise Contradiction("What you said of this answer was learned from already. Correct it in the data set.")
        before = feedback.replace(session, before.id, **kept)
    if once is not None:
        feedback.use_key(session, once, before.id)
    return before


def _said_with(session: Session, once: Once, first: str, feedback_id: int) -> Feedback:
    """The feedback that was sent with this key, if it was the same: `first` is the fingerprint of what was sent."""
    if first != once.said:
        text = "The request key “{key}” was used for other feedback. Send it with a new key."
        raise Contradiction(text, key=once.key)
    found = feedback.get(session, feedback_id)
    if found is None:
        raise NotFound(access.WORDS["prediction"])
    return found


def _line(said: Feedback) -> Json:
    """A line of the file. A column of the row that is called like one of these is marked as the row's own."""
    about = {
        "answer given": said.answer.get("answer"),
        "verdict": said.verdict,
        f"correct {said.target}": said.correct,
        "comment": said.comment,
        "by": said.owner_name,
        "at": said.created.replace(tzinfo=None),
        "review": said.review,
        f"accepted {said.target}": said.accepted,
        "reviewed by": said.reviewer_name,
        "run": said.run_name,
        "model": said.bundle_hash[:12],
    }
    return {(f"{name} (of the row)" if name in about else name): cell for name, cell in said.row.items()} | about


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
