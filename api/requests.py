"""Every request has a number: the caller's own, if it sends one in `X-Request-ID`. It comes back with the answer."""

from __future__ import annotations

import re
import secrets

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-ID"
GOOD = re.compile(r"[A-Za-z0-9._-]{1,100}")


class Numbered:
    """Numbers the requests of an application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, and puts its number on the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = request_id(Request(scope))

        async def numbered(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)

        await self._app(scope, receive, numbered)


def request_id(request: Request) -> str:
    """The number of a request; one that could do harm in a log is not taken over."""
    if not hasattr(request.state, "request_id"):
        given = request.headers.get(HEADER, "")
        request.state.request_id = given if GOOD.fullmatch(given) else secrets.token_hex(8)
    number: str = request.state.request_id
    return number
