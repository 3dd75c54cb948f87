"""The predicting process: `python -m services.serving.process`. Keras is loaded, the last few bundles are open.

One a data folder; answers on a Unix socket that only its owner may open. Computes on the CPU, so that it takes no GPU
memory from a run. It outlives the server, and ends when nobody wants it any more.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from engine import devices
from engine.errors import LoamError
from services.house import house
from services.serving import wire
from services.serving.address import socket_path
from services.serving.gathering import Gathering
from services.serving.shelf import Shelf
from services.work.detached import SERVING, begin_log, code_stamp
from storage.files import Files

if TYPE_CHECKING:
    import pandas as pd

    from engine.bundle import Bundle
    from engine.spec import Spec

    Reason = Callable[[Bundle, pd.DataFrame, Mapping[str, str]], Spec]
    """What a bundle finds out about the answer to one row, as it was asked in the query."""

log = logging.getLogger(__name__)

LOOK_EVERY = 5.0
UNWANTED = 600.0
"""Ends when no server has asked for it in so many seconds."""
THREADS = 2


class Desk:
    """Answers requests about bundles. `files` finds them by key."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._executor = ThreadPoolExecutor(THREADS, "answering")
        self._gathering = Gathering(self._executor)
        self._shelf: Shelf[Bundle] = Shelf(self._open)

    def _open(self, key: str) -> Bundle:
        from engine.bundle import Bundle

        return Bundle.open(self._files.path(key))

    async def health(self, _: Request) -> Response:
        """Who answers, and which bundles are open."""
        return JSONResponse({"pid": os.getpid(), "open": self._shelf.keys()})

    async def answer(self, request: Request) -> Response:
        """Rows in, answers out, both as Arrow streams; `bundle` and `predictor` in the query."""
        key, predictor = request.query_params["bundle"], request.query_params["predictor"]
        frame = wire.unpack(await request.body())
        bundle = await self._in_thread(partial(self._shelf.get, key))

        def ask(rows: pd.DataFrame) -> pd.DataFrame:
            answers: pd.DataFrame = bundle.answer(rows, predictor).frame()
            return answers

        together = (key, predictor, *((name, str(kind)) for name, kind in frame.dtypes.items()))
        answers = await self._gathering.answer(together, frame, ask)
        return Response(await self._in_thread(partial(wire.pack, answers)), media_type=wire.ARROW)

    async def explain(self, request: Request) -> Response:
        """Why one row gets its answer."""
        return await self._reason(request, lambda bundle, row, asked: bundle.explain(row, asked["predictor"]))

    async def heat(self, request: Request) -> Response:
        """Which parts of a picture the answer to one row rests on; `column` is in the query too."""
        return await self._reason(
            request, lambda bundle, row, asked: bundle.heat_map(row, asked["column"], asked["predictor"])
        )

    async def words(self, request: Request) -> Response:
        """Which words of a text the answer to one row rests on; `column` is in the query too."""
        return await self._reason(
            request, lambda bundle, row, asked: bundle.mark_text(row, asked["column"], asked["predictor"])
        )

    async def _reason(self, request: Request, find: Reason) -> Response:
        row, asked = wire.unpack(await request.body()), request.query_params
        found = await self._in_thread(lambda: find(self._shelf.get(asked["bundle"]), row, asked))
        return JSONResponse(found.model_dump(mode="json"))

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)


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

    server = uvicorn.Server(uvicorn.Config(application(Desk(home.files), watch), log_level="warning"))
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
