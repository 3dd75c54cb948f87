"""What a person does with a page: opens it, presses, chooses, reads. Finds things by the words that they see."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

SECONDS = 1000
PATIENCE = 30 * SECONDS


class Visitor:
    """A person in front of one page. `faults` are the errors that its scripts raised."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.faults: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def arrive(self, name: str, path: str = "/") -> None:
        """Opens a page for the first time, and says a name."""
        self.open(path)
        self.page.get_by_label("Your name?").fill(name)
        self.press("Go on")
        expect(self.page.get_by_label("Your name?")).to_have_count(0, timeout=PATIENCE)
        self.page.wait_for_function("() => fetch('/api/session').then(() => true)")

    def open(self, path: str) -> None:
        """Goes to an address."""
        self.page.goto(self.url + path, wait_until="domcontentloaded")
        self.settled()

    def settled(self) -> None:
        """Waits until the script behind the page has run to its end."""
        app = self.page.get_by_test_id("stApp")
        app.wait_for()
        expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE)

    def press(self, name: str, *, exact: bool = True) -> None:
        """Presses the first button of that name."""
        self.page.get_by_role("button", name=name, exact=exact).first.click()
        self.settled()

    def choose(self, label: str, option: str) -> None:
        """Chooses in a select box."""
        box = self.page.get_by_role("combobox", name=label).first
        box.click()
        box.fill(option)
        self.page.get_by_role("option", name=option, exact=True).first.click()
        self.settled()

    def sees(self, words: str, seconds: float = 30) -> Locator:
        """Waits until the words are on the page."""
        found = self.page.get_by_text(words).first
        expect(found).to_be_visible(timeout=seconds * SECONDS)
        return found

    def upload(self, file: Path) -> None:
        """Gives a file to the first uploader on the page."""
        self.page.locator("input[type=file]").first.set_input_files(file)
