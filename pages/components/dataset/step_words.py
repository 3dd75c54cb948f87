"""Cleaning steps and remedies in words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from engine.table.steps import AsMissing, Correct, Ignore, Rename, Retype, Step
from engine.table.warnings import Finding, LeaveOut
from pages.components.words import _, kind_title, ngettext

SHOWN = 4


def step_in_words(step: Step) -> str:
    """What a step does, plain text."""
    if isinstance(step, Retype):
        return _("“{column}” becomes {kind}").format(column=step.column, kind=kind_title(step.kind))
    if isinstance(step, AsMissing):
        values = ", ".join(f"“{value}”" for value in step.values[:SHOWN])
        more = _(" and others") if len(step.values) > SHOWN else ""
        return _("{values}{more} in “{column}” count as missing").format(values=values, more=more, column=step.column)
    if isinstance(step, Rename):
        return _("“{column}” is called “{to}”").format(column=step.column, to=step.to)
    if isinstance(step, Correct):
        n = len(step.values)
        text = ngettext("{n} value of “{column}” is corrected", "{n} values of “{column}” are corrected", n)
        return text.format(n=n, column=step.column)
    return _("“{column}” is left out").format(column=step.column)


def steps_in_words(steps: Sequence[Step]) -> str:
    """Several steps as the note of a version."""
    said = [step_in_words(step) for step in steps[:SHOWN]]
    if len(steps) > SHOWN:
        left = len(steps) - SHOWN
        said.append(ngettext("{n} more step", "{n} more steps", left).format(n=left))
    return "; ".join(said)


def remedy_of(finding: Finding) -> tuple[str, tuple[Step, ...]]:
    """The words on the remedy's button, and the steps that it stands for; none when it is a choice for training."""
    remedy = finding.remedy
    if isinstance(remedy, Retype):
        return _("Make it {kind}").format(kind=kind_title(remedy.kind)), (remedy,)
    if isinstance(remedy, AsMissing):
        return _("Count as missing"), (remedy,)
    if isinstance(remedy, Rename):
        return _("Rename"), (remedy,)
    if isinstance(remedy, Ignore):
        return _("Leave it out"), (remedy,)
    if isinstance(remedy, LeaveOut):
        return _("Leave it out"), tuple(Ignore(column=column) for column in remedy.columns)
    return "", ()


def changes(before: pd.Series, after: pd.Series, most: int = 3) -> list[tuple[str, str]]:
    """Different values as they were and as they are, each once: [(“?”, “missing”), …]."""
    pairs = {}
    for old, new in zip(before, after, strict=True):
        was, now = cell(old), cell(new)
        if was != now:
            pairs.setdefault(was, now)
        if len(pairs) == most:
            break
    return list(pairs.items())


def cell(value: object) -> str:
    """A cell as a person reads it."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return _("missing")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
