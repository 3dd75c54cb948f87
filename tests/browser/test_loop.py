"""The loop in a browser: ask, say what is right, review, improve, compare, promote; the next answer is a better one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from services import access, asking, datasets, feedback, models, runs, uploads
from services.access import User
from services.house import house
from services.models import Model
from tests.browser.server import Server
from tests.browser.visitor import Visitor
from tests.services.doing import people, quick
from tests.services.feedback_there import newcomers
from tests.services.place import wait_for

TOLD = 159  # people of Atlantis about whom colleagues say what is right: all of them buy, the younger half unexpectedly
IMPROVING = 240  # seconds: some ten on a quiet machine, for other tests run beside it


@pytest.fixture
def model(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    """Ada's model, which knows no Atlantis; and what colleagues said of its answers about people from there."""
    monkeypatch.setenv("LOAM_DATA", str(server.data))
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "2")  # as the server's helpers have it
    ada = access.sign_in("Ada")[0]
    made = models.create(ada, learned(ada, tmp_path), "Who buys, again?")
    ben = access.sign_in("Ben")[0]
    rows = [row for row, _ in newcomers(TOLD)]
    for given in asking.predict(asking.Caller(ben), made.name, rows).made:
        verdict = "right" if given.answer["answer"] == "yes" else "wrong"
        feedback.say(ben, given.id, verdict, "yes" if verdict == "wrong" else None)
    yield made
    house().database.close()


def learned(user: User, folder: Path) -> int:
    """A finished run, learned by trees in a moment; its id."""
    file = folder / "people.csv"
    file.write_text(people(), encoding="utf8")
    dataset = datasets.import_dataset(user, uploads.copy_in(user, file).id)
    wait_for(lambda: datasets.dataset(user, dataset.id).latest.status == "ready")
    version = datasets.dataset(user, dataset.id).latest
    run = runs.start_run(user, version.id, quick(runs.suggest(user, version.id, "bought")), "Who buys?", "loop")
    wait_for(lambda: runs.run(user, run.id).status in ("finished", "failed"))
    return run.id


def ask(visitor: Visitor, model: Model) -> None:
    """Asks about somebody of 25 from Atlantis, who buys; in Rome nobody of 25 does."""
    visitor.open(f"/ask?model={model.id}")
    page = visitor.page
    page.get_by_role("spinbutton", name="age").fill("25")
    page.get_by_role("combobox", name="city").fill("Atlantis")
    page.get_by_role("option", name=re.compile("Atlantis")).first.click()  # a key could come before the choice is there
    page.get_by_role("spinbutton", name="visits").fill("4")
    visitor.press("Predict")


def test_what_people_say_makes_the_next_answer_better(visitor: Visitor, model: Model) -> None:
    page = visitor.page
    ask(visitor, model)
    visitor.sees("bought: no")
    visitor.sees("Version 1 of the model answered.")
    visitor.press("Wrong, it is “yes”")
    visitor.sees("Thank you.")

    visitor.open(f"/feedback?tab=review&model={model.id}")
    page.get_by_role("button", name=f"Accept all {TOLD + 1}").click()
    visitor.sees(f"{TOLD + 1} accepted.")

    visitor.open(f"/model?id={model.id}&tab=improve")
    visitor.sees(f"{TOLD + 1} accepted answers wait to be learned from")
    visitor.press("Improve with feedback")
    visitor.sees(re.compile(r"Step \d of 3"))
    visitor.sees("Version 2 is better than version 1.", IMPROVING)
    visitor.sees("On new feedback, held back from training")
    visitor.press("Promote version 2")
    visitor.sees("Version 2 is production.")

    ask(visitor, model)
    visitor.sees("bought: yes")
    visitor.sees("Version 2 of the model answered.")
    expect(page.get_by_text("Version 1 of the model answered.")).to_have_count(0)
    assert not visitor.faults
