"""Spec → widgets: the form of any `engine.spec.Spec`, from its fields' titles, help, bounds, units and choices.

A field is drawn by the type it has: one of several words, yes or no, a whole number, a number, a text, several whole
numbers (“128, 64”), or a spec inside the spec; each may be optional, and then empty means what its help says.
Knows no particular spec.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import streamlit as st
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from engine.spec import Spec
from pages.components.layout import plain
from pages.components.words import _, number

LOWER = {"Ge": "ge", "Gt": "gt"}
UPPER = {"Le": "le", "Lt": "lt"}


@dataclass(frozen=True)
class Filled:
    """What a form holds: `spec` when all fields hold together, else None and `faults` by field, in words."""

    spec: Any
    values: dict[str, Any]
    faults: dict[str, str] = field(default_factory=dict)


def spec_form(
    kind: type[Spec],
    values: Mapping[str, Any] | Spec | None = None,
    *,
    key: str,
    skip: tuple[str, ...] = (),
    choices: Mapping[str, tuple[str, ...]] | None = None,
    columns: int = 2,
) -> Filled:
    """Draws a widget for each field with a title, and says below a field what is wrong with it.

    `values` is what the form begins with; fields in `skip` and fields without a title keep theirs. `choices` turns a
    text field into a choice, such as a column's name. `key` begins the widgets' keys: `{key}.{field}`.
    """
    begin = dict(values.model_dump() if isinstance(values, Spec) else values or {})
    slots: dict[str, Any] = {}
    drawn = [name for name, info in kind.model_fields.items() if info.title and name not in skip]
    for at in range(0, len(drawn), columns):
        row = st.columns(columns, gap="medium")
        for column, name in zip(row, drawn[at : at + columns], strict=False):
            info = kind.model_fields[name]
            with column:
                begin[name] = _widget(info, begin.get(name, info.default), f"{key}.{name}", (choices or {}).get(name))
                slots[name] = st.container()
    filled = _validated(kind, begin)
    for name, fault in filled.faults.items():
        if name in slots:
            slots[name].caption(f":red[:material/error: {plain(fault)}]")
    return filled


def one_of(kinds: Mapping[str, Any], now: Any, tag: str, label: str, *, key: str) -> Filled:
    """One of a registry, with a sentence on when to choose it, then its own fields. `tag` is the field of its name."""
    names = list(kinds)
    chosen = st.selectbox(
        label,
        names,
        index=names.index(getattr(now, tag)),
        format_func=lambda name: _(kinds[name].title),
        key=f"{key}.{tag}",
    )
    kind = kinds[chosen]
    st.caption(_(kind.advice))
    begin = now if isinstance(now, kind) else kind(**{tag: chosen})
    return spec_form(kind, begin, key=f"{key}.{tag}.{chosen}")


def label_of(info: FieldInfo) -> str:
    """A field's title in the reader's language, with its unit."""
    title, extra = _(info.title or ""), _extra(info)
    return f"{title} ({_(extra['unit'])})" if extra.get("unit") else title


def _widget(info: FieldInfo, value: Any, key: str, choices: tuple[str, ...] | None) -> Any:
    inner, optional = _unwrapped(info.annotation)
    label, hint = label_of(info), _(info.description or "")
    if choices is not None or get_origin(inner) is Literal:
        return _choice(label, hint, key, choices if choices is not None else get_args(inner), value, optional)
    if inner is bool:
        return st.toggle(label, value=bool(value), key=key, help=hint)
    if inner in (int, float):
        return _number(info, inner, value, key, optional)
    if get_origin(inner) is tuple:
        return _several(label, hint, key, value)
    text = st.text_input(label, value="" if value is None else str(value), key=key, help=hint)
    return text or (None if optional else "")


def _choice(label: str, help: str, key: str, choices: tuple[str, ...], value: Any, optional: bool) -> Any:
    index = choices.index(value) if value in choices else (None if optional else 0)
    return st.selectbox(
        label,
        choices,
        index=index,
        key=key,
        help=help,
        format_func=_,
        placeholder=_("none") if optional else None,
    )


def _number(info: FieldInfo, kind: type, value: Any, key: str, optional: bool) -> Any:
    low, high = _bound(info, LOWER), _bound(info, UPPER)
    step = _extra(info).get("step")
    return st.number_input(
        label_of(info),
        min_value=None if low is None else kind(low),
        max_value=None if high is None else kind(high),
        value=None if value is None else kind(value),
        step=kind(step) if step else (1 if kind is int else None),
        format="%d" if kind is int else "%g",
        key=key,
        help=_(info.description or ""),
        placeholder=_("auto") if optional else None,
    )


def _several(label: str, help: str, key: str, value: Any) -> tuple[str, ...]:
    text = st.text_input(label, value=", ".join(str(part) for part in value or ()), key=key, help=help)
    return tuple(part.strip() for part in text.replace(";", ",").split(",") if part.strip())


def _validated(kind: type[Spec], values: dict[str, Any]) -> Filled:
    try:
        return Filled(kind.model_validate(values), values)
    except ValidationError as error:
        faults: dict[str, str] = {}
        for fault in error.errors():
            name = str(fault["loc"][0]) if fault["loc"] else ""
            faults.setdefault(name, _fault(fault))
        return Filled(None, values, faults)


def _fault(fault: Mapping[str, Any]) -> str:
    limits = fault.get("ctx", {})
    words = {
        "greater_than": _("This must be more than {gt}."),
        "greater_than_equal": _("This must be at least {ge}."),
        "less_than": _("This must be less than {lt}."),
        "less_than_equal": _("This must be at most {le}."),
        "int_parsing": _("Write whole numbers, with commas between them."),
        "int_type": _("Write a whole number."),
        "float_type": _("Write a number."),
        "missing": _("This is missing."),
    }.get(fault["type"])
    if words is None:
        return str(fault["msg"])
    return words.format(**{name: number(limit) for name, limit in limits.items() if isinstance(limit, int | float)})


def _unwrapped(annotation: Any) -> tuple[Any, bool]:
    """The type without Annotated and Optional, and whether None is allowed."""
    if get_origin(annotation) is Annotated:
        return _unwrapped(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        parts = [part for part in get_args(annotation) if part is not types.NoneType]
        if len(parts) == 1:
            return _unwrapped(parts[0])[0], len(parts) < len(get_args(annotation))
    return annotation, False


def _bound(info: FieldInfo, names: Mapping[str, str]) -> Any:
    for limit in info.metadata:
        attribute = names.get(type(limit).__name__)
        if attribute:
            return getattr(limit, attribute)
    return None


def _extra(info: FieldInfo) -> Mapping[str, Any]:
    return info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
