"""Compares runs on the test rows that all of them were tested on. Knows their row tables, not their models."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from engine.answers import PROBABILITY_OF, Answers, ClassAnswers, LabelAnswers, NumberAnswers
from engine.errors import BadRecipe
from engine.evaluation.intervals import FEWEST_ROWS
from engine.evaluation.kinds import KINDS
from engine.evaluation.measures import Measures
from engine.evaluation.rows import known
from engine.evaluation.scoring import Scored, score
from engine.evaluation.verdict import Sayings, figures
from engine.events import Note
from engine.labels import flags, separator_between
from engine.results import ComparedRun, Comparison, Metric
from engine.table.columns import ROW
from engine.targets import Target

SAME = 1e-5  # of the spread: truths that differ by less are the same number, stored with other rounding
WHOLE = re.compile(r"-?\d+\.0")  # how an earlier Loam called a class that is a whole number, beside fractions

MATCHING = Sayings(
    "“{run}” is better than “{first}”: its labels match {value} times in 100 instead of {reference}.",
    "“{run}” is about as good as “{first}”: their labels match {value} and {reference} times in 100.",
    "“{run}” is worse than “{first}”: its labels match {value} times in 100 instead of {reference}.",
    "The rows are too few to tell “{run}” from “{first}”: their labels match {value} and {reference} times in 100.",
)
SENTENCES = {
    "accuracy": Sayings(
        "“{run}” is better than “{first}”: right {value} times in 100 instead of {reference}.",
        "“{run}” is about as good as “{first}”: right {value} and {reference} times in 100.",
        "“{run}” is worse than “{first}”: right {value} times in 100 instead of {reference}.",
        "The rows are too few to tell “{run}” from “{first}”: right {value} and {reference} times in 100.",
    ),
    "micro_f1": MATCHING,
    "jaccard": MATCHING,
    "mae": Sayings(
        "“{run}” is better than “{first}”: off by {value} on average instead of {reference}.",
        "“{run}” is about as good as “{first}”: off by {value} and {reference} on average.",
        "“{run}” is worse than “{first}”: off by {value} on average instead of {reference}.",
        "The rows are too few to tell “{run}” from “{first}”: off by {value} and {reference} on average.",
    ),
}


def compare(tables: Mapping[str, pd.DataFrame], *, seed: int = 0) -> Comparison:
    """Compares each run with the first, on the same rows of one data set.

    `tables` are the runs' test rows by label: `__row__`, `truth`, and what `Answers.frame` gives. Raises BadRecipe when
    the runs do not predict the same thing.
    """
    labels = list(tables)
    answered = [kind_of(table) for table in tables.values()]
    if len(set(answered)) > 1:
        other = next(i for i, kind in enumerate(answered) if kind is not answered[0])
        raise BadRecipe(
            "“{first}” and “{other}” cannot be compared: their answers are of different kinds.",
            first=labels[0],
            other=labels[other],
        )
    kind = KINDS[answered[0]]
    common, disagreeing = shared_rows(tables, number=answered[0] is NumberAnswers)
    rows = len(next(iter(common.values())))
    if rows == 0:
        return apart(tables)
    pairs = [(label, labels[0]) for label in labels[1:]]
    scored = score(measures_of(common, answered[0]), pairs, (kind.headline, kind.second), seed)
    runs = tuple(
        ComparedRun(label=label, own_rows=len(tables[label]), metrics=scored.metrics[label]) for label in labels
    )
    return _comparison(kind.headline, rows, runs, scored, _sentences(scored, kind.headline, rows, disagreeing))


def apart(tables: Mapping[str, pd.DataFrame]) -> Comparison:
    """Runs that have no test row in common, as those on different data sets: row ids mean something within one only."""
    runs = tuple(ComparedRun(label=label, own_rows=len(table), metrics=()) for label, table in tables.items())
    text = (
        "These runs have no test rows in common, so they cannot be compared fairly. "
        "Runs on the same data set with the same split can be."
    )
    headline = KINDS[kind_of(next(iter(tables.values())))].headline
    return _comparison(headline, 0, runs, Scored({}, (), 0), [Note(text=text)])


def tested_rows(target: Target, truth: pd.Series[Any], answers: pd.DataFrame) -> pd.DataFrame:
    """A table to compare: the rows whose truth the target knows, with their answers.

    `truth` are cells by row id, `answers` what `Answers.frame` gave for these rows, in their order.
    """
    encoded = target.encode(truth)
    there = known(encoded)
    words = target.decode(np.zeros((0, target.outputs), "float32")).read(target.in_own_unit(encoded[there]))
    table = answers[there].reset_index(drop=True)
    table.insert(0, ROW, truth.index[there])
    table.insert(1, "truth", words)
    return table


def kind_of(table: pd.DataFrame) -> type[Answers]:
    """The kind of answers in a row table: only those of numbers have ends, only those of classes one probability."""
    if "low" in table.columns:
        return NumberAnswers
    return ClassAnswers if "probability" in table.columns else LabelAnswers


def _comparison(
    headline: str, rows: int, runs: tuple[ComparedRun, ...], scored: Scored, sentences: list[Note]
) -> Comparison:
    return Comparison(
        rows=rows,
        headline=headline,
        runs=runs,
        differences=scored.differences,
        sentences=tuple(sentences),
        enough=rows >= FEWEST_ROWS,
    )


def shared_rows(tables: Mapping[str, pd.DataFrame], *, number: bool) -> tuple[dict[str, pd.DataFrame], int]:
    """The rows in common, in the same order, and how many more were left out because their truths differ.

    Truths differ where a later version of the data set was corrected, or all over, where runs predict other columns.
    """
    indexed = {label: table.dropna(subset=["truth"]).set_index(ROW) for label, table in _spelled(tables).items()}
    first, *others = indexed.values()
    shared = first.index
    for other in others:
        shared = shared.intersection(other.index)
    shared = shared.sort_values()
    truth = first.loc[shared, "truth"]
    same = np.ones(len(shared), dtype=bool)
    for label, other in indexed.items():
        agrees = _agree(truth, other.loc[shared, "truth"], number=number)
        if len(shared) and agrees.mean() < 0.5:
            raise BadRecipe("“{run}” predicts something else than “{first}”.", run=label, first=next(iter(tables)))
        same &= agrees
    return {label: table.loc[shared[same]] for label, table in indexed.items()}, int((~same).sum())


def spelling(*runs: Iterable[str]) -> dict[str, str]:
    """Whole numbers among the classes of some runs that are called otherwise today: “1.0” → “1”.

    Where one run tells both apart they are words, and stay.
    """
    each = [set(names) for names in runs]
    today = {name: name.removesuffix(".0") for names in each for name in names if WHOLE.fullmatch(name)}
    return {old: new for old, new in today.items() if not any({old, new} <= names for names in each)}


def _spelled(tables: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
    """The row tables, their classes called as they are today."""
    if any(kind_of(table) is not ClassAnswers for table in tables.values()):
        return tables
    names = spelling(*map(_choices, tables.values()))
    columns = {PROBABILITY_OF + old: PROBABILITY_OF + new for old, new in names.items()}
    cells = {"truth": names, "answer": names}
    return {label: table.rename(columns=columns).replace(cells) for label, table in tables.items()}


def _agree(one: pd.Series[Any], other: pd.Series[Any], *, number: bool) -> np.ndarray:
    if not number:
        return np.asarray(one.astype(str).to_numpy() == other.astype(str).to_numpy())
    values = one.to_numpy(dtype="float64")
    spread = float(values.std()) if len(values) else 0.0
    return np.asarray(np.isclose(values, other.to_numpy(dtype="float64"), rtol=SAME, atol=SAME * spread))


def measures_of(tables: Mapping[str, pd.DataFrame], kind: type[Answers]) -> dict[str, Measures]:
    """The measures of each row table, all of the same rows."""
    # All in the first run's order, so that the second of two classes is the same one for every run.
    choices = _all_choices(tables)
    return {label: KINDS[kind].measures(*_read(table, kind, choices)) for label, table in tables.items()}


def row_errors(tables: Mapping[str, pd.DataFrame], kind: type[Answers], metric: str) -> dict[str, np.ndarray]:
    """What `Answers.errors` says of each row (rows,) of row tables, all of the same rows."""
    read = {label: _read(table, kind, _all_choices(tables)) for label, table in tables.items()}
    return {label: answers.errors(metric, truth) for label, (truth, answers) in read.items()}


def _all_choices(tables: Mapping[str, pd.DataFrame]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for table in tables.values() for name in _choices(table)))


def _read(table: pd.DataFrame, kind: type[Answers], choices: tuple[str, ...]) -> tuple[np.ndarray, Answers]:
    """Truth and answers."""
    if kind is NumberAnswers:
        return _of_numbers(table)
    return _of_classes(table, choices) if kind is ClassAnswers else _of_labels(table, choices)


def _of_numbers(table: pd.DataFrame) -> tuple[np.ndarray, Answers]:
    value, low, high = (table[name].to_numpy(dtype="float64") for name in ("answer", "low", "high"))
    return table["truth"].to_numpy(dtype="float64"), NumberAnswers(value, low, high)


def _choices(table: pd.DataFrame) -> list[str]:
    return [str(name).removeprefix(PROBABILITY_OF) for name in table.columns if str(name).startswith(PROBABILITY_OF)]


def _chances(table: pd.DataFrame, choices: tuple[str, ...]) -> np.ndarray:
    """Probabilities (rows, choices); 0 of what this run does not know."""
    chances = np.zeros((len(table), len(choices)))
    for name in _choices(table):
        chances[:, choices.index(name)] = table[PROBABILITY_OF + name].to_numpy(dtype="float64")
    return chances


def _of_classes(table: pd.DataFrame, choices: tuple[str, ...]) -> tuple[np.ndarray, Answers]:
    places = pd.Index(choices)
    chosen = places.get_indexer(pd.Index(table["answer"].astype(str)))
    truth = places.get_indexer(pd.Index(table["truth"].astype(str)))
    return truth, ClassAnswers(choices, _chances(table, choices), chosen)


def _of_labels(table: pd.DataFrame, choices: tuple[str, ...]) -> tuple[np.ndarray, Answers]:
    separator = separator_between(table["truth"], table["answer"], names=choices)
    chosen, truth = (flags(table[name], choices, separator) for name in ("answer", "truth"))
    return truth, LabelAnswers(choices, _chances(table, choices), chosen, separator)


def _sentences(scored: Scored, headline: str, rows: int, disagreeing: int) -> list[Note]:
    said = [
        Note(text="Compared on the {rows} test rows that all of these runs have.", values={"rows": f"{rows:,}"}),
    ]
    if disagreeing:
        text = "{rows} more were left out, because their right answer was changed between these runs."
        said.append(Note(text=text, values={"rows": f"{disagreeing:,}"}))
    return said + outcomes(scored, headline)


def outcomes(scored: Scored, headline: str) -> list[Note]:
    """Each difference in the headline metric, and about how many more rows would tell where these do not."""
    said = []
    for each in scored.differences:
        if each.metric != headline:
            continue
        found = {"model": _named(scored, each.first, headline), "other": _named(scored, each.second, headline)}
        written = figures(headline, found, ["other"] if each.outcome in {"better", "worse"} else [])
        values = {"run": each.first, "first": each.second, "value": written["model"], "reference": written["other"]}
        said.append(Note(text=getattr(SENTENCES[headline], each.outcome), values=values))
        if each.more:
            said.append(Note(text="About {more} more rows would tell.", values={"more": f"{each.more:,}"}))
    return said


def _named(scored: Scored, label: str, name: str) -> Metric:
    return next(metric for metric in scored.metrics[label] if metric.name == name)
