"""Recipes beside their data: a good first one, what is wrong with one, what it will cost. Asks no permission itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import psutil

from engine.backbones import LITE
from engine.encoders import NGrams, ResidualCNN
from engine.encoders.pretrained import Pretrained
from engine.errors import BadRecipe, BadTable
from engine.events import Note, Sentences
from engine.fitting import Fitting
from engine.inputs import INPUTS
from engine.models import Linear, ResidualMLP
from engine.models.weighted_sum import MOST_BYTES
from engine.recipe import EFFORTS, Answer, Input, Recipe, Split
from engine.table.columns import Schema, no_such_column
from engine.table.facts import ColumnFacts, given_column
from engine.table.target import check_target, usual_answer
from services import weights

# Memory of a training process, roughly and rather too much: Keras and scikit-learn loaded, then for each row its values
# as they are in the table and encoded, a few times over while they are sorted into parts.
BASE_BYTES = 1_200_000_000
VALUE_BYTES = 4
COPIES = 4
PICTURE_BYTES = 1_000_000_000  # pictures of a segment, twice, and what the largest layers make of a batch
WIDTHS = {"datetime": 13, "text": 64}
PHOTO = 48  # pixels of a side, from which on what was learned from photos tells something
FEW_PICTURES = 200  # of each answer
BESIDE = 0.85  # of a text's numbers left out beside other columns, or its words are learned by heart: see `mixture`
SUMMED_BYTES = {"image": 7_000, "text": 2_000}  # what a weighted sum holds of a cell
STORED_BYTES = {"category": 40, "boolean": 40, "text": 400}  # a cell in a table, on average; of numbers 8


def suggest(
    schema: Schema, facts: Sequence[ColumnFacts], values: pd.DataFrame, target: str, answer: Answer | None, effort: str
) -> Recipe:
    """A recipe to begin with: all columns that can tell something, the usual settings. `values` has the target column.

    A column that says which rows train and which test is taken at its word, and not learned from.

    Raises BadTable when there is no such column or it cannot be predicted.
    """
    tells = {each.name for each in facts if each.distinct > 1}
    usual = answer or usual_answer(values, schema, target)
    check_target(values, schema, target, usual)
    given = given_column(facts)
    if given == target:
        given = None
    inputs = tuple(
        Input(name=column.name, kind=column.kind)
        for column in schema.columns
        if column.name not in (target, given) and column.name in tells and not column.ignored and column.kind in INPUTS
    )
    return Recipe(
        target=target,
        answer=usual,
        inputs=inputs,
        **_suited({each.kind for each in inputs}, usual),
        **_read_by(inputs, facts, len(values) / max(1, values[target].nunique())),
        split=Split() if given is None else Split(method="given", column=given),
        effort=next((each for each in EFFORTS if each.name == effort), EFFORTS[1]),
    )


def _suited(kinds: set[str], answer: Answer) -> dict[str, Any]:
    """Settings other than the usual ones, for columns of these kinds.

    Texts alone, pictures alone: their encoder is the network, and nothing stands between it and the answer. Beside
    other columns a text joins them with most of its numbers left out at each step. Learning from pictures ends in small
    steps and in an average of many networks, and is not to be too sure of a class: on the pictures of `benchmarks`,
    each of the three lowered the loss on validation rows.
    """
    if kinds == {"text"}:
        return {"model": Linear()}
    if "text" in kinds:
        return {"text": NGrams(dropout=BESIDE)}
    if kinds != {"image"}:
        return {}
    smoothing = 0.1 if answer in ("binary", "multiclass") else 0.0
    return {
        "model": Linear(),
        "fitting": Fitting(schedule="cosine", averaging=0.98, label_smoothing=smoothing),
    }


def _read_by(inputs: Sequence[Input], facts: Sequence[ColumnFacts], rows: float) -> dict[str, Any]:
    """The encoder of pictures, where another than the usual one suits: for few photos, one that has seen many.

    `rows` are those of each answer, on average.
    """
    names = {column.name for column in inputs if column.kind == "image"}
    sides = [min(each.pictures.smallest) for each in facts if each.name in names and each.pictures]
    photos = bool(sides) and min(sides) >= PHOTO
    return {"image": Pretrained()} if photos and rows < FEW_PICTURES and weights.there(LITE) else {}


def faults(recipe: Recipe, schema: Schema, values: pd.DataFrame | None) -> tuple[Note, ...]:
    """All that keeps this recipe from being carried out on this table, in words. Empty: it can be.

    `values` has the target column; None when the table has no such column.
    """
    lacking = weights.missing(recipe.encoders.get("image"))
    return (
        *_target(recipe, schema, values),
        *_inputs(recipe, schema),
        *_family(recipe),
        *_split(recipe, schema),
        *([lacking] if lacking else []),
    )


def fits(recipe: Recipe, schema: Schema) -> bool:
    """Whether a table has all the columns that the recipe names, of the kinds that it names."""
    return recipe.target in schema and not any(_inputs(recipe, schema)) and not any(_split(recipe, schema))


def reasons(recipe: Recipe) -> tuple[Note, ...]:
    """Why its ways of reading texts and pictures suit its columns; nothing where a person chose another."""
    return (*_why_texts(recipe), *_why_pictures(recipe))


def _why_pictures(recipe: Recipe) -> tuple[Note, ...]:
    if not any(column.kind == "image" for column in recipe.inputs):
        return ()
    if isinstance(recipe.image, Pretrained):
        text = (
            "Recommended for few photos of each kind: a network that has seen millions of photos begins, and gets to "
            "know yours."
        )
        return (Note(text=text),)
    if isinstance(recipe.image, ResidualCNN):
        text = "Recommended for pictures: a compact network, as deep as their size allows, learns from yours alone."
        return (Note(text=text),)
    return ()


def _why_texts(recipe: Recipe) -> tuple[Note, ...]:
    kinds = {column.kind for column in recipe.inputs}
    if "text" not in kinds or not isinstance(recipe.text, NGrams):
        return ()
    if kinds == {"text"} and isinstance(recipe.model, Linear):
        return (
            Note(
                text="Recommended for texts alone: the words and their neighbours are weighed and added up. That takes "
                "seconds, and is hard to beat below tens of thousands of texts."
            ),
        )
    if kinds != {"text"} and isinstance(recipe.model, ResidualMLP):
        return (
            Note(
                text="Recommended for texts beside other columns: what their words and neighbours tell joins the other "
                "columns in one network."
            ),
        )
    return ()


def refuse(problems: Sequence[Note]) -> None:
    """Raises BadRecipe with all problems, if there are any."""
    if len(problems) == 1:
        raise BadRecipe(problems[0].text, **problems[0].values)
    if problems:
        raise BadRecipe("The recipe does not fit this data. {problems}", problems=Sentences(problems))


def memory_needed(recipe: Recipe, rows: int) -> int:
    """Bytes that training will take at most, by rule of thumb."""
    kinds = [column.kind for column in recipe.inputs]
    width = sum(WIDTHS.get(kind, 1) for kind in kinds)
    stored = sum(STORED_BYTES.get(kind, 8) for kind in kinds)
    pictures = PICTURE_BYTES if "image" in kinds else 0
    summed = min(MOST_BYTES, rows * sum(SUMMED_BYTES.get(kind, 0) for kind in kinds))  # by the weighted sum
    return BASE_BYTES + pictures + rows * (width * VALUE_BYTES * COPIES + 2 * stored) + 2 * summed


def memory_there() -> tuple[int, int]:
    """Bytes of memory of this machine or container: in all, and free now."""
    memory = psutil.virtual_memory()
    limit = _container_limit()
    if limit is None:
        return memory.total, memory.available
    return min(limit, memory.total), min(limit, memory.available)


def _container_limit() -> int | None:
    try:
        text = Path("/sys/fs/cgroup/memory.max").read_text("ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def _target(recipe: Recipe, schema: Schema, values: pd.DataFrame | None) -> Iterator[Note]:
    try:
        if values is None:
            raise no_such_column(recipe.target, schema.names)
        check_target(values, schema, recipe.target, recipe.answer)
    except BadTable as error:
        yield Note(text=error.text, values=dict(error.values))


def _inputs(recipe: Recipe, schema: Schema) -> Iterator[Note]:
    if not recipe.inputs:
        yield Note(text="No column is chosen to learn from. Choose at least one.")
    for name, times in Counter(column.name for column in recipe.inputs).items():
        if times > 1:
            yield Note(text="“{column}” is listed twice.", values={"column": name})
    for column in recipe.inputs:
        values = {"column": column.name, "kind": column.kind}
        if column.name == recipe.target:
            yield Note(text="“{column}” is what to predict, and cannot be learned from as well.", values=values)
        elif column.name not in schema:
            error = no_such_column(column.name, schema.names)
            yield Note(text=error.text, values=dict(error.values))
        elif column.kind not in INPUTS:
            yield Note(text="“{column}” is of the kind “{kind}”, which cannot be learned from yet.", values=values)
        elif column.kind != schema[column.name].kind:
            yield Note(
                text="“{column}” is of the kind “{now}” in this data, and not “{kind}”. Choose it again.",
                values=values | {"now": schema[column.name].kind},
            )


def _family(recipe: Recipe) -> Iterator[Note]:
    kinds = [INPUTS[column.kind] for column in recipe.inputs if column.kind in INPUTS]
    if kinds and not any(recipe.model.reads(kind) for kind in kinds):
        yield Note(
            text="“{family}” cannot learn from any of the chosen columns. Choose another family, or other columns.",
            values={"family": recipe.model.title},
        )


def _split(recipe: Recipe, schema: Schema) -> Iterator[Note]:
    split = recipe.split
    if split.method in ("random", "stratified"):
        return
    what = {"time": "date", "given": "part"}.get(split.method, "group")
    if split.column is None:
        yield Note(text="Choose the column that holds the {what} to split by.", values={"what": what})
    elif split.column not in schema:
        error = no_such_column(split.column, schema.names)
        yield Note(text=error.text, values=dict(error.values))
    elif split.method == "time" and schema[split.column].kind not in ("datetime", "number"):
        yield Note(
            text="“{column}” holds no dates or numbers, so that rows have no order in time.",
            values={"column": split.column},
        )
    elif split.column in {recipe.target, *(column.name for column in recipe.inputs)} and split.method == "given":
        yield Note(
            text="“{column}” says which rows train and which test, and can be neither learned from nor predicted.",
            values={"column": split.column},
        )
