"""The contract of every encoder of pictures: trains, saves, opens in a new process, answers the same."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine import preparing
from engine.backbones import BACKBONES, LITE, load
from engine.bundle import Bundle
from engine.encoders import IMAGE_ENCODERS
from engine.errors import BadRecipe, Stopped
from engine.events import Advanced, Entered, Note, Point, Stage, Wish
from engine.golden import golden_rows
from engine.mixing import mixed
from engine.preparing import prepare
from engine.running import carry_out
from tests.engine.elsewhere import ask_elsewhere
from tests.engine.pictures import recipe, run_data

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A folder of weights for the encoder that brings them: whatever a fresh network has."""
    folder = tmp_path_factory.mktemp("weights")
    fresh = BACKBONES[LITE].build((32, 32, 3), "fresh")
    arrays = {f"{layer.name}/{v.name}": np.asarray(v) for layer in fresh.layers for v in layer.variables}
    np.savez(folder / f"{LITE}.npz", **arrays)
    return folder


@pytest.fixture(scope="module")
def trained(weights, tmp_path_factory):
    """A finished run with each encoder and its answers to test rows, whose pictures are gone by now."""
    found = {}
    for encoder in IMAGE_ENCODERS:
        folder = tmp_path_factory.mktemp("run")
        data = replace(run_data(folder, channels=3), weights=weights)
        asked = recipe("picture", "weight", image={"encoder": encoder, "size": 32})
        outcome = carry_out(asked, data, folder=folder / "run", emit=lambda _: None, wishes=lambda: Wish.GO_ON)
        test = data.frame(["picture", "weight"]).loc[prepare(asked, data).part("test").row_ids()]
        found[encoder] = (outcome, Bundle.open(outcome.bundle).answer(test).frame().iloc[:, -1])
        shutil.rmtree(folder / "pictures")
    return found


@pytest.fixture(scope="module")
def elsewhere(trained, tmp_path_factory):
    """What a new process answers to the rows that the bundles keep."""
    bundles = [Bundle.open(outcome.bundle) for outcome, _ in trained.values()]
    rows = {bundle.folder: golden_rows(bundle.folder, bundle.manifest.table) for bundle in bundles}
    return ask_elsewhere(rows, tmp_path_factory.mktemp("rows"))


@pytest.mark.parametrize("encoder", IMAGE_ENCODERS)
def test_every_encoder_trains_saves_and_answers_the_same_in_a_new_process(trained, elsewhere, encoder):
    outcome, here = trained[encoder]
    assert outcome.evaluation.importance is not None
    np.testing.assert_allclose(elsewhere[outcome.bundle]["model"], here, atol=1e-5)


def test_pictures_are_encoded_alike_whether_in_one_block_or_in_many(tmp_path, monkeypatch):
    data = run_data(tmp_path)
    whole = prepare(recipe(), data).part("train")
    told: list[float] = []
    monkeypatch.setattr(preparing, "BLOCK_BYTES", 1000)  # six pictures
    shutil.rmtree(data.cache)
    blocks = prepare(recipe(), data, told.append).part("train")
    np.testing.assert_array_equal(blocks.encoded()["image"], np.array(whole.encoded()["image"]))
    assert len(told) > 5
    assert told[-1] == pytest.approx(1)


def test_a_run_can_be_stopped_while_its_pictures_are_read(tmp_path):
    with pytest.raises(Stopped):
        carry_out(recipe(), run_data(tmp_path), folder=tmp_path / "r", emit=lambda _: None, wishes=lambda: Wish.STOP)
    assert not list((tmp_path / "cache").glob("*/fitted.json"))


def test_a_missing_picture_is_black(tmp_path):
    data = run_data(tmp_path)
    train = prepare(recipe(), data).part("train")
    missing = data.frame(["picture"])["picture"].isna().to_numpy()[train.row_ids()]
    assert missing.any()
    assert (train.encoded()["image"].max(axis=1) == 0).tolist() == missing.tolist()


def test_augmented_training_that_was_killed_goes_on_to_the_same_result(tmp_path):
    """Keras's random layers draw from states of their own: they must come back with the rest."""
    data = run_data(tmp_path)
    guises = {"encoder": "textbook cnn", "augmentation": {"flip": "both", "rotate": 20, "shift": 0.2, "mixup": 0.4}}
    asked = recipe(image=guises, model={"family": "linear"}, fitting={"epochs": 4, "batch_size": 8})
    whole = carry_out(asked, data, folder=tmp_path / "whole", emit=lambda _: None, wishes=lambda: Wish.GO_ON)
    with pytest.raises(KeyboardInterrupt):
        carry_out(asked, data, folder=tmp_path / "again", emit=_killed_after(2), wishes=lambda: Wish.GO_ON)
    again = carry_out(asked, data, folder=tmp_path / "again", emit=lambda _: None, wishes=lambda: Wish.GO_ON)
    wanted, found = (pd.read_parquet(run.bundle / "test_rows.parquet") for run in (whole, again))
    np.testing.assert_allclose(found["loss"], wanted["loss"], rtol=1e-4)


def test_a_head_that_has_learned_does_not_learn_again_after_a_kill(weights, tmp_path):
    data = replace(run_data(tmp_path, channels=3), weights=weights)
    asked = recipe(image={"encoder": "pretrained", "size": 32})
    first, second = [], []

    def kill_after(heard, ends):
        def emit(event):
            heard.append(event)
            if ends(event):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            carry_out(asked, data, folder=tmp_path / "run", emit=emit, wishes=lambda: Wish.GO_ON)

    def learned(event):
        return isinstance(event, Note) and event.text.startswith("What was learned from photos")

    kill_after(first, learned)
    training = first.index(Entered(stage=Stage.TRAINING))
    assert sum(isinstance(event, Advanced) for event in first[training:]) > 2  # it is seen to go on
    kill_after(second, lambda event: isinstance(event, Point))
    assert not any(map(learned, second))


def _killed_after(points):
    """Ends the run, as a kill would, once so many points of the curve were told."""
    heard = []

    def emit(event):
        if isinstance(event, Point):
            heard.append(event)
            if len(heard) == points:
                raise KeyboardInterrupt

    return emit


def test_without_weights_the_run_says_how_to_get_them(tmp_path):
    data = replace(run_data(tmp_path), weights=tmp_path / "none")
    asked = recipe(image={"encoder": "pretrained", "network": "mobilenetv2", "size": 32})
    with pytest.raises(BadRecipe, match=r"mobilenetv2\.weights\.h5"):
        carry_out(asked, data, folder=tmp_path / "run", emit=lambda _: None, wishes=lambda: Wish.GO_ON)


def test_weights_in_a_file_that_was_broken_off_are_refused_in_words(weights, tmp_path):
    name = f"{LITE}.npz"
    (tmp_path / name).write_bytes((weights / name).read_bytes()[:100_000])
    with pytest.raises(BadRecipe, match="do not fit"):
        load(BACKBONES[LITE].build((32, 32, 3), "fresh"), LITE, tmp_path)


def test_mixing_keeps_answers_in_proportion():
    pictures = np.repeat(np.array([[0], [200]], dtype="uint8"), 3, axis=1)
    made, answers = mixed({"image": pictures}, np.array([0, 1]), evenness=0.5, batch=2, random=np.random.default_rng(1))
    own, other, share = answers.T
    np.testing.assert_allclose(made["image"][:, 0], 200 * (own * share + other * (1 - share)), atol=1)
