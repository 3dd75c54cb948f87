"""Asks a model by its name, for a program with a key or for a person: what it answers, why, and whether it was right.

Which version answers is looked up for each request, so that a promotion holds from the next one on. An answer is kept
before it is given: with its request, in one transaction, which requests that come together share.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from engine.bundle import Manifest
from engine.errors import BadRow, Forbidden, NotFound, OutOfResources, UserError
from engine.events import Note
from engine.labels import NONE as NO_LABEL
from engine.labels import parted
from engine.results import Contributions, HeatMap, MarkedText
from services import access, feedback, keys, models, questions, results
from services.api_keys import Caller, due
from services.faults import Fault, Unavailable, fault_of
from services.house import house
from services.questions import Question, Reading, Row, TooManyRows
from services.serving import client
from services.serving.gathering import Gathering
from storage.queries import api_keys, calls, predictions
from storage.queries import models as stored
from storage.records import Answering, CallKind, Feedback, FeedbackVerdict, Prediction
from storage.tables import now

__all__ = ["Asked", "CallKind", "Caller", "Explained", "explain", "predict", "refused", "say"]

Work = Callable[[Connection], Any]


@dataclass(frozen=True)
class Asked:
    """The answers to some rows, as they are kept, in their order; `notes` say what was odd about the rows.

    `separator` stands between the labels of an answer; it is empty where an answer is one class or a number.
    """

    model: str
    version: int
    made: tuple[Prediction, ...]
    separator: str
    notes: tuple[Note, ...]

    def labels(self, made: Prediction) -> tuple[str, ...] | None:
        """The labels of an answer, one by one; None where an answer is one class or a number."""
        given = str(made.answer["answer"])
        if not self.separator:
            return None
        return () if given == NO_LABEL else parted(given, self.separator)


@dataclass(frozen=True)
class Explained:
    """What one answer rests on: columns, words of texts, parts of pictures."""

    model: str
    version: int
    columns: Contributions
    texts: tuple[MarkedText, ...]
    pictures: tuple[HeatMap, ...]
    notes: tuple[Note, ...]


class _Call:
    """A request that reached a model, while it is under way."""

    def __init__(self, caller: Caller, version: Answering, kind: CallKind, rows: int) -> None:
        self.version = version
        self._caller, self._kind, self._rows = caller, kind, rows
        self._began = time.perf_counter()

    def write(self, connection: Connection, status: int = 200, problem: str | None = None) -> None:
        """Keeps it, as it ended, and when its key was used."""
        key, at = self._caller.key, now()
        calls.add(
            connection,
            model=self.version.model,
            version=self.version.number,
            key=key.id if key else None,
            source=self._caller.source,
            kind=self._kind,
            status=status,
            problem=problem,
            rows=self._rows,
            milliseconds=1000 * (time.perf_counter() - self._began),
            created=at,
        )
        if key is not None and due(key, at):
            api_keys.used(connection, key.id, at)


def predict(caller: Caller, name: str, rows: Sequence[Row], *, written: bool = False) -> Asked:
    """Answers rows, and keeps the answers. Pictures are bytes or base64; `written`: cells are as a person writes them.

    Raises NotFound when there is no such model, UnfitRows when the model cannot read the rows, and TooManyRows.
    """
    with _under_way(caller, name, "predict", len(rows)) as call:
        reading, question = _question(call.version, rows, written=written)
        answered = _answers(call.version, question)
        questions.unread(reading, rows, [each.unread for each in answered])
        at = now()  # one time: rows of a request are known by it
        made: list[dict[str, Any]] = [
            {
                "owner": caller.user.id,
                "run": call.version.run,
                "predictor": "model",
                "bundle_hash": call.version.bundle_hash,
                "source": caller.source,
                "row": each.row,
                "answer": each.answer,
                "model": call.version.model,
                "version": call.version.number,
                "created": at,
            }
            for each in answered
        ]
        ids = _write(partial(_keep, call, made))
        return Asked(
            model=call.version.model_name,
            version=call.version.number,
            made=tuple(Prediction(id=number, **values) for number, values in zip(ids, made, strict=True)),
            separator=results.choices_of(reading.manifest)[1],
            notes=questions.notes(reading, question, [each.row for each in answered]),
        )


def explain(caller: Caller, name: str, rows: Sequence[Row], *, written: bool = False) -> Explained:
    """What the answer to one row rests on. Raises as `predict` does, and BadRow for several rows."""
    with _under_way(caller, name, "explain", len(rows)) as call:
        if len(rows) > 1:
            raise BadRow("One row is explained at a time, and not {count}.", count=len(rows))
        reading, question = _question(call.version, rows, written=written)
        answered = _answers(call.version, question)
        questions.unread(reading, rows, [each.unread for each in answered])
        found = _reasons(call.version, reading, question.rows[0])
        _write(call.write)
        return Explained(
            call.version.model_name,
            call.version.number,
            *found,
            notes=questions.notes(reading, question, [each.row for each in answered]),
        )


def say(
    caller: Caller,
    name: str,
    prediction_id: int,
    verdict: FeedbackVerdict,
    correct: str | float | list[str] | None = None,
    comment: str = "",
    *,
    request_key: str | None = None,
) -> Feedback:
    """Says of an answer of this model whether it was right. The same `request_key` again is counted once.

    `correct` is a number where the model answers numbers, a list where it answers labels, else a class. Raises NotFound
    when this model gave no such answer, and UserError as `feedback.say` does.
    """
    with _under_way(caller, name, "feedback", 1) as call:
        with house().database.read() as session:
            about = predictions.get(session, prediction_id)
        if about is None or about.model != call.version.model:
            raise NotFound("“{name}” gave no answer {id}.", name=call.version.model_name, id=prediction_id)
        said = feedback.say(
            caller.user,
            about.id,
            verdict,
            _of_kind(about.run, correct),
            comment,
            request_key=request_key,
            source=caller.source,
        )
        _write(call.write)
        return said


def refused(caller: Caller, name: str, kind: CallKind, fault: Fault) -> None:
    """Keeps a request of which nothing could be read. Raises as `answering` does."""
    access.require(caller.user, "list")
    call = _Call(caller, answering(caller, name), kind, 0)
    _write(partial(call.write, status=fault.status, problem=fault.slug))


def answering(caller: Caller, name: str) -> Answering:
    """Which version of the model of that name answers this caller now.

    Raises NotFound when there is no such model, Forbidden when the caller's key is for another one.
    """
    own = caller.answering
    if own is not None and models.is_called(own, name):  # known with the key: one question less
        access.require_of(caller.user, "predict", "model", own.owner)
        return own
    version = models.answering(caller.user, name)
    if caller.key is not None and caller.key.model != version.model:
        raise Forbidden("The key “{key}” is for another model than “{name}”.", key=caller.key.name, name=name)
    return version


def manifest_of(version: Answering) -> Manifest:
    """What the saved model of a version is made of. Asks no permission itself."""
    return _reading(house().files.path(version.bundle_key), version.model_name).manifest


@contextmanager
def _under_way(caller: Caller, name: str, kind: CallKind, rows: int) -> Iterator[_Call]:
    """A request to a model; one that fails is kept with what went wrong."""
    access.require(caller.user, "list")
    call = _Call(caller, answering(caller, name), kind, rows)
    try:
        yield call
    except Exception as error:
        fault = fault_of(error)
        with suppress(NotFound):  # the model was erased meanwhile
            _write(partial(call.write, status=fault.status, problem=fault.slug))
        raise


def _question(version: Answering, rows: Sequence[Row], *, written: bool) -> tuple[Reading, Question]:
    home = house()
    most = home.settings.api_rows
    if len(rows) > most:
        text = "A request has at most {most} rows, and this one has {count}. Send them in parts."
        raise TooManyRows(text, most=most, count=len(rows))
    if not rows:
        raise BadRow("Send at least one row.")
    reading = _reading(home.files.path(version.bundle_key), version.model_name)
    pictures, others = home.files.path(keys.run_pictures(version.run)), partial(_columns_of_others, version)
    return reading, questions.brought(reading, rows, pictures, others, written=written)


def _of_kind(run_id: int, correct: str | float | list[str] | None) -> str | list[str] | None:
    """What is said to be right, if it is of the kind that this run answers."""
    if correct is None:
        return None
    wanted: dict[str, tuple[type, ...]] = {"number": (int, float), "labels": (list,)}
    if not isinstance(correct, wanted.get(results.run_of(run_id).answer, (str, int, float))):
        raise UserError("“{written}” is no answer of the kind that this model gives.", written=correct)
    return correct if isinstance(correct, list) else str(correct)


def _answers(version: Answering, question: Question) -> list[client.Answered]:
    try:
        return client.ask(_saved(version), question.rows)
    except OutOfResources as error:
        raise Unavailable(error.text, **error.values) from error


def _reasons(
    version: Answering, reading: Reading, row: Row
) -> tuple[Contributions, tuple[MarkedText, ...], tuple[HeatMap, ...]]:
    saved = _saved(version)
    there = [(name, column.kind) for name, column in reading.inputs.items() if row.get(name) is not None]
    try:
        return (
            client.explain(saved, row),
            tuple(client.mark_text(saved, row, name) for name, kind in there if kind == "text"),
            tuple(client.heat_map(saved, row, name) for name, kind in there if kind == "image"),
        )
    except OutOfResources as error:
        raise Unavailable(error.text, **error.values) from error


def _saved(version: Answering) -> client.Asked:
    return client.Asked(version.bundle_key, keys.run_pictures(version.run))


def _columns_of_others(version: Answering) -> Collection[str]:
    """The columns that any version of the model knows: what a program sends it may go on sending to another one."""
    home = house()
    with home.database.read() as session:
        bundles = stored.bundle_keys(session, version.model)
    return frozenset[str]().union(*(_reading(home.files.path(key), version.model_name).names for key in bundles))


@lru_cache(maxsize=64)
def _reading(bundle: Path, name: str) -> Reading:
    """Kept: what a bundle holds never changes. `name` is its model's. Raises BundleError."""
    return Reading(results.manifest_in(bundle, name))


def _keep(call: _Call, made: list[dict[str, Any]], connection: Connection) -> list[int]:
    ids = predictions.add_all(connection, made)
    call.write(connection)
    return ids


def _write(work: Work) -> Any:
    """What `work` gives, committed. Raises NotFound when the model was erased meanwhile."""
    return _writing(house().settings.data).ask(work)


@lru_cache(maxsize=8)
def _writing(_folder: Path) -> Gathering[Work, Any]:
    return Gathering(_commit)


def _commit(lot: Sequence[Work]) -> list[Any]:
    """All of it in one transaction."""
    try:
        with house().database.note() as connection:
            return [work(connection) for work in lot]
    except IntegrityError as error:
        raise NotFound(access.WORDS["model"]) from error
