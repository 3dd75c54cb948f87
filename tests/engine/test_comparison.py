"""Runs compared on the rows that they have in common, and not where they have none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from engine import comparison
from engine.answers import LabelAnswers
from engine.comparison import compare
from engine.errors import BadRecipe
from engine.results import Comparison
from engine.targets.classes import OneOfTwo


def classes(ids: range, skill: float, seed: int = 0) -> pd.DataFrame:
    """Test rows of one of two; the truth follows the row id, so that all runs agree on it."""
    truth = np.array([np.random.default_rng(i).random() < 0.4 for i in ids])
    odds = np.random.default_rng(seed).normal(0, 1, len(ids)) + skill * (truth * 2 - 1)
    yes = 1 / (1 + np.exp(-2 * odds))
    names = np.array(["no", "yes"])
    return pd.DataFrame(
        {
            "__row__": list(ids),
            "truth": names[truth.astype(int)],
            "answer": names[(yes > 0.5).astype(int)],
            "probability": np.maximum(yes, 1 - yes),
            "probability of no": 1 - yes,
            "probability of yes": yes,
        }
    )


def numbers(ids: range, noise: float, seed: int = 0) -> pd.DataFrame:
    truth = np.array([np.random.default_rng(i).normal() * 1000 for i in ids])
    answer = truth + np.random.default_rng(seed).normal(0, noise, len(ids))
    return pd.DataFrame({"__row__": list(ids), "truth": truth, "answer": answer, "low": answer - 1, "high": answer + 1})


def labels(ids: range, skill: float, separator: str, seed: int = 0) -> pd.DataFrame:
    """Test rows with some of three labels; the truth follows the row id, the separator is the run's own."""
    names = np.array(["big dogs", "猫", "c"])
    truth = np.array([np.random.default_rng(i).random(3) < 0.4 for i in ids])
    odds = np.random.default_rng(seed).normal(0, 1, truth.shape) + skill * (truth * 2 - 1)
    chances = 1 / (1 + np.exp(-2 * odds))
    answers = LabelAnswers(tuple(names), chances, chances > 0.5, separator)
    frame = answers.frame()
    frame.insert(0, "__row__", list(ids))
    frame.insert(1, "truth", answers.read(truth))
    return frame


def said(comparison: Comparison) -> str:
    return " ".join(note.text.format(**note.values) for note in comparison.sentences)


def test_runs_are_measured_on_the_rows_in_common() -> None:
    one, other = classes(range(800), 0.5), classes(range(200, 1000), 1.5, seed=1)
    found = compare({"first": one, "second": other})
    assert (found.rows, found.headline, found.enough) == (600, "accuracy", True)
    assert [run.own_rows for run in found.runs] == [800, 800]
    shared = one[one["__row__"].between(200, 799)]
    measured = {metric.name: metric.value for metric in found.runs[0].metrics}
    assert measured["accuracy"] == pytest.approx((shared["truth"] == shared["answer"]).mean())
    assert measured["roc_auc"] == pytest.approx(roc_auc_score(shared["truth"] == "yes", shared["probability of yes"]))


def test_runs_with_several_labels_are_compared_by_what_matches() -> None:
    one, other = labels(range(600), 0.3, "; "), labels(range(600), 1.5, "; ", seed=1)
    found = compare({"first": one, "second": other})
    assert (found.rows, found.headline) == (600, "micro_f1")
    assert "“second” is better than “first”: its labels match" in said(found)
    exact = {metric.name: metric.value for metric in found.runs[0].metrics}["exact_match"]
    assert exact == pytest.approx((one["truth"] == one["answer"]).mean())


def test_better_run_is_called_better_and_the_difference_is_paired() -> None:
    found = compare({"first": classes(range(900), 0.5), "second": classes(range(900), 1.5, seed=1)})
    difference = found.differences[0]
    assert (difference.first, difference.second, difference.outcome) == ("second", "first", "better")
    accuracy = {run.label: next(m.value for m in run.metrics if m.name == "accuracy") for run in found.runs}
    assert difference.value == pytest.approx(accuracy["second"] - accuracy["first"])
    assert "“second” is better than “first”: right" in said(found)
    assert "Compared on the 900 test rows" in said(found)


def test_order_of_rows_and_of_classes_does_not_matter() -> None:
    table = classes(range(300), 1.0)
    turned = table.iloc[::-1][["__row__", "truth", "probability of yes", "probability of no", "probability", "answer"]]
    found = compare({"first": table, "second": turned})
    assert [metric.value for metric in found.runs[0].metrics] == [metric.value for metric in found.runs[1].metrics]
    assert found.differences[0].outcome == "alike"


def test_numbers_are_compared_by_mean_error() -> None:
    tables = {
        "a": numbers(range(500), 100),
        "b": numbers(range(500), 300, seed=1),
        "c": numbers(range(500), 50, seed=2),
    }
    found = compare(tables)
    headline = {each.first: each.outcome for each in found.differences if each.metric == "mae"}
    assert headline == {"b": "worse", "c": "better"}
    assert "“b” is worse than “a”: off by" in said(found)


def test_no_rows_in_common_says_so() -> None:
    found = compare({"first": classes(range(100), 1), "second": classes(range(100, 200), 1)})
    assert (found.rows, found.enough, found.differences) == (0, False, ())
    assert "no test rows in common" in said(found)


def test_few_rows_in_common_do_not_tell() -> None:
    found = compare({"first": classes(range(100), 0), "second": classes(range(85, 200), 3)})
    assert (found.rows, found.enough) == (15, False)
    assert found.differences[0].outcome == "unknown"
    assert "too few to tell “second” from “first”" in said(found)


def test_corrected_truths_are_left_out() -> None:
    other = classes(range(300), 1.0)
    other.loc[:9, "truth"] = np.where(other.loc[:9, "truth"] == "yes", "no", "yes")
    found = compare({"first": classes(range(300), 1.0), "second": other})
    assert found.rows == 290
    assert "10 more were left out" in said(found)


def called(table: pd.DataFrame, no: str, yes: str) -> pd.DataFrame:
    """The same test rows with other names of the classes."""
    names = {"no": no, "yes": yes}
    return table.replace({"truth": names, "answer": names}).rename(
        columns={f"probability of {old}": f"probability of {new}" for old, new in names.items()}
    )


def test_class_that_an_earlier_loam_wrote_with_a_point_is_the_same_class() -> None:
    one, other = classes(range(300), 0.5), classes(range(300), 1.5, seed=1)
    found = compare({"first": called(one, "0.5", "1.0"), "second": called(other, "0.5", "1")})
    assert (found.rows, found.differences) == (300, compare({"first": one, "second": other}).differences)


def test_words_that_one_run_tells_apart_stay_apart() -> None:
    one, other = called(classes(range(300), 0.5), "1", "1.0"), called(classes(range(300), 1.5, seed=1), "1", "1.0")
    expected = compare({"first": classes(range(300), 0.5), "second": classes(range(300), 1.5, seed=1)})
    assert compare({"first": one, "second": other}).differences == expected.differences


def test_rounding_of_stored_numbers_is_no_correction() -> None:
    table = numbers(range(100), 100)
    assert compare({"a": table, "b": table.assign(truth=table["truth"] + 1e-4)}).rows == 100


def test_runs_that_predict_different_things_are_refused() -> None:
    with pytest.raises(BadRecipe, match="answers are of different kinds"):
        compare({"first": classes(range(50), 1), "second": numbers(range(50), 1)})
    table = numbers(range(50), 1)
    with pytest.raises(BadRecipe, match="“second” predicts something else than “first”"):
        compare({"first": table, "second": table.assign(truth=-table["truth"] - 5)})


def test_comparison_is_the_same_for_the_same_seed_and_survives_json() -> None:
    tables = {"first": classes(range(200), 0.5), "second": classes(range(200), 1.5, seed=1)}
    found = compare(tables)
    assert found == compare(tables)
    assert Comparison.model_validate_json(found.model_dump_json()) == found


def test_where_rows_do_not_tell_it_is_said_about_how_many_more_would() -> None:
    """The estimate comes true: with so many more rows of the same kind there is an answer."""
    one, other = classes(range(60), 0.8), classes(range(60), 0.95, seed=1)
    found = compare({"first": one, "second": other})
    assert found.outcome == "unknown"
    more = next(each.more for each in found.differences if each.metric == "accuracy")
    assert more is not None
    assert f"About {more:,} more rows would tell." in said(found)
    enough = range(60 + 2 * more)
    assert compare({"first": classes(enough, 0.8), "second": classes(enough, 0.95, seed=1)}).outcome != "unknown"


def test_labels_of_a_comparison_can_be_other_ones() -> None:
    named = compare({"a": classes(range(400), 0.3), "b": classes(range(400), 2.0, seed=1)}).named({"b": "Version 2"})
    assert "“Version 2” is better than “a”" in said(named)
    assert [run.label for run in named.runs] == ["a", "Version 2"]
    assert named.differences[0].first == "Version 2"


def test_rows_that_were_asked_later_are_compared_like_test_rows() -> None:
    target = OneOfTwo(name="y", classes=("no", "yes"))
    truth = pd.Series(["yes", None, "no", "never heard of"], index=[7, 8, 9, 10])
    table = comparison.tested_rows(target, truth, classes(range(4), 1.0).drop(columns=["__row__", "truth"]))
    assert table[["__row__", "truth"]].to_numpy().tolist() == [[7, "yes"], [9, "no"]]
