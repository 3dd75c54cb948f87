"""Runs in each state, made as people and jobs make them; trees instead of a network, so that each takes a moment."""

from __future__ import annotations

from datetime import timedelta

from services import runs
from services.access import User
from services.house import House
from services.runs import Run
from storage.queries import jobs, progress
from storage.records import Job, Version
from tests.services.doing import imported, quick, work

NASTY = '<b>$x$</b> :red[*a*] 中文 🎉 "q"'
TARGETS = {"binary": "bought", "multiclass": "city", "labels": "likes", "number": "paid"}


def shop(rows: int = 240) -> str:
    """A table with an answer of each kind."""
    lines = ["age,city,visits,paid,note,bought,likes"]
    for i in range(rows):
        age = 20 + i * 37 % 60
        city = ("Rome", "Oslo", "<i>北京</i>")[(age // 20 + (i % 9 == 0)) % 3]
        bought = "yes" if (age > 50) != (i % 11 == 0) else "no"
        likes = "; ".join(like for like, fits in {"音乐": age > 40, "<i>old</i> books": i * 7 % 13 > 5}.items() if fits)
        note = f"remark number {i} about this and that which nobody else made in many words of different length"
        lines.append(f"{age},{city},{i * 7 % 13},{age * 3 + i % 17},{note},{bought},{likes}")
    return "\n".join(lines) + "\n"


def queued(user: User, version: Version, target: str = "bought", name: str = "Who buys?", key: str = "click") -> Run:
    """A run that waits."""
    return runs.start_run(user, version.id, quick(runs.suggest(user, version.id, target)), name, key)


def finished(user: User, version: Version, target: str = "bought", name: str = "Who buys?", key: str = "click") -> Run:
    """A run that is done."""
    run = queued(user, version, target, name, key)
    work("train")
    return runs.run(user, run.id)


def claimed(home: House, run: Run) -> Job:
    """The run under way: its job is in somebody's hands."""
    with home.database.write() as session:
        job = jobs.claim(session, "train", "test", timedelta(minutes=5))
    assert job is not None
    assert job.run == run.id
    return job


def learning(home: House, user: User, version: Version) -> Run:
    """A run in the middle of its training, with three points and a sentence."""
    run = queued(user, version, name=NASTY)
    job = claimed(home, run)
    points = tuple(
        {
            "step": i, "epoch": i + 1.0, "seconds": 1.5 * i, "loss": 1 / (i + 1), "validation_loss": 1.1 / (i + 1),
            "score": 0.6 + i / 10, "learning_rate": 0.001, "best": True,
        }
        for i in range(3)
    )  # fmt: skip
    with home.database.write() as session:
        progress.write(
            session, job.id, job.attempts,
            progress.Step(
                stage="training", fraction=0.4, seconds_left=70.0, points=points,
                notes=(("The model is “{name}”.", {"name": NASTY}),),
            ),
        )  # fmt: skip
    return runs.run(user, run.id)


def failed(home: House, user: User, version: Version) -> Run:
    """A run that ran out of memory."""
    run = queued(user, version, key="failing")
    job = claimed(home, run)
    error = {"kind": "memory", "text": "The machine ran out of memory in “{name}”.", "values": {"name": NASTY}}
    with home.database.write() as session:
        jobs.end(session, job.id, job.attempts, "failed", error)
    return runs.run(user, run.id)


def version_of(user: User) -> Version:
    """The shop's table, imported."""
    return imported(user, shop())
