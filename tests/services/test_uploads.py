"""Files come in whole, at once or piece by piece."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import io
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from engine.errors import BadFile, Forbidden, NotFound, OutOfResources
from services import access, retention, uploads
from services.access import User
from services.house import House
from tests.services.doing import imported, people, send, stream


def left_on_disk(home: House) -> list[str]:
    folders = (home.incoming, home.files.folder)
    return [file.name for folder in folders for file in folder.rglob("*") if file.is_file()]


def receive(ticket: uploads.Ticket, *chunks: bytes) -> uploads.Upload:
    return asyncio.run(uploads.receive(ticket.upload_id, ticket.token, stream(*chunks), ticket.offset))


def test_file_arrives_as_it_was_sent(home: House, ada: User) -> None:
    ticket = uploads.open_upload(ada, "C:\\Users\\Ada\\客户.csv", 6)
    found = receive(ticket, b"a,", b"", b"b\n1,")  # in any pieces
    assert (found.filename, found.status, found.size) == ("客户.csv", "received", 6)
    assert uploads.path_of(found).read_bytes() == b"a,b\n1,"
    assert list(home.incoming.iterdir()) == []


async def cut_off() -> AsyncIterator[bytes]:
    yield b"a,b\n"
    raise ConnectionResetError


def test_lost_connection_goes_on_where_it_broke(home: House, ada: User) -> None:
    ticket = uploads.open_upload(ada, "a.csv", 8)
    with pytest.raises(BadFile, match="connection was lost after 4 of 8"):
        asyncio.run(uploads.receive(ticket.upload_id, ticket.token, cut_off()))
    assert uploads.path_of(receive(uploads.go_on(ada, ticket.upload_id), b"1,2\n")).read_bytes() == b"a,b\n1,2\n"
    found = uploads.upload(ada, ticket.upload_id)
    assert (found.status, found.sha256) == ("received", hashlib.sha256(b"a,b\n1,2\n").hexdigest())
    assert left_on_disk(home) == [ticket.upload_id]
    again = uploads.go_on(ada, ticket.upload_id)
    assert (again.offset, again.done) == (8, True)


def test_lost_connection_may_begin_anew(home: House, ada: User) -> None:
    ticket = uploads.open_upload(ada, "a.csv", 8)
    with pytest.raises(BadFile, match="connection was lost"):
        asyncio.run(uploads.receive(ticket.upload_id, ticket.token, cut_off()))
    assert uploads.path_of(receive(ticket, b"x,y\n", b"3,4\n")).read_bytes() == b"x,y\n3,4\n"


@pytest.mark.parametrize("offset", [2, 5])
def test_bytes_that_would_leave_a_gap_or_come_twice_are_refused(home: House, ada: User, offset: int) -> None:
    ticket = uploads.open_upload(ada, "a.csv", 8)
    with pytest.raises(BadFile, match="lost"):
        asyncio.run(uploads.receive(ticket.upload_id, ticket.token, cut_off()))
    with pytest.raises(uploads.OutOfStep, match=f"4 bytes .* not at {offset}"):
        asyncio.run(uploads.receive(ticket.upload_id, ticket.token, stream(b"1,2\n"), offset))
    assert uploads.go_on(ada, ticket.upload_id).offset == 4


def test_only_one_request_writes_at_a_time(home: House, ada: User) -> None:
    ticket = uploads.open_upload(ada, "a.csv", 8)

    async def overtaken() -> AsyncIterator[bytes]:
        yield b"a,b\n"
        with pytest.raises(uploads.OutOfStep, match="still arriving"):
            await uploads.receive(ticket.upload_id, ticket.token, stream(b"1,2\n"), 4)
        yield b"1,2\n"

    asyncio.run(uploads.receive(ticket.upload_id, ticket.token, overtaken()))
    assert uploads.path_of(uploads.upload(ada, ticket.upload_id)).read_bytes() == b"a,b\n1,2\n"


def test_silent_connection_is_lost(home: House, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "SILENCE", 0.2)
    ticket = uploads.open_upload(ada, "a.csv", 8)

    async def silent() -> AsyncIterator[bytes]:
        yield b"a,b\n"
        await asyncio.sleep(60)

    with pytest.raises(BadFile, match="lost after 4 of 8"):
        asyncio.run(uploads.receive(ticket.upload_id, ticket.token, silent()))
    assert uploads.go_on(ada, ticket.upload_id).offset == 4


def test_cancelled_upload_goes_on_no_more(home: House, ada: User) -> None:
    ticket = uploads.open_upload(ada, "a.csv", 8)

    async def cancelled() -> AsyncIterator[bytes]:
        yield b"a,b\n"
        await asyncio.to_thread(uploads.cancel, ada, ticket.upload_id)
        yield b"1,2\n"

    found = asyncio.run(uploads.receive(ticket.upload_id, ticket.token, cancelled()))
    assert (found.status, found.key) == ("cancelled", None)
    with pytest.raises(BadFile, match="was cancelled"):
        uploads.go_on(ada, ticket.upload_id)
    with pytest.raises(BadFile, match="was cancelled"):
        receive(ticket, b"a,b\n1,2\n")
    assert left_on_disk(home) == []


def test_request_that_is_cancelled_goes_on_where_it_broke(home: House, ada: User) -> None:
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
    assert receive(uploads.go_on(ada, ticket.upload_id), b"1,2\n").status == "received"


@pytest.mark.parametrize(("sent", "said", "kept"), [(b"123456", "More than", 0), (b"12", "Only 2 of 4", 2)])
def test_other_size_than_announced_is_no_file(home: House, ada: User, sent: bytes, said: str, kept: int) -> None:
    ticket = uploads.open_upload(ada, "a.csv", 4)
    with pytest.raises(BadFile, match=said):
        receive(ticket, sent)
    assert uploads.upload(ada, ticket.upload_id).key is None
    assert uploads.go_on(ada, ticket.upload_id).offset == kept


def test_full_disk_is_said_and_leaves_nothing(home: House, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.FileIO):
        def write(self, data: Any) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    ticket = uploads.open_upload(ada, "a.csv", 4)
    opened = Path.open
    monkeypatch.setattr(
        Path, "open", lambda self, mode="r", **rest: Full(self, mode) if mode == "a+b" else opened(self, mode, **rest)
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
    assert list(home.incoming.iterdir()) == []
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
