"""How much and how often: the bytes of a request, and the requests of a key in a minute."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from threading import Lock

from fastapi import Request

from engine.errors import UserError
from services.house import house

MOST_KNOWN = 10_000  # callers whose last requests are remembered
MEGABYTE = 1_000_000
SMALL = 64_000  # bytes that anybody may send


class Malformed(UserError):
    """What was sent is not what it says to be."""


class WrongKind(UserError):
    """Sent as something else than is read here."""


class TooLarge(UserError):
    """More bytes than are read."""


class TooOften(UserError):
    """More requests than are taken; the next one is in so many `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__("Too many requests. Wait {seconds} s and try again.", seconds=seconds)
        self.seconds = seconds


class Meter:
    """Lets through so many requests a minute of each caller: as many at once, then evenly. Safe for threads.

    Each process counts for itself.
    """

    def __init__(self) -> None:
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, caller: str, per_minute: int) -> None:
        """Counts a request. Raises TooOften."""
        now = time.monotonic()
        with self._lock:
            left, seen = self._left.pop(caller, (float(per_minute), now))
            left = min(float(per_minute), left + (now - seen) * per_minute / 60)
            self._left[caller] = (max(left - 1, 0.0) if left >= 1 else left, now)
            if len(self._left) > MOST_KNOWN:
                self._left.popitem(last=False)
        if left < 1:
            raise TooOften(math.ceil((1 - left) * 60 / per_minute))


def is_small(request: Request) -> bool:
    """Whether so little is sent that it may be read before it is known who sends it."""
    announced = request.headers.get("content-length", "0")
    return "transfer-encoding" not in request.headers and announced.isdigit() and int(announced) <= SMALL


async def body_of(request: Request) -> bytes:
    """What was sent, up to the largest request. Raises TooLarge as soon as it is clear."""
    most = house().settings.api_mb
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most * MEGABYTE:
        raise _too_large(most)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most * MEGABYTE:
            raise _too_large(most)
        parts.append(part)
    return b"".join(parts)


def _too_large(most: int) -> TooLarge:
    return TooLarge("A request has at most {most} MB. Send the rows in parts.", most=most)
