"""Answers questions about bundles, as `wire` writes them. The last few bundles are open. Knows no socket."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Semaphore
from typing import Any

import numpy as np
import pyarrow as pa

from engine.bundle import Bundle
from engine.errors import LoamError
from engine.golden import golden_rows
from engine.spec import Spec
from services.rows import Reader
from services.serving import wire
from services.serving.shelf import Shelf
from storage.files import Files

Asked = dict[str, Any]
Reason = Callable[[Bundle, pa.RecordBatch, Asked], Spec]
"""What a bundle finds out about the answer to one row, as it was asked."""

AT_ONCE = 4
"""Questions that are worked on at the same time; the others wait."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Opened:
    """A bundle, and what reads rows for it."""

    bundle: Bundle
    reader: Reader


class Desk:
    """Answers in the thread that asks. `files` finds bundles by key."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._places = Semaphore(AT_ONCE)
        self._shelf: Shelf[Opened] = Shelf(self._opened)
        self._answers: dict[str, Callable[[Asked, bytes], bytes]] = {
            "open": self._open,
            "few": self._few,
            "many": self._many,
            "reasons": self._by(lambda bundle, row, asked: bundle.explain(row, asked["predictor"])),
            "heat": self._by(lambda bundle, row, asked: bundle.heat_map(row, asked["column"], asked["predictor"])),
            "words": self._by(
                lambda bundle, row, asked: bundle.mark_text(row.to_pandas(), asked["column"], asked["predictor"])
            ),
        }

    def ask(self, question: bytes) -> bytes:
        """The answer. What goes wrong is told in it: an error that was raised on purpose travels as it is, of a bug
        only the reference under which it is logged.
        """
        what = "?"
        try:
            asked, body = wire.parted(question)
            what = asked["what"]
            with self._places:
                return wire.joined({}, self._answers[what](asked, body))
        except LoamError as error:
            return wire.joined(wire.say(error))
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("Reference %s: %s", reference, what)
            return wire.joined({"reference": reference})

    def _opened(self, key: str) -> Opened:
        bundle = Bundle.open(self._files.path(key))
        return Opened(bundle, Reader(bundle.manifest))

    def _open(self, asked: Asked, _body: bytes) -> bytes:
        """Opens a bundle and has it answer a row of its own: a network is compiled with its first answer."""
        bundle = self._shelf.get(asked["bundle"]).bundle
        bundle.answer(golden_rows(bundle.folder, bundle.manifest.table).iloc[:1])
        return b""

    def _few(self, asked: Asked, _body: bytes) -> bytes:
        """Answers to few rows, with each row as the model knows it."""
        opened = self._shelf.get(asked["bundle"])
        typed = opened.reader.few(asked["rows"], self._files.path(asked["pictures"]))
        answers = opened.bundle.answer(typed.located, asked["predictor"]).columns()
        lost = [(name, cells.tolist()) for name, cells in typed.lost.items()]
        return wire.written(
            [
                {"row": row, "answer": answer, "unread": [name for name, cells in lost if cells[i]]}
                for i, (row, answer) in enumerate(zip(typed.rows.to_pylist(), plain(answers), strict=True))
            ]
        )

    def _many(self, asked: Asked, body: bytes) -> bytes:
        """Many typed rows in, answers out, both as Arrow streams."""
        bundle = self._shelf.get(asked["bundle"]).bundle
        columns = bundle.answer(wire.unpack(body), asked["predictor"]).columns()
        arrays = [pa.array(values, from_pandas=True) for values in columns.values()]
        return wire.pack(pa.RecordBatch.from_arrays(arrays, list(columns)))

    def _by(self, find: Reason) -> Callable[[Asked, bytes], bytes]:
        def reason(asked: Asked, _body: bytes) -> bytes:
            opened = self._shelf.get(asked["bundle"])
            typed = opened.reader.few(asked["rows"], self._files.path(asked["pictures"]))
            return find(opened.bundle, typed.located, asked).model_dump_json().encode()

        return reason


def plain(columns: dict[str, np.ndarray]) -> Iterator[dict[str, Any]]:
    """Columns of answers as plain rows; a number that JSON cannot write is None."""
    cells = {name: values.astype(object) for name, values in columns.items()}
    for name, values in columns.items():
        if values.dtype.kind == "f":
            cells[name][~np.isfinite(values)] = None
    return (dict(zip(cells, row, strict=True)) for row in zip(*(each.tolist() for each in cells.values()), strict=True))
