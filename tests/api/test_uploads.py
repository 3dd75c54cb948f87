"""Files come in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from services import access
from services.house import house

ROWS = b"a,b\n1,2\n"


def announce(caller: TestClient, size: int, name: str = "table.csv") -> dict[str, str]:
    answer = caller.post("/uploads", json={"filename": name, "size": size})
    assert answer.status_code == 200, answer.text
    return answer.json()


def put(caller: TestClient, ticket: dict[str, str], content: bytes | Iterator[bytes], token: str | None = None):
    path = ticket["url"].removeprefix("/api")
    headers = {"X-Upload-Token": token or ticket["token"], "Upload-Offset": str(ticket["offset"])}
    return caller.put(path, content=content, headers=headers)


def go_on(caller: TestClient, ticket: dict[str, str]) -> dict[str, str]:
    answer = caller.get(ticket["url"].removeprefix("/api"))
    assert answer.status_code == 200, answer.text
    return answer.json()


def kept_files() -> list[Path]:
    return [path for path in [*house().incoming.rglob("*"), *house().files.folder.rglob("*")] if path.is_file()]


def test_file_arrives_as_it_was_sent(caller: TestClient) -> None:
    ticket = announce(caller, len(ROWS))
    answer = put(caller, ticket, iter([ROWS[:3], ROWS[3:]]))
    assert answer.status_code == 200
    assert answer.json() == {"upload_id": ticket["upload_id"], "filename": "table.csv", "size": len(ROWS)}
    assert [path.read_bytes() for path in kept_files()] == [ROWS]


def test_wrong_token_sends_nothing(caller: TestClient) -> None:
    first, second = announce(caller, len(ROWS)), announce(caller, len(ROWS))
    answer = put(caller, first, ROWS, token=second["token"])
    assert answer.status_code == 403
    assert kept_files() == []


@pytest.mark.parametrize("content", [ROWS[:4], ROWS * 2], ids=["too little", "too much"])
def test_what_was_not_announced_is_not_kept(caller: TestClient, content: bytes) -> None:
    answer = put(caller, announce(caller, len(ROWS)), content)
    assert answer.status_code == 400
    assert "bytes" in answer.json()["detail"]
    assert not any("uploads" in path.parts for path in kept_files())


def test_file_goes_on_where_it_broke_off(caller: TestClient) -> None:
    ticket = announce(caller, len(ROWS))
    assert put(caller, ticket, ROWS[:3]).status_code == 400
    rest = go_on(caller, ticket)
    assert (rest["offset"], rest["done"]) == (3, False)
    assert put(caller, rest, ROWS[3:]).json()["size"] == len(ROWS)
    assert [path.read_bytes() for path in kept_files()] == [ROWS]
    assert go_on(caller, ticket)["done"]


def test_other_bytes_than_expected_are_a_conflict(caller: TestClient) -> None:
    ticket = announce(caller, len(ROWS))
    put(caller, ticket, ROWS[:3])
    answer = put(caller, ticket | {"offset": "5"}, ROWS[5:])
    assert answer.status_code == 409
    assert "3 bytes of this file have arrived, so it goes on there and not at 5" in answer.json()["detail"]


def test_file_may_be_sent_anew_from_its_beginning(caller: TestClient) -> None:
    ticket = announce(caller, len(ROWS))
    put(caller, ticket, ROWS[:3])
    assert put(caller, ticket, ROWS).status_code == 200
    assert [path.read_bytes() for path in kept_files()] == [ROWS]


def test_only_the_sender_may_go_on(caller: TestClient) -> None:
    ticket = announce(caller, len(ROWS))
    _user, token = access.sign_in("Bob")
    caller.post("/session", json={"token": token})
    assert caller.get(ticket["url"].removeprefix("/api")).status_code == 403


def test_too_large_a_file_is_refused_before_it_is_sent(caller: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOAM_MAX_UPLOAD_MB", "1")
    _user, token = access.sign_in("Ada")
    caller.post("/session", json={"token": token})
    answer = caller.post("/uploads", json={"filename": "big.csv", "size": 2_000_001})
    assert answer.status_code == 400
    assert "at most 1 MB" in answer.json()["detail"]


def test_cancelled_upload_is_removed(caller: TestClient) -> None:
    ticket = announce(caller, len(ROWS))
    put(caller, ticket, ROWS)
    assert caller.delete(ticket["url"].removeprefix("/api")).status_code == 204
    assert kept_files() == []


def test_only_the_sender_may_cancel(caller: TestClient) -> None:
    ticket = announce(caller, len(ROWS))
    _user, token = access.sign_in("Bob")
    caller.post("/session", json={"token": token})
    assert caller.delete(ticket["url"].removeprefix("/api")).status_code == 403


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\data\\a.csv", "名单.csv", "<b>.csv", "a" * 900 + ".csv"])
def test_any_name_is_only_a_name(caller: TestClient, name: str, data_folder: Path) -> None:
    assert put(caller, announce(caller, len(ROWS), name), ROWS).status_code == 200
    assert all(path.is_relative_to(data_folder) for path in kept_files())
