"""Why work ended is told apart, and each ending says what to do."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from engine.errors import BadTable, OutOfResources
from services.work import endings


def shown(error: dict[str, Any]) -> str:
    return str(error["text"].format(**error["values"]))


class ResourceExhaustedError(Exception):
    """Named as TensorFlow's own."""


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (BadTable("“{name}” is constant.", name="x"), "data", "“x” is constant."),
        (OutOfResources("The disk is full."), "memory", "The disk is full."),
        (MemoryError(), "memory", "The machine ran out of memory."),
        (ResourceExhaustedError("OOM when allocating on GPU:0"), "memory", "The GPU ran out of memory."),
        (RuntimeError("RESOURCE_EXHAUSTED: on CUDA"), "memory", "The GPU ran out of memory."),
        (ZeroDivisionError("oops"), "bug", "Something went wrong that is no fault of yours"),
    ],
)
def test_exception_is_shown_in_words(error: Exception, kind: str, words: str) -> None:
    said = endings.of_error(error, "job-1-1.log")
    assert said["kind"] == kind
    assert shown(said).startswith(words)
    assert "oops" not in shown(said)


@pytest.mark.parametrize(
    ("code", "starved", "log", "kind", "again"),
    [
        (-signal.SIGKILL, False, "", "killed", True),
        (-signal.SIGTERM, False, "", "killed", True),
        (-signal.SIGKILL, True, "", "memory", False),
        (-signal.SIGSEGV, False, "", "bug", True),
        (-signal.SIGABRT, False, "OOM when allocating tensor on GPU:0", "memory", False),
        (1, False, "", "bug", False),
        (0, False, "", "bug", False),
    ],
)
def test_exit_is_shown_in_words(tmp_path: Path, code: int, starved: bool, log: str, kind: str, again: bool) -> None:
    file = tmp_path / "job-1-2.log"
    file.write_text(log)
    ending = endings.of_exit(code, file, attempt=2, starved=starved)
    assert (ending.error["kind"], ending.again) == (kind, again)
    assert shown(ending.error)


def test_values_can_be_stored_as_json() -> None:
    said = endings.of_error(BadTable("{path}", path=Path("x")), "log")
    assert said["values"] == {"path": "x"}


def test_silence_is_shown_in_minutes() -> None:
    assert "for 3 minutes, 2 times" in shown(endings.of_silence(180.0, attempt=2).error)
