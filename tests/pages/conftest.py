"""The dashboard as a script, with a data folder of its own for each test and no helper processes."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from pages.components.session import TOKEN
from services import access, datasets, uploads
from services.access import User
from services.house import House
from services.importing import carry_out_import
from tests.house_there import ada, ben, home, serving

__all__ = ["ada", "ben", "home", "serving"]

ROOT = Path(__file__).resolve().parents[2]
Visit = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def look_through_packages_once() -> Iterator[None]:
    """Each `AppTest` looks for components in all installed packages, which takes longer than to draw a page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="module", autouse=True)
def set_aside() -> None:
    """Streamlit looks for garbage after every rerun of a page: not among what other tests left in this process.

    It stays aside: to look through all of it for each file takes longer than some of them.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture
def visit(home: House) -> Visit:
    """Opens a page as somebody: visit("data", id=3), visit("home", name="Ben"); name None is a stranger."""

    def opened(page: str = "home", /, name: str | None = "Ada", **query: object) -> AppTest:
        at = AppTest.from_file(str(ROOT / "pages" / "main.py"), default_timeout=30)
        if name is not None:
            at.session_state[TOKEN] = access.sign_in(name)[1]
        at.run()
        if page != "home":
            at.switch_page(f"{page}.py")
        for key, value in query.items():
            at.query_params[key] = str(value)
        return at.run()

    return opened


@pytest.fixture
def bring(home: House, ada: User, tmp_path: Path) -> Callable[..., int]:
    """Brings a table in, whole: bring("a,b\\n1,2") gives the id of the data set."""

    def brought(text: str, name: str = "table", user: User = ada) -> int:
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.csv"
        file.write_text(text, encoding="utf-8")
        made = datasets.import_dataset(user, uploads.copy_in(user, file).id, name)
        carry_out_import(home, datasets.dataset(user, made.id).latest.id, lambda fraction: None)
        return made.id

    return brought
