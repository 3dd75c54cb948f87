"""The figures of the verdict card."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from engine.events import Note
from engine.results import Evaluation
from pages.components.outcome import figure_of, gain
from tests.pages.test_charts import evaluation_of


def said(model: str, baseline: str, guess: str) -> Evaluation:
    """An evaluation whose verdict names these figures."""
    found = evaluation_of("binary")
    verdict = found.verdict.model_copy(
        update={
            "headline": Note(text="Right {value} times in 100.", values={"value": model}),
            "simpler": Note(text="That is right {value} times in 100.", values={"value": baseline}),
            "guessing": Note(text="That is right {value} times in 100.", values={"value": guess}),
        }
    )
    return found.model_copy(update={"verdict": verdict})


@pytest.mark.parametrize(
    ("figures", "gained"),
    [(("99.6", "99.1", "55.0"), "+44.6"), (("87", "85", "55"), "+32"), (("55", "55", "58"), "-3")],
)
def test_figures_beside_the_headline_are_those_of_its_words(figures: tuple[str, str, str], gained: str) -> None:
    evaluation = said(*figures)
    assert tuple(figure_of(evaluation.verdict, name) for name in ("model", "baseline", "guess")) == figures
    assert gain(evaluation) == gained


@pytest.mark.parametrize("known", [True, False])
def test_each_figure_is_explained_beside_its_table(known: bool) -> None:
    def drawn(evaluation: object) -> None:
        from pages.components.outcome import metrics_list

        metrics_list(evaluation)

    evaluation = evaluation_of("binary").model_copy(update={} if known else {"metrics": {}})
    at = AppTest.from_function(drawn, args=(evaluation,), default_timeout=30).run()
    assert not at.exception
    figures, words = (table.value for table in at.table)
    assert len(figures) == len(words) == len(evaluation.metrics.get("model", ()))


def test_no_gain_is_not_shown() -> None:
    assert gain(said("55", "55", "55")) is None


def test_gain_of_numbers_is_how_much_nearer_they_are() -> None:
    evaluation = evaluation_of("number")
    (difference,) = (each for each in evaluation.differences if (each.metric, each.second) == ("mae", "guess"))
    assert gain(evaluation) == f"{difference.value:+,.3g}"
