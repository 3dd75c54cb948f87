"""Checks models that were asked or judged, in a job: their drift, requests and judged answers; raises and ends alarms.

Asks no permission itself. What a check finds stands in the model's watch, so that a page only has to read it. An alarm
is one as long as it lasts: it is raised once, told once, and ends by itself when a later check finds all well. One that
comes back within a few hours is the same one; so its end is told only after these.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from engine.drift import drift, load_reference
from engine.errors import LoamError
from engine.events import Note
from engine.inputs import InputColumn
from engine.table.pictures import located
from services import keys, results, rules, webhooks
from services.house import House
from services.reports import NO_REFERENCE, Report
from services.rules import Finding, Key
from services.work.queue import CHECK_EVERY
from storage.queries import models, runs, traffic, watching
from storage.queries.traffic import Judged
from storage.records import Alarm, Json, Model, Run, Watch
from storage.tables import now

log = logging.getLogger(__name__)

MOST_ROWS = 2_000  # the newest, of which drift is told
MOST_OF_ONE = 10  # rows of one request, which are alike: so it takes ten requests to call anything a change
LOOK_AGAIN = 50  # new rows after which drift is looked at again
LOOK_BACK = timedelta(days=30)
LATELY = timedelta(hours=1)  # of requests that are judged as the last ones
BEFORE = timedelta(days=7)  # of requests before these, which say what is usual
BEFORE_PARTS = 7 * 24  # an hour each, of which at most enough to know what is usual count: no hour speaks for all
MOST_JUDGED = 1_000
OF_A_VERSION = ("drift", "quality")  # kinds of alarm that another version begins without
SAME_ALARM = timedelta(hours=6)
TELL_FOR = timedelta(days=3)  # a webhook that cannot be reached is tried again by later checks, after a weekend too


@dataclass(frozen=True)
class Subject:
    """A model as it was when its check began: its production version's run, and how it is watched."""

    model: Model
    run: Run
    watch: Watch | None
    began: datetime

    @property
    def report(self) -> Report | None:
        """What the last check found."""
        kept = self.watch.report if self.watch is not None else None
        return None if kept is None else Report.model_validate(kept)


def carry_out_checks(home: House, progress: Callable[[float], None]) -> None:
    """Checks every model that is due. One that cannot be checked says so in the log, and keeps no other from it."""
    with home.database.read() as session:
        due = watching.due(session, now() - CHECK_EVERY)
    for done, model_id in enumerate(due):
        try:
            check(home, model_id)
        except Exception:
            log.exception("Model %s could not be checked.", model_id)
            _keep(home, model_id, checked_at=now())
        progress((done + 1) / len(due))


def check(home: House, model_id: int) -> None:
    """Checks one model, and tells its webhook what is new. Nothing, when it is gone; what was found of a version that
    does not answer any more is not kept.
    """
    subject = _subject(home, model_id)
    if subject is None:
        return
    report = _report(home, subject)
    judged = _judge(home, subject, report)
    with home.database.write() as session:
        model = models.lock(session, model_id)
        if model is None or model.production != report.version:
            return
        _settle(session, model_id, judged)
        watching.change(session, model_id, checked_at=subject.began, report=report.model_dump(mode="json"))
    _tell(home, subject)


def _subject(home: House, model_id: int) -> Subject | None:
    began = now()
    with home.database.read() as session:
        model = models.get(session, model_id)
        version = None if model is None else models.version(session, model.id, model.production)
        run = None if version is None else runs.get(session, version.run)
        watch = watching.watch(session, model_id)
    return None if model is None or run is None else Subject(model, run, watch, began)


def _report(home: House, subject: Subject) -> Report:
    """The drift of the rows that production was asked about; the last report again while there are few new ones."""
    model, last, since = subject.model, subject.report, subject.began - LOOK_BACK
    with home.database.read() as session:
        if last is not None and last.version == model.production:
            fresh = traffic.answered(session, model.id, since, version=last.version, after=last.upto)
            if fresh < LOOK_AGAIN:
                return last
        asked = traffic.asked(session, model.id, model.production, since, MOST_ROWS, of_one=MOST_OF_ONE)
    report = Report(version=model.production, run=subject.run.id, upto=asked.last, looked_at=subject.began)
    try:
        manifest = results.manifest_of(subject.run)
        reference = load_reference(results.bundle_of(subject.run))
        if reference is None:
            return report.model_copy(update={"note": NO_REFERENCE})
        frame = typed_rows(manifest.inputs, asked.rows)
        frame = located(frame, manifest.table, home.files.path(keys.run_pictures(subject.run.id)))
        return report.model_copy(update={"drift": drift(manifest.inputs, reference, frame)})
    except LoamError as error:
        return report.model_copy(update={"note": Note(text=error.text, values=error.values)})


def typed_rows(inputs: tuple[InputColumn, ...], rows: list[Json]) -> pd.DataFrame:
    """Rows as predictions keep them, as JSON, with the types that the columns were fitted on; else missing."""
    columns: dict[str, Any] = {}
    for column in inputs:
        cells = [row.get(column.name) for row in rows]
        if column.kind == "number":
            columns[column.name] = pd.to_numeric(pd.Series(cells, dtype=object), errors="coerce").astype("float64")
        elif column.kind == "datetime":
            moments = pd.to_datetime(pd.Series(cells, dtype=object), errors="coerce", format="ISO8601", utc=True)
            columns[column.name] = moments.dt.tz_localize(None).astype("datetime64[us]")
        else:
            columns[column.name] = pd.Series([None if c is None else str(c) for c in cells], dtype=object)
    return pd.DataFrame(columns, index=range(len(rows)))


def _judge(home: House, subject: Subject, report: Report) -> dict[Key, Finding | None]:
    """What all rules say."""
    model, began = subject.model, subject.began
    with home.database.read() as session:
        last = traffic.last_calls(session, model.id, began - LATELY, rules.LAST_CALLS)
        usual = _usual(session, subject)
        said = traffic.judged(session, model.id, began - LOOK_BACK, MOST_JUDGED)
        said = [each for each in said if each.version == model.production]
        first = min((each.at for each in said), default=began)
        answered = traffic.answered(session, model.id, first, version=model.production)
    return {
        **({} if report.drift is None else rules.of_drift(report.drift)),
        **rules.of_errors([status for status, _milliseconds in last]),
        **rules.of_latency([milliseconds for _status, milliseconds in last], usual),
        **_of_quality(subject, said, answered),
    }


def _usual(session: Session, subject: Subject) -> list[float]:
    """How long requests took before the last ones, milliseconds; before an alarm on that, as long as one lasts.

    So it does not end because slow has become usual; after as long as one looks back, slow is the usual.
    """
    began, lasting = subject.began, watching.open_alarms(session, [subject.model.id])
    raised = [alarm.created for alarm in lasting if alarm.kind == "latency" and alarm.created > began - BEFORE]
    until = min([began, *raised]) - LATELY
    return traffic.usual_calls(
        session, subject.model.id, until - BEFORE, until, parts=BEFORE_PARTS, each=rules.FEWEST_BEFORE
    )  # fmt: skip


def _of_quality(subject: Subject, said: list[Judged], answered: int) -> dict[Key, Finding | None]:
    """Judged answers beside those of the test rows. An answer with several labels is right when all of them are."""
    run = subject.run
    if run.value is None or not run.test_rows:
        return {}
    if run.answer == "number":
        if run.low is None or run.high is None:  # too few test rows to say how sure their error is
            return {}
        known = [(each.answer.get("answer"), each.truth) for each in said if each.truth is not None]
        pairs = np.array([_pair(*each) for each in known], dtype="float64").reshape(-1, 2)
        errors = np.abs(pairs[:, 0] - pairs[:, 1])
        return rules.of_errors_in_unit(errors[np.isfinite(errors)], answered, run.value, (run.low, run.high))
    tested: float | None = run.value
    if run.answer == "labels":
        exact = results.evaluation_of(run).metric("exact_match")
        tested = None if exact is None else exact.value
    if tested is None:
        return {}
    return rules.of_shares(sum(each.right for each in said), len(said), answered, tested, run.test_rows)


def _pair(answer: Any, truth: str | None) -> tuple[float, float]:
    try:
        return float(answer), float(truth or "nan")
    except (TypeError, ValueError):
        return float("nan"), float("nan")


def _settle(session: Session, model_id: int, judged: dict[Key, Finding | None]) -> None:
    """Raises what is new, brings up to date what lasts, ends what is over. What was not judged stays as it is.

    What was wrong with the answers of a version before production is over, and never the same alarm again.
    """
    at, promoted = now(), models.promoted(session, model_id)
    lasting = watching.open_alarms(session, [model_id])
    watching.change_alarms(session, [alarm.id for alarm in lasting if _of_another(alarm, promoted)], closed=at)
    closed = watching.closed_since(session, model_id, at - SAME_ALARM)
    known, lately = (
        {(alarm.kind, alarm.column): alarm for alarm in alarms if not _of_another(alarm, promoted)}
        for alarms in (lasting, reversed(closed))
    )
    for key, finding in judged.items():
        alarm = known.get(key)
        if finding is None:
            watching.change_alarms(session, [alarm.id] if alarm else [], closed=at)
            continue
        again = alarm or lately.get(key)
        facts: dict[str, Any] = vars(finding)
        if again is not None:
            watching.change_alarms(session, [again.id], closed=None, **facts)
        else:
            watching.add_alarm(session, model_id, kind=key[0], column=key[1], **facts)


def _of_another(alarm: Alarm, promoted: datetime | None) -> bool:
    """Whether it is of the answers of a version before the one that became production then."""
    return alarm.kind in OF_A_VERSION and promoted is not None and alarm.created < promoted


def _tell(home: House, subject: Subject) -> None:
    """Tells the webhook of alarms, and of ends, that it has not heard of, and keeps why it could not be told."""
    if subject.watch is None or not subject.watch.webhook:
        return
    model_id, at = subject.model.id, now()
    with home.database.read() as session:
        untold = watching.untold(session, model_id, at - TELL_FOR)
        untold += watching.untold_ends(session, model_id, at - SAME_ALARM - TELL_FOR, at - SAME_ALARM)
    for alarm in untold:
        problem = webhooks.tell(subject.watch.webhook, said_of(alarm, subject.model), webhooks.RESTS)
        _keep(home, model_id, problem=None if problem is None else problem.model_dump(mode="json"))
        if problem is not None:
            return  # the next check tries again
        with home.database.write() as session:
            watching.change_alarms(session, [alarm.id], told=now())


def _keep(home: House, model_id: int, **values: Any) -> None:
    """Sets columns of the model's watch, unless it was erased meanwhile."""
    with home.database.write() as session:
        if models.lock(session, model_id) is not None:
            watching.change(session, model_id, **values)


def said_of(alarm: Alarm, model: Model) -> Json:
    """An alarm as a webhook is told of it, that it began or is over. `text` is what chat programs show."""
    sentence = str(Note(text=alarm.text, values=alarm.values))
    return {
        "text": f"{model.name}: {sentence}" if alarm.closed is None else f"{model.name}: this is over: {sentence}",
        "model": {"id": model.id, "name": model.name, "version": model.production},
        "alarm": {
            "id": alarm.id,
            "kind": alarm.kind,
            "column": alarm.column,
            "sentence": sentence,
            "value": alarm.value,
            "threshold": alarm.threshold,
            "rows": alarm.rows,
            "since": alarm.created.isoformat(),
            "until": None if alarm.closed is None else alarm.closed.isoformat(),
        },
        "page": f"/monitoring?model={model.id}",
    }
