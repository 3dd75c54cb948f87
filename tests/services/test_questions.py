"""Rows as programs send them: by each name that a column has or had, and told back by the name that was sent."""

from __future__ import annotations

from typing import Any

import pytest

from services.questions import Question, Reading, UnfitRows, brought, unread
from tests.services.test_rows import MANIFEST, NOWHERE

READING = Reading(MANIFEST)


def asked(*rows: dict[str, Any]) -> Question:
    return brought(READING, rows, NOWHERE, frozenset, written=False)


def test_cell_that_came_by_an_earlier_name_is_the_column_s_of_today() -> None:
    question = asked({"place": "Rome", "size": 3}, {"town": "Oslo"})
    assert question.rows == ({"town": "Rome", "size": 3}, {"town": "Oslo"})
    assert not question.extra
    assert asked({"place": "Rome", "town": "Oslo"}).rows == ({"town": "Oslo"},)


def test_what_is_wrong_is_told_by_the_name_that_was_sent() -> None:
    with pytest.raises(UnfitRows, match="“place” takes one value") as refused:
        asked({"town": "Rome"}, {"place": ["Rome"]})
    assert [(spot.row, spot.column) for spot in refused.value.spots] == [(1, "place")]
    with pytest.raises(UnfitRows, match="“place” cannot be read: “Rome”") as refused:
        unread(READING, [{"town": "Rome"}, {"place": "Rome"}], [[], ["town"]])
    assert [(spot.row, spot.column) for spot in refused.value.spots] == [(1, "place")]
