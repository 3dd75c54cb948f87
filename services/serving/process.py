"""The predicting process: `python -m services.serving.process`. Keras is loaded, the last few bundles are open.

One a data folder; answers on a Unix socket that only its owner may open. Computes on the CPU, so that it takes no GPU
memory from a run. It outlives the server, and ends when nobody wants it any more.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from engine import devices
from engine.bundle import Bundle
from engine.errors import LoamError
from engine.spec import Spec
from services.house import house
from services.rows import Reader
from services.serving import wire
from services.serving.address import socket_path
from services.serving.shelf import Shelf
from services.work.detached import SERVING, begin_log, code_stamp
from storage.files import Files

Reason = Callable[[Bundle, pa.RecordBatch, dict[str, Any]], Spec]
"""What a bundle finds out about the answer to one row, as it was asked."""

log = logging.getLogger(__name__)

LOOK_EVERY = 5.0
UNWANTED = 600.0
"""Ends when no server has asked for it in so many seconds."""
THREADS = 4
KEEP_OPEN = 3600
"""Seconds that a connection may rest: to open one takes longer than to answer."""


@dataclass(frozen=True)
class Opened:
    """A bundle, and what reads rows for it."""

    bundle: Bundle
    reader: Reader


class Desk:
    """Answers requests about bundles. `files` finds them by key."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._executor = ThreadPoolExecutor(THREADS, "answering")
        self._shelf: Shelf[Opened] = Shelf(self._open)

    def _open(self, key: str) -> Opened:
        bundle = Bundle.open(self._files.path(key))
        return Opened(bundle, Reader(bundle.manifest))

    async def health(self, _: Request) -> Response:
        """Who answers, and which bundles are open."""
        return JSONResponse({"pid": os.getpid(), "open": self._shelf.keys()})

    async def ask(self, request: Request) -> Response:
        """A question about few rows; its answers, with each row as the model knows it."""
        body = await request.body()
        return Response(await self._in_thread(lambda: self._answered(body)), media_type=wire.JSON)

    async def answer(self, request: Request) -> Response:
        """Many typed rows in, answers out, both as Arrow streams; `bundle` and `predictor` in the query."""
        body, asked = await request.body(), request.query_params

        def answers() -> bytes:
            bundle = self._shelf.get(asked["bundle"]).bundle
            columns = bundle.answer(wire.unpack(body), asked["predictor"]).columns()
            arrays = [pa.array(values, from_pandas=True) for values in columns.values()]
            return wire.pack(pa.RecordBatch.from_arrays(arrays, list(columns)))

        return Response(await self._in_thread(answers), media_type=wire.ARROW)

    async def explain(self, request: Request) -> Response:
        """Why one row gets its answer."""
        return await self._reason(request, lambda bundle, row, asked: bundle.explain(row, asked["predictor"]))

    async def heat(self, request: Request) -> Response:
        """Which parts of the picture in `column` the answer to one row rests on."""
        return await self._reason(
            request, lambda bundle, row, asked: bundle.heat_map(row, asked["column"], asked["predictor"])
        )

    async def words(self, request: Request) -> Response:
        """Which words of the text in `column` the answer to one row rests on."""
        return await self._reason(
            request, lambda bundle, row, asked: bundle.mark_text(row.to_pandas(), asked["column"], asked["predictor"])
        )

    def _answered(self, question: bytes) -> bytes:
        asked = json.loads(question)
        opened = self._shelf.get(asked["bundle"])
        typed = opened.reader.few(asked["rows"], self._files.path(asked["pictures"]))
        answers = opened.bundle.answer(typed.located, asked["predictor"]).columns()
        lost = [(name, cells.tolist()) for name, cells in typed.lost.items()]
        return wire.written(
            [
                {"row": row, "answer": answer, "unread": [name for name, cells in lost if cells[i]]}
                for i, (row, answer) in enumerate(zip(typed.rows.to_pylist(), plain(answers), strict=True))
            ]
        )

    async def _reason(self, request: Request, find: Reason) -> Response:
        asked = json.loads(await request.body())

        def reason() -> Spec:
            opened = self._shelf.get(asked["bundle"])
            typed = opened.reader.few(asked["rows"], self._files.path(asked["pictures"]))
            return find(opened.bundle, typed.located, asked)

        found = await self._in_thread(reason)
        return JSONResponse(found.model_dump(mode="json"))

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)


def plain(columns: dict[str, np.ndarray]) -> Iterator[dict[str, Any]]:
    """Columns of answers as plain rows; a number that JSON cannot write is None."""
    cells = {name: values.astype(object) for name, values in columns.items()}
    for name, values in columns.items():
        if values.dtype.kind == "f":
            cells[name][~np.isfinite(values)] = None
    return (dict(zip(cells, row, strict=True)) for row in zip(*(each.tolist() for each in cells.values()), strict=True))


async def said(_: Request, error: Exception) -> Response:
    """An error that was raised on purpose travels as it is."""
    if not isinstance(error, LoamError):
        raise error
    return JSONResponse(wire.say(error), status_code=422)


async def failed(request: Request, error: Exception) -> Response:
    """A bug: logged under a reference, which is all that the reader is told."""
    reference = secrets.token_hex(4)
    log.error("Reference %s: %s", reference, request.url.path, exc_info=error)
    return JSONResponse({"reference": reference}, status_code=500)


def application(desk: Desk, watch: Callable[[], Awaitable[None]] | None = None) -> Starlette:
    """The routes; `watch` runs as long as the application."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.ensure_future(watch()) if watch else None
        yield
        if task:
            task.cancel()

    routes = [
        Route("/health", desk.health),
        Route("/ask", desk.ask, methods=["POST"]),
        Route("/answer", desk.answer, methods=["POST"]),
        Route("/explain", desk.explain, methods=["POST"]),
        Route("/heat", desk.heat, methods=["POST"]),
        Route("/words", desk.words, methods=["POST"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers={LoamError: said, Exception: failed})


def main() -> None:
    """Loads Keras, then listens: whoever can connect gets a quick answer."""
    begin_log()
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    devices.settle(os.environ)
    home = house()
    folder = home.settings.data
    code_stamp()
    lock = SERVING.hold(folder)
    if lock is None:
        return
    import sklearn.ensemble  # noqa: F401  loaded before the first request needs them

    import engine.network  # noqa: F401

    async def watch() -> None:
        while SERVING.needed(folder, UNWANTED):  # noqa: ASYNC110
            await asyncio.sleep(LOOK_EVERY)
        server.should_exit = True

    desk = application(Desk(home.files), watch)
    server = uvicorn.Server(uvicorn.Config(desk, log_level="warning", access_log=False, timeout_keep_alive=KEEP_OPEN))
    path = socket_path(folder)
    with socket.socket(socket.AF_UNIX) as listening:
        path.unlink(missing_ok=True)
        before = os.umask(0o077)
        listening.bind(str(path))
        os.umask(before)
        log.info("Answers on %s", path)
        server.run(sockets=[listening])
    lock.release()


if __name__ == "__main__":
    main()
