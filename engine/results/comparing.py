"""Runs beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from engine.events import Note
from engine.results.scores import Difference, Metric, Outcome
from engine.spec import Spec

SAID = ("run", "first")  # values of sentences that are labels


class ComparedRun(Spec):
    """One run on the common rows. `own_rows` is the size of its whole test part."""

    label: str
    own_rows: int
    metrics: tuple[Metric, ...]


class Heard(Spec):
    """How many answers were given, and how many of these people called wrong and right."""

    answers: int
    wrong: int
    right: int


class Comparison(Spec):
    """Runs on the test rows that they have in common. `differences` are each later run minus the first.

    `heard`: the rows are not test rows but answers that people judged.
    """

    rows: int
    headline: str
    runs: tuple[ComparedRun, ...]
    differences: tuple[Difference, ...]
    sentences: tuple[Note, ...]
    enough: bool
    heard: Heard | None = None

    @property
    def outcome(self) -> Outcome:
        """How the second run does against the first, in the headline metric."""
        found = (each.outcome for each in self.differences if each.metric == self.headline)
        return next(found, "unknown")

    def named(self, titles: Mapping[str, str]) -> Self:
        """The same with other labels, where `titles` has them."""

        def named(note: Note) -> Note:
            labels = {name: titles.get(note.values[name], note.values[name]) for name in SAID if name in note.values}
            return note.model_copy(update={"values": note.values | labels})

        runs = [each.model_copy(update={"label": titles.get(each.label, each.label)}) for each in self.runs]
        differences = [
            each.model_copy(
                update={"first": titles.get(each.first, each.first), "second": titles.get(each.second, each.second)}
            )
            for each in self.differences
        ]
        return self.model_copy(
            update={
                "runs": tuple(runs),
                "differences": tuple(differences),
                "sentences": tuple(map(named, self.sentences)),
            }
        )
