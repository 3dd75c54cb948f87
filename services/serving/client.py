"""Asks the predicting process, and starts it if none lives. Knows bundles by their key only."""

from __future__ import annotations

import threading
import time
from functools import cache
from pathlib import Path

import httpx
import pandas as pd

from engine.errors import BundleError, OutOfResources
from engine.results import Contributions, HeatMap, MarkedText
from services.house import house
from services.serving import wire
from services.serving.address import socket_path
from services.work.detached import SERVING
from storage.records import PredictorName

START_SECONDS = 120.0
"""Loading Keras takes seconds, on a busy machine many."""
ANSWER_SECONDS = 300.0
AGAIN = (httpx.ConnectError, httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)

_lock = threading.Lock()


def ensure_serving() -> None:
    """Sees to it that a predicting process lives for this data folder. Cheap: call it every few seconds."""
    SERVING.ensure(house().settings.data)


def answer(bundle: str, rows: pd.DataFrame, predictor: PredictorName = "model") -> pd.DataFrame:
    """Answers for rows, in their order; columns as `Answers.frame()` has them.

    Cells may be typed or as a person writes them. Raises the engine's own errors, such as BadRow.
    """
    reply = _post("/answer", wire.pack(rows), bundle=bundle, predictor=predictor)
    return wire.unpack(reply.content)


def explain(bundle: str, row: pd.DataFrame, predictor: PredictorName = "model") -> Contributions:
    """Why a row (a frame of one) gets its answer."""
    reply = _post("/explain", wire.pack(row), bundle=bundle, predictor=predictor)
    return Contributions.model_validate_json(reply.content)


def heat_map(bundle: str, row: pd.DataFrame, column: str, predictor: PredictorName = "model") -> HeatMap:
    """Which parts of the picture in `column` the answer to a row (a frame of one) rests on."""
    reply = _post("/heat", wire.pack(row), bundle=bundle, predictor=predictor, column=column)
    return HeatMap.model_validate_json(reply.content)


def mark_text(bundle: str, row: pd.DataFrame, column: str, predictor: PredictorName = "model") -> MarkedText:
    """Which words of the text in `column` the answer to a row (a frame of one) rests on."""
    reply = _post("/words", wire.pack(row), bundle=bundle, predictor=predictor, column=column)
    return MarkedText.model_validate_json(reply.content)


def _post(path: str, body: bytes, **query: str) -> httpx.Response:
    """Asks; starts the process and waits for it when it is not there. Asking twice does no harm."""
    folder = house().settings.data
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            reply = _client(socket_path(folder)).post(path, params=query, content=body)
            break
        except AGAIN as error:
            if time.monotonic() > deadline:
                raise OutOfResources(
                    "The predicting process does not start. Whoever looks after this server finds out why in “{log}”.",
                    log="processes/serving.log",
                ) from error
            with _lock:
                SERVING.ensure(folder)
            time.sleep(0.1)
        except httpx.TimeoutException as error:
            raise OutOfResources(
                "No answer came within {minutes} minutes. Ask for fewer rows, or when the machine is quieter.",
                minutes=round(ANSWER_SECONDS / 60),
            ) from error
    if reply.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
        raise wire.heard(reply.json())
    if reply.status_code != httpx.codes.OK:
        raise BundleError(
            "The predicting process could not answer. Tell whoever looks after this server the reference {reference}.",
            reference=_reference(reply),
        )
    return reply


def _reference(reply: httpx.Response) -> str:
    try:
        return str(reply.json()["reference"])
    except (ValueError, KeyError):
        return f"HTTP {reply.status_code}"


@cache
def _client(path: Path) -> httpx.Client:
    transport = httpx.HTTPTransport(uds=str(path))
    return httpx.Client(transport=transport, base_url="http://serving", timeout=ANSWER_SECONDS)
