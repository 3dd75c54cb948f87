"""Named models: versions of one kind, one of which answers; each change holds at once, whole, and is written down."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from engine.errors import Forbidden, NotFound, UserError
from services import belongings, models, retention, runs
from services.access import User
from services.house import House
from services.models import Model
from services.retention import InUse
from storage.records import Run, Version
from tests.services.models_there import a_data_set, a_finished_run
from tests.storage.rows import a_run

ROOT = Path(__file__).resolve().parents[2]
KILLED = """
import os, signal, sys
from sqlalchemy import Connection, event
from services import access, models
from services.house import house

def end(connection: Connection) -> None:
    pointed = connection.exec_driver_sql("SELECT production FROM model").scalar()
    written = "SELECT max(to_version) FROM model_change WHERE pointer = 'production'"
    print(pointed, connection.exec_driver_sql(written).scalar(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

ada, _ = access.sign_in("Ada")
event.listen(house().database.engine, "commit", end)
models.promote(ada, int(sys.argv[1]), 3, seen=1)
"""

Finish = Callable[..., Run]


@pytest.fixture
def version(home: House, ada: User) -> Version:
    return a_data_set(home, ada)


@pytest.fixture
def finish(home: House, ada: User, version: Version) -> Finish:
    """Finishes another run: finish("key", user=ben, target="paid")."""

    def finished(key: str, user: User = ada, **values: object) -> Run:
        return a_finished_run(home, user, version, key, **values)  # type: ignore[arg-type]

    return finished


@pytest.fixture
def three(ada: User, finish: Finish) -> Model:
    """A model with three versions: the first is production, the last the candidate."""
    made = models.create(ada, finish("a").id, "Buyers")
    for key in "bc":
        models.add_version(ada, made.id, finish(key).id)
    return made


def standing(user: User, model: Model) -> tuple[int, int | None]:
    found = models.model(user, model.id).model
    return found.production, found.candidate


def test_finished_run_becomes_a_model_that_answers(ada: User, ben: User, finish: Finish) -> None:
    run = finish("a")
    made = models.create(ada, run.id, "  Who  buys? ")
    assert (made.name, made.production, made.candidate, made.target) == ("Who buys?", 1, None, "bought")
    answering = models.answering(ben, "who BUYS?")
    assert (answering.run, answering.bundle_hash, answering.number) == (run.id, run.bundle_hash, 1)
    with pytest.raises(NotFound, match="no model called “Other”"):
        models.answering(ada, "Other")


def test_second_click_makes_no_second_model(ada: User, ben: User, finish: Finish) -> None:
    run = finish("a")
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: models.create(ada, run.id, "Buyers"), range(8)))
    assert len({model.id for model in made}) == 1
    for user, other in ((ada, finish("b")), (ben, run)):
        with pytest.raises(UserError, match="a model called “Buyers” already, by Ada"):
            models.create(user, other.id, "buyers")
    assert models.list_models(ben).total == 1


def test_next_version_is_the_candidate(ada: User, finish: Finish) -> None:
    made = models.create(ada, finish("a").id, "Buyers")
    added = models.add_version(ada, made.id, finish("b").id)
    view = models.model(ada, made.id)
    assert (added.number, view.model.production, view.model.candidate) == (2, 1, 2)
    assert [each.version.number for each in view.versions] == [2, 1]
    assert view.candidate is not None
    assert view.candidate.version == added


def test_versions_added_at_once_have_their_own_numbers(ada: User, finish: Finish) -> None:
    made = models.create(ada, finish("0").id, "Buyers")
    others = [finish(key).id for key in "abcdef"]
    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(lambda run: models.add_version(ada, made.id, run), others))
    assert sorted(version.number for version in added) == [2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"target": "paid"}, "“Buyers” predicts bought and “Other” predicts paid"),
        ({"answer": "multiclass"}, "answers of another kind"),
    ],
)
def test_version_of_another_kind_is_refused(ada: User, finish: Finish, values: dict[str, str], words: str) -> None:
    made = models.create(ada, finish("a").id, "Buyers")
    other = finish("b", name="Other", **values)
    with pytest.raises(UserError, match=words):
        models.add_version(ada, made.id, other.id)
    assert made.id not in {model.id for model in models.places(ada, other.id).models}


def test_run_that_cannot_be_a_version_is_told_why(home: House, ada: User, version: Version, finish: Finish) -> None:
    first = finish("a")
    made = models.create(ada, first.id, "Buyers")
    with pytest.raises(UserError, match="“Who buys\\?” is version 1 of “Buyers” already"):
        models.add_version(ada, made.id, first.id)
    with home.database.write() as session:
        waiting = a_run(session, version, ada.id, "w", name="Waiting")
    with pytest.raises(UserError, match="“Waiting” is not finished"):
        models.create(ada, waiting.id, "Another")
    thrown = finish("b", name="Thrown")
    runs.trash_runs(ada, [thrown.id])
    with pytest.raises(UserError, match="“Thrown” lies in the trash"):
        models.add_version(ada, made.id, thrown.id)
    assert len(models.model(ada, made.id).versions) == 1


def test_promotion_holds_from_the_next_request_and_is_written(ada: User, ben: User, three: Model) -> None:
    models.promote(ada, three.id, 3, seen=1, why="better\x00 on  Mondays")
    assert models.answering(ben, "Buyers").number == 3
    assert standing(ada, three) == (3, None)
    change = next(each for each in models.model(ben, three.id).changes if each.pointer == "production")
    assert (change.owner_name, change.from_version, change.to_version, change.why) == (
        "Ada", 1, 3, "better on  Mondays",
    )  # fmt: skip


@pytest.mark.slow
def test_process_killed_before_it_commits_a_promotion_leaves_none(ada: User, three: Model) -> None:
    before = models.model(ada, three.id)
    command = [sys.executable, "-c", KILLED, str(three.id)]
    died = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (died.returncode, died.stdout.split()) == (-signal.SIGKILL, ["3", "3"]), died.stderr
    assert models.model(ada, three.id) == before
    models.promote(ada, three.id, 3, seen=1)
    assert standing(ada, three) == (3, None)


def test_second_click_promotes_and_rolls_back_once(ada: User, three: Model) -> None:
    for _click in range(2):
        models.promote(ada, three.id, 2, seen=1)
    written = len(models.model(ada, three.id).changes)
    for _click in range(2):
        models.roll_back(ada, three.id, seen=2)
    assert standing(ada, three) == (1, 3)
    assert len(models.model(ada, three.id).changes) == written + 1


def test_of_two_promotions_at_once_one_is_told(ada: User, three: Model) -> None:
    def promoted(number: int) -> str:
        try:
            models.promote(ada, three.id, number, seen=1)
        except UserError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(promoted, (2, 3)))
    winner = 2 if said[0] == "" else 3
    assert standing(ada, three)[0] == winner
    assert sorted(map(bool, said)) == [False, True]
    assert any(f"Meanwhile Ada made version {winner} of “Buyers” production" in words for words in said)


def test_roll_back_goes_one_promotion_back_each_time(ada: User, three: Model) -> None:
    models.promote(ada, three.id, 2, seen=1)
    models.promote(ada, three.id, 3, seen=2)
    models.promote(ada, three.id, 1, seen=3)
    led = []
    while (view := models.model(ada, three.id)).before is not None:
        models.roll_back(ada, three.id, seen=view.model.production)
        led.append(standing(ada, three)[0])
        assert led[-1] == view.before
    assert led == [3, 2, 1]
    with pytest.raises(UserError, match="Version 1 is the first that answered"):
        models.roll_back(ada, three.id, seen=1)


def test_roll_back_of_what_others_changed_meanwhile_is_refused(ada: User, three: Model) -> None:
    models.promote(ada, three.id, 2, seen=1)
    models.promote(ada, three.id, 3, seen=2)
    with pytest.raises(UserError, match="Meanwhile Ada made version 3"):
        models.roll_back(ada, three.id, seen=2)
    assert standing(ada, three)[0] == 3


def test_no_request_fails_while_versions_change(ada: User, ben: User, three: Model) -> None:
    ended, seen = Event(), set()

    def ask() -> int:
        asked = 0
        while not ended.is_set():
            seen.add(models.answering(ben, "Buyers").number)
            asked += 1
        return asked

    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask) for _ in range(2)]
        for _turn in range(10):
            models.promote(ada, three.id, 2, seen=1)
            models.roll_back(ada, three.id, seen=2)
        ended.set()
    assert all(each.result() > 0 for each in asking)
    assert seen <= {1, 2}


def test_candidate_is_chosen_and_withdrawn(ada: User, three: Model) -> None:
    models.set_candidate(ada, three.id, 2, "first this one")
    assert standing(ada, three) == (1, 2)
    models.set_candidate(ada, three.id, None)
    models.set_candidate(ada, three.id, None)
    assert standing(ada, three) == (1, None)
    said = [(each.from_version, each.to_version, each.why) for each in models.model(ada, three.id).changes[:2]]
    assert said == [(2, None, ""), (3, 2, "first this one")]
    with pytest.raises(UserError, match="Version 1 is production already"):
        models.set_candidate(ada, three.id, 1)
    for change in (models.set_candidate, lambda *asked: models.promote(*asked, seen=1)):
        with pytest.raises(NotFound, match="“Buyers” has no version 9"):
            change(ada, three.id, 9)


def test_only_the_owner_changes_a_model(ada: User, ben: User, three: Model, finish: Finish) -> None:
    theirs = finish("ben", user=ben)
    for change in (
        lambda: models.promote(ben, three.id, 2, seen=1),
        lambda: models.roll_back(ben, three.id, seen=1),
        lambda: models.set_candidate(ben, three.id, 2),
        lambda: models.add_version(ben, three.id, theirs.id),
        lambda: models.rename(ben, three.id, "Mine"),
        lambda: models.trash(ben, three.id),
    ):
        with pytest.raises(Forbidden):
            change()
    assert standing(ben, three) == (1, 3)
    assert models.add_version(ada, three.id, theirs.id).number == 4


def test_run_is_told_what_it_may_become(ada: User, ben: User, three: Model, finish: Finish) -> None:
    other = finish("d", name="Buyers")
    found = models.places(ada, other.id)
    assert (found.name, [model.id for model in found.models], found.versions) == ("Buyers 2", [three.id], ())
    assert models.places(ben, other.id).models == ()
    first = models.model(ada, three.id).production.run
    found = models.places(ada, first.id)
    assert (found.models, [version.number for version in found.versions]) == ((), [1])
    models.trash(ada, three.id)
    assert models.places(ada, first.id).versions == ()


def test_name_can_be_taken_over_only_from_the_trash(ada: User, three: Model, finish: Finish) -> None:
    models.rename(ada, three.id, "客户")
    assert models.answering(ada, "客户").model == three.id
    with pytest.raises(NotFound):
        models.answering(ada, "Buyers")
    other = models.create(ada, finish("d").id, "Other")
    with pytest.raises(UserError, match="called “客户” already"):
        models.rename(ada, other.id, "客户")
    models.trash(ada, three.id)
    with pytest.raises(UserError, match="“客户” lies in the trash"):
        models.promote(ada, three.id, 2, seen=1)
    models.rename(ada, other.id, "客户")
    with pytest.raises(UserError, match="called “客户” already"):
        models.restore(ada, three.id)
    models.rename(ada, three.id, "Buyers")
    models.restore(ada, three.id)
    assert models.answering(ada, "Buyers").model == three.id


def test_run_of_a_model_is_not_erased_from_the_trash(home: House, ada: User, three: Model) -> None:
    first = models.model(ada, three.id).production.run
    runs.trash_runs(ada, [first.id])
    at_once = replace(home, settings=home.settings.model_copy(update={"trash_days": 0}))
    retention.sweep(at_once)
    with pytest.raises(InUse, match="“Who buys\\?” cannot be erased, because it is version 1 of the model “Buyers”"):
        belongings.empty_trash(ada)
    assert models.answering(ada, "Buyers").run == first.id
    assert home.files.exists(first.bundle_key or "")
    models.trash(ada, three.id)
    retention.sweep(at_once)
    assert models.list_models(ada, trashed=True).total == 0
    assert not home.files.exists(first.bundle_key or "")
    with pytest.raises(NotFound):
        runs.run(ada, first.id)
    assert runs.list_runs(ada).total == 2


def test_erasing_all_spares_what_anothers_model_uses(ada: User, ben: User, three: Model, finish: Finish) -> None:
    borrowed = models.model(ada, three.id).production.run
    theirs = models.create(ben, borrowed.id, "Theirs")
    with pytest.raises(InUse, match="version 1 of the model “Theirs” of Ben"):
        belongings.erase_all(ada)
    assert belongings.of(ada).models == 1
    models.trash(ben, theirs.id)
    belongings.empty_trash(ben)
    belongings.erase_all(ada)
    assert not belongings.of(ada).anything
    assert models.list_models(ben).total == 0


def test_versions_are_compared_by_what_they_are_called(ada: User, finish: Finish) -> None:
    weak, strong = finish("a", skill=0.3), finish("b", skill=2.0)
    found = runs.compare(ada, [weak.id, strong.id], ["Version 1", "Version 2"]).comparison
    said = " ".join(note.text.format(**note.values) for note in found.sentences)
    assert "“Version 2” is better than “Version 1”" in said
    assert found.rows == 200


def test_runs_on_different_data_sets_have_no_rows_in_common(home: House, ada: User, finish: Finish) -> None:
    here, elsewhere = finish("a"), a_finished_run(home, ada, a_data_set(home, ada), "b")
    found = runs.compare(ada, [here.id, elsewhere.id], ["Version 1", "Version 2"]).comparison
    assert found.rows == 0
    assert found.runs[1].metrics == ()
    assert "no test rows in common" in str(found.sentences[0])
