"""A run begins with what an earlier one learned: its words and scales, and its weights. Needs Keras."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.bundle import Bundle
from engine.events import Note, Point, Wish
from engine.fitting import Fitting
from engine.models.mlp import MLP
from engine.running import carry_out
from tests.engine.tables import houses, recipe, run_data

pytestmark = pytest.mark.slow


def test_run_goes_on_from_the_weights_and_words_of_the_one_before(tmp_path: Path) -> None:
    frame = houses()
    how = recipe("number", model=MLP(layers=(32,), dropout=0.0), fitting=Fitting(epochs=20, learning_rate=0.01))
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    began: dict[Path, list[Note | Point]] = {folder: [] for folder in (first, second, third)}
    data = run_data(tmp_path, frame)
    outcome = carry_out(how, data, folder=first, emit=began[first].append, wishes=lambda: Wish.GO_ON)  # type: ignore[arg-type]

    frame = frame.assign(town=frame["town"].where(frame.index % 10 > 0, "never seen before"))
    (tmp_path / "later").mkdir()
    short = how.model_copy(update={"fitting": Fitting(epochs=1, learning_rate=0.001)})
    later = run_data(tmp_path / "later", frame)
    for folder, start in ((second, outcome.bundle), (third, None)):
        carry_out(
            short, replace(later, start=start), folder=folder, emit=began[folder].append, wishes=lambda: Wish.GO_ON  # type: ignore[arg-type]
        )  # fmt: skip
    before, after = (Bundle.open(folder / "bundle").manifest for folder in (first, second))
    assert after.inputs == before.inputs, "weights mean something only with their own words and scales"
    assert after.targets["model"].name == before.targets["model"].name
    gone_on, anew = (next(e for e in began[folder] if isinstance(e, Point)) for folder in (second, third))
    assert gone_on.validation_loss < 0.7 * anew.validation_loss
    notes = [event.text for event in began[second] if isinstance(event, Note)]
    assert "Began with what the version before had learned." in notes
    assert np.isfinite(Bundle.open(second / "bundle").answer(frame.head()).values(None)).all()
