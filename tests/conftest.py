"""What every test has: a data folder of its own process, never the one of the person who runs the tests."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest
from xdist.scheduler import LoadFileScheduling

from engine import devices

BROWSER, PAGES = "tests/browser/", "tests/pages/"

# Before anything of Loam is imported: whatever opens a house without asking gets an empty one.
os.environ["LOAM_DATA"] = tempfile.mkdtemp(prefix="loam-tests-")
devices.settle(os.environ)  # as jobs do that run beside others: else threads that learn trees mostly wait in loops


class OneServer(LoadFileScheduling):
    """Gives a process whole files, and all files of the browser to the same one: they share a server."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneServer:
    return OneServer(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's tests come first: one process is long at them, and the others do the rest meanwhile.

    What draws whole pages or asks PostgreSQL is slow, whatever it tests.
    """
    items.sort(key=lambda item: not item.nodeid.startswith(BROWSER))
    for item in items:
        if item.nodeid.startswith((BROWSER, PAGES)) or "postgresql" in item.nodeid:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", autouse=True)
def leave_no_data() -> Iterator[None]:
    """Removes the process's data folder at the end."""
    folder = os.environ["LOAM_DATA"]
    yield
    shutil.rmtree(folder, ignore_errors=True)
