"""Facts about texts and pictures: lengths, scripts, sizes, and what is there more than once."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.table.columns import ROW, Column, Schema
from engine.table.facts import column_facts, given_column
from engine.table.keeping import keep
from engine.table.scripts import script_shares
from engine.table.telling import telling_words
from tests.engine.table.archives import picture


def facts_of(folder=None, **columns):
    """Facts by column; its name tells its kind."""
    kinds = {"text": "text", "picture": "image", "part": "category"}
    schema = Schema(columns=tuple(Column(name=name, kind=kinds[name], read_as=kinds[name]) for name in columns))
    frame = pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in columns.items()}).rename_axis(ROW)
    return {each.name: each for each in column_facts(frame, schema, folder)}


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Füße naïve", "Latin"), ("味道很好，送餐快", "Chinese"), ("おいしいラーメンを食べた", "Japanese"),
        ("맛있어요", "Korean"), ("очень вкусно", "Cyrillic"), ("טעים מאוד", "Hebrew"),
        ("لذيذ جدا", "Arabic"), ("स्वादिष्ट", "Indic"), ("νόστιμο", "Greek"), ("อร่อย", "Thai"),
    ],
)  # fmt: skip
def test_scripts_are_told_by_their_letters(text, script):
    assert script_shares([text]) == {script: 1.0}


def test_mixed_texts_have_shares_and_signs_have_none():
    shares = script_shares(["好吃 ok", "123 !? 👍 \n"])
    assert shares == {"Chinese": 0.5, "Latin": 0.5}
    assert script_shares(["12 👍"]) == {}


def test_texts_have_lengths_scripts_and_repeats():
    texts = ["one two", "one two", None, "x" * 1000, "短"]
    found = facts_of(text=texts, part=["train", "test", "train", "train", "test"])["text"].texts
    assert (found.rows, found.median, found.longest) == (4, 7, 1000)
    assert found.repeats.rows == 1
    assert found.repeats.across == 1
    assert facts_of(text=texts)["text"].texts.repeats.across is None
    assert facts_of(text=[None, None])["text"].texts is None


def test_pictures_have_sizes_colours_and_repeats(tmp_path):
    kept = [
        keep(picture(seed, size, mode), tmp_path).reference
        for seed, size, mode in [(0, (8, 6), "L"), (1, (8, 6), "RGB"), (0, (8, 6), "L"), (2, (90, 20), "RGB")]
    ]
    parts = ["train", "train", "validation", "test", "test"]
    found = facts_of(tmp_path, picture=[*kept, None], part=parts)["picture"].pictures
    assert found.rows == 4
    assert [(size.label, size.count) for size in found.sizes] == [("8 × 6", 3), ("90 × 20", 1)]
    assert (found.smallest, found.largest, found.grey) == ((8, 6), (90, 20), 2)
    assert (found.repeats.rows, found.repeats.across) == (1, 1)


@pytest.mark.parametrize(
    ("words", "given"),
    [
        (["Train", "TEST"], True),
        (["train", "val", "test", None], True),
        (["train", "valid"], False),
        (["a", "b"], False),
    ],
)
def test_a_column_of_parts_is_known_by_its_words(words, given):
    assert (given_column(facts_of(part=words * 5).values()) == "part") is given


def test_each_class_has_its_telling_words():
    texts = ["cheap meds buy now", "buy cheap watches", "lunch at noon", "see you at lunch", "the cheap buy"] * 20
    labels = ["spam", "spam", "ham", "ham", "spam"] * 20
    found = {each.label: each for each in telling_words(pd.Series(texts), pd.Series(labels))}
    assert {word.word for word in found["spam"].words[:2]} == {"cheap", "buy"}
    assert {word.word for word in found["ham"].words[:2]} == {"lunch", "at"}
    assert found["spam"].rows == 60
    assert (found["spam"].words[0].here, found["spam"].words[0].elsewhere) == (1.0, 0.0)


def test_texts_without_spaces_have_telling_pairs_of_signs():
    texts = ["味道很好吃", "真的很好吃啊", "太难吃了", "难吃，不会再来"] * 20
    found = {each.label: each for each in telling_words(pd.Series(texts), pd.Series(["好", "好", "差", "差"] * 20))}
    assert "好吃" in {word.word for word in found["好"].words}
    assert "难吃" in {word.word for word in found["差"].words}


def test_nothing_is_telling_where_all_is_alike():
    assert telling_words(pd.Series(["same words"] * 30), pd.Series(["a", "b"] * 15)) == ()
    assert telling_words(pd.Series([None, "!?"] * 15, dtype="str"), pd.Series(["a", "b"] * 15)) == ()
