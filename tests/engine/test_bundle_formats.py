"""Saved models of every released format: one fixture each, written by the Loam of its time and never made anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.bundle import Bundle, Manifest
from engine.golden import golden_rows

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("bundle_*"))


def test_every_format_has_its_saved_model() -> None:
    kept = [json.loads((folder / "manifest.json").read_text("utf8"))["format"] for folder in FIXTURES]
    assert kept == list(range(1, Manifest.model_fields["format"].default + 1))


@pytest.mark.parametrize("folder", FIXTURES, ids=lambda folder: folder.name)
def test_saved_model_of_an_earlier_loam_opens_and_gives_its_golden_answers(folder: Path) -> None:
    bundle = Bundle.open(folder)
    bundle.check_golden()
    rows = golden_rows(folder, bundle.manifest.table)
    assert bundle.predictors == ("model", "baseline")
    for predictor in bundle.predictors:
        given = bundle.answer(rows, predictor).frame()
        assert len(given) == len(rows) > 20
        assert set(given["answer"]) == {"yes", "no"}
