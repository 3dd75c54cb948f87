"""How long answers take, through the services: one when all is warm, and a file of many.

`python -m benchmarks.answering` is one measurement in a house of its own. Prints one line of JSON.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from benchmarks.albums import EMOJI
from benchmarks.household import household, take_in, until, watched
from benchmarks.measuring import in_process, table
from benchmarks.sources import ADULT, FOOD, Table

ROWS, TEXTS, PICTURES = 100_000, 10_000, 1000
ASKED, EXPLAINED = 50, 5
Ask = Callable[[], object]


@dataclass(frozen=True)
class Case:
    """What is learned from, and a file of `count` rows to predict. `reasons` names what shows why."""

    title: str
    learned_from: Path
    target: str
    file: Callable[[Path], Path]
    count: int
    reasons: str


def _rows(source: Table, count: int) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        file = folder / f"{source.name}.csv"
        frame = source.frame().drop(columns=source.target)
        frame.sample(count, replace=True, random_state=0).to_csv(file, index=False)
        return file

    return write


def _pictures(folder: Path) -> Path:
    file = folder / "pictures.zip"
    with ZipFile(EMOJI.archive()) as every, ZipFile(file, "w") as some:
        for i, name in enumerate(every.namelist()[:PICTURES]):
            some.writestr(f"{i}.png", every.read(name))
    return file


def cases() -> tuple[Case, ...]:
    """A table, texts, pictures."""
    return (
        Case("Adult income, 14 columns", ADULT.csv(), ADULT.target, _rows(ADULT, ROWS), ROWS, "contributions"),
        Case("Food reviews", FOOD.csv(), FOOD.target, _rows(FOOD, TEXTS), TEXTS, "marked words"),
        Case("Emoji, 64 × 64 in colour", EMOJI.archive(), "label", _pictures, PICTURES, "heat map"),
    )


def measured(folder: Path, case: Case) -> dict[str, float]:
    """Seconds for the first and a later single answer and its reasons, for the file, and the peak memory meanwhile."""
    from engine.recipe import EFFORTS
    from services import access, predictions, runs, uploads

    user, _ = access.sign_in("Bench")
    version = take_in(user, case.learned_from, case.title)
    recipe = runs.suggest(user, version, case.target).model_copy(update={"effort": EFFORTS[0]})
    run = runs.start_run(user, version, recipe, case.title, case.title)
    until(lambda: runs.run(user, run.id).status in ("finished", "failed"), 300)
    file = case.file(folder)
    ask, reasons = _questions(user, run.id, file)
    first, *later = [_seconds(ask) for _ in range(ASKED)]
    why = statistics.median(_seconds(reasons) for _ in range(EXPLAINED))

    upload = uploads.copy_in(user, file)
    with watched(folder) as seen:
        began = time.perf_counter()
        batch = predictions.start_file(user, run.id, upload.id)
        until(lambda: predictions.batch(user, batch.id).batch.status not in ("queued", "running"), 300)
        whole = time.perf_counter() - began
    result = _seconds(lambda: predictions.batch_result(user, batch.id, "csv"))
    done = predictions.batch(user, batch.id).batch
    if done.status != "finished" or done.rows != case.count:
        raise RuntimeError(f"The file was not predicted: {done}")
    return {
        "first": first, "warm": statistics.median(later), "reasons": why, "file": whole, "download": result, **seen,
    }  # fmt: skip


def _questions(user: Any, run_id: int, file: Path) -> tuple[Ask, Ask]:
    """Asks for an answer, and for what it rests on."""
    from services import predictions

    fields = predictions.form(user, run_id).fields
    column, kind = fields[0].name, fields[0].kind
    row: dict[str, Any] = {field.name: field.typical for field in fields}
    if kind == "image":
        with ZipFile(file) as pictures:
            row[column] = predictions.keep_picture(user, run_id, pictures.read(pictures.namelist()[0]))
        return (
            lambda: predictions.predict_one(user, run_id, row),
            lambda: predictions.heat_map(user, run_id, row, column),
        )
    if kind == "text":
        return (
            lambda: predictions.predict_one(user, run_id, row),
            lambda: predictions.mark_text(user, run_id, row, column),
        )
    return lambda: predictions.predict_one(user, run_id, row), lambda: predictions.explain(user, run_id, row)


def _seconds(call: Ask) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def measure() -> str:
    """As Markdown."""
    found = in_process("-m", "benchmarks.answering").answer["cases"]
    lines = [
        [
            f"{case.title}; {case.count:,} in a file; {case.reasons}",
            f"{each['first']:.2f}", f"{each['warm']:.3f}", f"{each['reasons']:.2f}",
            f"{each['file']:.1f}", f"{each['download']:.1f}", f"{each['peak_mb']:.0f}",
        ]
        for case, each in zip(cases(), found, strict=True)
    ]  # fmt: skip
    head = ["", "the first answer, s", "one, warm, s", "its reasons, s", "the file, s", "its download, s", "peak, MB"]
    return table(head, lines) + "\n\nThe peak is the most memory in one process while the file was answered."


if __name__ == "__main__":
    with household() as home:
        print(json.dumps({"cases": [measured(home, case) for case in cases()]}))
