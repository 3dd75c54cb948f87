"""Asks the predicting process, and starts it if none lives. Knows bundles by their key only."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache, lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from engine.errors import BundleError, OutOfResources
from engine.results import Contributions, HeatMap, MarkedText
from services.house import house
from services.serving import wire
from services.serving.address import socket_path
from services.serving.connections import BROKEN, Connections
from services.serving.gathering import Gathering
from services.work.detached import SERVING
from storage.records import PredictorName

START_SECONDS = 120.0
"""Loading Keras takes seconds, on a busy machine many."""
ANSWER_SECONDS = 300.0
SMALL = 256
"""Questions about more rows go alone: they would keep small ones waiting."""

Row = Mapping[str, Any]
"""Cells by the names of their columns: as a person writes them, or typed."""

_lock = threading.Lock()


@dataclass(frozen=True)
class Answered:
    """What a model says of one row, in plain JSON: the `row` as it knows it, and its `answer` as `Answers.columns` are.

    `unread` names the columns whose cell could not be read and counts as missing.
    """

    row: dict[str, Any]
    answer: dict[str, Any]
    unread: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """A saved model by its key, and the key of the folder of pictures that cells of rows refer to."""

    bundle: str
    pictures: str
    predictor: PredictorName = "model"


def ensure_serving() -> None:
    """Sees to it that a predicting process lives for this data folder. Cheap: call it every few seconds."""
    SERVING.ensure(house().settings.data)


def warm_up(model: Asked) -> None:
    """Has the process open a saved model, so that the next question about it is answered quickly. Does nothing where no
    process lives, and what is wrong with the model is told to whoever asks it.
    """
    with suppress(*BROKEN):
        _connections(house().settings.data).ask(wire.joined(_question("open", model, ())))


def ask(model: Asked, rows: Sequence[Row]) -> list[Answered]:
    """Answers to few rows as they came, in their order. Those that several threads ask for at once travel together.

    Raises the engine's own errors, such as BadRow.
    """
    if len(rows) > SMALL:
        return _answers(model, [rows])[0]
    return _gathering(model).ask(rows)


def answer(bundle: str, rows: pa.RecordBatch, predictor: PredictorName = "model") -> pa.RecordBatch:
    """Answers to many typed rows, in their order; columns as `Answers.columns` has them."""
    return wire.unpack(_answer({"what": "many", "bundle": bundle, "predictor": predictor}, wire.pack(rows)))


def explain(model: Asked, row: Row) -> Contributions:
    """Why a row gets its answer."""
    return Contributions.model_validate_json(_answer(_question("reasons", model, [row])))


def heat_map(model: Asked, row: Row, column: str) -> HeatMap:
    """Which parts of the picture in `column` the answer to a row rests on."""
    return HeatMap.model_validate_json(_answer(_question("heat", model, [row], column=column)))


def mark_text(model: Asked, row: Row, column: str) -> MarkedText:
    """Which words of the text in `column` the answer to a row rests on."""
    return MarkedText.model_validate_json(_answer(_question("words", model, [row], column=column)))


@lru_cache(maxsize=64)
def _gathering(model: Asked) -> Gathering[Sequence[Row], list[Answered]]:
    return Gathering(partial(_answers, model))


def _answers(model: Asked, lot: Sequence[Sequence[Row]]) -> list[list[Answered]]:
    """The answers to each of the lot, all of them asked for at once."""
    found = json.loads(_answer(_question("few", model, [row for rows in lot for row in rows])))
    answered = (Answered(each["row"], each["answer"], tuple(each["unread"])) for each in found)
    return [list(islice(answered, len(rows))) for rows in lot]


def _question(what: str, model: Asked, rows: Sequence[Row], **more: str) -> dict[str, Any]:
    return {"what": what, **asdict(model), "rows": rows, **more}


def _answer(question: dict[str, Any], body: bytes = b"") -> bytes:
    """Asks; starts the process and waits for it when it is not there. Asking twice does no harm."""
    folder, asked = house().settings.data, wire.joined(question, body)
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return _told(_connections(folder).ask(asked))
        except TimeoutError as error:
            raise OutOfResources(
                "No answer came within {minutes} minutes. Ask for fewer rows, or when the machine is quieter.",
                minutes=round(ANSWER_SECONDS / 60),
            ) from error
        except BROKEN as error:
            if time.monotonic() > deadline:
                raise OutOfResources(
                    "The predicting process does not start. Whoever looks after this server finds out why in “{log}”.",
                    log="processes/serving.log",
                ) from error
            with _lock:
                SERVING.ensure(folder)
            time.sleep(0.1)


def _told(answer: bytes) -> bytes:
    """What an answer says. Raises the error that it is instead."""
    head, body = wire.parted(answer)
    if "reference" in head:
        raise BundleError(
            "The predicting process could not answer. Tell whoever looks after this server the reference {reference}.",
            reference=head["reference"],
        )
    if head:
        raise wire.heard(head)
    return body


@cache
def _connections(folder: Path) -> Connections:
    return Connections(socket_path(folder), ANSWER_SECONDS)
