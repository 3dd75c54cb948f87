"""A colleague works through a model's page with the keyboard alone; what they say waits for the owner."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from services import access, datasets, feedback, models, reviewing, runs, uploads
from services.house import house
from tests.browser.server import Server
from tests.browser.test_first_model import LEARNING
from tests.browser.visitor import PATIENCE, Visitor
from tests.services.doing import people, quick
from tests.services.place import wait_for

FIRST = "() => document.activeElement?.closest('.st-key-ask-row') !== null"


@pytest.fixture
def model(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> int:
    """A model of the server's, learned by its own supervisor."""
    monkeypatch.setenv("LOAM_DATA", str(server.data))
    ada = access.sign_in("Ada")[0]
    file = tmp_path / "people.csv"
    file.write_text(people(), encoding="utf-8")
    made = datasets.import_dataset(ada, uploads.copy_in(ada, file).id, "People")
    wait_for(lambda: datasets.dataset(ada, made.id).versions[0].status == "ready")
    version = datasets.dataset(ada, made.id).latest
    run = runs.start_run(ada, version.id, quick(runs.suggest(ada, version.id, "bought")), "Who buys?", "hearing")
    wait_for(lambda: runs.run(ada, run.id).status == "finished")
    return models.create(ada, run.id, "Buyers").id


def test_rows_are_asked_judged_and_reviewed_without_the_mouse(
    model: int, server: Server, browser: Browser, visitor: Visitor
) -> None:
    context = browser.new_context()
    grace = Visitor(context.new_page(), server.url)
    grace.arrive("Grace", f"/ask?model={model}")
    keys = grace.page.keyboard
    for age, answer, key in (("75", "yes", "y"), ("25", "no", "n"), ("79", "yes", "y")):
        grace.page.wait_for_function(FIRST, timeout=PATIENCE)
        keys.type(age)
        keys.press("Enter")
        grace.sees(f"bought: {answer}", LEARNING)  # the predicting process may be on its way
        grace.settled()  # the buttons come after the words
        keys.press(key)
        grace.sees(re.compile(r"Thank you\. Kept: “yes” is right\."))
    assert not grace.faults
    context.close()
    ada, wanted = access.sign_in("Ada")[0], feedback.FeedbackFilter(model=model)
    assert feedback.counts(ada, wanted) == feedback.Counts(right=2, wrong=1)
    visitor.open(f"/feedback?tab=review&model={model}")
    visitor.sees("Accept all 3")
    visitor.settled()
    visitor.page.keyboard.press("a")
    visitor.sees("1 accepted.")
    visitor.settled()
    assert reviewing.counts(ada, wanted).accepted == 1
    visitor.page.keyboard.press("u")
    visitor.sees("Accept all 3")
    assert reviewing.counts(ada, wanted).waiting == 3
    visitor.open(f"/model?id={model}&tab=api")
    visitor.press("Try it")
    visitor.sees("Is this right?")
    visitor.settled()
    visitor.page.keyboard.press("y")
    visitor.sees("Thank you.")
    assert feedback.counts(ada, wanted) == feedback.Counts(right=3, wrong=1)
    assert not visitor.faults
    house().database.close()
