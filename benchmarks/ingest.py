"""How long a file takes to become a version with facts, and how much memory; how long pictures take until they train.

Each size in a process of its own: `python -m benchmarks.ingest 10000`, or `python -m benchmarks.ingest pictures`.
"""

from __future__ import annotations

import json
import os
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

from benchmarks.albums import MNIST
from benchmarks.measuring import in_process, peak_mb
from benchmarks.pictures import recipe_of
from engine.preparing import RunData, prepare
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
    seen = in_process("-m", "benchmarks.ingest", "pictures").answer
    return "\n".join(lines) + (
        f"\n\n{MNIST.title}, in a ZIP of {seen['file_mb']:.0f} MB: imported in {seen['import']:.1f} s "
        f"({seen['import_cpu']:.1f} s of CPU), column facts in {seen['facts']:.1f} s, arrays to learn from in "
        f"{seen['arrays']:.1f} s; **ready to train in {seen['import'] + seen['facts'] + seen['arrays']:.0f} s**, "
        f"{seen['peak_mb']:.0f} MB at the most."
    )


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


class Stopwatch:
    """Seconds and CPU seconds between marks."""

    def __init__(self) -> None:
        self._marks = [self._now()]

    def mark(self) -> None:
        """One piece has ended, the next begins."""
        self._marks.append(self._now())

    def spent(self) -> tuple[list[float], list[float]]:
        """Seconds of each piece, and CPU seconds."""
        apart = [(after[0] - before[0], after[1] - before[1]) for before, after in pairwise(self._marks)]
        return [wall for wall, _ in apart], [cpu for _, cpu in apart]

    @staticmethod
    def _now() -> tuple[float, float]:
        return time.perf_counter(), sum(os.times()[:4])  # with processes that have ended


def album() -> dict[str, float]:
    """Pictures in class folders, from the ZIP to the arrays that a network learns from."""
    source = MNIST.archive()
    recipe, parts = recipe_of(MNIST, 300), MNIST.parts
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        out, pictures, watch = folder / "table.parquet", folder / "pictures", Stopwatch()
        table = import_table(source, source.name, None, out, pictures=pictures)
        watch.mark()
        column_facts(out, table.schema)
        watch.mark()
        prepare(recipe, RunData(out, table.schema, parts, folder / "cache", pictures=pictures))
        watch.mark()
    wall, cpu = watch.spent()
    found = dict(zip(("import", "facts", "arrays"), wall, strict=True))
    return found | {"import_cpu": cpu[0], "file_mb": source.stat().st_size / 1e6, "peak_mb": peak_mb()}


def sized(count: int) -> dict[str, Any]:
    """A table of that many rows, from the CSV file to associations."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "table.csv", Path(folder) / "table.parquet"
        make(source, count)
        watch = Stopwatch()
        table = import_table(source, source.name, None, out)
        watch.mark()
        column_facts(out, table.schema)
        watch.mark()
        peak = peak_mb()
        frame = read_frame(out)
        watch.mark()
        associations(frame, table.schema, "target")
        watch.mark()
        wall, cpu = watch.spent()
        return {
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


if __name__ == "__main__":
    print(json.dumps(album() if sys.argv[1] == "pictures" else sized(int(sys.argv[1]))))
