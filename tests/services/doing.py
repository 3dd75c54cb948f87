"""What people and the job process do, in the process of the test."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta

from engine.models import GradientBoosting
from engine.recipe import Effort, Recipe
from services import datasets, runs, uploads
from services.access import User
from services.house import house
from services.work import job as process
from storage.queries import jobs
from storage.records import Lane, Run, Version


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def send(user: User, content: bytes | str, filename: str = "table.csv") -> str:
    """Sends a file; the id of its upload."""
    data = content.encode() if isinstance(content, str) else content
    ticket = uploads.open_upload(user, filename, len(data))
    asyncio.run(uploads.receive(ticket.upload_id, ticket.token, stream(data)))
    return ticket.upload_id


def work(lane: Lane = "data") -> None:
    """Carries out all that waits, as the job process does."""
    home = house()
    while True:
        with home.database.write() as session:
            job = jobs.claim(session, lane, "test", timedelta(minutes=5))
        if job is None:
            return
        sign = home.settings.data / "sign"
        process.carry_out(home, job, sign, os.getppid())


def imported(user: User, content: bytes | str, filename: str = "table.csv") -> Version:
    """A data set of one version, made."""
    dataset = datasets.import_dataset(user, send(user, content, filename), "")
    work()
    return datasets.dataset(user, dataset.id).latest


def people(rows: int = 300) -> str:
    """A table in which `bought` is yes for the older half, mostly."""
    lines = ["age,city,visits,bought"]
    for i in range(rows):
        age = 20 + i * 37 % 60
        bought = "yes" if (age > 50) != (i % 11 == 0) else "no"
        lines.append(f"{age},{('Rome', 'Oslo', '北京')[i % 3]},{i * 7 % 13},{bought}")
    return "\n".join(lines) + "\n"


def quick(recipe: Recipe) -> Recipe:
    """The same with trees: learned in a moment, without Keras."""
    return recipe.model_copy(update={"model": GradientBoosting(trees=20), "effort": Effort(name="own", seconds=20)})


def trained(user: User, version: Version, key: str = "click", target: str = "bought", name: str = "Who buys?") -> Run:
    """A finished run."""
    recipe = quick(runs.suggest(user, version.id, target))
    run = runs.start_run(user, version.id, recipe, name, key)
    work("train")
    return runs.run(user, run.id)
