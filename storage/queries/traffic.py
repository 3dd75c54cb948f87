"""What models were asked, how that ended and what they answered: counted in the database, not row by row in Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, cast, extract, func, select
from sqlalchemy.orm import Session

from storage import tables
from storage.records import Json

Call, Prediction, Feedback = tables.Call, tables.Prediction, tables.Feedback
FAILED, REFUSED = 500, 400  # statuses from which on a request failed here, or was refused


@dataclass(frozen=True)
class Span:
    """A stretch of time in equal parts of `width` seconds, from `since` on. Part 0 began in 1970, `offset` seconds
    before midnight in Greenwich, so that days are those of a reader's clock.
    """

    since: datetime
    width: int
    offset: int = 0

    def part(self, at: Any) -> ColumnElement[int]:
        """The number of the part in which a moment lies."""
        return (cast(extract("epoch", at), BigInteger) + self.offset) // self.width


@dataclass(frozen=True)
class Traffic:
    """Requests of a part of a span, or of a whole. `half` and `most`: the milliseconds that 50 and 95 in 100 needed."""

    calls: int = 0
    rows: int = 0
    refused: int = 0
    failed: int = 0
    half: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Asked:
    """Rows that a version was asked about, newest first, and the id of the newest prediction."""

    rows: list[Json]
    last: int


@dataclass(frozen=True)
class Judged:
    """An answer that somebody judged, and when it was given. `truth` is the answer that counts, as a review changed it;
    None where only its being wrong is known.
    """

    at: datetime
    version: int | None
    answer: Json
    right: bool
    truth: str | None


@dataclass(frozen=True)
class Answered:
    """Answers of one part of a span: how many times each was given, or the mean of numbers."""

    counts: dict[str, int] = field(default_factory=dict)
    mean: float | None = None
    rows: int = 0


def totals(session: Session, models: Sequence[int], since: datetime) -> dict[int, Traffic]:
    """The traffic of these models; those without are left out."""
    calls = _calls(Call.model.label("part"), Call.model.in_(models), Call.created >= since)
    return _traffic(session, calls)


def over_time(session: Session, model: int, span: Span) -> dict[int, Traffic]:
    """A model's traffic by part of the span; parts without are left out."""
    return _traffic(session, _calls(span.part(Call.created).label("part"), *_of(Call, model, span.since)))


def by_version(session: Session, model: int, since: datetime) -> dict[int, Traffic]:
    """A model's traffic by the version that answered."""
    answered = Call.version.is_not(None), *_of(Call, model, since)
    return _traffic(session, _calls(Call.version.label("part"), *answered))


def problems(session: Session, model: int, since: datetime) -> list[tuple[str, int, int]]:
    """What went wrong: the problem, its HTTP status, how many times; most frequent first."""
    count = func.count()
    question = (
        select(Call.problem, Call.status, count)
        .where(*_of(Call, model, since), Call.status >= REFUSED)
        .group_by(Call.problem, Call.status)
        .order_by(count.desc(), Call.status)
    )
    return [(problem or "", status, times) for problem, status, times in session.execute(question)]


def answers(session: Session, model: int, span: Span, *, number: bool) -> dict[int, Answered]:
    """What a model answered, by part of the span: counts of each answer, or of numbers their mean."""
    said = Prediction.answer["answer"]
    given = said.as_float() if number else said.as_string()
    part = span.part(Prediction.created).label("part")
    each = select(part, given.label("given")).where(*_of(Prediction, model, span.since)).subquery()
    if number:
        means = select(each.c.part, func.avg(each.c.given), func.count()).group_by(each.c.part)
        return {at: Answered(mean=mean, rows=rows) for at, mean, rows in session.execute(means)}
    found: dict[int, dict[str, int]] = {}
    counts = select(each.c.part, each.c.given, func.count()).group_by(each.c.part, each.c.given)
    for at, answer, times in session.execute(counts):
        found.setdefault(at, {})[answer] = times
    return {at: Answered(counts=counts, rows=sum(counts.values())) for at, counts in found.items()}


def asked(session: Session, model: int, version: int, since: datetime, limit: int) -> Asked:
    """The last rows that a version of a model was asked about."""
    question = (
        select(Prediction.id, Prediction.row)
        .where(*_of(Prediction, model, since), Prediction.version == version)
        .order_by(Prediction.created.desc(), Prediction.id.desc())
        .limit(limit)
    )
    found = session.execute(question).all()
    return Asked([row for _id, row in found], max((each for each, _row in found), default=0))


def answered(session: Session, model: int, since: datetime, *, version: int | None = None, after: int = 0) -> int:
    """How many rows a model, or one version of it, answered; of those whose prediction has an id above `after`."""
    question = select(func.count()).where(*_of(Prediction, model, since), Prediction.id > after)
    if version is not None:
        question = question.where(Prediction.version == version)
    return session.scalar(question) or 0


def last_calls(
    session: Session, model: int, since: datetime, limit: int, *, until: datetime | None = None
) -> list[tuple[int, float]]:
    """Status and milliseconds of the last requests for answers, up to `until` if that is given; newest first."""
    question = (
        select(Call.status, Call.milliseconds)
        .where(*_of(Call, model, since), Call.kind == "predict")
        .order_by(Call.created.desc(), Call.id.desc())
        .limit(limit)
    )
    if until is not None:
        question = question.where(Call.created <= until)
    return [(status, milliseconds) for status, milliseconds in session.execute(question)]


def usual_calls(
    session: Session, model: int, since: datetime, until: datetime, *, parts: int, each: int
) -> list[float]:
    """Milliseconds of requests for answers between two times: the last `each` of every one of as many equal `parts`.

    However many there were, no more are read, and none of the time is without its share.
    """
    width = (until - since) / parts
    ends = (since + width * (part + 1) for part in range(parts))
    found = (last_calls(session, model, end - width, each, until=end) for end in ends)
    return [milliseconds for calls in found for _status, milliseconds in calls]


def judged(session: Session, model: int, since: datetime, limit: int) -> list[Judged]:
    """What was said about answers that a model gave since then, newest first; nothing that a review rejected."""
    question = (
        select(
            Prediction.created, Prediction.version, Feedback.answer, Feedback.verdict, Feedback.correct,
            Feedback.accepted,
        )
        .join(Prediction, Prediction.id == Feedback.prediction)
        .where(*_of(Prediction, model, since), Feedback.review != "rejected")
        .order_by(Prediction.created.desc(), Feedback.id.desc())
        .limit(limit)
    )  # fmt: skip
    found = []
    for at, version, answer, verdict, correct, accepted in session.execute(question):
        right = verdict == "right" if accepted is None else accepted == str(answer["answer"])
        found.append(Judged(at, version, answer, right=right, truth=correct if accepted is None else accepted))
    return found


def judgements(session: Session, models: Sequence[int], since: datetime) -> dict[int, tuple[int, int]]:
    """How many answers of each model were judged, and of these called right; those without are left out."""
    right = func.sum(case((Feedback.verdict == "right", 1), else_=0))
    question = (
        select(Feedback.model, func.count(), right)
        .where(Feedback.model.in_(models), Feedback.created >= since, Feedback.review != "rejected")
        .group_by(Feedback.model)
    )
    return {model: (count, called_right) for model, count, called_right in session.execute(question)}


def _of(table: Any, model: int, since: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.model == model, table.created >= since


def _calls(part: Any, *where: ColumnElement[bool]) -> Any:
    """The requests with the part each belongs to, its place by duration among those of its part, and their number."""
    place = func.row_number().over(partition_by=part, order_by=Call.milliseconds).label("place")
    total = func.count().over(partition_by=part).label("total")
    question = select(part, Call.status, Call.rows, Call.milliseconds, place, total).where(*where)
    return question.subquery().c


def _traffic(session: Session, call: Any) -> dict[int, Traffic]:
    """Counted by part; the durations are those of the requests in the middle, and after 95 in 100."""
    middle, nearly_last = (call.total + 1) // 2, (call.total * 95 + 99) // 100
    question = select(
        call.part,
        func.count(),
        func.sum(call.rows),
        func.sum(case((call.status.between(REFUSED, FAILED - 1), 1), else_=0)),
        func.sum(case((call.status >= FAILED, 1), else_=0)),
        func.max(case((call.place == middle, call.milliseconds))),
        func.max(case((call.place == nearly_last, call.milliseconds))),
    ).group_by(call.part)
    return {part: Traffic(*counted) for part, *counted in session.execute(question)}
