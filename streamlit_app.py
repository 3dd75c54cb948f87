"""The server: pages, REST API and health on one port.

    streamlit run streamlit_app.py

It never trains and never loads a model; it sees to it that the two processes that do are alive.
"""

from __future__ import annotations

import gc
import logging
import os
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Mount, Route

import api
from engine.errors import UserError
from services.looking_after import looked_after

TCP = (socket.AF_INET, socket.AF_INET6)
PAGES = sorted(file.stem for file in (Path(__file__).parent / "pages").glob("*.py") if file.stem != "main")
INDEX = Path(st.__file__).parent / "static" / "index.html"
BASE = '<script>window.__streamlit = {BACKEND_BASE_URL: new URL(".", location.href).href}</script>'
log = logging.getLogger("loam")


def answer_at_once() -> None:
    """Sets TCP_NODELAY where this process listens; connections inherit it.

    Streamlit opens its socket without, and in a way that keeps asyncio from setting it: every further answer on a
    connection would then wait 40 ms for the reader's acknowledgement. Nothing public names that socket, so that it is
    looked for among the open files.
    """
    for opened in Path("/dev/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            if stat.S_ISSOCK(os.fstat(int(opened.name)).st_mode):
                with socket.socket(fileno=os.dup(int(opened.name))) as one:
                    if one.family in TCP and one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def set_aside() -> None:
    """Leaves out what is loaded by now when garbage is looked for: it stays, and Streamlit looks after every rerun of a
    page, which took 0.13 s of it.
    """
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Opens the house, and keeps its helpers alive while the server lives; they outlive it."""
    answer_at_once()
    set_aside()
    address = st.get_option("server.address")
    if address not in {"127.0.0.1", "localhost", "::1"}:
        where = address or "all addresses"
        log.warning("This server listens on %s without sign-in: anyone who reaches it can use it.", where)
    async with looked_after():
        yield


async def healthz(_request: Request) -> JSONResponse:
    """The server answers."""
    return JSONResponse({"status": "ok"})


async def page(_request: Request) -> HTMLResponse:
    """Streamlit's page, told where its server is: else it looks below the page's own address first, in vain."""
    html = INDEX.read_text(encoding="utf-8")
    return HTMLResponse(html.replace("<head>", f"<head>{BASE}", 1), headers={"Cache-Control": "no-cache"})


def on_script_error(error: Exception) -> bool:
    """Says in words what a page could not do."""
    from pages.components import layout

    if isinstance(error, UserError):
        layout.problem(error)
    else:
        layout.bug(error)
    return True


app = st.App(
    "pages/main.py",
    lifespan=lifespan,
    routes=[
        Route("/healthz", healthz),
        Mount("/api", app=api.app),
        *(Route(f"/{name}", page) for name in PAGES),
    ],
    on_script_error=on_script_error,
)
