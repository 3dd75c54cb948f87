"""Names that people give are text wherever they stand: no HTML, no formula, no markup of theirs acts."""

from __future__ import annotations

import csv
import random
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.server import Server
from tests.browser.test_first_model import LEARNING
from tests.browser.visitor import PATIENCE, Visitor

HTML = "<img src=x onerror=document.title='taken'>"
NAMES = ("<b>size</b>", "=1+1", "“价格” :material/home: $x$", "**bold** [link](http://example.invalid)", HTML)


def strange_table(folder: Path) -> Path:
    """A table whose file, columns and words all try something."""
    chance = random.Random(0)
    file = folder / "=cmd &lt;b&gt;名.csv"
    with file.open("w", encoding="utf-8", newline="") as text:
        lines = csv.writer(text)
        lines.writerow(NAMES)
        for _ in range(400):
            size = chance.random()
            answer = "<i>yes</i>" if size + chance.gauss(0, 0.1) > 0.5 else "=no()"
            word = chance.choice(["<u>a</u>", "@b", "丙"])
            lines.writerow([f"{size:.3f}", f"{chance.random():.3f}", f"{chance.random():.3f}", word, answer])
    return file


def test_names_of_strangers_stay_text_from_upload_to_prediction(
    visitor: Visitor, server: Server, tmp_path: Path
) -> None:
    page = visitor.page
    visitor.open("/data")
    visitor.upload(strange_table(tmp_path))
    visitor.sees("How the file is written")
    visitor.press("Import")
    expect(page.get_by_role("button", name="Train a model")).to_be_enabled(timeout=PATIENCE)
    visitor.press("Columns")
    visitor.press("Train a model")
    visitor.page.wait_for_url(re.compile("/train"))
    visitor.choose("Column to predict", HTML)
    visitor.press("Quick · 30 s")
    visitor.press("Train")
    visitor.sees(re.compile(r"Right \d+ times in 100"), LEARNING)
    for tab in ("Mistakes", "What matters", "Try it", "Recipe", "Files"):
        visitor.press(tab)
    assert page.locator("img[src=x]").count() == 0
    assert page.locator("b", has_text=re.compile("^size$")).count() == 0
    assert page.get_by_role("link", name="link", exact=True).count() == 0
    assert page.title() != "taken"
    assert not visitor.faults
