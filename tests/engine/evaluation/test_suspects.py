"""Rows whose answer in the data looks wrong."""

import numpy as np

from engine.evaluation.suspects import MOST, suspects


def labelled(rows: int, wrong: int, seed: int = 0):
    """Probabilities of a good model over three classes, and labels of which the first `wrong` are another class."""
    random = np.random.default_rng(seed)
    true = random.integers(0, 3, rows)
    logits = random.normal(0, 1, (rows, 3)) + 5 * np.eye(3)[true]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    given = true.copy()
    given[:wrong] = (true[:wrong] + 1) % 3
    return given, probabilities, true


def test_wrong_labels_are_found_with_the_right_one_suggested():
    given, probabilities, true = labelled(600, 30)
    found = suspects(given, probabilities, ("a", "b", "c"), np.arange(1000, 1600))
    assert found.judged == 600
    right = [row for row in found.rows[:25] if row.row_id < 1030]
    assert len(right) >= 24
    assert [row.suggested for row in right] == ["abc"[true[row.row_id - 1000]] for row in right]
    assert [row.given for row in right] == ["abc"[given[row.row_id - 1000]] for row in right]


def test_right_labels_are_hardly_suspected():
    given, probabilities, _ = labelled(600, 0)
    assert suspects(given, probabilities, ("a", "b", "c"), np.arange(600)).found <= 6


def test_a_class_that_is_always_less_probable_is_not_suspected_for_that():
    probabilities = np.tile([0.7, 0.3], (100, 1))
    truth = np.array([0] * 80 + [1] * 20)
    probabilities[80:] += [-0.1, 0.1]
    assert suspects(truth, probabilities, ("no", "yes"), np.arange(100)).found == 0


def test_the_list_is_cut_but_all_are_counted():
    given, probabilities, _ = labelled(3000, 900)
    found = suspects(given, probabilities, ("a", "b", "c"), np.arange(3000))
    assert len(found.rows) == MOST
    assert found.found > MOST
