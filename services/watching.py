"""How models do in use: what they were asked and answered, drift, judged answers, alarms. Only reads, but for settings.

The checks themselves are made in a job, see `services.checking`; figures over time are counted in the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

import pandas as pd
from sqlalchemy.orm import Session

from engine.errors import NotFound, UserError
from engine.events import Note
from engine.quality import quality as measured
from engine.results import Quality
from services import access, webhooks
from services.access import User
from services.house import house
from services.reports import Report
from services.work import ensure_supervisor, queue
from storage.queries import models, runs, traffic, watching
from storage.queries.models import Listed
from storage.queries.traffic import Answered, Judged, Span, Traffic
from storage.records import Alarm, Model, Run, Watch
from storage.tables import now

__all__ = ["Alarm", "Answered", "Traffic"]

PAGE = 25
LATELY = timedelta(days=1)
MOST_JUDGED = 2_000  # answers that quality is measured on, the newest

State = Literal["alarm", "good", "quiet"]
PeriodName = Literal["day", "week", "month"]


class Period(NamedTuple):
    """How far back a page looks, and the width of its parts in seconds."""

    length: timedelta
    width: int


PERIODS: dict[PeriodName, Period] = {
    "day": Period(timedelta(days=1), 3_600),
    "week": Period(timedelta(days=7), 6 * 3_600),
    "month": Period(timedelta(days=30), 86_400),
}


@dataclass(frozen=True)
class Health:
    """A model at a glance: its open alarms, the traffic of the last day, and when it was checked.

    `quiet`: nobody asked it in the last day.
    """

    alarms: tuple[Alarm, ...]
    traffic: Traffic
    checked_at: datetime | None

    @property
    def state(self) -> State:
        """In a word."""
        if self.alarms:
            return "alarm"
        return "good" if self.traffic.calls else "quiet"


@dataclass(frozen=True)
class Line:
    """A model in the list: its health, and how many answers of the last 30 days were judged, and called right."""

    listed: Listed
    health: Health
    judged: int
    right: int


@dataclass(frozen=True)
class Overview:
    """A page of the models, those with alarms first; `total` counts all models."""

    lines: tuple[Line, ...]
    total: int


@dataclass(frozen=True)
class Monitored:
    """One model: the run that answers for it, how it is watched, and what the last check found."""

    model: Model
    run: Run
    watch: Watch | None
    report: Report | None
    health: Health

    @property
    def problem(self) -> Note | None:
        """Why the webhook was not reached."""
        kept = self.watch.problem if self.watch is not None else None
        return None if kept is None else Note.model_validate(kept)


@dataclass(frozen=True)
class Moment:
    """A part of a period: when it began, and its traffic."""

    at: datetime
    traffic: Traffic


@dataclass(frozen=True)
class TrafficView:
    """The requests of a period: all together, by part, what went wrong (problem, status, times), and by version."""

    total: Traffic
    moments: tuple[Moment, ...]
    problems: tuple[tuple[str, int, int], ...]
    versions: dict[int, Traffic]


@dataclass(frozen=True)
class QualityView:
    """Judged answers of a period, None when there are none; `answered` counts all answers, judged or not.

    `starts` are when the parts began that `quality.times` names.
    """

    quality: Quality | None
    answered: int
    starts: dict[int, datetime]


def overview(user: User, page: int = 0) -> Overview:
    """All models on this server with their health; `page` counts from 0."""
    access.require(user, "list")
    with house().database.read() as session:
        lines, total = models.page(session, sort="alarmed", limit=PAGE, offset=max(page, 0) * PAGE)
        judged = traffic.judgements(session, [line.model.id for line in lines], now() - PERIODS["month"].length)
    known = health(user, [line.model.id for line in lines])
    found = (Line(line, known[line.model.id], *judged.get(line.model.id, (0, 0))) for line in lines)
    return Overview(tuple(found), total)


def health(user: User, model_ids: Sequence[int]) -> dict[int, Health]:
    """The health of several models."""
    access.require(user, "list")
    with house().database.read() as session:
        alarms = watching.open_alarms(session, model_ids)
        lately = traffic.totals(session, model_ids, now() - LATELY)
        checked = watching.checked(session, model_ids)
    return {
        each: Health(
            tuple(alarm for alarm in alarms if alarm.model == each), lately.get(each, Traffic()), checked.get(each)
        )
        for each in model_ids
    }


def monitored(user: User, model_id: int) -> Monitored:
    """One model, also from the trash."""
    access.require(user, "read", "model", model_id)
    with house().database.read() as session:
        model = models.get(session, model_id)
        version = None if model is None else models.version(session, model_id, model.production)
        run = None if version is None else runs.get(session, version.run)
        watch = watching.watch(session, model_id)
    if model is None or run is None:
        raise NotFound(access.WORDS["model"])
    kept = watch.report if watch is not None else None
    report = None if kept is None else Report.model_validate(kept)
    return Monitored(model, run, watch, report, health(user, [model_id])[model_id])


def requests(user: User, model_id: int, period: PeriodName, offset: int = 0) -> TrafficView:
    """The requests of a period up to now. `offset`: seconds by which the reader's clock is before Greenwich's."""
    access.require(user, "read", "model", model_id)
    span = _span(period, offset)
    with house().database.read() as session:
        found = traffic.requests(session, model_id, span)
        problems = traffic.problems(session, model_id, span.since)
    moments = tuple(Moment(at, found.parts.get(part, Traffic())) for part, at in _starts(span).items())
    return TrafficView(found.total, moments, tuple(problems), found.versions)


def answers(user: User, model_id: int, period: PeriodName, offset: int = 0) -> dict[datetime, Answered]:
    """What was answered in each part of a period, in order."""
    access.require(user, "read", "model", model_id)
    span = _span(period, offset)
    with house().database.read() as session:
        model = models.get(session, model_id)
        number = model is not None and model.answer == "number"
        found = traffic.answers(session, model_id, span, number=number)
    return {at: found.get(part, Answered()) for part, at in _starts(span).items()}


def quality(user: User, model_id: int, period: PeriodName = "month", offset: int = 0) -> QualityView:
    """How good the answers of a period were, by what people said of them."""
    access.require(user, "read", "model", model_id)
    span = _span(period, offset)
    with house().database.read() as session:
        said = traffic.judged(session, model_id, span.since, MOST_JUDGED)
        answered = traffic.answered(session, model_id, span.since)
    return QualityView(measured(_table(said, span)) if said else None, answered, _starts(span))


def alarms(user: User, model_id: int) -> list[Alarm]:
    """A model's alarms: those that last, then those that ended last."""
    access.require(user, "read", "model", model_id)
    with house().database.read() as session:
        return watching.alarms(session, model_id)


def my_alarms(user: User) -> list[Alarm]:
    """Alarms of this person's models that last, newest first."""
    access.require(user, "list")
    with house().database.read() as session:
        return watching.open_alarms(session, owner=user.id)


def set_webhook(user: User, model_id: int, written: str) -> None:
    """Where new alarms are told; nowhere for nothing written. Raises UserError for what is no such address."""
    access.require(user, "change", "model", model_id)
    url = webhooks.address(written) if written.strip() else None
    house().database.write_once(lambda session: watching.change(session, model_id, webhook=url, problem=None))


def try_webhook(user: User, model_id: int) -> None:
    """Tells the webhook that this is a trial. Raises UserError when it was not reached, or there is none."""
    access.require(user, "change", "model", model_id)
    found = monitored(user, model_id)
    if found.watch is None or found.watch.webhook is None:
        raise UserError("There is no address yet that could be told.")
    said = {
        "text": f"{found.model.name}: this is a trial, nothing is wrong.",
        "model": {"id": found.model.id, "name": found.model.name, "version": found.model.production},
        "alarm": None,
        "page": f"/monitoring?model={model_id}",
    }
    problem = webhooks.tell(found.watch.webhook, said, ())
    if problem is not None:
        raise UserError(problem.text, **problem.values)


def check_now(user: User, model_id: int) -> None:
    """Has a model checked without waiting for its turn."""
    access.require(user, "read", "model", model_id)

    def ask(session: Session) -> None:
        watching.change(session, model_id, checked_at=None)
        queue.check(session)

    house().database.write_once(ask)
    ensure_supervisor()


def _span(period: PeriodName, offset: int) -> Span:
    length, width = PERIODS[period]
    first = (int((now() - length).timestamp()) + offset) // width + 1
    return Span(datetime.fromtimestamp(first * width - offset, UTC), width, offset)


def _starts(span: Span) -> dict[int, datetime]:
    """When each part of the span began, up to now."""
    first, last = ((int(at.timestamp()) + span.offset) // span.width for at in (span.since, now()))
    return {part: datetime.fromtimestamp(part * span.width - span.offset, UTC) for part in range(first, last + 1)}


def _table(said: Sequence[Judged], span: Span) -> pd.DataFrame:
    """As `engine.quality` wants them."""
    rows = [
        {
            **each.answer,
            "truth": each.truth,
            "right": each.right,
            "version": each.version,
            "time": (int(each.at.timestamp()) + span.offset) // span.width,
        }
        for each in said
    ]
    return pd.DataFrame(rows)
