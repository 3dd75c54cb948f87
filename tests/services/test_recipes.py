"""Recipes for texts: what is suggested, why, and what is refused. Trains nothing."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.encoders import LSTM, NGrams
from engine.models import FAMILIES, GradientBoosting, Linear, ResidualMLP, WeightedSum
from engine.recipe import Recipe
from engine.table.columns import ROW, Column, Schema
from engine.table.facts import column_facts
from services import recipes

SCHEMA = Schema(
    columns=(
        Column(name="review", kind="text", read_as="text"),
        Column(name="stars", kind="number", read_as="number"),
        Column(name="kind", kind="category", read_as="category"),
    )
)


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    frame = pd.DataFrame(
        {
            "review": [f"a sentence number {i} about food" for i in range(60)],
            "stars": [float(i % 5) for i in range(60)],
            "kind": ["good", "bad"] * 30,
        }
    ).rename_axis(ROW)
    path = tmp_path_factory.mktemp("reviews") / "table.parquet"
    frame.reset_index().to_parquet(path, index=False)
    return path, frame


def suggested(table, *, without: tuple[str, ...] = ()) -> Recipe:
    path, frame = table
    schema = Schema(columns=tuple(column for column in SCHEMA.columns if column.name not in without))
    return recipes.suggest(schema, column_facts(path, schema), frame[["kind"]], "kind", None, "quick")


def test_texts_alone_go_straight_to_the_answer_and_the_page_says_why(table):
    recipe = suggested(table, without=("stars",))
    assert isinstance(recipe.model, Linear)
    assert "Recommended for texts alone" in recipes.reasons(recipe)[0].text


def test_texts_beside_other_columns_join_them_in_one_network(table):
    recipe = suggested(table)
    assert {column.kind for column in recipe.inputs} == {"text", "number"}
    assert isinstance(recipe.model, ResidualMLP)
    assert recipe.text == NGrams(dropout=recipes.BESIDE)
    assert "beside other columns" in recipes.reasons(recipe)[0].text


def test_what_a_person_chose_is_not_called_recommended(table):
    recipe = suggested(table, without=("stars",))
    assert recipes.reasons(recipe.model_copy(update={"text": LSTM()})) == ()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_that_reads_none_of_the_columns_is_refused_in_words(table, family):
    _path, frame = table
    texts = suggested(table, without=("stars",)).model_copy(update={"model": FAMILIES[family](family=family)})
    numbers = suggested(table, without=("review",)).model_copy(update={"model": FAMILIES[family](family=family)})
    said = [note.text for recipe in (texts, numbers) for note in recipes.faults(recipe, SCHEMA, frame[["kind"]])]
    refused = {GradientBoosting: 1, WeightedSum: 1}.get(FAMILIES[family], 0)
    assert len(said) == refused
    assert all("cannot learn from any of the chosen columns" in text for text in said)
