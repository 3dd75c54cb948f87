"""What travels between the predicting process and its client: a head in JSON, a body behind it.

The head of a question says `what` is asked and names the `bundle` and its `predictor`, the folder of `pictures` that
cells refer to, and the `rows` as they came; the `column` that is asked about, where one is. Many rows are a table of
Arrow in its body. The head of an answer is empty, or an error, or the `reference` of a bug.
"""

from __future__ import annotations

import io
import json
from typing import Any

import pyarrow as pa

from engine import errors
from engine.errors import BundleError, LoamError
from engine.table.values import as_text

PLAIN = (str, int, float)


def joined(head: dict[str, Any], body: bytes = b"") -> bytes:
    """A question or an answer."""
    return written(head) + b"\n" + body


def parted(message: bytes) -> tuple[dict[str, Any], bytes]:
    """Its head and its body."""
    head, _, body = message.partition(b"\n")
    return json.loads(head), body


def pack(rows: pa.RecordBatch) -> bytes:
    """Rows as an Arrow stream."""
    out = io.BytesIO()
    with pa.ipc.new_stream(out, rows.schema) as stream:
        stream.write_batch(rows)
    return out.getvalue()


def unpack(body: bytes) -> pa.RecordBatch:
    """The rows in an Arrow stream."""
    with pa.ipc.open_stream(body) as stream:
        return stream.read_next_batch()


def written(said: Any) -> bytes:
    """As JSON; what JSON has no word for, such as a day, as the text that reads back to it."""
    return json.dumps(said, default=as_text, ensure_ascii=False).encode()


def say(error: LoamError) -> dict[str, Any]:
    """An error in JSON."""
    values = {name: value if isinstance(value, PLAIN) else str(value) for name, value in error.values.items()}
    return {"error": type(error).__name__, "text": error.text, "values": values}


def heard(said: dict[str, Any]) -> LoamError:
    """The error that `say` said. A name that this version does not know comes as a BundleError."""
    kind = getattr(errors, str(said.get("error")), BundleError)
    known = kind if isinstance(kind, type) and issubclass(kind, LoamError) else BundleError
    return known(str(said.get("text", "")), **said.get("values", {}))
