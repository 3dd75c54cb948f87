"""Tells another program of an alarm: one JSON document, posted to an address that the model's owner chose.

It reaches what this server reaches by itself: programs inside a firm are what it is for. What it does not do: go
through a proxy, follow a redirect, read more of an answer than its status, speak anything but HTTP, or ask the
addresses where clouds keep their credentials. A name is looked up once, and what was found is both checked and asked.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx

from engine.errors import UserError
from engine.events import Note

log = logging.getLogger(__name__)

LONGEST = 500
SECONDS = 5.0  # for each try, from the first address that is asked to the status
CONNECT_SECONDS = 2.0  # for each address that a name has
RESTS = (0.5, 2.0)  # seconds before the second try and the third
BUSY = (408, 425, 429)  # asks to try again, as everything from 500 on does
CREDENTIALS = frozenset(
    ip_address(each)
    for each in ("100.100.100.200", "168.63.129.16", "fd00:ec2::254", "fd20:ce::254", "fd00:c1::a9fe:a9fe")
)
"""Where Alibaba, Azure, Amazon, Google and Oracle answer machines of theirs, beside the link-local addresses."""


def address(written: str) -> str:
    """The address as it is kept. Raises UserError for what no webhook can be."""
    text = written.strip()
    try:
        url = urlsplit(text)
    except ValueError:
        url = urlsplit("")
    if url.scheme not in ("http", "https") or not url.hostname or "@" in url.netloc or len(text) > LONGEST:
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
        to = httpx.URL(url)
        places = _places(to)
        if any(_keeps_credentials(place) for place in places):
            text = "Addresses where clouds keep credentials, such as 169.254.169.254, are not told anything."
            return Note(text=text), False
        status = asyncio.run(_post(to, places, said))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return Note(text="It could not be reached ({reason}).", values={"reason": type(error).__name__}), True
    if httpx.codes.is_success(status):
        return None
    note = Note(text="It answered with the HTTP status {status}.", values={"status": status})
    return note, status >= 500 or status in BUSY


def _places(url: httpx.URL) -> list[str]:
    """The addresses that the name has now, without zones."""
    found = socket.getaddrinfo(url.raw_host.decode("ascii"), url.port or 443, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]).partition("%")[0] for *_kind, place in found))


def _keeps_credentials(place: str) -> bool:
    found = ip_address(place)
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return found.is_link_local or found in CREDENTIALS


async def _post(url: httpx.URL, places: list[str], said: dict[str, Any]) -> int:
    """The HTTP status that the first place answers which can be connected. Raises TimeoutError after SECONDS, however
    slowly it speaks.
    """
    limits = httpx.Timeout(None, connect=CONNECT_SECONDS)
    # A transport of its own, because the proxies that the environment names would look the name up again.
    async with (
        asyncio.timeout(SECONDS),
        httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(), timeout=limits) as client,
    ):
        for place in places:
            request = client.build_request(
                "POST", url.copy_with(host=place), json=said, headers={"Host": url.netloc.decode("ascii")},
                extensions={"sni_hostname": url.raw_host.decode("ascii")},
            )  # fmt: skip
            try:
                answer = await client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                refused = error
                continue
            await answer.aclose()
            return answer.status_code
    raise refused
