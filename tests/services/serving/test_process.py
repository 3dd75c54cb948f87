"""The predicting process, real: quick when warm, back after a kill, and its errors arrive as they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.errors import BundleError, NotFound
from engine.events import Wish
from engine.preparing import RunData
from engine.running import carry_out
from engine.table.columns import Schema
from services import keys, splits
from services.serving import client
from services.work.detached import SERVING
from tests.services.place import Place, process_of, recipe

pytestmark = pytest.mark.slow

ROW = pd.DataFrame({name: [0.5] for name in "abcd"})


def bundle(place: Place, folder: Path) -> str:
    """The key of a trained bundle."""
    version = place.version()
    how = recipe()
    data = RunData(
        table=place.home.files.path(version.table_key or ""),
        schema=Schema.model_validate(version.schema),
        parts=splits.membership(place.home, version, how),
        cache=folder / "cache",
    )
    outcome = carry_out(how, data, folder=folder / "run", emit=lambda _: None, wishes=lambda: Wish.GO_ON)
    key = keys.bundle(1, 1)
    with place.home.files.new(key) as target:
        outcome.bundle.rename(target)
    return key


def test_predicting_process_answers_and_comes_back_after_a_kill(place: Place, tmp_path: Path) -> None:
    key = bundle(place, tmp_path)
    first = client.answer(key, ROW)
    assert list(first.columns) == ["answer", "probability", "probability of no", "probability of yes"]
    assert first["answer"].item() == "yes"

    many = client.answer(key, pd.DataFrame(np.random.default_rng(0).normal(size=(5000, 4)), columns=list("abcd")))
    assert len(many) == 5000

    contributions = client.explain(key, ROW)
    assert contributions.base + sum(c.value for c in contributions.columns) == pytest.approx(
        contributions.answer, abs=1e-3
    )

    with pytest.raises(NotFound, match="no predictor “baseline”"):
        client.answer(key, ROW, "baseline")
    with pytest.raises(BundleError):
        client.answer("runs/99/bundle-1", ROW)

    before = process_of(SERVING.pid(place.folder))
    before.kill()
    pd.testing.assert_frame_equal(client.answer(key, ROW), first)
    assert SERVING.pid(place.folder) != before.pid
