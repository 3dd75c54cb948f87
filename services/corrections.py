"""The answer that a person says is right, as the model writes it: so answers can be counted and learned from.

Asks no permission itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.errors import UserError
from engine.events import listed
from engine.labels import joined, parted
from engine.table.values import number_text
from services import names, results
from storage.records import Run

LISTED = 5  # answers that a refusal names


def checked(run: Run, written: str | Sequence[str], given: str) -> str | None:
    """One of the run's classes, in whatever case it is written, a number, or some of its labels, one by one or in a
    cell (none, or `[]`: that there are none); None for nothing.

    What means the same as the answer `given` comes as that is written: “7.000” as “7”, labels in the model's order.
    Raises UserError for what this run cannot answer.
    """
    text = names.visible(written).strip() if isinstance(written, str) else ", ".join(written)
    if run.answer == "labels" and (text or not isinstance(written, str)):
        return _labels(*_choices(run), text if isinstance(written, str) else written)
    if not text:
        return None
    if run.answer != "number":
        return _class(_choices(run)[0], text)
    number = _number(text)
    if number is None:
        raise UserError("“{written}” is not a number. Write the correct answer as 12.5.", written=text)
    return given if number == _number(given) else number_text(number)


def _choices(run: Run) -> tuple[tuple[str, ...], str]:
    """What can be answered, and what stands between labels."""
    classes, separator, _thresholds = results.choices_of(results.manifest_of(run))
    return classes, separator


def _labels(labels: Sequence[str], separator: str, written: str | Sequence[str]) -> str:
    """The labels that are meant, as the model writes them; `[]` says that there are none."""
    each = parted(written, separator) if isinstance(written, str) else written
    wanted = {_class(labels, names.visible(label).strip()) for label in each}
    return joined((label for label in labels if label in wanted), separator)


def _class(classes: Sequence[str], text: str) -> str:
    """The class that is meant, as the model writes it."""
    if text in classes:
        return text
    meant = [each for each in classes if each.casefold() == text.casefold()]
    if len(meant) == 1:
        return meant[0]
    raise UserError(
        "This model does not know the answer “{written}”, only {known}. Choose one of these, or leave the correct "
        "answer empty and write it into the comment.",
        written=text,
        known=listed(classes, LISTED),
    )


def _number(text: str) -> float | None:
    """The number that is written, if there is one."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
