"""The Runs page: list, filters, trash, comparison."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from engine.models import GradientBoosting
from services import runs
from services.access import User
from storage.records import Version
from tests.pages import runs_there
from tests.pages.conftest import Visit
from tests.pages.test_shell import words
from tests.services.doing import quick, work


@pytest.fixture
def version(ada: User) -> Version:
    return runs_there.version_of(ada)


def test_empty_list_offers_one_button(visit: Visit) -> None:
    at = visit("runs")
    assert "No runs yet" in words(at)
    assert at.button(key="first model")


def test_list_shows_results_in_words(visit: Visit, ada: User, version: Version) -> None:
    runs_there.finished(ada, version)
    runs_there.queued(ada, version, name="Second", key="another")
    at = visit("runs")
    assert not at.exception
    table = at.dataframe[0].value
    assert list(table["name"]) == ["Second", "Who buys?"]
    assert table["result"].iloc[0] == "waiting"
    assert table["result"].iloc[1].startswith("Right ")


def test_filters_come_from_the_address(visit: Visit, ada: User, version: Version) -> None:
    runs_there.finished(ada, version)
    runs_there.queued(ada, version, name="Second", key="another")
    assert list(visit("runs", search="sec").dataframe[0].value["name"]) == ["Second"]
    assert list(visit("runs", status="finished").dataframe[0].value["name"]) == ["Who buys?"]
    assert "Nothing found" in words(visit("runs", search="third"))


def test_long_list_has_pages_which_stand_in_the_address(
    visit: Visit, ada: User, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "PAGE", 2)
    for name in ("First", "Second", "Third"):
        runs_there.queued(ada, version, name=name, key=name)
    assert list(visit("runs").dataframe[0].value["name"]) == ["Third", "Second"]
    for page in ("2", "9"):
        at = visit("runs", page=page)
        assert list(at.dataframe[0].value["name"]) == ["First"], page
        assert "3–3 of 3" in words(at), page


def test_trash_is_shown_when_asked(visit: Visit, ada: User, version: Version) -> None:
    run = runs_there.finished(ada, version)
    runs.trash_runs(ada, [run.id])
    assert "No runs yet" in words(visit("runs"))
    assert list(visit("runs", trash="true").dataframe[0].value["name"]) == ["Who buys?"]


def tick(at: AppTest, *places: int) -> AppTest:
    """Ticks these lines of the list."""
    at.session_state[at.dataframe[0].key] = {"selection": {"rows": list(places), "columns": [], "cells": []}}
    return at.run()


def test_only_own_runs_are_moved_to_the_trash_and_back(visit: Visit, ada: User, ben: User, version: Version) -> None:
    mine = runs_there.queued(ada, version)
    runs_there.queued(ben, version, name="Ben’s")
    at = tick(visit("runs"), 0, 1)
    refused = at.button(key="trash-ticked")
    assert refused.disabled
    assert "Only the person who started a run may move it" in refused.help
    tick(at, 1).button(key="trash-ticked").click().run()
    assert runs.run(ada, mine.id).trashed_at is not None
    assert tick(visit("runs", name="Ben", trash="true"), 0).button(key="restore").disabled
    tick(visit("runs", trash="true"), 0).button(key="restore").click().run()
    assert runs.run(ada, mine.id).trashed_at is None


def test_runs_on_different_data_sets_are_not_offered_to_be_compared(visit: Visit, ada: User, version: Version) -> None:
    for n, there in enumerate((version, version, runs_there.version_of(ada))):
        runs_there.finished(ada, there, key=f"run {n}")
    assert not tick(visit("runs"), 1, 2).button(key="compare").disabled
    refused = tick(visit("runs"), 0, 1).button(key="compare")
    assert refused.disabled
    assert "on one data set" in refused.help


def test_two_runs_are_compared_by_their_address(visit: Visit, ada: User, version: Version) -> None:
    first = runs_there.finished(ada, version, name=runs_there.NASTY)
    recipe = quick(runs.suggest(ada, version.id, "bought")).model_copy(update={"model": GradientBoosting(trees=2)})
    second = runs.start_run(ada, version.id, recipe, "Two trees", "second")
    work("train")
    at = visit("runs", compare=f"{first.id},{second.id}")
    assert not at.exception, at.exception[0].message
    assert not at.error
    said = words(at)
    assert "test rows that all of these runs have" in said
    assert "What was different" in said
    assert "<b>" not in "".join(str(element.value) for element in at.markdown)
    assert any("Trees" in str(frame.value) for frame in at.dataframe)


@pytest.mark.parametrize("asked", ["{0},{0}", "²,{0}", "{0},99999999999999999999", "0,{0}"])
def test_a_comparison_that_cannot_be_is_told_in_words(visit: Visit, ada: User, version: Version, asked: str) -> None:
    run = runs_there.finished(ada, version)
    at = visit("runs", compare=asked.format(run.id))
    assert not at.exception, at.exception[0].message


def test_compared_runs_of_one_name_keep_a_column_each(visit: Visit, ada: User, version: Version) -> None:
    first = runs_there.finished(ada, version, name="Twin")
    boosted = quick(runs.suggest(ada, version.id, "bought")).model_copy(
        update={"model": GradientBoosting(trees=2, learning_rate=0.5)}
    )
    second = runs.start_run(ada, version.id, boosted, "Twin", "second")
    work("train")
    at = visit("runs", compare=f"{first.id},{second.id}")
    different = at.dataframe[-1].value
    assert list(different.columns) == ["Setting", f"Twin ({first.id})", f"Twin ({second.id})"]
    assert "0.5" in set(different.iloc[:, 2])  # the trees' own learning rate, not the network's


def test_runs_that_cannot_be_compared_are_told_in_words(visit: Visit, ada: User, version: Version) -> None:
    first = runs_there.finished(ada, version)
    second = runs_there.finished(ada, version, "paid", key="second")
    at = visit("runs", compare=f"{first.id},{second.id}")
    assert not at.exception
    assert "predict different things" in words(at)
