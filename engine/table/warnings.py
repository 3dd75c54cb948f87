"""Warnings about a table in words, each with a remedy of one click where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import Field

from engine.recipe import Answer
from engine.spec import Spec
from engine.table.columns import TABULAR, Schema
from engine.table.disguises import disguised
from engine.table.facts import ColumnFacts
from engine.table.kinds import FEW, UNIQUE, is_id_name
from engine.table.leaks import Leak, find_leaks
from engine.table.steps import AsMissing, Ignore, Retype, Step
from engine.table.target import usual_answer
from engine.table.values import as_text

MOSTLY = 0.8  # share of missing values that is told
LOPSIDED = 0.9  # share of the most frequent answer that is told
REPEATED = 0.01  # share of rows that repeat a text or a picture that is told
SELDOM = 10  # classes with fewer rows are told


class LeaveOut(Spec):
    """A remedy in the recipe: do not learn from these columns."""

    op: Literal["leave out"] = "leave out"
    columns: tuple[str, ...]


class Balance(Spec):
    """A remedy in the recipe: class weights, so that rare answers count as much as frequent ones."""

    op: Literal["balance"] = "balance"


RecipeRemedy = Annotated[LeaveOut | Balance, Field(discriminator="op")]
Code = Literal["constant", "identifier", "disguised", "imbalance", "leak", "mostly missing", "repeated"]


class Finding(Spec):
    """One warning. `text` is a template for `values`; `rows` is the number of rows it rests on."""

    code: Code
    column: str
    text: str
    values: dict[str, Any] = Field(default_factory=dict)
    remedy: Step | RecipeRemedy | None = None
    rows: int


def warnings(
    facts: Sequence[ColumnFacts],
    schema: Schema,
    frame: pd.DataFrame,
    *,
    target: str | None = None,
    answer: Answer | None = None,
) -> tuple[Finding, ...]:
    """What is wrong with the columns; with a target also what is wrong with it and which columns give it away.

    `facts` are of the whole version; `frame` is the version or a random part of it, for what facts do not tell.
    `answer` None takes the usual one for the target.
    """
    found: list[Finding] = []
    for one in facts:
        if not schema[one.name].ignored:
            found += _of_column(one, frame)
    if target is not None:
        usual = answer or usual_answer(frame, schema, target)
        if usual in ("binary", "multiclass"):
            found += _imbalance(next(one for one in facts if one.name == target), frame[target])
        if schema[target].kind in TABULAR:
            found += [_leak(leak, target, usual) for leak in find_leaks(frame, schema, target, usual)]
    return tuple(found)


def _of_column(facts: ColumnFacts, frame: pd.DataFrame) -> Iterator[Finding]:
    name, present = facts.name, facts.rows - facts.missing
    ignore = Ignore(column=name)
    if not present:
        yield _finding("constant", facts, "“{column}” holds no values.", remedy=ignore)
    elif facts.distinct == 1 and not facts.missing:
        text = "“{column}” holds the same value in every row: “{value}”. Nothing can be learned from it."
        yield _finding("constant", facts, text, remedy=ignore, value=facts.examples[0] if facts.examples else "")
    elif facts.missing >= MOSTLY * facts.rows:
        text = "“{column}” is missing in {percent} % of the rows."
        yield _finding("mostly missing", facts, text, remedy=ignore, percent=round(100 * facts.missing / facts.rows, 1))
    elif _names_rows(facts):
        text = "“{column}” names its rows: {distinct} different values in {rows} rows. Nothing can be learned from it."
        values = {"distinct": facts.distinct, "rows": present}
        yield _finding("identifier", facts, text, remedy=Retype(column=name, kind="identifier"), **values)
    yield from _repeated(facts)
    hidden = disguised(facts.kind, frame[name]) if present else None
    if hidden is not None:
        text = "In {count} of {rows} rows “{column}” is {words}, which looks like a missing value."
        words = ", ".join(f"“{word}”" for word in hidden.words)
        step = AsMissing(column=name, values=hidden.words, kind=hidden.kind)
        finding = _finding("disguised", facts, text, remedy=step, count=hidden.count, words=words, rows=len(frame))
        yield finding.model_copy(update={"rows": len(frame)})


def _repeated(facts: ColumnFacts) -> Iterator[Finding]:
    """Texts or pictures that are there more than once, most of all on both sides of the split."""
    known = facts.texts or facts.pictures
    if known is None:
        return
    if known.repeats.across:
        text = (
            "In {count} validation or test rows “{column}” holds exactly what a training row holds, so the score will "
            "look better than it is."
        )
        yield _finding("repeated", facts, text, remedy=None, count=known.repeats.across)
    elif known.repeats.across is None and known.repeats.rows >= REPEATED * known.rows:
        text = (
            "{count} rows repeat the “{column}” of an earlier row exactly. Where some of them train and others test, "
            "the score looks better than it is: a split by group on “{column}” keeps them together."
        )
        yield _finding("repeated", facts, text, remedy=None, count=known.repeats.rows)


def _finding(code: Code, facts: ColumnFacts, text: str, *, remedy: Step | None, **values: object) -> Finding:
    shown = {"column": facts.name, **values}
    return Finding(code=code, column=facts.name, text=text, values=shown, remedy=remedy, rows=facts.rows)


def _names_rows(facts: ColumnFacts) -> bool:
    present = facts.rows - facts.missing
    if present < FEW or facts.distinct < UNIQUE * present:
        return False
    if facts.kind == "category":
        return True
    if facts.kind != "number" or not facts.whole or facts.distinct < present:
        return False
    span = facts.quantiles[-1] - facts.quantiles[0] + 1
    return is_id_name(facts.name) or span <= 1.05 * facts.distinct


def _imbalance(facts: ColumnFacts, values: pd.Series[Any]) -> Iterator[Finding]:
    counts = values.value_counts()
    if len(counts) < 2:
        return
    total = int(counts.sum())
    shown = {"column": facts.name, "value": as_text(counts.index[0]), "percent": round(100 * counts.iloc[0] / total, 1)}
    if counts.iloc[0] >= LOPSIDED * total:
        text = "“{column}” is “{value}” in {percent} % of the rows. A model that always says so would look good."
        yield Finding(code="imbalance", column=facts.name, text=text, values=shown, remedy=Balance(), rows=total)
    rare = counts[counts < SELDOM]
    if len(rare) and total >= 10 * SELDOM:
        text = (
            "“{column}” has values that come in fewer than {limit} rows, such as “{value}” ({count} in all): "
            "too few to learn."
        )
        shown = {"column": facts.name, "count": len(rare), "limit": SELDOM, "value": as_text(rare.index[0])}
        yield Finding(code="imbalance", column=facts.name, text=text, values=shown, rows=total)


LEAKS: dict[str, str] = {
    "number": "“{column}” alone tells “{target}” almost exactly.",
    "classes": "“{column}” alone gives the right “{target}” {percent} times in 100.",
    "filled in": "Whether “{column}” is filled in tells “{target}” {percent} times in 100.",
    "sum": "“{column}” and “{other}” add up to “{target}”.",
    "difference": "“{target}” is the difference of “{column}” and “{other}”.",
    "product": "“{target}” is “{column}” times “{other}”.",
    "quotient": "“{target}” is one of “{column}” and “{other}” divided by the other.",
}
KNOWN_LATER = " If that is known only together with the answer, leave it out."


def _leak(leak: Leak, target: str, answer: Answer) -> Finding:
    kind = ("number" if answer == "number" else "classes") if leak.how == "alone" else leak.how
    shown = {"column": leak.columns[0], "other": leak.columns[-1], "target": target}
    return Finding(
        code="leak",
        column=leak.columns[0],
        text=LEAKS[kind] + KNOWN_LATER,
        values={**shown, "percent": round(100 * leak.share, 1)},
        remedy=LeaveOut(columns=leak.columns),
        rows=leak.rows,
    )
