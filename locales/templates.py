"""Finds the words on the screen in the sources, as templates to be translated: where they are given, or named before.

A template that is not written in the call is followed to where it is: the name's value, a table of sentences, another
module. One that cannot be followed could never be translated: `untraced` says where.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path

NAMES = ("text", "title", "help", "question", "about", "advice", "why", "reason")  # carry words wherever they stand
CARRIED = (*NAMES, "description", "group", "unit")  # fields that are read: their words stand where they were set
OTHERS = ("phrase",)  # of HTTP, which only programs read
ROOT_ERROR = "LoamError"
SETTING = "setting"
PLURALS = ("ngettext", "plural")
TAKERS: dict[str, tuple[int, ...]] = {  # what takes words, beside all errors, and where among its arguments
    ROOT_ERROR: (0,),
    "_": (0,),
    "Fault": (2,),
    "Finding": (),
    "Note": (0,),
    "PageRow": (1, 2),
    "Sayings": (0, 1, 2, 3),
    "Setting": (2,),
    **dict.fromkeys(PLURALS, (0, 1)),
    "say": (0,),
    SETTING: (1, 2),
}
WORD = re.compile(r"^(?!#[0-9A-Fa-f]{6}$).*[^\W\d_]{2}", re.DOTALL)  # no colours, no lone signs

Message = str | tuple[str, str]
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Untraced(Exception):
    """The words of a template do not stand where the source can be followed to."""


@dataclass(frozen=True)
class Module:
    """A module's source; `name` as it is imported."""

    name: str
    path: str
    tree: ast.Module

    @cached_property
    def imported(self) -> dict[str, tuple[str, str]]:
        """Names from other modules: the module and its name there, `from engine import errors` → engine, errors."""
        found = [node for node in ast.walk(self.tree) if isinstance(node, ast.ImportFrom) and node.module]
        return {alias.asname or alias.name: (node.module or "", alias.name) for node in found for alias in node.names}

    @cached_property
    def calls(self) -> list[tuple[ast.Call, tuple[ast.AST, ...]]]:
        """Every call and the functions and classes around it, the innermost first."""
        return list(_calls(self.tree, ()))


class Sources:
    """The modules of some folders below `root`."""

    def __init__(self, root: Path, folders: Iterable[str]) -> None:
        paths = [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]
        found = [path.relative_to(root) for path in paths]
        self.modules = {
            name: Module(name, str(path), ast.parse((root / path).read_text(encoding="utf-8")))
            for path in found
            for name in [".".join(path.with_suffix("").parts).removesuffix(".__init__")]
        }
        self.errors = self._errors()
        self.takers = TAKERS | {name: (0,) for name, node in self.errors.items() if not _function(node, "__init__")}

    def _errors(self) -> dict[str, ast.ClassDef]:
        """The classes of all errors that are raised on purpose, but for the first, which they come from."""
        classes = [n for m in self.modules.values() for n in ast.walk(m.tree) if isinstance(n, ast.ClassDef)]
        found: dict[str, ast.ClassDef] = {}
        before = -1
        while len(found) > before:
            before = len(found)
            of_these = {ROOT_ERROR, *found}
            found |= {each.name: each for each in classes if of_these & {_last(base) for base in each.bases}}
        return found

    def messages(self, module: Module) -> Iterator[tuple[int, Message]]:
        """Line and message (one and many, where it counts) of everything in a module that a reader may see."""
        for call, around in module.calls:
            name = self._taker(call, around)
            if name in PLURALS:
                forms = [text for word in call.args[:2] for text in self._known(word, module, around)]
                if len(forms) == 2:
                    yield call.lineno, (forms[0], forms[1])
            else:
                yield from self._said(self._templates(call, name), module, around)
                carried = CARRIED if name else NAMES
                yield from self._said([k.value for k in call.keywords if k.arg in carried], module, around)
        for node in ast.walk(module.tree):
            for name, value in _assigned(node):
                if name in NAMES:
                    yield from self._said([value], module, ())
            if isinstance(node, ast.AnnAssign) and _is_setting(node.value):
                yield from self._said(_choices(node.annotation), module, ())

    def untraced(self, module: Module) -> Iterator[int]:
        """Lines of templates whose words are nowhere in the sources."""
        for call, around in module.calls:
            name = self._taker(call, around)
            given = [k.value for k in call.keywords if k.arg in NAMES] if name else []
            for template in [*self._templates(call, name), *given]:
                try:
                    list(self._words(template, module, around))
                except (Untraced, RecursionError):  # a name that is set from itself
                    yield call.lineno

    def _taker(self, call: ast.Call, around: tuple[ast.AST, ...]) -> str:
        """What of `takers` a call is for; "" for none. Functions are called by their bare name: `feedback.say` is not
        `say`.
        """
        name = _last(call.func)
        if name == "__init__" and any(isinstance(node, ast.ClassDef) and node.name in self.errors for node in around):
            return ROOT_ERROR
        return name if name in self.takers and (isinstance(call.func, ast.Name) or name[0].isupper()) else ""

    def _templates(self, call: ast.Call, name: str) -> list[ast.expr]:
        return [call.args[place] for place in self.takers.get(name, ()) if place < len(call.args)]

    def _said(
        self, templates: Iterable[ast.expr], module: Module, around: tuple[ast.AST, ...]
    ) -> Iterator[tuple[int, str]]:
        for template in templates:
            for text in self._known(template, module, around):
                yield template.lineno, text

    def _known(self, template: ast.expr, module: Module, around: tuple[ast.AST, ...]) -> list[str]:
        """The words of a template that can be followed; none for others, which `untraced` tells of."""
        try:
            return [text for text in self._words(template, module, around) if WORD.search(text)]
        except (Untraced, RecursionError):
            return []

    def _words(self, node: ast.expr, module: Module, around: tuple[ast.AST, ...]) -> Iterator[str]:
        """All that a template may be. Raises Untraced."""
        match node:
            case ast.Constant(value=value):
                if isinstance(value, str):
                    yield value
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                both = [list(self._words(side, module, around)) for side in (left, right)]
                yield from map("".join, product(*both))
            case ast.Name(id=name):
                yield from self._named(name, module, around)
            case ast.Attribute(value=ast.Name(id=of), attr=name) if name.isupper():
                yield from self._named(name, self._module(".".join(module.imported.get(of, ()))), ())
            case ast.Call(func=ast.Name(id=name)) if function := _function(module.tree, name):
                returned = [each.value for each in _inside(function) if isinstance(each, ast.Return) and each.value]
                for value in returned:
                    yield from self._words(value, module, (function,))
            case _:
                for part in self._parts(node):
                    yield from self._words(part, module, around)

    def _parts(self, node: ast.expr) -> list[ast.expr]:
        """What a template is one of; nothing for a field, whose words are looked at where it is set."""
        match node:
            case ast.IfExp(body=body, orelse=orelse):
                return [body, orelse]
            case ast.BoolOp(values=parts) | ast.Dict(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
                return parts
            case ast.Subscript(slice=ast.Constant(value=key)) | ast.Attribute(attr=key) if key in (*CARRIED, *OTHERS):
                return []
            case ast.Subscript(value=value):
                return [value]
            case ast.Call():
                return self._handed(node)
        raise Untraced

    def _handed(self, call: ast.Call) -> list[ast.expr]:
        """The templates that a call hands on; none for a record of words, whose making is looked at by itself."""
        match call:
            case ast.Call(func=ast.Name(id="getattr" | "str"), args=[value, *_]):
                return [value]
            case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=key), *rest]) if key in CARRIED:
                return rest
            case ast.Call(func=ast.Attribute(attr="get", value=value), args=[_, *rest]):
                return [value, *rest]
            case _ if _last(call.func) in self.takers or (call.keywords and not call.args):
                return []
        raise Untraced

    def _named(self, name: str, module: Module, around: tuple[ast.AST, ...]) -> Iterator[str]:
        """The words that a name stands for: of the function, of the module, or of the one it comes from."""
        for place, node in enumerate((*around, module.tree)):
            if isinstance(node, ast.ClassDef):
                continue
            found = [value for each in _inside(node) for to, value in _assigned(each) if to == name]
            for value in found:
                yield from self._words(value, module, around[place:])
            if isinstance(node, Function) and name in _parameters(node):
                yield from self._given(node, name, module)
                return
            if found:
                return
        if name not in module.imported:
            raise Untraced
        source, there = module.imported[name]
        yield from self._named(there, self._module(source), ())

    def _given(self, function: Function, name: str, module: Module) -> Iterator[str]:
        """What the callers of a function give for a parameter; those of `takers` are looked at by themselves."""
        if function.name in self.takers:
            return
        callers = [(call, around) for call, around in module.calls if _last(call.func) == function.name]
        if not callers:
            raise Untraced
        for call, around in callers:
            for value in _argument(call, function, name):
                yield from self._words(value, module, around)

    def _module(self, name: str) -> Module:
        if name not in self.modules:
            raise Untraced
        return self.modules[name]


def _calls(node: ast.AST, around: tuple[ast.AST, ...]) -> Iterator[tuple[ast.Call, tuple[ast.AST, ...]]]:
    if isinstance(node, ast.Call):
        yield node, around
    inside = (node, *around) if isinstance(node, Function | ast.ClassDef) else around
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, inside)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """All below a module or function, but nothing of the functions and classes in it."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, Function | ast.ClassDef):
            yield from _inside(child)


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names and what they are set to; all names of `a, b = both` to both."""
    match node:
        case ast.Assign(targets=targets, value=value):
            pass
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            targets = [target]
        case _:
            return
    for target in targets:
        for each in target.elts if isinstance(target, ast.Tuple) else [target]:
            if isinstance(each, ast.Name):
                yield each.id, value


def _parameters(function: Function) -> list[str]:
    given = function.args
    names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return names[1:] if names[:1] == ["self"] else names


def _argument(call: ast.Call, function: Function, name: str) -> list[ast.expr]:
    """What a call gives for a parameter: nothing where its default holds."""
    place = _parameters(function).index(name)
    return call.args[place : place + 1] or [keyword.value for keyword in call.keywords if keyword.arg == name]


def _function(node: ast.Module | ast.ClassDef, name: str) -> Function | None:
    return next((each for each in node.body if isinstance(each, Function) and each.name == name), None)


def _is_setting(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Call) and _last(node.func) == SETTING


def _choices(annotation: ast.expr) -> list[ast.expr]:
    """The words of Literals."""
    found = [n for n in ast.walk(annotation) if isinstance(n, ast.Subscript) and _last(n.value) == "Literal"]
    return [each.slice for each in found]


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
