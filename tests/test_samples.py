"""The sample data are what `SAMPLES` says they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.table.reading import inspect
from samples import SAMPLES, Sample

FOLDER = Path("samples")
each = pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)


@each
def test_sample_has_the_rows_columns_and_target_that_it_names(sample: Sample) -> None:
    found = inspect(sample.path, sample.file)
    assert (found.rows, len(found.names)) == (sample.rows, sample.columns)
    assert sample.target in found.names


@each
def test_sample_has_its_licence_recorded(sample: Sample) -> None:
    lines = (FOLDER / "LICENCES.md").read_text().splitlines()
    assert any(line.startswith(f"| `{sample.file}`") and sample.licence in line for line in lines)


def test_samples_are_small_and_all_listed() -> None:
    files = {path.name for path in FOLDER.iterdir() if path.suffix in (".csv", ".zip")}
    assert files == {sample.file for sample in SAMPLES.values()}
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) <= 15_000_000
