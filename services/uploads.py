"""Files come in: announced, streamed to disk, checked, and kept for a while. Never held in memory.

What arrived before a connection broke stays on disk, and its size there is where the sender goes on. A lock on that
file, not the database, says whether a request is still writing: it ends with the request, or with its process.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from engine.errors import BadFile, NotFound, OutOfResources
from services import access, keys
from services.access import User
from services.house import house
from storage.queries import uploads
from storage.records import Upload

__all__ = ["OutOfStep", "Ticket", "Upload", "cancel", "go_on", "open_upload", "receive", "upload"]

TOKEN_SECONDS = 15 * 60
"""A file must begin to arrive within this time; how long it then takes does not matter."""
SILENCE = 20.0
"""Seconds without a byte after which a connection is taken for lost: one that broke far away never says so."""
CHUNK = 1 << 20
LONGEST_NAME = 300
FULL = {errno.ENOSPC, errno.EDQUOT}


class OutOfStep(BadFile):
    """Other bytes of the file are expected now, or earlier ones are still arriving: ask where to go on."""


@dataclass(frozen=True)
class Ticket:
    """Where to PUT the bytes from `offset` on, and the token to send with them in the header `X-Upload-Token`.

    `done`: the file has arrived whole, and nothing is to be sent.
    """

    upload_id: str
    token: str
    url: str
    offset: int = 0
    done: bool = False


def open_upload(user: User, filename: str, size: int) -> Ticket:
    """Announces a file of `size` bytes. Raises BadFile when it is too large, OutOfResources when there is no room."""
    access.require(user, "create")
    home = house()
    limit = home.settings.max_upload_mb * 1_000_000
    if size > limit:
        raise BadFile(
            "“{name}” has {size} MB; this server takes at most {limit} MB. Send fewer rows, or Parquet instead of CSV.",
            name=filename, size=-(-size // 1_000_000), limit=home.settings.max_upload_mb,
        )  # fmt: skip
    if size > home.files.free():
        raise _no_room()
    upload_id = secrets.token_hex(16)
    name = "".join(c for c in Path(filename.replace("\\", "/")).name if c.isprintable())[-LONGEST_NAME:]
    with home.database.write() as session:
        uploads.add(session, upload_id, user.id, name or "file", size)
    return _ticket(user, upload_id)


def go_on(user: User, upload_id: str) -> Ticket:
    """Where an upload that broke off goes on, with a fresh token. Raises BadFile when it was cancelled."""
    access.require(user, "change", "upload", upload_id)
    found = upload(user, upload_id)
    if found.status == "cancelled":
        raise BadFile("This upload was cancelled. Choose the file again.")
    if found.status == "received":
        return _ticket(user, upload_id, offset=found.size, done=True)
    part = _part(upload_id)
    return _ticket(user, upload_id, offset=part.stat().st_size if part.exists() else 0)


async def receive(upload_id: str, token: str, stream: AsyncIterator[bytes], offset: int = 0) -> Upload:
    """Takes the bytes from `offset` on as they come, to disk. Offset 0 begins anew, whatever was there.

    When the connection is lost, what came is kept, and `go_on` says where to go on. Raises Forbidden for a token that
    is not this upload's, OutOfStep when other bytes are expected, BadFile when more or less came than was announced,
    OutOfResources when the disk is full.
    """
    user = access.upload_bearer(token, upload_id, TOKEN_SECONDS)
    access.require(user, "change", "upload", upload_id)
    part = _part(upload_id)
    with _alone(part) as file:
        expected = await asyncio.to_thread(_begin, upload_id, part)
        try:
            sha256 = await _take(stream, file, expected, offset)
            await asyncio.to_thread(_keep, upload_id, part, expected.size, sha256)
        except OSError as error:
            part.unlink(missing_ok=True)
            if error.errno in FULL:
                raise _no_room() from error
            raise
    return upload(user, upload_id)


def cancel(user: User, upload_id: str) -> None:
    """Gives an upload up and removes what has arrived of it."""
    access.require(user, "change", "upload", upload_id)
    home = house()
    with home.database.write() as session:
        known = uploads.get(session, upload_id)
        uploads.cancel(session, upload_id)
    _part(upload_id).unlink(missing_ok=True)
    if known is not None and known.key is not None:
        home.files.remove(known.key)


def upload(user: User, upload_id: str) -> Upload:
    """A file that was sent, or is being sent."""
    access.require(user, "read", "upload", upload_id)
    with house().database.read() as session:
        found = uploads.get(session, upload_id)
    if found is None:
        raise NotFound(access.WORDS["upload"])
    return found


def path_of(found: Upload) -> Path:
    """Where a received file lies. Raises NotFound when it has not arrived or is no longer kept."""
    if found.key is None or not house().files.exists(found.key):
        raise NotFound("The file “{name}” is no longer kept. Send it again.", name=found.filename)
    return house().files.path(found.key)


def copy_in(user: User, source: Path) -> Upload:
    """A file of this machine, such as a sample, as if it had been sent."""
    access.require(user, "create")
    home, upload_id = house(), secrets.token_hex(16)
    content = source.read_bytes()
    with home.files.new(keys.upload(upload_id)) as target:
        target.write_bytes(content)
    with home.database.write() as session:
        uploads.add(session, upload_id, user.id, source.name, len(content))
        uploads.begin(session, upload_id)
        uploads.finish(session, upload_id, keys.upload(upload_id), len(content), hashlib.sha256(content).hexdigest())
    return upload(user, upload_id)


def _ticket(user: User, upload_id: str, *, offset: int = 0, done: bool = False) -> Ticket:
    return Ticket(upload_id, access.upload_token(user, upload_id), f"/api/uploads/{upload_id}", offset, done)


def _part(upload_id: str) -> Path:
    return house().incoming / upload_id


@contextmanager
def _alone(part: Path) -> Iterator[BinaryIO]:
    """What has arrived, for one request at a time."""
    file = part.open("a+b", buffering=CHUNK)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            gone = os.fstat(file.fileno()).st_nlink == 0  # whoever held it before has just removed it
        except BlockingIOError:
            gone = True
        if gone:
            raise OutOfStep("This file is still arriving in another request. Try again in a moment.")
        yield file
    finally:
        with suppress(OSError):  # a full disk was told where the bytes were written
            file.close()


async def _take(stream: AsyncIterator[bytes], file: BinaryIO, expected: Upload, offset: int) -> str:
    """Writes the stream behind what is there up to `offset`; the SHA-256 of the whole file."""
    digest = await asyncio.to_thread(_digest, file, offset)
    received, chunks = offset, aiter(stream)
    while True:
        try:
            async with asyncio.timeout(SILENCE):
                chunk = await anext(chunks)
        except StopAsyncIteration:
            break
        except Exception as error:  # whatever broke on the way here, the sender is gone
            raise BadFile(
                "The connection was lost after {received} of {size} bytes. Send the rest, or the file again.",
                received=received, size=expected.size,
            ) from error  # fmt: skip
        received += len(chunk)
        if received > expected.size:
            file.truncate(0)
            raise BadFile("More than the announced {size} bytes arrived. Send the file again.", size=expected.size)
        digest.update(chunk)
        await asyncio.to_thread(file.write, chunk)
    await asyncio.to_thread(file.flush)
    if received < expected.size:
        raise BadFile(
            "Only {received} of {size} bytes of “{name}” have arrived. Send the rest, or the file again.",
            received=received, size=expected.size, name=expected.filename,
        )  # fmt: skip
    return digest.hexdigest()


def _digest(file: BinaryIO, offset: int) -> hashlib._Hash:
    """Of the bytes that came earlier. Raises OutOfStep unless the file goes on there, or begins anew."""
    there = file.seek(0, os.SEEK_END)
    if offset not in (0, there):
        raise OutOfStep(
            "{there} bytes of this file have arrived, so it goes on there and not at {offset}. Ask where to go on.",
            there=there, offset=offset,
        )  # fmt: skip
    file.truncate(offset)
    file.seek(0)
    digest = hashlib.sha256()
    while some := file.read(CHUNK):
        digest.update(some)
    return digest


def _begin(upload_id: str, part: Path) -> Upload:
    with house().database.write() as session:
        begun = uploads.begin(session, upload_id)
        found = uploads.get(session, upload_id)
    if not begun or found is None:
        part.unlink(missing_ok=True)
        raise BadFile("This file has arrived already, or was cancelled. Choose it again.")
    return found


def _keep(upload_id: str, part: Path, size: int, sha256: str) -> None:
    """Makes the whole file an artifact, unless it was cancelled meanwhile."""
    home, key = house(), keys.upload(upload_id)
    with suppress(FileNotFoundError), home.files.new(key) as target:  # cancelled: the part is gone
        part.replace(target)
    with home.database.write() as session:
        kept = uploads.finish(session, upload_id, key, size, sha256)
    if not kept:
        home.files.remove(key)


def _no_room() -> OutOfResources:
    return OutOfResources(
        "There is no room left on the server's disk for this file, so nothing was kept. "
        "Erase data sets or runs in the trash, or ask whoever runs this server."
    )
