"""What can be predicted, and what cannot."""

import numpy as np
import pandas as pd
import pytest

from engine.errors import BadTable
from engine.table.columns import Column, Schema
from engine.table.target import check_target, usual_answer


def table(values, kind):
    frame = pd.DataFrame({"y": pd.Series(values, dtype="float64" if kind == "number" else "str")})
    return frame, Schema(columns=(Column(name="y", kind=kind, read_as=kind),))


@pytest.mark.parametrize(
    ("values", "kind", "answer", "said"),
    [
        ([None] * 20, "category", "binary", "holds no values"),
        (["a"] * 20, "category", "binary", "is “a” in every row"),
        ([7.0] * 20, "number", "number", "is “7” in every row"),
        ([f"v{i}" for i in range(20)], "category", "multiclass", "different in every row"),
        (list(range(20)), "number", "multiclass", "different in every row"),
        (["a", "b"] * 3, "category", "binary", "Too few rows have a value of “y”: 6"),
        (["a", "b", "c"] * 10, "category", "binary", "has 3 different values"),
        (["a", "b"] * 10, "category", "number", "holds words, not numbers"),
        (["a"] * 20 + ["b"], "category", "binary", "Only “a” comes more than twice"),
        ([f"v{i // 2}" for i in range(4000)], "category", "multiclass", "up to 1000 can be told apart"),
        (["a", "b"] * 10, "text", "binary", "holds texts"),
        (["a", "b", "c"] * 10, "category", "labels", "do not hold several labels"),
        (["a", "b"] * 10, "identifier", "binary", "holds names of rows"),
    ],
)
def test_what_cannot_be_learned_is_refused_with_a_reason(values, kind, answer, said):
    with pytest.raises(BadTable, match=said):
        check_target(*table(values, kind), "y", answer)


def test_a_target_that_is_not_there_is_refused():
    with pytest.raises(BadTable, match="There is no column “z”"):
        check_target(*table(["a", "b"] * 10, "category"), "z", "binary")


def test_what_is_awkward_is_told():
    notes = check_target(*table(["a", "b", "c"] * 10 + ["once", None, None], "category"), "y", "multiclass")
    said = [note.text.format(**note.values) for note in notes]
    assert said[0] == "Rows without a value of “y” are left out: 2."
    assert "only once or twice, such as “once”" in said[1]
    assert check_target(*table(np.arange(50.0), "number"), "y", "number") == ()


def test_labels_that_come_once_are_told():
    notes = check_target(*table([*["a; b", "b; c", "a; c", "a"] * 5, "a; once", None], "category"), "y", "labels")
    said = [note.text.format(**note.values) for note in notes]
    assert said == [
        "Rows without a value of “y” are left out: 1.",
        "Labels of “y” that come only once, such as “once” (1 in all), are left out.",
    ]


@pytest.mark.parametrize(
    ("values", "kind", "answer"),
    [
        (["no", "yes"], "boolean", "binary"),
        (["a", "b", "c"], "category", "multiclass"),
        ([0, 1, 1], "number", "binary"),
        (["big dogs, 猫", "猫, c", "c", "big dogs, c"] * 5, "text", "labels"),
        (["Paris, France", "Rome, Italy", "Bonn, Germany"] * 5, "category", "multiclass"),
        ([1, 2, 3], "number", "number"),
    ],
)
def test_the_usual_answer_follows_from_the_values(values, kind, answer):
    assert usual_answer(*table(values, kind), "y") == answer
