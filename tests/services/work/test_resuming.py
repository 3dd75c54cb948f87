"""A network whose training is killed goes on from its last segment, to the very same result. Needs Keras."""

from __future__ import annotations

from typing import Any

import pytest

from engine.fitting import Fitting
from engine.models.mlp import MLP
from engine.recipe import Effort
from storage.queries import progress
from tests.services.place import Place, recipe, wait_for

pytestmark = pytest.mark.slow

EPOCHS = 8


def curve(place: Place, run: int) -> list[tuple[Any, ...]]:
    """What does not depend on the clock."""
    with place.home.database.read() as session:
        points = progress.points(session, run)
    return [(point.step, point.loss, point.validation_loss, point.score, point.best) for point in points]


def test_killed_job_and_killed_supervisor_end_in_the_result_of_an_undisturbed_run(place: Place) -> None:
    version = place.version(10_000)
    how = recipe(
        model=MLP(dropout=0.1),
        fitting=Fitting(epochs=EPOCHS, batch_size=64, patience=None),
        effort=Effort(name="own", seconds=36_000),  # so that the clock of a busy machine decides nothing
    )
    undisturbed = place.start(version, how)
    place.supervisor()
    expected = place.wait(undisturbed, "finished", "failed")
    assert expected.status == "finished", expected.error

    run = place.start(version, how)
    wait_for(lambda: len(curve(place, run)) >= 2)
    place.worker().kill()
    wait_for(lambda: len(curve(place, run)) >= 4)
    place.kill_supervisor()
    place.supervisor()
    resumed = place.wait(run, "finished", "failed")

    assert (resumed.status, resumed.attempt) == ("finished", 3), resumed.error
    assert curve(place, run) == curve(place, undisturbed)
    assert (resumed.value, resumed.low, resumed.high) == (expected.value, expected.low, expected.high)
    with place.home.database.read() as session:
        texts = [note.text for note in progress.notes(session, run)]
    assert texts.count("Went on from step {step}.") == 2
