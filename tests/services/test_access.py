"""Who is it, and what may they do. Every service asks first."""

from __future__ import annotations

import ast
import stat
import time
from pathlib import Path

import pytest

from engine.errors import Forbidden, NotFound, UserError
from services import access, datasets
from services.access import RULES, User
from services.house import House, house
from tests.services.doing import imported, people

ROOT = Path(__file__).parents[2]
INSIDE = {"access"}  # what asks for the others


def public_functions() -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    found = []
    for path in sorted((ROOT / "services").glob("*.py")):
        if path.stem in INSIDE:
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
                takes_user = bool(node.args.args) and node.args.args[0].arg == "user"
                if takes_user:
                    found.append((path.stem, node))
    return found


@pytest.mark.parametrize(("module", "function"), public_functions(), ids=lambda each: getattr(each, "name", each))
def test_service_asks_permission_first(module: str, function: ast.FunctionDef) -> None:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    first = ast.unparse(body[0])
    assert first.startswith("access.require(user, "), f"{module}.{function.name} begins with: {first}"


def test_there_are_services_to_ask() -> None:
    assert len(public_functions()) > 50


@pytest.mark.parametrize("path", sorted((ROOT / "services").glob("*.py")), ids=lambda path: path.stem)
def test_rules_know_all_that_is_asked(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "access.require":
            action, thing = [*node.args[1:3], ast.Constant("server")][:2]
            if isinstance(action, ast.Constant) and isinstance(thing, ast.Constant):
                assert (thing.value, action.value) in RULES


def test_same_name_is_the_same_person(home: House) -> None:
    assert access.sign_in("Ada")[0] == access.sign_in("  aDA ")[0]
    assert access.sign_in("Ada")[0] != access.sign_in("李雷")[0]


def test_cookie_brings_the_person_back(home: House) -> None:
    user, token = access.sign_in("Ada <b>'; --")
    assert access.visitor(token) == user
    for wrong in (None, "", token[:-1], token + "x", "garbage"):
        assert access.visitor(wrong) is None


def test_cookie_of_another_server_is_nobodys(home: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, token = access.sign_in("Ada")
    monkeypatch.setenv("LOAM_DATA", str(tmp_path / "other"))
    access.sign_in("Eve")
    assert access.visitor(token) is None


def test_cookie_ends(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    _, token = access.sign_in("Ada")
    later = time.time() + 366 * 86_400
    monkeypatch.setattr(time, "time", lambda: later)
    assert access.visitor(token) is None


@pytest.mark.parametrize("name", ["", "   ", "\x00\n", "x" * 81])
def test_name_must_be_a_name(home: House, name: str) -> None:
    with pytest.raises(UserError):
        access.sign_in(name)


def test_secret_is_for_its_owner_only(home: House) -> None:
    path = home.settings.data / "secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert house().secret == path.read_bytes()
    assert home.secret.decode() not in repr(home)


def test_everyone_reads_and_only_the_owner_changes(home: House, ada: User, ben: User) -> None:
    version = imported(ada, people())
    assert datasets.dataset(ben, version.dataset).dataset.owner_name == "Ada"
    with pytest.raises(Forbidden):
        datasets.rename(ben, version.dataset, "Mine now")
    with pytest.raises(Forbidden):
        datasets.trash(ben, version.dataset)


def test_what_is_not_there_is_not_found(home: House, ada: User) -> None:
    with pytest.raises(NotFound):
        datasets.dataset(ada, 99)
    with pytest.raises(NotFound):
        datasets.preview(ada, 99)


def test_what_no_rule_allows_nobody_may(home: House, ada: User) -> None:
    with pytest.raises(Forbidden):
        access.require(ada, "judge", "dataset", 1)
