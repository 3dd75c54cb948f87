"""One server for all browser tests, a browser for each file; a fresh visitor for each test."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chromium import chromium
from tests.browser.server import Server, serving
from tests.browser.visitor import Visitor


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure shows what stood on the page, and what the server and its helpers said."""
    report = yield
    there = getattr(item, "funcargs", {})
    if report.failed and "page" in there:
        report.sections.append((f"On {there['page'].url}", there["page"].locator("body").inner_text()))
    if report.failed and "server" in there:
        report.sections.append(("What the server said", there["server"].log()[-8000:]))
    return report


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("loam") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed after each file: while it is open its event loop runs in this process, and other tests could have none."""
    with chromium() as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that was never here before."""
    fresh = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    yield fresh
    fresh.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def visitor(page: Page, server: Server) -> Visitor:
    """A person who has said their name."""
    known = Visitor(page, server.url)
    known.arrive("Ada")
    return known
