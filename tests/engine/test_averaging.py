"""Weight averaging, and plans that follow the pace."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.bundle import Bundle
from engine.checkpoint import Progress
from engine.events import Event, Point, Wish
from engine.fitting import Fitting
from engine.models import MLP
from engine.recipe import Recipe
from engine.running import Outcome, carry_out
from tests.engine.tables import houses, recipe, run_data

FRAME = houses()


class KilledError(BaseException):
    pass


def asked(averaging: float) -> Recipe:
    steady = Fitting(epochs=3, schedule="constant", patience=None, averaging=averaging)
    return recipe("binary", model=MLP(layers=(8,), dropout=0.2), fitting=steady)


def learned(plan: Recipe, folder: Path, *, until: float = 99.0) -> tuple[Outcome | None, list[Point]]:
    points: list[Point] = []

    def hear(event: Event) -> None:
        if isinstance(event, Point):
            points.append(event)
            if event.epoch >= until:
                raise KilledError

    data = run_data(folder.parent, FRAME)
    try:
        return carry_out(plan, data, folder=folder, emit=hear, wishes=lambda: Wish.GO_ON), points
    except KilledError:
        return None, points


@pytest.mark.slow
def test_averages_are_looked_at_and_kept_while_the_latest_weights_learn_on(tmp_path: Path) -> None:
    _, plain = learned(asked(0.0), tmp_path / "plain")
    whole, averaged = learned(asked(0.9), tmp_path / "averaged")
    np.testing.assert_allclose([p.loss for p in averaged], [p.loss for p in plain], rtol=1e-4)
    assert all(abs(a.validation_loss - p.validation_loss) > 1e-4 for a, p in zip(averaged, plain, strict=True))

    learned(asked(0.9), tmp_path / "killed", until=2.0)
    resumed, rest = learned(asked(0.9), tmp_path / "killed")
    assert whole is not None
    assert resumed is not None
    assert [p.validation_loss for p in rest] == [p.validation_loss for p in averaged[-len(rest) :]]
    first, second = Bundle.open(whole.bundle), Bundle.open(resumed.bundle)
    np.testing.assert_array_equal(first.scores(first.encode(FRAME)), second.scores(second.encode(FRAME)))


def test_a_plan_is_cut_when_time_lacks_and_grows_again_when_there_is_some() -> None:
    plan = Progress(steps=100)
    assert plan.replanned(95).steps == 100
    cut = plan.replanned(40)
    assert cut.steps == 40
    assert cut.replanned(60).steps == 60
    assert not plan.replanned(100).shortened
