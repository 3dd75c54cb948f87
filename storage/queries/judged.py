"""What people said of the answers that were given while feedback came in, and which of these answers nobody judged."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, distinct, exists, func, select
from sqlalchemy.orm import Session

from storage import tables
from storage.records import Prediction, record


@dataclass(frozen=True)
class Judged:
    """`wrong_rows`: ids of the rows of a version that came from answers called wrong.

    Of `answers` that the same runs gave in that time, people called `wrong` and `right` so many, but for what a review
    rejected. `silent` are some that nobody judged, spread over the time; none where answers were given in files too.
    """

    wrong_rows: frozenset[int]
    answers: int
    wrong: int
    right: int
    silent: tuple[Prediction, ...]


def judged(session: Session, version: int, *, limit: int) -> Judged:
    """What was said in the time of the feedback that was taken into a version; at most `limit` silent answers."""
    said, lesson = tables.Feedback, tables.Lesson
    taken = select(said.id).join(lesson, lesson.feedback == said.id).where(lesson.version == version)
    wrong = select(lesson.row).join(said, said.id == lesson.feedback)
    wrong = wrong.where(lesson.version == version, lesson.row.is_not(None), said.verdict == "wrong")
    made, batch = tables.Prediction, tables.Batch
    there = _given_meanwhile(taken.scalar_subquery())
    files = batch.id.in_(select(said.batch).where(said.id.in_(taken)))
    answers = session.scalar(select(func.count(made.id)).where(*there)) or 0
    in_files = session.scalar(select(func.sum(batch.rows)).where(files)) or 0
    kept = said.review != "rejected"
    one = select(said.verdict, func.count(distinct(made.id))).join(made, made.id == said.prediction)
    many = select(said.verdict, func.count()).join(batch, batch.id == said.batch)
    counts = {"wrong": 0, "right": 0}
    for question in (one.where(kept, *there), many.where(kept, files)):
        for verdict, count in session.execute(question.group_by(said.verdict)):
            counts[verdict] += count
    return Judged(
        wrong_rows=frozenset(row for row in session.scalars(wrong) if row is not None),
        answers=max(answers + in_files, sum(counts.values())),
        silent=() if in_files else _silent(session, there, limit),
        **counts,
    )


def _given_meanwhile(taken: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """Single answers of the runs that were asked, from the first to the last that was judged."""
    made, said = tables.Prediction, tables.Feedback
    times = select(made.created).join(said, said.prediction == made.id).where(said.id.in_(taken)).subquery()
    first, last = (select(each(times.c.created)).scalar_subquery() for each in (func.min, func.max))
    runs = select(said.run).where(said.id.in_(taken))
    return [made.run.in_(runs), made.predictor == "model", made.created >= first, made.created <= last]


def _silent(session: Session, there: list[ColumnElement[bool]], limit: int) -> tuple[Prediction, ...]:
    """Answers that nobody judged, evenly from all of them."""
    made = tables.Prediction
    unjudged = ~exists().where(tables.Feedback.prediction == made.id)
    ids = session.scalars(select(made.id).where(*there, unjudged).order_by(made.id)).all()
    chosen = ids[:: max(1, -(-len(ids) // limit))]
    found = session.scalars(select(made).where(made.id.in_(chosen)).order_by(made.id))
    return tuple(record(Prediction, row) for row in found)
