"""What models were asked, how that ended and what they answered: counted in the database, not row by row in Python."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, cast, extract, func, select
from sqlalchemy.orm import Session

from storage import tables
from storage.records import Json

Call, Prediction, Feedback = tables.Call, tables.Prediction, tables.Feedback
FAILED, REFUSED = 500, 400  # statuses from which on a request failed here, or was refused
MOST_READ = 50_000


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
    """Requests of a part of a span, or of a whole. `half` and `most`: the milliseconds that 50 and 95 in 100 of those
    answered needed, to two digits; None where none was. A request that is refused at once says nothing about that.
    """

    calls: int = 0
    rows: int = 0
    refused: int = 0
    failed: int = 0
    half: float | None = None
    most: float | None = None

    @property
    def answered(self) -> int:
        """Requests that neither failed nor were refused."""
        return self.calls - self.refused - self.failed


@dataclass(frozen=True)
class Requests:
    """All of a model's traffic, by part of a span, and by the version that answered; what has none is left out."""

    total: Traffic
    parts: dict[int, Traffic]
    versions: dict[int, Traffic]


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
    return _by(_lots(session, [Call.model], Call.model.in_(models), Call.created >= since), 0)


def requests(session: Session, model: int, span: Span) -> Requests:
    """A model's traffic since the span began."""
    lots = _lots(session, [span.part(Call.created).label("part"), Call.version], *_of(Call, model, span.since))
    return Requests(_together(lots), _by(lots, 0), _by(lots, 1))


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


def asked(session: Session, model: int, version: int, since: datetime, limit: int, *, of_one: int) -> Asked:
    """The last rows that a version of a model was asked about; of one request the last `of_one` at most.

    Rows that come together are alike: many of them say little more than a few. What one request asked has one time. So
    that not everything need be read, rows before the last MOST_READ are never among them.
    """
    newest = (
        select(Prediction.id, Prediction.created)
        .where(*_of(Prediction, model, since), Prediction.version == version)
        .order_by(Prediction.created.desc(), Prediction.id.desc())
        .limit(MOST_READ)
        .subquery()
    )
    place = func.row_number().over(partition_by=newest.c.created, order_by=newest.c.id.desc()).label("place")
    placed = select(newest.c.id, place).subquery()
    question = (
        select(Prediction.id, Prediction.row)
        .join(placed, placed.c.id == Prediction.id)
        .where(placed.c.place <= of_one)
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
        truth = correct if accepted is None else accepted
        found.append(Judged(at, version, answer, right=_is_right(answer, verdict, accepted), truth=truth))
    return found


def judgements(session: Session, models: Sequence[int], since: datetime) -> dict[int, tuple[int, int]]:
    """How many answers of each model were judged, and of these are right; those without are left out."""
    question = select(Feedback.model, Feedback.answer, Feedback.verdict, Feedback.accepted).where(
        Feedback.model.in_(models), Feedback.created >= since, Feedback.review != "rejected"
    )
    found: dict[int | None, list[bool]] = {}
    for model, answer, verdict, accepted in session.execute(question):
        found.setdefault(model, []).append(_is_right(answer, verdict, accepted))
    return {model: (len(right), sum(right)) for model, right in found.items() if model is not None}


def _is_right(answer: Json, verdict: str, accepted: str | None) -> bool:
    """Whether an answer is right, as its review decided, or as was said of it while there was none."""
    return verdict == "right" if accepted is None else accepted == str(answer["answer"])


def _of(table: Any, model: int, since: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.model == model, table.created >= since


@dataclass(frozen=True)
class _Lot:
    """Requests that are counted together: alike in `of`, and in how long they took, to two digits."""

    of: tuple[int | None, ...]
    milliseconds: float
    calls: int
    rows: int
    refused: int
    failed: int

    @property
    def answered(self) -> int:
        return self.calls - self.refused - self.failed


def _lots(session: Session, of: Sequence[Any], *where: ColumnElement[bool]) -> list[_Lot]:
    """The requests, counted. Thousands of lots at most, whatever their number: the durations need no sorting of all."""
    each = select(*of, _two_digits(Call.milliseconds).label("took"), Call.rows, Call.status).where(*where).subquery()
    *alike, rows, status = each.c
    question = select(
        *alike,
        func.count(),
        func.sum(rows),
        func.sum(case((status.between(REFUSED, FAILED - 1), 1), else_=0)),
        func.sum(case((status >= FAILED, 1), else_=0)),
    ).group_by(*alike)
    width = len(of)
    return [_Lot(tuple(found[:width]), *found[width:]) for found in session.execute(question)]


def _two_digits(amount: Any) -> ColumnElement[float]:
    """One digit below 1; whole hundreds from 1,000 on."""
    return case(
        (amount < 10, func.round(amount * 10) / 10),
        (amount < 100, func.round(amount)),
        (amount < 1_000, func.round(amount / 10) * 10),
        else_=func.round(amount / 100) * 100,
    )


def _by(lots: Sequence[_Lot], place: int) -> dict[int, Traffic]:
    """Traffic by what stands at that place of `of`, which is not nothing."""
    found: dict[int, list[_Lot]] = {}
    for lot in lots:
        part = lot.of[place]
        if part is not None:
            found.setdefault(part, []).append(lot)
    return {part: _together(each) for part, each in found.items()}


def _together(lots: Sequence[_Lot]) -> Traffic:
    """All of it."""
    names = ("calls", "rows", "refused", "failed")
    calls, rows, refused, failed = (sum(getattr(lot, name) for lot in lots) for name in names)
    half, most = _durations([lot for lot in lots if lot.answered])
    return Traffic(calls, rows, refused, failed, half, most)


def _durations(lots: Sequence[_Lot]) -> tuple[float | None, float | None]:
    """Those of the answered request in the middle, and after 95 in 100; nothing for no lots."""
    if not lots:
        return None, None
    ordered = sorted(lots, key=lambda lot: lot.milliseconds)
    ends = list(accumulate(lot.answered for lot in ordered))
    middle, late = (ends[-1] + 1) // 2, (ends[-1] * 95 + 99) // 100
    return ordered[bisect_left(ends, middle)].milliseconds, ordered[bisect_left(ends, late)].milliseconds
