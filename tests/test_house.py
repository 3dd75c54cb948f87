"""The rules of the house, read from the source: who may import whom, what carries words, what things are called."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from string import Formatter

import pytest

from engine import errors
from services.settings import SETTINGS

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("api", "engine", "pages", "samples", "services", "storage")
LEARNING = {"keras", "tensorflow"}
FORBIDDEN = {
    "engine": {"api", "fastapi", "pages", "samples", "services", "sqlalchemy", "starlette", "storage", "streamlit"},
    "storage": {"api", "engine", "fastapi", "pages", "samples", "services", "starlette", "streamlit", *LEARNING},
    "services": {"api", "fastapi", "pages", "streamlit"},
    "api": {"pages", "sqlalchemy", "storage", "streamlit", *LEARNING},
    "pages": {"api", "fastapi", "sklearn", "sqlalchemy", "storage", *LEARNING},
    "samples": {"api", "engine", "pages", "services", "storage", "streamlit", *LEARNING},
}
VAGUE = {"util", "utils", "helper", "helpers", "manager", "misc", "common", "stuff"}
KERAS = {
    "engine/checkpoint.py",
    "engine/layers",
    "engine/network.py",
    "engine/training.py",
}  # imported at the point of use
MAX_MODULE = 400
MAX_FUNCTION = 60
ERRORS = {name for name, thing in vars(errors).items() if isinstance(thing, type) and issubclass(thing, Exception)}


def sources(*folders: str) -> list[Path]:
    """Python files of the folders, relative to the root."""
    return sorted(p.relative_to(ROOT) for folder in folders for p in (ROOT / folder).rglob("*.py"))


@lru_cache
def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path))


def imports(node: ast.AST) -> Iterator[tuple[str, list[str]]]:
    """Module and imported names of every import below the node, those inside functions and for types too."""
    for child in ast.walk(node):
        if isinstance(child, ast.Import):
            yield from ((alias.name, []) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield child.module or "", [alias.name for alias in child.names]


def of_keras(path: Path) -> bool:
    """Whether the module is there for Keras, and so is never imported by the server."""
    return str(path) in KERAS or str(path.parent) in KERAS


every_source = pytest.mark.parametrize("path", sources(*LAYERS, "benchmarks", "locales", "tests"), ids=str)
every_layer = pytest.mark.parametrize("path", sources(*LAYERS), ids=str)


@every_layer
def test_layer_imports_only_what_lies_below_it(path: Path) -> None:
    layer = path.parts[0]
    wrong = {module for module, _ in imports(tree(path)) if module.split(".")[0] in FORBIDDEN[layer]}
    assert not wrong, f"{path} imports {sorted(wrong)}; {layer} must not."


@pytest.mark.parametrize("path", sources("pages", "api"), ids=str)
def test_pages_take_only_specs_results_and_errors_from_the_engine(path: Path) -> None:
    for module, names in imports(tree(path)):
        if module.split(".")[0] == "engine":
            calls = [name for name in names if not name[0].isupper()]
            assert names, f"{path}: import names from {module}, not the module"
            assert not calls, f"{path} imports {calls} from {module}: a service does that for a page"


@pytest.mark.parametrize("path", sources("engine", "services"), ids=str)
def test_keras_is_imported_at_the_point_of_use(path: Path) -> None:
    if of_keras(path):
        return
    typing_only = [n for n in tree(path).body if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.unparse(n.test)]
    at_import = [n for n in tree(path).body if isinstance(n, ast.Import | ast.ImportFrom) and n not in typing_only]
    heavy = {module for node in at_import for module, _ in imports(node) if module.split(".")[0] in LEARNING}
    assert not heavy, f"{path} imports {sorted(heavy)} when it is imported"


def test_importing_server_pages_services_and_engine_imports_no_keras() -> None:
    paths = sources("api", "engine", "services", "storage", "samples", "pages/components")
    light = [p for p in paths if not of_keras(p) and p.name != "__main__.py"]
    modules = [".".join(p.with_suffix("").parts).removesuffix(".__init__") for p in light]
    program = (
        f"import importlib, sys\nfor name in {[*modules, 'streamlit_app']!r}: importlib.import_module(name)\n"
        f"sys.exit(', '.join({LEARNING!r} & sys.modules.keys()) or 0)"
    )
    command = [sys.executable, "-W", "ignore", "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


@every_source
def test_module_says_what_it_does(path: Path) -> None:
    module = tree(path)
    assert not module.body or (ast.get_docstring(module) or "").strip(), f"{path} has no docstring"


@every_source
def test_nothing_has_a_vague_name(path: Path) -> None:
    named = [path.stem, *path.parent.parts]
    named += [
        node.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    vague = [
        name for name in named if name.lower().strip("_") in VAGUE or name.endswith(("Manager", "Helper", "Utils"))
    ]
    assert not vague, f"{path}: {vague} say nothing about what they do"


@every_source
def test_modules_and_functions_fit_a_reader(path: Path) -> None:
    lines = (ROOT / path).read_text(encoding="utf-8").count("\n")
    assert lines <= MAX_MODULE, f"{path} has {lines} lines"
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= MAX_FUNCTION + len((ast.get_docstring(node) or "").splitlines())
    }
    assert not long, f"{path}: {long} lines"


def calls(path: Path, names: set[str]) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in names:
                yield name, node


@pytest.mark.parametrize("path", sources("pages", "api", "services"), ids=str)
def test_words_on_the_screen_can_be_collected(path: Path) -> None:
    for name, call in calls(path, {"_", "ngettext", "plural"}):
        for word in call.args[: 1 if name == "_" else 2]:
            built = isinstance(word, ast.JoinedStr | ast.BinOp | ast.Call)
            assert not built, (
                f"{path}:{call.lineno}: {name}() takes the whole sentence; fill it with .format afterwards"
            )


@pytest.mark.parametrize("path", sources("api", "engine", "services"), ids=str)
def test_errors_are_templates_with_all_their_values(path: Path) -> None:
    for name, call in calls(path, ERRORS):
        if not call.args:
            continue
        where, template = f"{path}:{call.lineno}", call.args[0]
        assert not isinstance(template, ast.JoinedStr | ast.BinOp), (
            f"{where}: {name} takes a template, not a finished text"
        )
        if isinstance(template, ast.Constant) and not any(k.arg is None for k in call.keywords):
            wanted = {
                field.split(".")[0].split("[")[0] for _, field, _, _ in Formatter().parse(template.value) if field
            }
            assert wanted <= {k.arg for k in call.keywords}, f"{where}: {name} lacks a value for {sorted(wanted)}"


def test_readme_lists_every_setting_as_the_code_has_it() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    shown = [line for line in readme if line.startswith("| `LOAM_")]
    rows = [f"| `{s.name}` | {f'`{s.default}`' if s.default else ''} | {s.title}. {s.help} |" for s in SETTINGS]
    assert shown == rows, "The table of README.md should be:\n" + "\n".join(rows)


def test_public_words_are_collected() -> None:
    from locales.__main__ import collect

    catalogue = collect()
    assert len(catalogue) > 200
    assert "Learning rate" in catalogue
