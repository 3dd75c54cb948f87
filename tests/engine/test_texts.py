"""Texts cut into pieces, subwords learned from them, and runs of neighbours. Fits no network."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine import subwords
from engine.encoders import LSTM, NGrams
from engine.inputs import text
from engine.inputs.text import FIRST, UNKNOWN, Text
from engine.texts import spans, words

NOTES = pd.Series(["the tea is good", "the tea is cold", "good tea", "cold coffee", None] * 3, dtype="str")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("The tea, GOOD!", ["the", "tea", ",", "good", "!"]),
        ("送餐很快abc", ["送", "餐", "很", "快", "abc"]),
        ("ラーメン 안녕", ["ラ", "ー", "メ", "ン", "안", "녕"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("\uff26\uff55\uff4c\uff4c na\u0308ive", ["full", "näive"]),
        ("שלום\x00 😀", ["שלום", "\x00", "😀"]),
    ],
)
def test_texts_of_any_script_are_cut_without_a_setting(text, pieces):
    assert words(text) == pieces


def test_spans_stand_where_the_words_are_written():
    text = "Très bon, 很快"
    assert [text[a:b] for a, b in spans(text)] == ["Très", "bon", "很", "快"]


def test_frequent_parts_of_words_become_subwords():
    known = subwords.learn(["playing played plays", "staying stayed stays"] * 3, 40)
    cut = subwords.cutter(known)
    assert "ay" in "".join(known)
    assert cut("playing") == ["playing"]
    assert "".join(cut("slaying")) == "slaying"
    assert len(cut("slaying")) < len("slaying")


def test_subwords_of_a_script_without_spaces_are_longer_than_a_character():
    known = subwords.learn(["味道很好", "味道不错", "送餐很快", "味道好"] * 3, 30)
    assert "味道" in subwords.cutter(known)("这个味道")


def test_subwords_are_the_same_each_time():
    texts = ["a rose is a rose", "aaa bbb aaa"] * 2
    assert subwords.learn(texts, 20) == subwords.learn(texts, 20)


def test_a_bag_holds_each_known_piece_and_run_once():
    fitted = Text.fit("note", NOTES, NGrams().reading)
    (row,) = fitted.encode(pd.Series(["tea tea is good good"]))
    held = {code for code in row.tolist() if code}
    assert len(held) == np.count_nonzero(row)
    assert held == {code_of(fitted, piece) for piece in ("tea", "is", "good")} | {
        run_of(fitted, "tea", "is"),
        run_of(fitted, "is", "good"),
    }


def code_of(fitted: Text, piece: str) -> int:
    return FIRST + fitted.known.index(piece)


def run_of(fitted: Text, first: str, second: str) -> int:
    pair = (code_of(fitted, first), code_of(fitted, second))
    return FIRST + len(fitted.known) + fitted.runs.index(pair)


def test_runs_of_three_characters_are_found_in_chinese_and_never_across_texts():
    fitted = Text.fit("note", pd.Series(["送餐很快", "送餐很慢", "快"] * 2), NGrams().reading)
    assert fitted.neighbours == 3
    pairs = run_of(fitted, "送", "餐")
    assert (pairs, code_of(fitted, "很")) in fitted.runs
    assert (code_of(fitted, "快"), code_of(fitted, "送")) not in fitted.runs


def test_what_one_training_text_holds_has_no_code():
    fitted = Text.fit("note", pd.Series(["rare word", "common word", "common word"]), NGrams().reading)
    assert "rare" not in fitted.known
    assert len(fitted.runs) == 1


def test_rarer_words_tell_more():
    fitted = Text.fit("note", NOTES, NGrams().reading)
    rarity = fitted.rarity
    assert rarity[code_of(fitted, "tea")] < rarity[code_of(fitted, "coffee")]
    assert rarity[:FIRST].tolist() == [0, 0]


def test_a_vocabulary_that_is_full_keeps_what_most_texts_hold():
    texts = pd.Series([f"a{i % 40} b{i % 41} c{i % 43}" for i in range(4000)])
    fitted = Text.fit("note", texts, NGrams(known=100).reading)
    assert len(fitted.known) == len(fitted.runs) == 100
    assert fitted.held[: len(fitted.known)] == tuple(sorted(fitted.held[: len(fitted.known)], reverse=True))
    again = fitted.encode(texts.head(3))
    assert (again < fitted.codes).all()


@pytest.mark.parametrize("pieces", ["words", "subwords"])
def test_so_many_pieces_teach_however_long_the_texts_are(pieces, monkeypatch):
    monkeypatch.setattr(text, "MOST_PIECES", 2_000)
    sorted_texts = pd.Series(["good tea " * 50] * 200 + ["cold coffee " * 50] * 200)
    fitted = Text.fit("note", sorted_texts, LSTM(pieces=pieces).reading)
    assert fitted.texts == 20
    assert {"tea", "coffee"} <= set(fitted.known)  # those that teach stand anywhere


@pytest.mark.parametrize("encoder", [NGrams, LSTM])
@pytest.mark.parametrize("pieces", ["words", "subwords"])
def test_texts_are_cut_to_be_counted_as_they_are_cut_to_be_answered(encoder, pieces):
    """“unbelievable” stands in one text alone: it is no part, and what it is made of counts."""
    texts = pd.Series(["unbelievable unbelievable unbelievable", "believe able", "able under", "able believe"])
    fitted = Text.fit("note", texts, encoder(pieces=pieces).reading)
    encoded = fitted.encode(texts)
    held = [int((encoded == code).any(axis=1).sum()) for code in range(FIRST, fitted.codes)]
    assert "unbelievable" not in fitted.known
    assert held == list(fitted.held)
    assert fitted.length == max(4, int(np.percentile(longest_of(fitted, texts), 99)))


def longest_of(fitted: Text, texts: pd.Series) -> list[int]:
    """How many codes each text has when none is cut off."""
    whole = fitted.model_copy(update={"length": 1000}).encode(texts)
    return np.count_nonzero(whole, axis=1).tolist()


@pytest.mark.parametrize("pieces", ["words", "subwords"])
def test_pieces_in_order_keep_their_order_and_mark_the_unknown(pieces):
    fitted = Text.fit("note", NOTES, LSTM(pieces=pieces).reading)
    there, back = fitted.encode(pd.Series(["good tea", "tea good"]))
    assert there[there > 0].tolist() == back[back > 0].tolist()[::-1]
    assert UNKNOWN in fitted.encode(pd.Series(["Ω"]))


@pytest.mark.parametrize("text", [None, "", "  \n"])
def test_pieces_in_order_are_never_none_at_all(text):
    fitted = Text.fit("note", NOTES, LSTM().reading)
    (row,) = fitted.encode(pd.Series([text], dtype="str"))
    assert row.tolist() == [UNKNOWN] + [0] * (fitted.width - 1)


def test_a_text_of_a_megabyte_is_read_to_its_length():
    fitted = Text.fit("note", NOTES, NGrams(length=16).reading)
    assert fitted.encode(pd.Series(["tea " * 250_000, ""])).shape == (2, fitted.width)
