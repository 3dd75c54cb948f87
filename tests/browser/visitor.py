"""What a person does with a page: opens it, presses, chooses, reads. Finds things by the words that they see."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Locator, Page, Response, expect

SECONDS = 1000
MOMENT = 200
PATIENCE = 90 * SECONDS  # two tests may share two cores
CUT_OFF = "net::ERR_CONNECTION_RESET"
"""What a page writes down when a test breaks its connection; all else is a fault."""


class Visitor:
    """A person in front of one page. `faults`: errors that its scripts raised or wrote down, and what was refused."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.faults: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._written)
        page.on("response", self._answered)

    def arrive(self, name: str, path: str = "/") -> None:
        """Opens a page for the first time, and says a name."""
        self.open(path)
        asked = self.page.get_by_role("textbox", name="Your name?")
        asked.fill(name)
        with self.page.expect_response("**/api/session"):  # the cookie is set
            self.press("Go on")
        expect(asked).to_have_count(0, timeout=PATIENCE)

    def open(self, path: str) -> None:
        """Goes to an address."""
        self.page.goto(self.url + path, wait_until="domcontentloaded")
        self.settled()

    def settled(self) -> None:
        """Waits until the script behind the page has run to its end, and it has not failed."""
        app = self.page.get_by_test_id("stApp")
        app.wait_for()
        for _ in range(2):  # a press starts the script a moment later, and one run may ask for another
            self.page.wait_for_timeout(MOMENT)
            expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE)
        expect(self.page.get_by_text("Something went wrong on our side")).to_have_count(0)

    def press(self, name: str) -> None:
        """Presses what has that name: a button, one of several choices, or a tab. A key for it may stand behind."""
        roles, called = ("button", "radio", "tab"), re.compile(rf"^{re.escape(name)}( Shortcut \S+)?$")
        button, choice, tab = (self.page.get_by_role(role, name=called) for role in roles)
        button.or_(choice).or_(tab).first.click()
        self.settled()

    def choose(self, label: str, option: str) -> None:
        """Chooses in a select box."""
        box = self.page.get_by_role("combobox", name=label).first
        box.click()
        box.fill(option)
        self.page.get_by_role("option", name=option, exact=True).first.click()
        self.settled()

    def sees(self, words: str | re.Pattern[str], seconds: float = 60) -> Locator:
        """Waits until the words are on the page."""
        found = self.page.get_by_text(words).first
        expect(found).to_be_visible(timeout=seconds * SECONDS)
        return found

    def upload(self, file: Path) -> None:
        """Gives a file to the first uploader on the page."""
        self.page.locator("input[type=file]").first.set_input_files(file)

    def _written(self, message: ConsoleMessage) -> None:
        if message.type == "error" and CUT_OFF not in message.text:
            self.faults.append(message.text)

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status} {response.request.method} {response.url}")
