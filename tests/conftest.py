"""What every test has: a data folder of its own process, never the one of the person who runs the tests."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest

from engine import devices

# Before anything of Loam is imported: whatever opens a house without asking gets an empty one.
os.environ["LOAM_DATA"] = tempfile.mkdtemp(prefix="loam-tests-")
devices.settle(os.environ)  # as jobs do that run beside others: else threads that learn trees mostly wait in loops


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's tests come last: what drives the browser leaves an event loop running in the process."""
    items.sort(key=lambda item: "tests/browser" in item.path.as_posix())


@pytest.fixture(scope="session", autouse=True)
def leave_no_data() -> Iterator[None]:
    """Removes the process's data folder at the end."""
    folder = os.environ["LOAM_DATA"]
    yield
    shutil.rmtree(folder, ignore_errors=True)
