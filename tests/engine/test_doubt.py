"""The most doubtful answers come first, whatever their kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine.answers import Answers, ClassAnswers, LabelAnswers, NumberAnswers
from engine.doubt import doubt

CHANCES = np.array([[0.98, 0.01, 0.01], [0.4, 0.35, 0.25], [0.5, 0.5, 0.0], [0.34, 0.33, 0.33]])


def kept(answers: Answers) -> list[dict[Any, Any]]:
    """As they are stored: plain JSON."""
    return pd.DataFrame(answers.frame()).to_dict(orient="records")


def test_classes_are_doubtful_where_two_are_about_as_probable() -> None:
    answers = ClassAnswers(("a", "b", "c"), CHANCES, CHANCES.argmax(axis=1))
    found = [doubt(each) for each in kept(answers)]
    assert np.argsort(found).tolist() == [0, 1, 3, 2]
    assert found == pytest.approx(1 - answers.margins())


def test_labels_are_doubtful_where_one_could_as_well_not_be() -> None:
    chances = np.array([[0.99, 0.01], [0.9, 0.45], [0.31, 0.02]])
    answers = LabelAnswers(("old", "new"), chances, chances > 0.3, "; ")
    found = [doubt(each, "; ") for each in kept(answers)]
    assert found == pytest.approx(-answers.margins())
    assert np.argsort(found).tolist() == [0, 1, 2]


def test_numbers_are_doubtful_where_the_interval_is_wide() -> None:
    answers = NumberAnswers(np.array([5.0, 500.0]), np.array([-40.0, 499.0]), np.array([50.0, 501.0]))
    assert [doubt(each) for each in kept(answers)] == [90, 2]
