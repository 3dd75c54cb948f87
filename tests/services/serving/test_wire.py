"""What travels arrives as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.errors import BadRow, BundleError
from services.serving import wire
from services.serving.address import LONGEST, socket_path


def test_table_arrives_as_it_was() -> None:
    frame = pd.DataFrame(
        {
            "数": [1.5, np.nan],
            "word": pd.Series(["<b>'x'</b>", None], dtype="str"),
            "day": pd.to_datetime(["2026-11-22", None]).astype("datetime64[us]"),
        }
    )
    pd.testing.assert_frame_equal(wire.unpack(wire.pack(frame)), frame)


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
