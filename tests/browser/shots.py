"""Pictures of every page into `shots/`: desktop and phone, light and dark. `make shots`; look at them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from samples import SAMPLES
from tests.browser.chromium import chromium
from tests.browser.server import ROOT, Server, serving
from tests.browser.visitor import SECONDS, Visitor

SHOTS = ROOT / "shots"
FOLDED = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
LEARNING = 240
CALM = 1500  # milliseconds in which charts and tables come to rest
TABS = {
    "data?id=1": ("preview", "columns", "clean", "versions", "used"),
    "run?id=1": ("overview", "curve", "mistakes", "matters", "try", "feedback", "recipe", "files"),
    "model?id=1": ("versions", "api", "feedback", "improve", "history"),
    "feedback?model=1": ("check", "review", "history"),
    "monitoring?model=1": ("requests", "drift", "quality", "alarms"),
    "predict?run=1": ("row", "file"),
}
PAGES = (
    "", "data", "train?version=1", "train", "runs", "runs?compare=1,2", "models", "ask?model=1", "monitoring",
    "settings", "run",
)  # fmt: skip


def addresses() -> Iterator[tuple[str, str]]:
    """Name and address of each picture."""
    for page in PAGES:
        yield re.sub(r"\W+", "-", page or "home"), f"/{page}"
    for page, tabs in TABS.items():
        for tab in tabs:
            yield f"{page.partition('?')[0]}-{tab}", f"/{page}&tab={tab}"


def prepare(browser: Browser, server: Server) -> None:
    """Two finished runs of a sample and a model of them, a judged prediction, a file that has just arrived."""
    page = browser.new_context(viewport=FOLDED["desktop"]).new_page()
    visitor = Visitor(page, server.url)
    visitor.open("/")
    take(page, "name-card")
    visitor.arrive("Ada")
    take(page, "home-empty")
    for effort in ("Quick · 30 s", "Balanced (recommended) · 2 min"):
        visitor.open("/")
        page.get_by_role("button", name="Try it").first.click()
        page.wait_for_url(re.compile("/train"), timeout=LEARNING * SECONDS)
        visitor.settled()
        visitor.press(effort)
        visitor.press("Train")
        page.wait_for_url(re.compile(r"/run\?id="))
        page.wait_for_selector(".js-plotly-plot", timeout=LEARNING * SECONDS)
        take(page, "run-learning")
        visitor.sees(re.compile(r"Right \d+ times in 100"), LEARNING)
    for run in (1, 2):
        visitor.open(f"/run?id={run}")
        visitor.press("Add to a model")
        take(page, f"run-becomes-version-{run}")
        visitor.press("Add")
        page.wait_for_url(re.compile(r"/model\?id=1"))
    visitor.open("/data")
    visitor.upload(SAMPLES["penguins"].path)
    visitor.sees("How the file is written")
    take(page, "data-taking-in")
    visitor.open("/predict?run=1")
    page.get_by_test_id("stFormSubmitButton").get_by_role("button", name="Predict").click()
    visitor.sees("Is this right?")
    take(page, "predict-answer")
    visitor.press("Right")


def take(page: Page, name: str) -> None:
    """A picture of the whole page."""
    page.wait_for_timeout(CALM)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def tall(page: Page) -> None:
    """Streamlit scrolls inside the page: makes the window as tall as what it shows."""
    height = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight")
    size: Any = page.viewport_size
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], min(int(height), 6000))})


def main() -> None:
    """All of them."""
    SHOTS.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="loam-shots-")) / "data"
    with serving(folder) as server, chromium() as browser:
        prepare(browser, server)
        for size, viewport in FOLDED.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport=viewport, color_scheme=scheme, locale="en-GB")
                visitor = Visitor(context.new_page(), server.url)
                visitor.arrive("Ada")
                for name, address in addresses():
                    visitor.page.set_viewport_size(viewport)
                    visitor.open(address)
                    visitor.page.wait_for_timeout(CALM)
                    tall(visitor.page)
                    take(visitor.page, f"{name}-{size}-{scheme}")
                context.close()
    print(f"{len(list(SHOTS.glob('*.png')))} pictures in {SHOTS}")  # noqa: T201 - the answer to the one who asked


if __name__ == "__main__":
    main()
