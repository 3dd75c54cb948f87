"""Connections to the predicting process, which stay open: to ask over them takes a tenth of what HTTP takes."""

from __future__ import annotations

from multiprocessing.connection import Client, Connection
from pathlib import Path

BROKEN = (OSError, EOFError)
"""What is raised when nobody listens, or not to the end; TimeoutError, an OSError, when no answer came in time."""


class Connections:
    """To whoever listens at `path`. Safe for threads: each question has a connection for itself."""

    def __init__(self, path: Path, seconds: float) -> None:
        self._path, self._seconds = path, seconds
        self._idle: list[Connection] = []

    def ask(self, question: bytes) -> bytes:
        """The answer. Raises one of BROKEN; the next question then begins with new connections."""
        connection = self._connection()
        try:
            connection.send_bytes(question)
            if not connection.poll(self._seconds):
                raise TimeoutError
            answer = connection.recv_bytes()
        except BaseException:
            connection.close()
            self._idle.clear()
            raise
        self._idle.append(connection)
        return answer

    def _connection(self) -> Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return Client(str(self._path), "AF_UNIX")
