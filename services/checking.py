"""Checks models that were asked or judged, in a job: their drift, requests and judged answers; raises and ends alarms.

Asks no permission itself. What a check finds stands in the model's watch, so that a page only has to read it. An alarm
is one as long as it lasts: it is raised once, told once, and ends by itself when a later check finds all well. One that
comes back within a few hours is the same one.
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
LOOK_AGAIN = 50  # new rows after which drift is looked at again
LOOK_BACK = timedelta(days=30)
LATELY = timedelta(hours=1)  # of requests that are judged as the last ones
BEFORE = timedelta(days=7)  # of requests that say what is usual
MOST_CALLS, MOST_JUDGED = 5_000, 1_000
SAME_ALARM = timedelta(hours=6)
TELL_FOR = timedelta(days=1)  # a webhook that cannot be reached is tried again by later checks


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
            with home.database.write() as session:
                watching.change(session, model_id, checked_at=now())
        progress((done + 1) / len(due))


def check(home: House, model_id: int) -> None:
    """Checks one model, and tells its webhook of new alarms. Nothing, when it is gone."""
    subject = _subject(home, model_id)
    if subject is None:
        return
    report = _report(home, subject)
    judged = _judge(home, subject, report)
    with home.database.write() as session:
        if models.lock(session, model_id) is None:
            return
        if subject.report is not None and subject.report.version != report.version:
            _end_of_version(session, model_id)
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
        fresh = traffic.answered(session, model.id, since, after=last.upto if last is not None else 0)
        if last is not None and last.version == model.production and fresh < LOOK_AGAIN:
            return last
        asked = traffic.asked(session, model.id, model.production, since, MOST_ROWS)
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
        calls = traffic.last_calls(session, model.id, began - BEFORE, MOST_CALLS)
        lately = len(traffic.last_calls(session, model.id, began - LATELY, rules.LAST_CALLS))
        said = traffic.judged(session, model.id, began - LOOK_BACK, MOST_JUDGED)
        answered = traffic.answered(session, model.id, min((each.at for each in said), default=began))
    durations = [milliseconds for _status, milliseconds in calls]
    return {
        **({} if report.drift is None else rules.of_drift(report.drift)),
        **rules.of_errors([status for status, _milliseconds in calls[:lately]]),
        **rules.of_latency(durations[:lately], durations[lately:]),
        **_of_quality(subject, [each for each in said if each.version == model.production], answered),
    }


def _of_quality(subject: Subject, said: list[Judged], answered: int) -> dict[Key, Finding | None]:
    """Judged answers beside those of the test rows. An answer with several labels is right when all of them are."""
    run = subject.run
    if run.value is None or not run.test_rows:
        return {}
    if run.answer == "number":
        known = [(each.answer.get("answer"), each.truth) for each in said if each.truth is not None]
        pairs = np.array([_pair(*each) for each in known], dtype="float64").reshape(-1, 2)
        errors = np.abs(pairs[:, 0] - pairs[:, 1])
        return rules.of_errors_in_unit(errors[np.isfinite(errors)], answered, run.value)
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


def _end_of_version(session: Session, model_id: int) -> None:
    """Another version answers now: what was wrong with the answers of the one before is over."""
    known = watching.open_alarms(session, [model_id])
    over = [alarm.id for alarm in known if alarm.kind in ("drift", "quality")]
    watching.change_alarms(session, over, closed=now())


def _settle(session: Session, model_id: int, judged: dict[Key, Finding | None]) -> None:
    """Raises what is new, brings up to date what lasts, ends what is over. What was not judged stays as it is."""
    at = now()
    known = {(alarm.kind, alarm.column): alarm for alarm in watching.open_alarms(session, [model_id])}
    lately = {(a.kind, a.column): a for a in reversed(watching.closed_since(session, model_id, at - SAME_ALARM))}
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


def _tell(home: House, subject: Subject) -> None:
    """Tells the webhook of the alarms that it has not heard of, and keeps why it could not be told."""
    if subject.watch is None or not subject.watch.webhook:
        return
    with home.database.read() as session:
        untold = watching.untold(session, subject.model.id, now() - TELL_FOR)
    for alarm in untold:
        problem = webhooks.tell(subject.watch.webhook, said_of(alarm, subject.model), webhooks.RESTS)
        with home.database.write() as session:
            kept = None if problem is None else problem.model_dump(mode="json")
            watching.change(session, subject.model.id, problem=kept)
            if problem is None:
                watching.change_alarms(session, [alarm.id], told=now())
        if problem is not None:
            return  # the next check tries again


def said_of(alarm: Alarm, model: Model) -> Json:
    """An alarm as a webhook is told of it. `text` is what chat programs show."""
    sentence = str(Note(text=alarm.text, values=alarm.values))
    return {
        "text": f"{model.name}: {sentence}",
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
        },
        "page": f"/monitoring?model={model.id}",
    }
