"""Files come in whole or not at all."""

from __future__ import annotations

import asyncio
import errno
import io
import os
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from engine.errors import BadFile, Forbidden, NotFound, OutOfResources
from services import access, retention, uploads
from services.access import User
from services.house import House
from tests.services.doing import imported, people, send, stream


def left_on_disk(home: House) -> list[str]:
    folders = (home.incoming, home.files.folder)
    return [file.name for folder in folders for file in folder.rglob("*") if file.is_file()]


def receive(ticket: uploads.Ticket, *chunks: bytes) -> uploads.Upload:
    return asyncio.run(uploads.receive(ticket.upload_id, ticket.token, stream(*chunks)))


def test_file_arrives_as_it_was_sent(home: House, ada: User) -> None:
    ticket = uploads.open_upload(ada, "C:\\Users\\Ada\\客户.csv", 6)
    found = receive(ticket, b"a,", b"", b"b\n1,")  # in any pieces
    assert (found.filename, found.status, found.received) == ("客户.csv", "received", 6)
    assert uploads.path_of(found).read_bytes() == b"a,b\n1,"
    assert list(home.incoming.iterdir()) == []


async def cut_off() -> AsyncIterator[bytes]:
    yield b"a,b\n"
    raise ConnectionResetError


def test_lost_connection_leaves_nothing_and_can_be_tried_again(home: House, ada: User) -> None:
    ticket = uploads.open_upload(ada, "a.csv", 8)
    with pytest.raises(BadFile, match="connection was lost after 4 of 8"):
        asyncio.run(uploads.receive(ticket.upload_id, ticket.token, cut_off()))
    assert left_on_disk(home) == []
    assert receive(ticket, b"a,b\n", b"1,2\n").status == "received"


def test_failed_upload_holds_nobody_up_while_the_database_is_busy(home: House, ada: User) -> None:
    ticket = uploads.open_upload(ada, "a.csv", 8)
    busy = threading.Event()

    def write_for_a_while() -> None:
        with home.database.write() as session:
            session.execute(text("SELECT 1"))
            busy.set()
            time.sleep(3.0)

    async def cut_off_when_busy() -> AsyncIterator[bytes]:
        yield b"a,b\n"
        threading.Thread(target=write_for_a_while).start()
        busy.wait()
        raise ConnectionResetError

    async def longest_wait() -> float:
        upload = asyncio.ensure_future(uploads.receive(ticket.upload_id, ticket.token, cut_off_when_busy()))
        waits = []
        while not upload.done():
            began = time.monotonic()
            await asyncio.sleep(0.01)
            waits.append(time.monotonic() - began)
        assert isinstance(upload.exception(), BadFile)
        return max(waits)

    assert asyncio.run(longest_wait()) < 2
    assert receive(ticket, b"a,b\n", b"1,2\n").status == "received"


def test_request_that_is_cancelled_leaves_nothing(home: House, ada: User) -> None:
    ticket = uploads.open_upload(ada, "a.csv", 8)

    async def endless() -> AsyncIterator[bytes]:
        yield b"a,b\n"
        await asyncio.sleep(60)

    async def give_up() -> None:
        task = asyncio.create_task(uploads.receive(ticket.upload_id, ticket.token, endless()))
        await asyncio.sleep(0.3)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(give_up())
    assert left_on_disk(home) == []
    assert receive(ticket, b"a,b\n1,2\n").status == "received"


@pytest.mark.parametrize(("sent", "said"), [(b"123456", "More than"), (b"12", "Only 2 of 4")])
def test_other_size_than_announced_leaves_nothing(home: House, ada: User, sent: bytes, said: str) -> None:
    ticket = uploads.open_upload(ada, "a.csv", 4)
    with pytest.raises(BadFile, match=said):
        receive(ticket, sent)
    assert left_on_disk(home) == []


def test_full_disk_is_said_and_leaves_nothing(home: House, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.FileIO):
        def write(self, data: Any) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    ticket = uploads.open_upload(ada, "a.csv", 4)
    opened = Path.open
    monkeypatch.setattr(
        Path, "open", lambda self, mode="r", **rest: Full(self, "wb") if mode == "wb" else opened(self, mode, **rest)
    )
    with pytest.raises(OutOfResources, match="no room left"):
        receive(ticket, b"1234")
    monkeypatch.undo()
    assert left_on_disk(home) == []


def test_file_that_is_too_large_is_not_begun(home: House, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadFile, match="at most 20000 MB"):
        uploads.open_upload(ada, "a.csv", 20_000_000_001)
    monkeypatch.setenv("LOAM_MAX_UPLOAD_MB", "1000000000")
    with pytest.raises(OutOfResources):
        uploads.open_upload(ada, "a.csv", home.files.free() + 1_000_000)


def test_token_is_for_one_upload(home: House, ada: User) -> None:
    one, other = (uploads.open_upload(ada, "a.csv", 1) for _ in range(2))
    for token in (other.token, one.token + "x", "", access.sign_in("Ada")[1]):
        with pytest.raises(Forbidden):
            asyncio.run(uploads.receive(one.upload_id, token, stream(b"1")))


def test_token_is_short_lived(home: House, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = uploads.open_upload(ada, "a.csv", 1)
    later = time.time() + uploads.TOKEN_SECONDS + 5
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(Forbidden):
        receive(ticket, b"1")


def test_file_arrives_only_once(home: House, ada: User) -> None:
    ticket = uploads.open_upload(ada, "a.csv", 1)
    receive(ticket, b"1")
    with pytest.raises(BadFile, match="already"):
        receive(ticket, b"2")
    assert uploads.path_of(uploads.upload(ada, ticket.upload_id)).read_bytes() == b"1"


def test_cancelled_upload_is_removed(home: House, ada: User) -> None:
    upload_id = send(ada, "a,b\n")
    uploads.cancel(ada, upload_id)
    assert left_on_disk(home) == []
    with pytest.raises(NotFound):
        uploads.path_of(uploads.upload(ada, upload_id))


def test_upload_is_its_senders_own(home: House, ada: User, ben: User) -> None:
    upload_id = send(ada, "a,b\n")
    with pytest.raises(Forbidden):
        uploads.upload(ben, upload_id)
    with pytest.raises(Forbidden):
        uploads.cancel(ben, upload_id)


def test_forgotten_uploads_are_swept_and_tables_stay(home: House, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    upload_id = send(ada, "a,b\n")
    version = imported(ada, people())
    stale = home.incoming / "left-by-a-killed-server"
    stale.write_bytes(b"half")
    os.utime(stale, (0, 0))
    monkeypatch.setattr(retention, "now", lambda: uploads.upload(ada, upload_id).created.replace(year=2100))
    retention.sweep(home)
    assert list(home.incoming.iterdir()) == []
    with pytest.raises(NotFound):
        uploads.path_of(uploads.upload(ada, upload_id))
    assert version.table_key is not None
    assert home.files.exists(version.table_key)
