"""Collects the words on the screen into `locales/loam.pot`, for translators: `make words`.

Besides `_()`, words come from where they are written once: errors, notes, fields' titles and help, registries.
A new language: `pybabel init -D loam -i locales/loam.pot -d locales -l de`, translate it, and then
`pybabel compile -D loam -d locales`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from engine import errors

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("api", "engine", "pages", "samples", "services")
POSITIONS = {
    "_": (0,),
    "say": (0,),
    "setting": (1, 2),
    "InUse": (0,),
    "Note": (0,),
    "PageRow": (1, 2),
    "Sayings": (0, 1, 2, 3),
    "Setting": (2,),
    **{name: (0,) for name, thing in vars(errors).items() if isinstance(thing, type)},
}
PLURALS = ("ngettext", "plural")
WORD = re.compile(r"^(?!#[0-9A-Fa-f]{6}$).*[^\W\d_]{2}", re.DOTALL)  # no colours, no lone signs
NAMES = ("text", "title", "help", "question", "about", "advice", "why")

Message = str | tuple[str, str]


def messages(source: str) -> Iterator[tuple[int, Message]]:
    """Line and message (one and many, where it counts) of everything in a module that a reader may see."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from _in_call(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id in NAMES for target in targets):
                yield from _literals([node.value])


def _in_call(node: ast.Call) -> Iterator[tuple[int, Message]]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in PLURALS:
        forms = [text for _line, text in _literals(node.args[:2])]
        if len(forms) == 2:
            yield node.lineno, (forms[0], forms[1])
    else:
        yield from _literals([node.args[i] for i in POSITIONS.get(name, ()) if i < len(node.args)])
    yield from _literals([keyword.value for keyword in node.keywords if keyword.arg in NAMES])


def _literals(nodes: list[Any]) -> Iterator[tuple[int, str]]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and WORD.search(node.value):
            yield node.lineno, node.value


def collect() -> Catalog:
    """All messages, with the files in which they stand."""
    catalogue = Catalog(project="Loam", charset="utf-8")
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for line, message in messages(path.read_text(encoding="utf-8")):
                catalogue.add(message, locations=[(str(path.relative_to(ROOT)), line)])
    return catalogue


if __name__ == "__main__":
    catalogue = collect()
    with (ROOT / "locales" / "loam.pot").open("wb") as file:
        write_po(file, catalogue, omit_header=False, sort_output=True)
    print(f"{len(catalogue)} messages in locales/loam.pot")  # noqa: T201 - the answer to the one who asked
