"""The contract of every family and every kind of answer: trains, saves, opens in a new process, answers the same."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from engine.bundle import Bundle, Manifest
from engine.errors import BadRecipe, BadTable, BundleError, Stopped
from engine.events import Advanced, Began, Entered, Note, Point, Stage, Wish
from engine.fitting import Fitting
from engine.models import FAMILIES, GradientBoosting, ResidualMLP
from engine.models.mlp import MLP
from engine.recipe import Input
from engine.running import carry_out
from tests.engine.elsewhere import ask_elsewhere
from tests.engine.tables import COLUMNS, TARGETS, houses, recipe, run_data

pytestmark = pytest.mark.slow


def go_on() -> Wish:
    return Wish.GO_ON


class Heard(list):
    """All events of a run."""

    __call__ = list.append

    def of(self, kind):
        return [event for event in self if isinstance(event, kind)]

    @property
    def text(self):
        return " ".join(note.text.format(**note.values) for note in self.of(Note))


@pytest.fixture(scope="module")
def frame():
    return houses()


@pytest.fixture(scope="module")
def trained(frame, tmp_path_factory):
    """A finished run of each kind of answer, with what was heard of it."""
    found = {}
    for answer in TARGETS:
        folder = tmp_path_factory.mktemp(answer)
        heard = Heard()
        small = recipe(answer, model=ResidualMLP(width=32, blocks=1), fitting=Fitting(epochs=12, learning_rate=0.01))
        found[answer] = (carry_out(small, run_data(folder, frame), folder=folder, emit=heard, wishes=go_on), heard)
    return found


@pytest.fixture(scope="module")
def rows(frame):
    """Rows to ask about."""
    return frame.tail(20).reset_index(drop=True)


@pytest.fixture(scope="module")
def elsewhere(trained, rows, tmp_path_factory):
    """What a new process answers."""
    return ask_elsewhere({outcome.bundle: rows for outcome, _ in trained.values()}, tmp_path_factory.mktemp("rows"))


@pytest.mark.parametrize("answer", TARGETS)
def test_a_run_tells_its_stages_and_beats_guessing(trained, answer):
    outcome, heard = trained[answer]
    assert [event.stage for event in heard.of(Entered)] == list(Stage)
    assert [type(event) for event in heard if isinstance(event, (Began, Point))] == [Began, *[Point] * 12]
    model = outcome.evaluation.metric(outcome.evaluation.headline).value
    guess = outcome.evaluation.metric(outcome.evaluation.headline, "guess").value
    assert (model < guess) if answer == "number" else (model > guess)
    assert "360 rows to learn from, 120 to steer by, 120 kept aside" in heard.text


def test_time_left_is_told_anew_by_each_stage_after_training(trained):
    _outcome, heard = trained["number"]
    left = [heard[place + 1].seconds_left for place, event in enumerate(heard) if isinstance(event, Entered)]
    training = [event.seconds_left for event in heard.of(Advanced) if 0.03 < event.fraction < 0.8]
    assert left[:2] == [None, None]
    assert training[-1] >= left[2] > left[3] > left[4] > left[5] > heard.of(Advanced)[-1].seconds_left == 0.0


@pytest.mark.parametrize("answer", TARGETS)
def test_a_bundle_opens_in_a_new_process_and_answers_the_same(trained, rows, elsewhere, answer):
    bundle = Bundle.open(trained[answer][0].bundle)
    theirs = elsewhere[bundle.folder]
    assert set(theirs) == {"model", "baseline"}
    for predictor, column in theirs.items():
        ours = bundle.answer(rows, predictor).frame().iloc[:, -1]
        np.testing.assert_allclose(column, ours, rtol=1e-4, atol=1e-5)


def test_answers_do_not_depend_on_how_many_rows_are_asked_together(trained, frame):
    bundle = Bundle.open(trained["number"][0].bundle)
    together = bundle.answer(frame).value
    alone = [bundle.answer(frame.iloc[[i]]).value[0] for i in range(5)]
    np.testing.assert_allclose(alone, together[:5], rtol=1e-4)


def test_gaps_and_unseen_words_get_an_answer(trained):
    bundle = Bundle.open(trained["binary"][0].bundle)
    rows = pd.DataFrame(
        {
            "size": [np.nan], "town": ["never seen"], "garden": [None], "sold": pd.to_datetime([None]),
            "about": ["Nichts Bekanntes"],
        }
    )  # fmt: skip
    assert np.isfinite(bundle.answer(rows).probabilities).all()


def test_contributions_sum_to_the_answer(trained, frame):
    for answer in TARGETS:
        bundle = Bundle.open(trained[answer][0].bundle)
        why = bundle.explain(frame.iloc[[0]])
        assert why.base + sum(c.value for c in why.columns) == pytest.approx(why.answer, abs=1e-6)
        assert {c.name for c in why.columns} == set(COLUMNS)


def test_a_changed_file_is_found_when_the_bundle_is_opened(trained, tmp_path):
    import shutil

    copy = shutil.copytree(trained["binary"][0].bundle, tmp_path / "copy")
    (copy / "background.npz").write_bytes(b"other")
    with pytest.raises(BundleError, match=r"background\.npz"):
        Bundle.open(copy)


def test_on_other_libraries_golden_rows_are_asked_again(trained, tmp_path):
    import shutil

    copy = shutil.copytree(trained["binary"][0].bundle, tmp_path / "copy")
    manifest = json.loads((copy / "manifest.json").read_text("utf8"))
    manifest["versions"]["keras"] = "0"
    manifest["hashes"].pop("golden.npz")
    (copy / "manifest.json").write_text(json.dumps(manifest), "utf8")
    Bundle.open(copy)
    with np.load(copy / "golden.npz") as golden:
        moved = {name: golden[name] + 0.5 for name in golden.files}
    np.savez(copy / "golden.npz", **moved)
    with pytest.raises(BundleError, match="no longer gives the answers"):
        Bundle.open(copy)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_learns_the_same_twice(frame, tmp_path, family):
    scores = []
    for attempt in ("first", "second"):
        plan = recipe("binary", model={"family": family})
        heard = Heard()
        outcome = carry_out(plan, run_data(tmp_path, frame), folder=tmp_path / attempt, emit=heard, wishes=go_on)
        bundle = Bundle.open(outcome.bundle)
        assert [type(event) for event in heard if isinstance(event, (Began, Point))][:2] == [Began, Point]
        assert isinstance(bundle.manifest, Manifest)
        scores.append(bundle.scores(bundle.encode(frame)))
    np.testing.assert_array_equal(scores[0], scores[1])
    assert ("baseline" in bundle.predictors) == FAMILIES[family].neural


class Killed(Exception):
    """Stands for kill -9: leaves the training at once, in the middle."""


@pytest.mark.parametrize("model", [ResidualMLP(width=16), MLP(layers=(16,), dropout=0.3)], ids=["residual", "mlp"])
def test_training_that_was_killed_goes_on_to_the_same_result(frame, tmp_path, model):
    plan = recipe("binary", model=model, fitting=Fitting(epochs=6, schedule="plateau", class_weights="balanced"))

    def die_at_the_third(event):
        if isinstance(event, Point) and event.epoch == 3:
            raise Killed

    whole, broken = Heard(), Heard()
    straight = carry_out(plan, run_data(tmp_path, frame), folder=tmp_path / "straight", emit=whole, wishes=go_on)
    with pytest.raises(Killed):
        carry_out(plan, run_data(tmp_path, frame), folder=tmp_path / "killed", emit=die_at_the_third, wishes=go_on)
    resumed = carry_out(plan, run_data(tmp_path, frame), folder=tmp_path / "killed", emit=broken, wishes=go_on)
    assert not broken.of(Began)
    assert [p.epoch for p in broken.of(Point)] == [4, 5, 6]
    assert [p.validation_loss for p in broken.of(Point)] == [p.validation_loss for p in whole.of(Point)[3:]]
    first, second = Bundle.open(straight.bundle), Bundle.open(resumed.bundle)
    np.testing.assert_array_equal(first.scores(first.encode(frame)), second.scores(second.encode(frame)))


def test_training_that_memory_halved_begins_anew_and_goes_on_in_halves_after_a_kill(frame, tmp_path, monkeypatch):
    from engine.training import _Fit

    learn, batches = _Fit._learn, []

    def too_large_for_a_second_segment(self, steps):
        batches.append(self.batch)
        if self.batch > 16 and self.progress.step:
            raise MemoryError
        return learn(self, steps)

    monkeypatch.setattr(_Fit, "_learn", too_large_for_a_second_segment)
    plan = recipe("binary", model=MLP(layers=(8,), dropout=0.3), fitting=Fitting(epochs=4, batch_size=32))

    def die_at_the_second(event):
        if isinstance(event, Point) and event.epoch == 2:
            raise Killed

    whole, broken = Heard(), Heard()
    straight = carry_out(plan, run_data(tmp_path, frame), folder=tmp_path / "straight", emit=whole, wishes=go_on)
    curve = [event for event in whole if isinstance(event, (Began, Point))]
    assert [getattr(event, "epoch", "began") for event in curve] == ["began", 1, "began", 0.727, 1, 2, 3, 4]
    with pytest.raises(Killed):
        carry_out(plan, run_data(tmp_path, frame), folder=tmp_path / "killed", emit=die_at_the_second, wishes=go_on)
    batches.clear()
    resumed = carry_out(plan, run_data(tmp_path, frame), folder=tmp_path / "killed", emit=broken, wishes=go_on)
    assert batches == [16, 16]
    assert not broken.of(Began)
    assert [p.validation_loss for p in broken.of(Point)] == [p.validation_loss for p in whole.of(Point)[-2:]]
    first, second = Bundle.open(straight.bundle), Bundle.open(resumed.bundle)
    np.testing.assert_array_equal(first.scores(first.encode(frame)), second.scores(second.encode(frame)))


def test_a_checkpoint_of_another_version_is_not_gone_on_from(frame, tmp_path):
    plan = recipe("binary", model=MLP(layers=(4,)), fitting=Fitting(epochs=1))
    carry_out(plan, run_data(tmp_path, frame), folder=tmp_path, emit=Heard(), wishes=go_on)
    with np.load(tmp_path / "model" / "state.npz") as kept:
        arrays = {name: kept[name] for name in kept.files}
    np.savez(tmp_path / "model" / "state.npz", **arrays | {"progress": np.array('{"steps": 11, "mood": "good"}')})
    heard = Heard()
    carry_out(plan, run_data(tmp_path, frame), folder=tmp_path, emit=heard, wishes=go_on)
    assert [point.epoch for point in heard.of(Point)] == [1.0]


def test_a_stopped_run_ends_at_once(frame, tmp_path):
    with pytest.raises(Stopped):
        carry_out(recipe("binary"), run_data(tmp_path, frame), folder=tmp_path, emit=Heard(), wishes=lambda: Wish.STOP)


def test_finish_now_keeps_the_best_and_still_evaluates_it(frame, tmp_path):
    heard = Heard()
    plan = recipe("binary", fitting=Fitting(epochs=500, patience=None))

    def soon():
        return Wish.FINISH if len(heard.of(Point)) >= 3 else Wish.GO_ON

    outcome = carry_out(plan, run_data(tmp_path, frame), folder=tmp_path, emit=heard, wishes=soon)
    assert len(heard.of(Point)) < 100
    assert "Finished early, as you asked" in heard.text
    assert outcome.evaluation.metric("accuracy", "baseline") is not None


def test_training_that_grows_without_bound_keeps_its_best(frame, tmp_path):
    heard = Heard()
    wild = Fitting(epochs=30, optimizer="sgd", learning_rate=1.0, schedule="constant", weight_decay=0.0)
    plan = recipe("number", model=MLP(layers=(64, 64, 64), dropout=0.0), fitting=wild)
    with pytest.raises(BadRecipe, match="did not settle") as told:
        carry_out(plan, run_data(tmp_path, frame), folder=tmp_path, emit=heard, wishes=go_on)
    assert "grew without bound" in heard.text
    assert "smaller learning rate" in str(told.value)


def test_epochs_count_the_steps_that_were_taken(frame, tmp_path):
    heard = Heard()
    plan = recipe("binary", model=MLP(layers=(4,)), fitting=Fitting(epochs=2, batch_size=20))  # 18 steps: 16 and 2
    carry_out(plan, run_data(tmp_path, frame), folder=tmp_path, emit=heard, wishes=go_on)
    assert [(point.step, point.epoch) for point in heard.of(Point)] == [(16, 0.889), (18, 1.0), (36, 2.0)]


def test_columns_that_cannot_be_learned_from_are_named(frame, tmp_path):
    data = run_data(tmp_path, frame)
    for inputs, words in (
        ((), "No column is chosen"),
        ((Input(name="sise", kind="number"),), "“size”"),
        ((Input(name="town", kind="identifier"),), "cannot be learned from yet"),
        ((Input(name="cheap", kind="boolean"),), "cannot be learned from as well"),
    ):
        with pytest.raises((BadRecipe, BadTable), match=words):
            carry_out(recipe("binary", inputs=inputs), data, folder=tmp_path, emit=Heard(), wishes=go_on)


def test_gradient_boosting_needs_no_keras(frame, tmp_path):
    code = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from pathlib import Path
from engine.events import Wish
from engine.models import GradientBoosting
from engine.running import carry_out
from tests.engine.tables import houses, recipe, run_data
folder = Path({str(tmp_path)!r})
plan = recipe("number", model=GradientBoosting())
carry_out(plan, run_data(folder, houses()), folder=folder, emit=lambda _: None, wishes=lambda: Wish.GO_ON)
assert "keras" not in sys.modules and "tensorflow" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert Bundle.open(tmp_path / "bundle").predictors == ("model",)
    assert Bundle.open(tmp_path / "bundle").manifest.families["model"] == GradientBoosting()
