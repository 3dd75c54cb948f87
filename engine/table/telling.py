"""The words that tell one class from the others: a first look at what a model may learn from texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from engine.spec import Spec

LOOKED_AT = 20_000  # texts
BEGINNING = 5_000  # characters of each
MOST_CLASSES = 20
MOST_WORDS = 8  # of a class
LEAST = 3  # texts that a word must be in
TELLING = 2.0  # standard errors of the log odds
PRIOR = 0.5  # how many texts each class is taken to hold more, shared out as words are in all texts

_RUNS = re.compile(
    r"(?P<signs>[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+)"
    r"|[^\W\d_\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+(?:['’][^\W\d_]+)*"
)


class TellingWord(Spec):
    """A word, and in which share of the texts of its class and of the other classes it is."""

    word: str
    here: float
    elsewhere: float


class ClassWords(Spec):
    """The words that tell a class best, and how many of its texts that rests on."""

    label: str
    rows: int
    words: tuple[TellingWord, ...]


def telling_words(texts: pd.Series[Any], labels: pd.Series[Any]) -> tuple[ClassWords, ...]:
    """The most telling words of each of the most frequent classes; classes without any are left out.

    A word counts once a text. Words are ranked by their log odds in the class against all others, with an informative
    prior, in standard errors (Monroe, Colaresi and Quinn 2008). Chinese and Japanese are read in pairs of signs.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    known = pd.DataFrame({"text": texts.to_numpy(), "label": labels.to_numpy()}).dropna()
    if len(known) > LOOKED_AT:
        known = known.sample(LOOKED_AT, random_state=0)
    reader = CountVectorizer(analyzer=lambda text: set(words_of(text[:BEGINNING])), min_df=LEAST, dtype=np.int32)
    try:
        counts = reader.fit_transform(known["text"])
    except ValueError:  # no word is in so many texts
        return ()
    names = reader.get_feature_names_out()
    everywhere = np.asarray(counts.sum(axis=0), dtype=np.float64).ravel()
    found = []
    for label in known["label"].value_counts().index[:MOST_CLASSES]:
        mine = (known["label"] == label).to_numpy()
        inside = np.asarray(counts[mine].sum(axis=0), dtype=np.float64).ravel()
        words = _best(names, inside, everywhere - inside, int(mine.sum()), int((~mine).sum()))
        if words:
            found.append(ClassWords(label=str(label), rows=int(mine.sum()), words=words))
    return tuple(found)


def words_of(text: str) -> Iterator[str]:
    """Words in small letters; runs of Chinese or Japanese signs as overlapping pairs."""
    for run in _RUNS.finditer(text.lower()):
        word = run.group()
        if run["signs"]:
            yield from (word[i : i + 2] for i in range(max(1, len(word) - 1)))
        elif len(word) > 1:
            yield word


def _best(
    names: np.ndarray, inside: np.ndarray, outside: np.ndarray, rows: int, others: int
) -> tuple[TellingWord, ...]:
    """The words most of a class, by how many of its `rows` texts and of the `others` they are in."""
    if not others:
        return ()
    share = (inside + outside) / (rows + others)
    here, there = inside + PRIOR * share, outside + PRIOR * share
    spare, lack = rows + 2 * PRIOR - here, others + 2 * PRIOR - there
    odds = np.log(here / spare) - np.log(there / lack)
    error = np.sqrt(1 / here + 1 / there)
    order = np.argsort(-odds / error, kind="stable")[:MOST_WORDS]
    return tuple(
        TellingWord(word=str(names[i]), here=round(inside[i] / rows, 4), elsewhere=round(outside[i] / others, 4))
        for i in order
        if odds[i] / error[i] > TELLING
    )
