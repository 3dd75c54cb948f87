"""Tab Improve of a model: what waits, the start, the judgement in words, the decision, the rule."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from engine.comparison import compare
from services import improving, models
from services.access import User
from services.house import House
from services.models import Model
from storage.queries import improvements, jobs, watching
from storage.tables import Feedback, Improvement, Run, now
from tests.engine.test_comparison import classes
from tests.pages.conftest import Visit
from tests.pages.test_shell import keys, words
from tests.services.doing import imported, people
from tests.services.feedback_there import accepted, newcomers
from tests.services.models_there import a_data_set, a_finished_run


@pytest.fixture
def model(home: House, ada: User) -> Model:
    """A model about which five people were right."""
    run = a_finished_run(home, ada, imported(ada, people()), "a", skill=0.3)
    made = models.create(ada, run.id, "Buyers")
    accepted(home, run, newcomers(5))
    return made


def improved(home: House, user: User, model: Model, skill: float, rows: int) -> None:
    """An improvement that is done: its candidate's skill, and the rows of feedback on which it was compared.

    With the skill of production it gives the same answers.
    """
    begun = improving.start(user, model.id)
    candidate = a_finished_run(home, user, a_data_set(home, user), "b", skill=skill)
    models.add_version(user, model.id, candidate.id)
    old = {"production": classes(range(400), 0.3), "candidate": classes(range(400), skill, seed=int(skill != 0.3))}
    new = {side: table.head(rows) for side, table in old.items()}
    said = {part: compare(tables).model_dump(mode="json") for part, tables in (("test", old), ("feedback", new))}
    with home.database.write() as session:
        improvements.step(
            session, begun.id, "gathering", status="finished", candidate=2, run=candidate.id, comparison=said,
            rows={"train": 3, "feedback": 1, "left out": 1}, finished=now(),
        )  # fmt: skip


def test_what_waits_is_started_with_one_click_and_then_watched(visit: Visit, ada: User, model: Model) -> None:
    at = visit("model", id=model.id, tab="improve")
    assert not at.exception, at.exception[0].message
    assert "5 accepted answers wait to be learned from" in words(at)
    assert "5 of them corrections" in words(at)
    assert not at.radio, "trees begin from the beginning"
    at.button(key="improve").click().run()
    assert not at.exception, at.exception[0].message
    assert improving.state(ada, model.id).going is not None
    assert "Step 1 of 3" in words(at)
    assert "improve" not in keys(at)


def test_nothing_to_learn_says_why_and_where_feedback_is_reviewed(visit: Visit, home: House, model: Model) -> None:
    with home.database.write() as session:
        session.execute(update(Feedback).values(review="waiting", accepted=None, model=model.id))
    at = visit("model", id=model.id, tab="improve")
    assert "Nothing waits to be learned: no feedback was accepted yet. 5 wait for review." in words(at)
    assert "Review feedback" in [link.label for link in at.page_link]
    with home.database.write() as session:
        session.execute(update(Feedback).values(review="rejected"))
    assert "wait for review" not in words(visit("model", id=model.id, tab="improve"))


def test_production_that_knows_all_accepted_feedback_has_nothing_to_learn(
    visit: Visit, home: House, ada: User, model: Model
) -> None:
    learned = improving.start(ada, model.id).version
    with home.database.write() as session:
        session.execute(update(Run).values(version=learned))
        session.execute(update(Improvement).values(status="failed", finished=now()))
    at = visit("model", id=model.id, tab="improve")
    assert "Nothing waits to be learned: version 1 knows all feedback that was accepted." in words(at)


def test_better_candidate_is_promoted_from_its_judgement(visit: Visit, home: House, ada: User, model: Model) -> None:
    improved(home, ada, model, skill=2.0, rows=400)
    cards = [link.proto for link in visit("home").page_link if "version 2 may answer next" in link.label]
    assert [card.query_string for card in cards] == [f"id={model.id}&tab=improve"]
    at = visit("model", id=model.id, tab="improve")
    assert not at.exception, at.exception[0].message
    said = words(at)
    assert "Version 2 is better than version 1." in said
    assert "“Version 2” is better than “Version 1”: right" in said
    assert "Both answered the same 400 rows." in said.replace("\\", "")
    assert "3 rows train · 1 held back · 1 left out: it repeats a test row" in said.replace("\\", "")
    assert not {"promote improved", "keep production"} & keys(visit("model", name="Ben", id=model.id, tab="improve"))
    at.button(key="promote improved").click().run()
    assert not at.exception, at.exception[0].message
    assert models.model(ada, model.id).model.production == 2
    assert "Version 2 is production." in words(at)


def test_judgement_that_cannot_be_made_says_how_many_more_rows_would_tell(
    visit: Visit, home: House, ada: User, model: Model
) -> None:
    improved(home, ada, model, skill=0.3, rows=20)
    at = visit("model", id=model.id, tab="improve")
    assert not at.exception, at.exception[0].message
    assert "It cannot be told yet whether version 2 is better than version 1." in words(at)
    assert "more rows would tell." in words(at)
    at.button(key="keep production").click().run()
    view = models.model(ada, model.id)
    assert (view.model.production, view.model.candidate) == (1, None)
    assert "Version 2 is no longer the candidate." in words(at)


def test_change_of_another_person_is_told_and_nothing_is_promoted(
    visit: Visit, home: House, ada: User, model: Model
) -> None:
    improved(home, ada, model, skill=2.0, rows=8)
    at = visit("model", id=model.id, tab="improve")
    said = words(at)
    assert ("cannot be told" in said) == ("more rows would tell" in said), "what is known needs no more rows"
    third = a_finished_run(home, ada, a_data_set(home, ada), "c")
    models.add_version(ada, model.id, third.id)
    models.promote(ada, model.id, 3, seen=1)
    at.button(key="promote improved").click().run()
    assert "Meanwhile Ada made version 3 of “Buyers” production" in words(at)
    assert models.model(ada, model.id).model.production == 3


def test_failed_improvement_says_why(visit: Visit, home: House, ada: User, model: Model) -> None:
    begun = improving.start(ada, model.id)
    error = {"kind": "data", "text": "“{name}” <b>is</b> gone.", "values": {"name": "*x*"}}
    with home.database.write() as session:
        improvements.failed(session, error, version=begun.version)
    at = visit("model", id=model.id, tab="improve")
    assert not at.exception, at.exception[0].message
    assert "The last improvement failed." in at.warning[0].value
    assert "<b>" not in at.warning[0].value
    assert "improve" in keys(at), "it can be tried again"
    assert "compare again" not in keys(at), "there is no candidate to compare"


def test_comparison_that_failed_is_made_again_with_one_click(
    visit: Visit, home: House, ada: User, model: Model
) -> None:
    improved(home, ada, model, skill=2.0, rows=400)
    error = {"kind": "data", "text": "The disk was full.", "values": {}}
    with home.database.write() as session:
        found = improvements.latest(session, model.id)
        assert found is not None
        improvements.step(session, found.id, "finished", status="failed", comparison=None, error=error)
    at = visit("model", id=model.id, tab="improve")
    assert "compare again" not in keys(visit("model", name="Ben", id=model.id, tab="improve"))
    at.button(key="compare again").click().run()
    assert not at.exception, at.exception[0].message
    assert "Step 3 of 3" in words(at)
    going = improving.compare_again(ada, model.id)
    with home.database.read() as session:
        assert improvements.latest(session, model.id) == going
        assert jobs.latest(session, version=going.version).kind == "compare"


def test_rule_is_set_by_its_owner_and_read_by_others(visit: Visit, home: House, ada: User, model: Model) -> None:
    assert "Only its owner starts it." in words(visit("model", name="Ben", id=model.id, tab="improve"))
    at = visit("model", id=model.id, tab="improve")
    at.toggle(key="rule on").set_value(True)
    at.number_input(key="rule after").set_value(30)
    at.button(key="save-rule").click().run()
    assert not at.exception, at.exception[0].message
    assert improving.state(ada, model.id).rule == improving.Rule(30, on_alarm=False)
    with home.database.write() as session:
        refusal = {"text": "“{name}” is gone.", "values": {"name": "X"}, "production": 1}
        watching.change(session, model.id, refusal=refusal)
    seen = visit("model", name="Ben", id=model.id, tab="improve")
    assert "after 30 accepted corrections" in words(seen)
    assert "The rule could not begin an improvement. “X” is gone" in seen.warning[0].value
