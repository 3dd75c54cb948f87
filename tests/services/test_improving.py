"""Learning again: accepted feedback becomes rows, a candidate learns from them, and is compared on the same rows."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from engine.errors import Forbidden, UserError
from engine.models import WeightedSum
from engine.recipe import Recipe, Split
from engine.results import Comparison
from engine.table.accepted import HELD_BACK, LEFT_OUT
from engine.table.steps import Correct, Rename, Step
from services import columns, datasets, feedback, improving, keys, models, predictions, reviewing, runs, splits
from services.access import User
from services.house import House
from services.models import Model
from services.work import renewal
from storage.queries import datasets as stored
from storage.queries import improvements
from storage.records import Improvement, Run, Version
from tests.engine.table.archives import packed
from tests.services.doing import imported, people, quick, send, trained, work
from tests.services.feedback_there import accepted, newcomers, regulars
from tests.services.test_pictures import pets

pytestmark = pytest.mark.slow


@pytest.fixture
def run(ada: User, serving: None) -> Run:
    run = trained(ada, imported(ada, people()))
    assert run.status == "finished", run.error
    return run


@pytest.fixture
def model(ada: User, run: Run) -> Model:
    return models.create(ada, run.id, "Buyers")


def cleaned(user: User, version_id: int, step: Step) -> Version:
    made = datasets.apply_steps(user, version_id, [step])
    work()
    return datasets.version(user, made.id)


def improved(user: User, model: Model) -> Improvement:
    """The improvement, begun and carried out to its end."""
    improving.start(user, model.id)
    for lane in ("data", "train", "data"):
        work(lane)  # type: ignore[arg-type]
    found = improving.state(user, model.id).latest
    assert found is not None
    return found


def version_of(home: House, found: Improvement) -> Version:
    with home.database.read() as session:
        version = stored.version(session, found.version or 0)
    assert version is not None
    return version


def parts(home: House, found: Improvement, run: Run) -> pd.Series:
    return splits.membership(home, version_of(home, found), Recipe.model_validate(run.recipe))


def test_accepted_feedback_makes_a_better_candidate_which_a_person_promotes(
    home: House, ada: User, run: Run, model: Model
) -> None:
    accepted(home, run, newcomers(160))
    accepted(home, run, regulars(80), "right")
    assert improving.state(ada, model.id).waiting == improving.Waiting(240, 160)
    found = improved(ada, model)
    assert (found.status, found.error, found.candidate) == ("finished", None, 2)
    view = models.model(ada, model.id)
    assert (view.model.production, view.model.candidate) == (1, 2), "promotion stays with a person"
    compared = improving.compared(found, {"production": "Version 1", "candidate": "Version 2"})
    assert compared["feedback"].outcome == "better"
    assert compared["test"].outcome != "worse"
    assert improving.worth(compared.values()) == "better"
    assert compared["test"].rows == run.test_rows
    assert "“Version 2” is better than “Version 1”" in " ".join(map(str, compared["feedback"].sentences))
    rows = found.rows or {}
    assert rows["feedback"] == compared["feedback"].rows
    assert sum(rows.values()) == 240
    heard = compared["feedback"].heard
    assert heard is not None
    assert (heard.answers, heard.wrong, heard.right) == (240, 160, 80)
    models.promote(ada, model.id, 2, seen=1)
    assert improving.state(ada, model.id).waiting.accepted == 0, "production knows all of it now"


def test_what_a_person_says_becomes_a_row_with_its_origin(home: House, ada: User, ben: User, run: Run) -> None:
    model = models.create(ada, run.id, "Buyers")
    asked = predictions.predict_one(ben, run.id, {"age": "61", "city": "北京", "visits": 2})
    other = "no" if asked.answer["answer"] == "yes" else "yes"
    said = feedback.say(ben, asked.id, "wrong", other)
    reviewing.accept(ada, reviewing.mine(ada))
    found = improved(ada, model)
    version = version_of(home, found)
    row = columns.rows_of(version, [300]).iloc[0]
    assert row.to_dict() == {"age": 61, "city": "北京", "visits": 2, "bought": other}
    with home.database.read() as session:
        taught = improvements.taught(session, version.id)
    assert [(each.row_id, each.run) for each in taught] == [(300, run.id)]
    listed = feedback.list_feedback(ada).items[0]
    assert (listed.id, listed.used_in, listed.used_row) == (said.id, version.id, 300)
    assert (version.parent, version.number) == (run.version, 2)
    assert str(datasets.version(ada, version.id).notes[0]["text"]).format(rows=1) == "Accepted feedback added 1 row."


def test_old_split_stays_and_no_test_row_is_ever_learned_from(home: House, ada: User, run: Run, model: Model) -> None:
    before = splits.membership(home, columns.version_of(run.version), Recipe.model_validate(run.recipe))
    tests = columns.rows_of(columns.version_of(run.version), before.index[before == "test"][:20].tolist())
    told = [({"age": row["age"], "city": row["city"], "visits": row["visits"]}, "no") for _, row in tests.iterrows()]
    accepted(home, run, [*told, *newcomers(100)])
    found = improved(ada, model)
    after = parts(home, found, run)
    assert after.loc[before.index].equals(before)
    taught = after.loc[300:]
    assert len(taught) == 120
    assert set(taught.iloc[:20]) == {LEFT_OUT}
    assert HELD_BACK in set(taught.iloc[20:])
    learned = runs.run(ada, found.run or 0)
    assert runs.test_rows(ada, learned.id)["__row__"].isin(before.index[before == "test"]).all()
    other = Recipe.model_validate(run.recipe).model_copy(update={"split": Split(method="random", seed=7)})
    dealt = splits.membership(home, version_of(home, found), other)
    held = taught.index[taught == HELD_BACK]
    assert set(dealt.loc[held]) == {HELD_BACK}, "whatever the split, it never trains"


def test_group_of_the_test_part_is_not_taught(home: House, ada: User, run: Run, model: Model) -> None:
    accepted(home, run, [({"age": 33.25 + i / 8, "city": "Rome", "visits": 3}, "yes") for i in range(40)])
    found = improved(ada, model)
    by_city = Recipe.model_validate(run.recipe).model_copy(
        update={"split": Split(method="group", column="city", test=0.34, validation=0.33)}
    )
    dealt = splits.membership(home, version_of(home, found), by_city)
    rome = dealt.loc[columns.values_of(columns.version_of(run.version), "city").query("city == 'Rome'").index].unique()
    expected = {LEFT_OUT, HELD_BACK} if rome.tolist() == ["test"] else {"train", "validation", HELD_BACK}
    assert set(dealt.loc[300:]) <= expected


def test_second_click_gives_the_improvement_under_way(home: House, ada: User, run: Run, model: Model) -> None:
    accepted(home, run, newcomers(10))
    first = improving.start(ada, model.id)
    accepted(home, run, newcomers(5))
    assert improving.start(ada, model.id) == first
    state = improving.state(ada, model.id)
    assert state.going == first
    assert state.waiting.accepted == 15


def test_next_improvement_builds_on_all_that_was_accepted(home: House, ada: User, run: Run, model: Model) -> None:
    accepted(home, run, newcomers(40))
    first = improved(ada, model)
    accepted(home, run, [({"age": 77.0, "city": "Atlantis", "visits": 1}, "no")])
    second = improved(ada, model)
    assert (second.production, second.candidate) == (1, 3)
    older, newer = (parts(home, each, run) for each in (first, second))
    assert newer.index[-1] == 340
    assert newer.loc[older.index].equals(older), "each row keeps its id and its part"


def test_what_people_mended_since_is_learned_too(home: House, ada: User, run: Run, model: Model) -> None:
    mended = cleaned(ada, run.version, Correct(column="city", values={0: "Oslo"}))
    renamed = cleaned(ada, mended.id, Rename(column="city", to="town"))
    accepted(home, run, newcomers(40))
    found = improved(ada, model)
    assert version_of(home, found).parent == mended.id, "production's recipe knows no column of the new name"
    assert columns.rows_of(version_of(home, found), [0])["city"].item() == "Oslo"
    assert renamed.number < version_of(home, found).number


def test_only_those_who_may_start_one_do(home: House, ada: User, ben: User, run: Run, model: Model) -> None:
    with pytest.raises(UserError, match="no accepted feedback"):
        improving.start(ada, model.id)
    accepted(home, run, newcomers(4))
    with pytest.raises(Forbidden):
        improving.start(ben, model.id)
    theirs = models.create(ben, run.id, "Ben’s")
    with pytest.raises(UserError, match="only Ada may change"):
        improving.start(ben, theirs.id)
    with pytest.raises(UserError, match="cannot go on from what it learned"):
        improving.start(ada, model.id, from_weights=True)
    models.trash(ada, model.id)
    with pytest.raises(UserError, match="in the trash"):
        improving.start(ada, model.id)


def test_rule_starts_one_by_itself_and_promotes_nothing(home: House, ada: User, run: Run, model: Model) -> None:
    improving.set_rule(ada, model.id, 20, on_alarm=False)
    accepted(home, run, newcomers(19))
    renewal.begin_due(home)
    assert improving.state(ada, model.id).latest is None
    accepted(home, run, [({"age": 30.0, "city": "Atlantis", "visits": 1}, "yes")])
    for _ in range(2):
        renewal.begin_due(home)
    found = improving.state(ada, model.id).latest
    assert found is not None
    assert (found.id, found.started_by, found.owner_name) == (1, "corrections", "Ada")
    with pytest.raises(UserError):
        improving.set_rule(ada, model.id, 0, on_alarm=True)


def test_rule_that_could_never_act_is_refused_and_one_that_no_longer_can_says_why(
    home: House, ada: User, ben: User, run: Run, model: Model
) -> None:
    theirs = models.create(ben, run.id, "Ben’s")
    with pytest.raises(UserError, match="only Ada may change"):
        improving.set_rule(ben, theirs.id, 5, on_alarm=False)
    improving.set_rule(ben, theirs.id, None, on_alarm=False)
    improving.set_rule(ada, model.id, 5, on_alarm=False)
    accepted(home, run, newcomers(5))
    with home.database.write() as session:
        stored.erase(session, run.dataset)
    renewal.begin_due(home)
    state = improving.state(ada, model.id)
    assert state.latest is None
    assert "was erased" in str(state.refusal)
    with home.database.read() as session:
        assert improvements.due(session) == [], "it is not tried again and again"


def test_feedback_that_holds_no_column_fails_in_words_and_waits_again(
    home: House, ada: User, run: Run, model: Model
) -> None:
    accepted(home, run, [({"colour": "blue"}, "yes")])
    found = improved(ada, model)
    assert (found.status, found.candidate) == ("failed", None)
    assert found.error is not None
    assert found.error["text"].startswith("None of the accepted feedback can become a row")
    assert improving.state(ada, model.id).waiting.accepted == 1
    assert datasets.dataset(ada, run.dataset).latest.number == 1


def test_pictures_that_were_asked_about_alone_or_in_a_file_join_the_data_set(
    home: House, ada: User, serving: None, tmp_path: Path
) -> None:
    version = imported(ada, pets(tmp_path), "pets.zip")
    recipe = quick_pictures(runs.suggest(ada, version.id, "label"))
    run = runs.start_run(ada, version.id, recipe, "Pets", "click")
    work("train")
    run = runs.run(ada, run.id)
    assert run.status == "finished", run.error
    model = models.create(ada, run.id, "Pets")
    references = [predictions.keep_picture(ada, run.id, a_picture(i)) for i in range(12)]
    accepted(home, run, [({"picture": reference}, "cat") for reference in references])
    sent = packed(tmp_path / "new.zip", {f"{i}.png": a_picture(i) for i in (11, 12)})  # one is known already
    batch = predictions.start_file(ada, run.id, send(ada, sent.read_bytes(), "new.zip"))
    work()
    given = predictions.batch_rows(ada, batch.id)["answer"]
    said = [feedback.say(ada, (batch.id, row), "right") for row in range(2)]
    reviewing.accept(ada, reviewing.mine(ada))
    found = improved(ada, model)
    assert (found.status, found.error) == ("finished", None)
    references += [each.row["picture"] for each in said]
    assert references[11] == references[12]
    folder = home.files.path(keys.pictures(version.dataset))
    assert all((folder / reference).is_file() for reference in references)
    rows = columns.rows_of(version_of(home, found), range(31, 45))
    assert rows["picture"].tolist() == references
    assert rows["label"].tolist() == ["cat"] * 12 + given.tolist()
    assert rows["file"].tolist()[12:] == ["11.png", "12.png"]


def quick_pictures(recipe: Recipe) -> Recipe:
    """The same with the weighted sum of pixels: learned in a moment, without Keras."""
    return quick(recipe).model_copy(update={"model": WeightedSum()})


def a_picture(number: int) -> bytes:
    file = BytesIO()
    Image.new("RGB", (12, 10), (number * 20, 255 - number * 20, 90)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("test", "feedback", "worth"),
    [
        ("alike", "better", "better"),
        ("worse", "better", "mixed"),
        ("worse", "unknown", "worse"),
        ("alike", "unknown", "unknown"),
        ("alike", "alike", "alike"),
    ],
)
def test_worth_follows_from_both_kinds_of_rows(test: str, feedback: str, worth: str) -> None:
    compared = [comparison(test), comparison(feedback)]
    assert improving.worth(compared) == worth


def comparison(outcome: str) -> Comparison:
    difference = {"metric": "accuracy", "first": "b", "second": "a", "value": 0.0, "low": 0.0, "high": 0.0}
    return Comparison.model_validate(
        {
            "rows": 100, "headline": "accuracy", "runs": (), "sentences": (), "enough": True,
            "differences": [difference | {"outcome": outcome}],
        }
    )  # fmt: skip
