"""The browser's Back leads to the page that was left, as it was."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.visitor import PATIENCE, Visitor
from tests.services.doing import people


def test_back_shows_the_page_that_a_button_led_away_from(visitor: Visitor, tmp_path: Path) -> None:
    page, file = visitor.page, tmp_path / "buyers.csv"
    file.write_text(people(), encoding="utf-8")
    visitor.open("/data")
    visitor.upload(file)
    visitor.press("Import")
    expect(page.get_by_role("button", name="Train a model")).to_be_enabled(timeout=PATIENCE)
    data = page.url
    visitor.press("Train a model")
    page.wait_for_url(re.compile(r"/train\?version="))
    visitor.settled()
    page.go_back()
    visitor.settled()
    assert page.url == data
    visitor.sees("300 rows")
    page.go_forward()
    visitor.settled()
    assert page.url.endswith("/train?version=1")
    assert not visitor.faults
