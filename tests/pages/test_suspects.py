"""Answers in the data that look wrong, on the run's page."""

import pandas as pd

from engine.results import Suspect
from engine.table.steps import Correct
from pages.components.suspects import unchanged
from services import datasets, runs
from services.access import User
from tests.pages.conftest import Visit
from tests.pages.runs_there import finished, version_of
from tests.pages.test_shell import keys, words
from tests.services.doing import work


def suspect(row_id: int) -> Suspect:
    return Suspect(row_id=row_id, given="no", suggested="yes", probability_given=0.1, probability_suggested=0.9)


def test_rows_that_were_corrected_or_removed_since_are_not_listed_again() -> None:
    then = pd.Series({1: "no", 2: "no", 3: "no"})
    now = pd.Series({1: "no", 2: "yes"})
    assert [row.row_id for row in unchanged([suspect(i) for i in (1, 2, 3)], then, now)] == [1]


def test_a_run_on_texts_lists_answers_that_look_wrong(visit: Visit, ada: User) -> None:
    run = finished(ada, version_of(ada))
    found = runs.evaluation(ada, run.id).suspects
    assert found is not None
    assert found.judged > 60
    assert found.rows
    at = visit("run", id=run.id, tab="mistakes")
    assert not at.exception
    assert "Answers in the data that look wrong" in words(at)
    assert "correct-suspects" in keys(at)


def test_only_the_owner_of_the_data_is_asked_to_correct_it(visit: Visit, ada: User) -> None:
    run = finished(ada, version_of(ada))
    at = visit("run", name="Ben", id=run.id, tab="mistakes")
    assert not at.exception
    assert "The owner of the data set, Ada, can correct what is wrong." in words(at)
    assert "correct-suspects" not in keys(at)


def test_a_correction_reaches_the_next_version(ada: User) -> None:
    version = version_of(ada)
    made = datasets.apply_steps(ada, version.id, (Correct(column="bought", values={0: "yes", 5: "no"}),))
    work("data")
    assert datasets.rows(ada, made.id, [0, 5])["bought"].tolist() == ["yes", "no"]
