"""Parquet files: columns are typed already, and their types are believed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from engine.errors import BadFile
from engine.events import Note
from engine.table._source import Source
from engine.table.names import check_width, tidy_names
from engine.table.options import ReadOptions
from engine.table.tally import is_text

CHUNK = 50_000  # rows


class Parquet(Source):
    """A Parquet file without nested columns; nested ones are left out with a note."""

    typed = True

    def __init__(self, path: Path, name: str, options: ReadOptions) -> None:
        """Reads the file's footer. Raises BadFile for a damaged file or one without rows or columns."""
        self._name = name
        try:
            self._file = pq.ParquetFile(path, memory_map=True)
            fields = list(self._file.schema_arrow)
        except (pa.ArrowException, OSError) as error:
            raise BadFile("“{name}” is damaged and does not open. Save or download it again.", name=name) from error
        check_width(len(fields), name)
        flat = [field.name for field in fields if _is_flat(field.type)]
        self._places = [place for place, field in enumerate(fields) if _is_flat(field.type)]
        if not flat or not self._file.metadata.num_rows:
            raise BadFile("“{name}” is empty. Choose a file with rows of values.", name=name)
        self._wanted = flat
        self.names, self.notes = tidy_names(flat)
        self.options = options.model_copy(update={"format": "parquet", "header": True, "decimal": ".", "thousands": ""})
        nested = [field.name for field in fields if not _is_flat(field.type)]
        if nested:
            text = "Columns that hold lists, records or raw bytes are left out: {names}."
            self.notes.append(Note(text=text, values={"names": ", ".join(f"“{name}”" for name in nested)}))

    def start(self) -> pa.RecordBatch:
        """The first rows, as many as were looked at."""
        return next(self.batches())[0]

    def size(self) -> tuple[int, bool]:
        """Rows, and whether that is exact."""
        return self._file.metadata.num_rows, True

    def batches(self) -> Iterator[tuple[pa.RecordBatch, float]]:
        """Rows in blocks. Raises BadFile, naming the row."""
        done, total = 0, self._file.metadata.num_rows
        try:
            for batch in self._file.iter_batches(batch_size=CHUNK, columns=self._wanted):
                done += batch.num_rows
                yield pa.RecordBatch.from_arrays(batch.columns, names=list(self.names)), done / total
        except (pa.ArrowException, OSError) as error:
            raise BadFile(
                "“{name}” is damaged after row {row}. Save or download it again.", name=self._name, row=done
            ) from error

    def close(self) -> None:
        """Lets the file go."""
        self._file.close()


def _is_flat(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_flat(kind.value_type)
    types = pa.types
    tests = (types.is_integer, types.is_floating, types.is_decimal, types.is_boolean, types.is_temporal, types.is_null)
    return is_text(kind) or any(test(kind) for test in tests)
