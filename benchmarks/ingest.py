"""How long a file takes to become a version with facts, and how much memory. Each size in a process of its own."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

from benchmarks.measuring import in_process, peak_mb
from engine.table.association import associations
from engine.table.facts import column_facts
from engine.table.frames import read_frame
from engine.table.importing import import_table

SIZES = (10_000, 1_000_000)
BLOCK = 100_000  # rows made at once


def rows(sizes: Sequence[int] = SIZES) -> list[dict[str, Any]]:
    """One row a size: rows, columns, MB of the file, seconds and CPU seconds of import and facts, peak MB."""
    return [in_process("-m", "benchmarks.ingest", str(size)).answer for size in sizes]


def measure() -> str:
    """The Markdown table."""
    lines = [
        "| rows × columns | CSV, MB | import, s (CPU) | column facts, s (CPU) | associations, s | peak memory, MB |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['rows']:,} × {row['columns']} | {row['file_mb']:.0f} "
        f"| {row['import']:.1f} ({row['import_cpu']:.1f}) | {row['facts']:.1f} ({row['facts_cpu']:.1f}) "
        f"| {row['associations']:.1f} | {row['peak_mb']:.0f} |"
        for row in rows()
    ]
    return "\n".join(lines)


def make(path: Path, count: int) -> None:
    """A file of 30 columns as people have them: 20 numbers, 5 categories, yes or no, two dates, codes, a target."""
    random = np.random.default_rng(0)
    writer = None
    for start in range(0, count, BLOCK):
        table = _block(random, min(BLOCK, count - start))
        writer = writer or csv.CSVWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _block(random: np.random.Generator, size: int) -> pa.Table:
    columns: dict[str, Any] = {f"number {i}": np.round(random.normal(100, 20, size), 3) for i in range(14)}
    columns["number 3"] = pa.array(columns["number 3"], mask=random.random(size) < 0.05)
    columns |= {f"count {i}": random.integers(0, 1000, size) for i in range(6)}
    for i in range(5):
        columns[f"category {i}"] = random.choice([f"value {k}" for k in range(5 * 10 ** (i % 3))], size)
    columns["flag"] = random.choice(["yes", "no"], size)
    days = np.datetime64("2020-01-01") + random.integers(0, 1000, size)
    columns["day"] = pa.compute.strftime(pa.array(days, pa.timestamp("s")), "%d.%m.%Y")
    columns["time"] = pa.array(np.datetime64("2020-01-01", "s") + random.integers(0, 10**8, size))
    columns["code"] = [f"{code:08x}" for code in random.integers(0, 2**32, size).tolist()]
    columns["target"] = random.choice(["a", "b", "c"], size)
    return pa.table(columns)


def main(count: int) -> None:
    """Measures one size and prints it as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "table.csv", Path(folder) / "table.parquet"
        make(source, count)
        marks = [(time.perf_counter(), time.process_time())]

        def mark() -> None:
            marks.append((time.perf_counter(), time.process_time()))

        table = import_table(source, source.name, None, out)
        mark()
        column_facts(out, table.schema)
        mark()
        peak = peak_mb()
        frame = read_frame(out)
        mark()
        associations(frame, table.schema, "target")
        mark()
        wall = [after[0] - before[0] for before, after in pairwise(marks)]
        cpu = [after[1] - before[1] for before, after in pairwise(marks)]
        found = {
            "rows": table.rows,
            "columns": len(table.schema.columns),
            "file_mb": source.stat().st_size / 1e6,
            "import": wall[0],
            "import_cpu": cpu[0],
            "facts": wall[1],
            "facts_cpu": cpu[1],
            "associations": wall[3],
            "peak_mb": peak,
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]))
