"""What a heat map says in its sentence, and that it lies over the picture as the model sees it."""

from __future__ import annotations

import pytest

from engine.results import HeatMap
from pages.components.charts.heat import heat
from pages.components.charts.style import LIGHT

MAP = HeatMap(
    column="photo", of="cat", unit="probability", answer=0.98, cells=((0.0, 2.0), (-1.0, 0.1), (0.0, 0.0)),
    marked=0.15, hidden=0.12, elsewhere=0.9,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({}, "Without the marked part, “cat” would get 12 % instead of 98 %."),
        ({"hidden": 0.93}, "No part of “photo” carries the answer more than others do."),
        (
            {"of": None, "unit": "number", "answer": 40.0, "hidden": 12.5, "elsewhere": 38.0},
            "Without the marked part the answer would be 12.5 instead of 40.",
        ),
    ],
)
def test_the_sentence_is_the_check_in_words(changes: dict[str, object], finding: str) -> None:
    assert heat(MAP.model_copy(update=changes), "data:image/png;base64,", (20, 30), LIGHT).finding == finding


def test_cells_cover_the_picture_and_only_what_holds_the_answer_up_is_warm() -> None:
    drawn = heat(MAP, "data:image/png;base64,", (20, 30), LIGHT).figure
    (picture,) = drawn.layout.images
    assert (picture.sizex, picture.sizey) == (2, 3)
    assert drawn.data[0].z[1][0] == 0
    assert drawn.layout.yaxis.scaleratio == pytest.approx(1.0)  # cells of 10 × 10 pixels
