"""Kinds of answer: classes, scores, answers. Fits nothing."""

import numpy as np
import pandas as pd
import pytest

from engine.errors import BadTable
from engine.targets import TARGETS
from tests.engine.tables import TARGETS as COLUMN_OF
from tests.engine.tables import houses


@pytest.mark.parametrize("answer", TARGETS)
def test_every_kind_survives_json_and_decodes_the_same(answer):
    name, _ = COLUMN_OF[answer]
    values = houses()[name]
    fitted = TARGETS[answer].fit(name, values)
    truth = fitted.encode(values)
    scores = np.random.default_rng(0).normal(size=(len(values), fitted.outputs)).astype("float32")
    calibrated = fitted.calibrate(truth, scores)
    again = TARGETS[answer].model_validate_json(calibrated.model_dump_json())
    pd.testing.assert_frame_equal(again.decode(scores).frame(), calibrated.decode(scores).frame())


@pytest.mark.parametrize("answer", TARGETS)
def test_guessing_is_the_best_constant(answer):
    name, _ = COLUMN_OF[answer]
    values = houses()[name]
    fitted = TARGETS[answer].fit(name, values)
    truth = fitted.encode(values)
    guess = np.tile(fitted.guess(truth), (len(truth), 1))
    best = fitted.losses(truth, guess).mean()
    for shift in (-0.1, 0.1):
        moved = guess.copy()
        moved[:, 0] += shift
        assert fitted.losses(truth, moved).mean() > best


@pytest.mark.parametrize("answer", TARGETS)
def test_a_constant_column_cannot_be_predicted(answer):
    same = pd.Series([1.0] * 9) if answer == "number" else pd.Series(["a"] * 9)
    with pytest.raises(BadTable, match="“y”"):
        TARGETS[answer].fit("y", same)


def test_whole_numbers_are_classes_without_a_point():
    assert TARGETS["binary"].fit("y", pd.Series([0.0, 1.0, 1.0, np.nan])).classes == ("0", "1")
    assert TARGETS["multiclass"].fit("y", pd.Series([10.0, 9.0, 1.0] * 2)).classes == ("1", "9", "10")


def test_a_class_is_called_the_same_whatever_the_other_rows_hold():
    fitted = TARGETS["multiclass"].fit("y", pd.Series([1.0, 2.0, 2.5, 3.0] * 2))
    assert fitted.classes == ("1", "2", "2.5", "3")
    assert fitted.encode(pd.Series([3.0, 1.0, np.nan])).tolist() == [3, 0, -1]
    whole = TARGETS["multiclass"].fit("y", pd.Series([1.0, 2.0, 3.0] * 2))
    assert whole.encode(pd.Series([3.0, 2.5])).tolist() == [2, -1]


def test_classes_that_an_earlier_loam_wrote_with_a_point_are_still_known():
    kept = TARGETS["multiclass"](name="y", classes=("1.0", "2.0", "2.5", "10.0"))
    assert kept.encode(pd.Series([10.0, 2.0, 2.5, 4.0])).tolist() == [3, 1, 2, -1]
    assert kept.encode(pd.Series([10.0, 2.0])).tolist() == [3, 1]
    words = TARGETS["multiclass"](name="y", classes=("1", "1.0", "a"))
    assert words.encode(pd.Series(["1.0", "1", "a"])).tolist() == [1, 0, 2]


def test_the_second_class_says_yes_or_is_rarer():
    assert TARGETS["binary"].fit("y", pd.Series(["yes", "yes", "no"])).classes == ("no", "yes")
    assert TARGETS["binary"].fit("y", pd.Series(["bad", "good", "good"])).classes == ("good", "bad")


def test_three_answers_are_not_two():
    with pytest.raises(BadTable, match="3 different answers"):
        TARGETS["binary"].fit("y", pd.Series(["a", "b", "c"]))


def test_unknown_truth_is_marked():
    fitted = TARGETS["binary"].fit("y", pd.Series(["a", "b"]))
    assert fitted.encode(pd.Series(["a", "c", None])).tolist() == [0, -1, -1]


def test_threshold_decides_the_answer_but_not_the_probability():
    fitted = TARGETS["binary"].fit("y", pd.Series(["no", "yes"]))
    scores = np.array([[0.2]], dtype="float32")
    strict = fitted.model_copy(update={"threshold": 0.9})
    assert fitted.decode(scores).frame()["answer"].tolist() == ["yes"]
    assert strict.decode(scores).frame()["answer"].tolist() == ["no"]
    np.testing.assert_array_equal(strict.decode(scores).probabilities, fitted.decode(scores).probabilities)


def test_numbers_come_back_in_their_own_unit():
    values = pd.Series([100.0, 200.0, 300.0])
    fitted = TARGETS["number"].fit("y", values)
    scores = fitted.encode(values)[:, None]
    np.testing.assert_allclose(fitted.decode(scores).value, values, rtol=1e-6)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("values", [[1.7e308, -1.7e308, 1.7e308], [1e308, 1.1e308, 1.2e308], [1e-300, 2e-300, 9e-300]])
def test_extreme_numbers_come_back_in_their_own_unit(values):
    fitted = TARGETS["number"].fit("y", pd.Series(values))
    scores = fitted.encode(pd.Series(values))[:, None]
    assert np.abs(scores).max() < 2
    np.testing.assert_allclose(fitted.decode(scores).value, values, rtol=1e-5)


@pytest.mark.filterwarnings("error")
def test_number_far_beyond_the_training_rows_stays_a_number():
    fitted = TARGETS["number"].fit("y", pd.Series([1.0, 2.0, 3.0])).model_copy(update={"margin": 1e300})
    scores = fitted.encode(pd.Series([1.7e308, -1.7e308, None]))
    assert np.isfinite(scores[:2] ** 2).all()
    assert np.isnan(scores[2])
    huge = TARGETS["number"].fit("y", pd.Series([1.7e308, -1.7e308])).model_copy(update={"margin": 2.0})
    for answers in (fitted.decode(scores[:2, None]), huge.decode(np.array([[1e9], [-1e9]], dtype="float32"))):
        assert all(np.isfinite(each).all() for each in (answers.value, answers.low, answers.high))
    assert np.isfinite(huge.score(np.array([0.0]), np.array([[1e9]], dtype="float32")))
