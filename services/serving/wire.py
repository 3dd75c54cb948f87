"""What travels between the predicting process and its client: tables as Arrow, few rows and errors as JSON.

A question names the `bundle` and its `predictor`, the folder of `pictures` that cells refer to, and the `rows` as they
came; the `column` that is asked about, where one is.
"""

from __future__ import annotations

import io
import json
from typing import Any

import pyarrow as pa

from engine import errors
from engine.errors import BundleError, LoamError
from engine.table.values import as_text

ARROW = "application/vnd.apache.arrow.stream"
JSON = "application/json"
PLAIN = (str, int, float)


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
