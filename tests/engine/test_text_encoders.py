"""The contract of every encoder of texts: trains, is saved, opens in a new process, answers the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.bundle import Bundle
from engine.encoders import TEXT_ENCODERS
from engine.events import Wish
from engine.fitting import Fitting
from engine.models import Linear, WeightedSum
from engine.recipe import Effort, Input, Recipe
from engine.running import carry_out
from tests.engine.elsewhere import ask_elsewhere
from tests.engine.tables import run_data

pytestmark = pytest.mark.slow

SMALL = {
    "n-grams": {"width": 4},
    "convolution": {"width": 8, "filters": 8, "sizes": (2, 3)},
    "lstm": {"width": 8, "units": 8, "pieces": "subwords"},
    "transformer": {"width": 8, "heads": 2, "blocks": 1},
}


def reviews(rows: int = 600) -> pd.DataFrame:
    """Texts in two languages whose price follows from their words; some are missing, empty or without a known word."""
    random = np.random.default_rng(0)
    good = random.random(rows) < 0.5
    words = np.where(random.random(rows) < 0.5, np.where(good, "味道很好", "太难吃了"), np.where(good, "tasty", "cold"))
    about = pd.Series(
        [f"{random.choice(['soup', '面', 'tea'])} {word}, {random.choice(list('abcd'))}" for word in words]
    )
    about[::40], about[7::40], about[13::40] = None, "", "Ω≈ç"
    frame = pd.DataFrame({"about": about.astype("str"), "cheap": np.where(good, "yes", "no"), "price": 10.0 * good})
    return frame.rename_axis("__row__")


def recipe(encoder: str, **changes: object) -> Recipe:
    usual = {
        "target": "cheap", "answer": "binary", "inputs": (Input(name="about", kind="text"),), "model": Linear(),
        "text": {"encoder": encoder, **SMALL[encoder]}, "fitting": Fitting(epochs=6, learning_rate=0.02),
        "effort": Effort(name="own", seconds=300),
    }  # fmt: skip
    return Recipe.model_validate(usual | changes)


def carried_out(plan, folder, frame):
    data = run_data(folder, frame)
    return carry_out(plan, data, folder=folder / "run", emit=lambda _: None, wishes=lambda: Wish.GO_ON)


@pytest.fixture(scope="module")
def frame():
    return reviews()


@pytest.fixture(scope="module")
def trained(frame, tmp_path_factory):
    """A finished run with each encoder."""
    return {name: carried_out(recipe(name), tmp_path_factory.mktemp(name), frame) for name in TEXT_ENCODERS}


@pytest.mark.parametrize("encoder", TEXT_ENCODERS)
def test_every_encoder_learns_from_words_and_characters(trained, encoder):
    found = trained[encoder].evaluation
    assert found.metric("accuracy").value > 0.9
    assert found.metric("accuracy", "baseline").value > 0.9
    assert "a weighted sum of words" in found.verdict.simpler.text


def test_bundles_open_in_a_new_process_and_answer_the_same(trained, frame, tmp_path):
    rows = frame.head(60).reset_index(drop=True)
    theirs = ask_elsewhere({outcome.bundle: rows for outcome in trained.values()}, tmp_path)
    for outcome in trained.values():
        bundle = Bundle.open(outcome.bundle)
        for predictor in ("model", "baseline"):
            ours = bundle.answer(rows, predictor).frame().iloc[:, -1]
            np.testing.assert_allclose(theirs[outcome.bundle][predictor], ours, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("encoder", TEXT_ENCODERS)
def test_texts_that_are_missing_empty_or_unknown_get_an_answer(trained, encoder):
    bundle = Bundle.open(trained[encoder].bundle)
    odd = pd.DataFrame({"about": pd.Series([None, "", "Ω≈ç√", "\x00", "😀 " * 3000, "ערב טוב"], dtype="str")})
    assert np.isfinite(bundle.answer(odd).probabilities).all()


@pytest.mark.parametrize("encoder", TEXT_ENCODERS)
def test_what_fills_up_says_nothing(trained, encoder, frame):
    """However the numbers that stand for code 0 are, the answers stay."""
    from keras import layers

    from engine.layers.texts import Bag
    from engine.network import NetworkPredictor

    bundle = Bundle.open(trained[encoder].bundle)
    encoded = bundle.encode(frame.iloc[1:7])
    predictor = NetworkPredictor.load(bundle.folder / "model")
    before = predictor.predict(encoded)
    (table,) = [
        each.table if isinstance(each, Bag) else each.embeddings
        for each in predictor.network.layers
        if isinstance(each, Bag | layers.Embedding)
    ]
    numbers = np.array(table)
    numbers[0] += 5
    table.assign(numbers)
    np.testing.assert_allclose(predictor.predict(encoded), before, rtol=1e-4, atol=1e-5)


def test_the_words_that_an_answer_rests_on_are_marked(trained):
    bundle = Bundle.open(trained["n-grams"].bundle)
    row = pd.DataFrame({"about": pd.Series(["soup tasty, b"], dtype="str")})
    found = bundle.mark_text(row, "about")
    (strongest,) = sorted(found.parts, key=lambda part: -part.effect)[:1]
    assert found.text[strongest.start : strongest.end] == "tasty"
    assert found.hidden < found.elsewhere <= found.answer + 1e-6


def test_a_number_is_learned_from_texts_by_a_weighted_sum(frame, tmp_path):
    plan = recipe("n-grams", target="price", answer="number", model=WeightedSum())
    outcome = carried_out(plan, tmp_path, frame)
    assert outcome.evaluation.metric("mae").value < outcome.evaluation.metric("mae", "guess").value / 2
    assert Bundle.open(outcome.bundle).predictors == ("model",)
