"""The rules of the house, read from the source: who may import whom, what carries words, what things are called."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

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
KERAS = {  # imported where needed
    "engine/batches.py", "engine/checkpoint.py", "engine/head.py", "engine/layers", "engine/network.py",
    "engine/training.py",
}  # fmt: skip
MAX_MODULE = 400
MAX_FUNCTION = 60
ERRORS = {name for name, thing in vars(errors).items() if isinstance(thing, type) and issubclass(thing, Exception)}


def sources(*folders: str) -> list[Path]:
    """Python files of the folders, relative to the root."""
    return sorted(p.relative_to(ROOT) for folder in folders for p in (ROOT / folder).rglob("*.py"))


@cache
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


def calls(path: Path, names: set[str]) -> Iterator[tuple[str, ast.Call]]:
    """Calls of functions and classes with these names."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in names:
                yield name, node


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions and methods of a module."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


ALL = sources(*LAYERS, "benchmarks", "locales", "tests")


def test_every_layer_imports_only_what_lies_below_it() -> None:
    wrong = [
        f"{path} imports {module}"
        for path in sources(*LAYERS)
        for module, _ in imports(tree(path))
        if module.split(".")[0] in FORBIDDEN[path.parts[0]]
    ]
    assert not wrong, wrong


def test_pages_take_only_specs_results_and_errors_from_the_engine() -> None:
    wrong = [
        f"{path} imports {names or 'all'} from {module}: a service does that for a page"
        for path in sources("pages", "api")
        for module, names in imports(tree(path))
        if module.split(".")[0] == "engine" and not (names and all(name[0].isupper() for name in names))
    ]
    assert not wrong, wrong


def test_keras_is_imported_at_the_point_of_use() -> None:
    wrong = []
    for path in sources("engine", "services"):
        body = [] if of_keras(path) else tree(path).body
        at_import = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
        wrong += [
            f"{path} imports {module} when it is imported"
            for node in at_import
            for module, _ in imports(node)
            if module.split(".")[0] in LEARNING
        ]
    assert not wrong, wrong


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


def test_every_module_says_what_it_does() -> None:
    silent = [str(path) for path in ALL if tree(path).body and not ast.get_docstring(tree(path))]
    assert not silent, silent


def test_nothing_has_a_vague_name() -> None:
    named = [(path, name) for path in ALL for name in (path.stem, *path.parent.parts)]
    for path in ALL:
        kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        named += [(path, node.name) for node in ast.walk(tree(path)) if isinstance(node, kinds)]
    vague = {
        f"{path}: {name} says nothing about what it does"
        for path, name in named
        if name.lower().strip("_") in VAGUE or name.endswith(("Manager", "Helper", "Utils"))
    }
    assert not vague, vague


def test_modules_and_functions_fit_a_reader() -> None:
    long = []
    for path in ALL:
        lines = (ROOT / path).read_text(encoding="utf-8").count("\n")
        long += [f"{path}: {lines} lines"] * (lines > MAX_MODULE)
        for node in functions(path):
            lines = (node.end_lineno or 0) - node.lineno + 1 - len((ast.get_docstring(node) or "").splitlines())
            long += [f"{path}: {node.name} has {lines} lines"] * (lines > MAX_FUNCTION)
    assert not long, long


def test_words_on_the_screen_can_be_collected() -> None:
    built = [
        f"{path}:{call.lineno}: {name}() takes the whole sentence; fill it with .format afterwards"
        for path in sources("pages", "api", "services")
        for name, call in calls(path, {"_", "ngettext", "plural"})
        for word in call.args[: 1 if name == "_" else 2]
        if isinstance(word, ast.JoinedStr | ast.BinOp | ast.Call)
    ]
    assert not built, built


def test_errors_are_templates_with_all_their_values() -> None:
    wrong = []
    for path in sources("api", "engine", "services"):
        for name, call in calls(path, ERRORS):
            template, given = call.args[0] if call.args else None, {keyword.arg for keyword in call.keywords}
            if isinstance(template, ast.JoinedStr | ast.BinOp):
                wrong.append(f"{path}:{call.lineno}: {name} takes a template, not a finished text")
            elif isinstance(template, ast.Constant) and None not in given:  # None: **values
                fields = {re.split(r"[.\[]", field)[0] for _, field, _, _ in Formatter().parse(template.value) if field}
                wrong += [f"{path}:{call.lineno}: {name} lacks {field}" for field in fields - given]
    assert not wrong, wrong


def test_readme_lists_every_setting_as_the_code_has_it() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    shown = [line for line in readme if line.startswith("| `LOAM_")]
    rows = [f"| `{s.name}` | {f'`{s.default}`' if s.default else ''} | {s.title}. {s.help} |" for s in SETTINGS]
    assert shown == rows, "The table of README.md should be:\n" + "\n".join(rows)
