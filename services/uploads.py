"""Files come in: announced, streamed to disk, checked, and kept for a while. Never held in memory."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from engine.errors import BadFile, NotFound, OutOfResources
from services import access, keys
from services.access import User
from services.house import house
from storage.queries import uploads
from storage.records import Upload

__all__ = ["Ticket", "Upload", "cancel", "open_upload", "receive", "upload"]

TOKEN_SECONDS = 15 * 60
"""A file must begin to arrive within this time; how long it then takes does not matter."""
CHUNK = 1 << 20
LONGEST_NAME = 300
FULL = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True)
class Ticket:
    """Where to PUT the bytes, and the token to send with them in the header `X-Upload-Token`."""

    upload_id: str
    token: str
    url: str


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
    return Ticket(upload_id, access.upload_token(user, upload_id), f"/api/uploads/{upload_id}")


async def receive(upload_id: str, token: str, stream: AsyncIterator[bytes]) -> Upload:
    """Takes the bytes as they come, to disk. However it ends, nothing half is kept; a new try begins from the start.

    Raises Forbidden for a token that is not this upload's, BadFile when more or less came than was announced or the
    connection was lost, OutOfResources when the disk is full.
    """
    user = access.upload_bearer(token, upload_id, TOKEN_SECONDS)
    access.require(user, "change", "upload", upload_id)
    expected = await asyncio.to_thread(_begin, upload_id)
    part = house().incoming / upload_id
    kept = False
    try:
        with part.open("wb", buffering=CHUNK) as file:
            received, sha256 = await _take(stream, file, expected)
        if received != expected.size:
            raise BadFile(
                "Only {received} of {size} bytes of “{name}” have arrived, so nothing was kept. Send it again.",
                received=received, size=expected.size, name=expected.filename,
            )  # fmt: skip
        kept = await asyncio.to_thread(_keep, upload_id, part, received, sha256)
    except OSError as error:
        if error.errno in FULL:
            raise _no_room() from error
        raise
    finally:
        if not kept:
            part.unlink(missing_ok=True)
            # Not in the event loop, which would wait for other writers; shielded, because the request may be gone.
            await asyncio.shield(asyncio.to_thread(_give_up, upload_id))
    return upload(user, upload_id)


def cancel(user: User, upload_id: str) -> None:
    """Gives an upload up and removes what has arrived of it."""
    access.require(user, "change", "upload", upload_id)
    home = house()
    with home.database.write() as session:
        known = uploads.get(session, upload_id)
        uploads.cancel(session, upload_id)
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


async def _take(stream: AsyncIterator[bytes], file: BinaryIO, expected: Upload) -> tuple[int, str]:
    """Writes the stream; bytes received and their SHA-256."""
    received, digest = 0, hashlib.sha256()
    chunks = aiter(stream)
    while True:
        try:
            chunk = await anext(chunks)
        except StopAsyncIteration:
            return received, digest.hexdigest()
        except Exception as error:  # whatever broke on the way here, the sender is gone
            raise BadFile(
                "The connection was lost after {received} of {size} bytes, so nothing was kept. Send the file again.",
                received=received, size=expected.size,
            ) from error  # fmt: skip
        received += len(chunk)
        if received > expected.size:
            raise BadFile("More than the announced {size} bytes arrived. Send the file again.", size=expected.size)
        digest.update(chunk)
        await asyncio.to_thread(file.write, chunk)


def _begin(upload_id: str) -> Upload:
    with house().database.write() as session:
        begun = uploads.begin(session, upload_id)
        found = uploads.get(session, upload_id)
    if not begun or found is None:
        raise BadFile("This file is already arriving, has arrived, or was cancelled. Choose it again.")
    return found


def _keep(upload_id: str, part: Path, received: int, sha256: str) -> bool:
    """Makes the whole file an artifact; False when it was cancelled meanwhile."""
    home, key = house(), keys.upload(upload_id)
    with home.files.new(key) as target:
        part.replace(target)
    with home.database.write() as session:
        kept = uploads.finish(session, upload_id, key, received, sha256)
    if not kept:
        home.files.remove(key)
    return kept


def _give_up(upload_id: str) -> None:
    with house().database.write() as session:
        uploads.give_up(session, upload_id)


def _no_room() -> OutOfResources:
    return OutOfResources(
        "There is no room left on the server's disk for this file, so nothing was kept. "
        "Erase data sets or runs in the trash, or ask whoever runs this server."
    )
