"""The whole path in a browser: a file, a model that learns, what it says, a prediction, a correction, a shared link."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from samples import SAMPLES
from tests.browser.server import Server
from tests.browser.visitor import SECONDS, Visitor

LEARNING = 240  # seconds: twice what the run may take, for other tests run beside it
POINTS = "() => Math.max(0, ...[...document.querySelectorAll('.js-plotly-plot')].map(p => p.data[0]?.x?.length ?? 0))"


def points(page: Page) -> int:
    """Points of the longest curve on the page."""
    return int(page.evaluate(POINTS))


@pytest.fixture(scope="module")
def learning(browser: Browser, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """A visitor whose own file is being learned from, in front of the run's page."""
    file = tmp_path_factory.mktemp("own") / "passengers.csv"
    file.write_bytes(SAMPLES["titanic"].path.read_bytes())
    context = browser.new_context()
    known = Visitor(context.new_page(), server.url)
    known.arrive("Ada")
    known.open("/data")
    known.upload(file)
    known.sees("How the file is written")
    known.press("Import")
    known.press("Train a model")
    known.page.wait_for_url(re.compile("/train"))
    known.choose("Column to predict", "survived")
    known.press("Train")
    known.page.wait_for_url(re.compile(r"/run\?id=\d+"))
    yield known
    context.close()


def test_run_goes_on_while_the_server_restarts(learning: Visitor, server: Server) -> None:
    page = learning.page
    page.wait_for_function(f"({POINTS})() > 0", timeout=LEARNING * SECONDS)
    seen = points(page)
    page.wait_for_function(f"({POINTS})() > {seen}", timeout=LEARNING * SECONDS)  # the curve moves
    assert not learning.faults
    server.stop()
    server.start()
    page.reload(wait_until="domcontentloaded")
    learning.faults.clear()  # the page wrote down that its server was away
    learning.sees(re.compile(r"Right \d+ times in 100"), LEARNING)
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    assert not learning.faults


def test_file_becomes_a_model_that_predicts_is_corrected_and_is_shared(
    learning: Visitor, visitor: Visitor, browser: Browser, server: Server
) -> None:
    page, address = visitor.page, learning.page.url
    visitor.open(address.removeprefix(server.url))
    visitor.sees(re.compile(r"Right \d+ times in 100"), LEARNING)
    visitor.press("Mistakes")
    visitor.sees("What matters")

    visitor.press("Predict")
    page.wait_for_url(re.compile(r"/predict\?run=\d+"))
    page.get_by_test_id("stFormSubmitButton").get_by_role("button", name="Predict").click()
    visitor.sees(re.compile(r"sure: of 100 answers given like this one"))
    page.get_by_role("button", name=re.compile("^Wrong, it is")).click()
    visitor.sees("Thank you. Kept:")
    visitor.open("/feedback?tab=history")
    visitor.sees(re.compile("0 right, 1 wrong"))

    colleague = browser.new_context()
    try:
        other = Visitor(colleague.new_page(), server.url)
        other.arrive("Grace", address.removeprefix(server.url))
        other.sees(re.compile(r"Right \d+ times in 100"))
        assert other.page.url.startswith(address)
        assert not other.faults
    finally:
        colleague.close()
    assert not visitor.faults
