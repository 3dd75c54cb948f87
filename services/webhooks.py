"""Tells another program of an alarm: one JSON document, posted to an address that the model's owner chose.

It reaches what this server reaches: programs inside a firm are what it is for. What it does not do: follow a redirect,
show what was answered, speak anything but HTTP, or ask link-local addresses, where clouds keep their credentials.
"""

from __future__ import annotations

import logging
import socket
import time
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx

from engine.errors import UserError
from engine.events import Note

log = logging.getLogger(__name__)

LONGEST = 500
SECONDS = 5.0  # for each try
RESTS = (0.5, 2.0)  # seconds before the second try and the third
BUSY = (408, 425, 429)  # asks to try again, as everything from 500 on does


def address(written: str) -> str:
    """The address as it is kept. Raises UserError for what no webhook can be."""
    text = written.strip()
    try:
        url = urlsplit(text)
    except ValueError:
        url = urlsplit("")
    if url.scheme not in ("http", "https") or not url.hostname or url.username or len(text) > LONGEST:
        raise UserError(
            "“{written}” is not an address that can be told of alarms. Write one such as https://example.org/alarms, "
            "without a password in it.",
            written=text[:80],
        )
    return text


def tell(url: str, said: dict[str, Any], rests: tuple[float, ...]) -> Note | None:
    """Posts a JSON document, and again after each of `rests` if that may help. None when it was taken, else why not."""
    problem = _try(url, said)
    for rest in rests:
        if problem is None or not problem[1]:
            break
        time.sleep(rest)
        problem = _try(url, said)
    if problem is None:
        return None
    log.warning("The webhook was not reached: %s", problem[0])
    return problem[0]


def _try(url: str, said: dict[str, Any]) -> tuple[Note, bool] | None:
    """What went wrong, and whether it may be worth another try."""
    try:
        if _link_local(httpx.URL(url)):
            return Note(text="Addresses that begin with 169.254 or fe80 are not told anything."), False
        answer = httpx.post(url, json=said, timeout=SECONDS, follow_redirects=False)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return Note(text="It could not be reached ({reason}).", values={"reason": type(error).__name__}), True
    if answer.is_success:
        return None
    note = Note(text="It answered with the HTTP status {status}.", values={"status": answer.status_code})
    return note, answer.status_code >= 500 or answer.status_code in BUSY


def _link_local(url: httpx.URL) -> bool:
    found = socket.getaddrinfo(url.host, url.port or 443, type=socket.SOCK_STREAM)
    return any(ip_address(str(place[0]).partition("%")[0]).is_link_local for *_kind, place in found)
