"""What travels between the predicting process and its client: tables as Arrow, errors as template and values."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import pyarrow as pa

from engine import errors
from engine.errors import BundleError, LoamError

ARROW = "application/vnd.apache.arrow.stream"
PLAIN = (str, int, float)


def pack(frame: pd.DataFrame) -> bytes:
    """A frame as an Arrow stream."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table)
    return out.getvalue()


def unpack(body: bytes) -> pd.DataFrame:
    """The frame in an Arrow stream."""
    with pa.ipc.open_stream(body) as stream:
        frame: pd.DataFrame = stream.read_all().to_pandas()
        return frame


def say(error: LoamError) -> dict[str, Any]:
    """An error in JSON."""
    values = {name: value if isinstance(value, PLAIN) else str(value) for name, value in error.values.items()}
    return {"error": type(error).__name__, "text": error.text, "values": values}


def heard(said: dict[str, Any]) -> LoamError:
    """The error that `say` said. A name that this version does not know comes as a BundleError."""
    kind = getattr(errors, str(said.get("error")), BundleError)
    known = kind if isinstance(kind, type) and issubclass(kind, LoamError) else BundleError
    return known(str(said.get("text", "")), **said.get("values", {}))
