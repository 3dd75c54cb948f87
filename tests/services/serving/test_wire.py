"""What travels arrives as it was."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from engine.errors import BadRow, BundleError
from services.serving import wire
from services.serving.address import LONGEST, socket_path


def test_table_arrives_as_it_was() -> None:
    rows = pa.RecordBatch.from_pydict(
        {"数": [1.5, None], "word": ["<b>'x'</b>", None], "day": [datetime(2026, 11, 22, tzinfo=UTC), None]}
    )
    assert wire.unpack(wire.pack(rows)).equals(rows)
    assert wire.unpack(wire.pack(rows[:0])).equals(rows[:0])


def test_a_day_is_written_so_that_it_reads_back() -> None:
    said = json.loads(wire.written({"day": date(2026, 11, 22), "moment": datetime(2026, 11, 22, 7, 5)}))  # noqa: DTZ001
    assert said == {"day": "2026-11-22", "moment": "2026-11-22 07:05:00"}


def test_error_arrives_as_it_was() -> None:
    error = BadRow("“{column}” in row {row}.", column="年龄", row=3)
    again = wire.heard(wire.say(error))
    assert type(again) is BadRow
    assert (again.text, again.values) == (error.text, error.values)


@pytest.mark.parametrize("name", ["NoSuchError", "annotations", "LoamErrorX", ""])
def test_error_of_another_version_is_still_an_error(name: str) -> None:
    assert type(wire.heard({"error": name, "text": "What.", "values": {}})) is BundleError


def test_socket_has_a_short_path_however_deep_the_data_folder(tmp_path: Path) -> None:
    near = socket_path(tmp_path)
    deep = socket_path(tmp_path / ("d" * 90))
    assert near.parent.parent == tmp_path or len(str(tmp_path)) > LONGEST - 30
    assert len(str(deep)) <= LONGEST
    assert deep == socket_path(tmp_path / ("d" * 90))
    assert deep != near
    assert deep.parent.stat().st_mode & 0o077 == 0
    deep.parent.rmdir()
