"""Drift: what changed is found and said, what did not is left alone, with few rows nothing is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy import stats

from engine.drift import FEWEST, drift, load_reference, refer, save_reference
from engine.drift.distances import chi_squared, kolmogorov_smirnov, psi, share_chance
from engine.encoders import NGrams
from engine.errors import BundleError
from engine.inputs import INPUTS, InputColumn
from engine.results import ColumnDrift
from tests.engine.pictures import bar

ROWS = 2_000
Make = Callable[[np.random.Generator, int], pd.Series]


def normal(chance: np.random.Generator, rows: int) -> pd.Series:
    return pd.Series(chance.normal(50, 10, rows))


def cities(chance: np.random.Generator, rows: int) -> pd.Series:
    return pd.Series(chance.choice(["Rome", "Oslo", "北京"], rows, p=[0.6, 0.3, 0.1]).astype(object))


def many_words(chance: np.random.Generator, rows: int) -> pd.Series:
    """As many words as rows could have, all alike."""
    return pd.Series([f"word {i}" for i in chance.integers(0, 1_000, rows)], dtype=object)


def answers(chance: np.random.Generator, rows: int) -> pd.Series:
    return pd.Series(np.where(chance.random(rows) < 0.2, "yes", "no").astype(object))


def days_of(first: str) -> Make:
    def made(chance: np.random.Generator, rows: int) -> pd.Series:
        return pd.Series(pd.Timestamp(first) + pd.to_timedelta(chance.integers(0, 365, rows), "D")).astype(
            "datetime64[us]"
        )

    return made


def texts(chance: np.random.Generator, rows: int) -> pd.Series:
    """Words as rare as those of real texts: many occur once."""
    return pd.Series([" ".join(f"w{i}" for i in chance.zipf(1.3, 12) % 20_000) for _ in range(rows)], dtype=object)


KINDS: dict[str, Make] = {
    "number": normal, "category": cities, "boolean": answers, "datetime": days_of("2025-01-01"), "text": texts,
}  # fmt: skip


def fitted(kind: str, train: pd.Series) -> InputColumn:
    return INPUTS[kind].fit("x <b>", train, NGrams().reading if kind == "text" else None)


def compared(kind: str, train: pd.Series, now: pd.Series) -> ColumnDrift:
    column = fitted(kind, train)
    report = drift([column], refer([column], train.to_frame("x <b>")), now.to_frame("x <b>"))
    assert report.rows == len(now)
    return report.columns[0]


def english(column: ColumnDrift) -> str:
    return str(column.sentence)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rows", [FEWEST, ROWS])
def test_rows_like_those_of_training_are_left_alone(kind: str, rows: int) -> None:
    train = KINDS[kind](np.random.default_rng(0), ROWS)
    found = compared(kind, train, KINDS[kind](np.random.default_rng(1), rows))
    assert found.change == "same", found
    assert "as it was in training" in english(found)


def test_words_that_many_others_are_like_are_left_alone() -> None:
    train = many_words(np.random.default_rng(0), ROWS)
    assert compared("category", train, many_words(np.random.default_rng(1), ROWS)).change == "same"


def test_shifted_numbers_are_found_with_where_they_went() -> None:
    train = normal(np.random.default_rng(0), ROWS)
    found = compared("number", train, normal(np.random.default_rng(1), 300) + 8)
    side = found.worst
    assert side is not None
    assert (found.change, side.aspect, side.method) == ("changed", "values", "ks")
    assert side.psi is not None
    assert side.psi > 0.2
    assert side.trained == pytest.approx(50, abs=1)
    assert side.now == pytest.approx(58, abs=1.5)
    assert "of the last 300 rows" in english(found)
    assert "above" in english(found)
    assert sum(bar.now for bar in side.bars) == pytest.approx(1)


def test_constant_column_that_changes_is_found() -> None:
    for now in (4.0, 6.0):
        assert compared("number", pd.Series([5.0] * ROWS), pd.Series([now] * 200)).change == "changed"
    assert compared("number", pd.Series([5.0] * ROWS), pd.Series([5.0] * 200)).change == "same"


def test_certain_difference_that_does_not_matter_is_slight() -> None:
    train = normal(np.random.default_rng(0), 50_000)
    found = compared("number", train, normal(np.random.default_rng(1), 50_000) + 1)
    assert found.change == "slight"
    assert found.worst is None
    assert "too little to matter" in english(found)


def test_other_shares_of_words_are_found() -> None:
    train = cities(np.random.default_rng(0), ROWS)
    swapped = cities(np.random.default_rng(1), 500).replace({"Rome": "Oslo", "Oslo": "Rome"})
    found = compared("category", train, swapped)
    assert found.change == "changed"
    assert found.sides[1].method == "chi2"
    assert "Rome" in english(found) or "Oslo" in english(found)


def test_words_never_learned_are_named() -> None:
    train = cities(np.random.default_rng(0), ROWS)
    now = cities(np.random.default_rng(1), 500)
    now.iloc[:60] = "Paris <i>"
    found = compared("category", train, now)
    new = found.side("new")
    assert new is not None
    assert (new.change, new.now) == ("changed", 0.12)
    assert found.worst == new
    assert "“Paris <i>”" in english(found)


def test_column_that_goes_missing_is_found() -> None:
    train = normal(np.random.default_rng(0), ROWS)
    now = normal(np.random.default_rng(1), 200)
    now.iloc[::4] = np.nan
    found = compared("number", train, now)
    assert found.worst is not None
    assert found.worst.aspect == "missing"
    assert english(found) == "In 25.0 % of the last 200 rows “x <b>” is missing; in training it was in 0 %."


def test_column_without_a_value_in_training_is_no_trouble() -> None:
    empty = pd.Series([np.nan] * ROWS)
    assert compared("number", empty, empty.iloc[:200]).change == "same"
    assert compared("category", empty.astype(object), empty.astype(object).iloc[:200]).change == "same"


def test_texts_of_other_words_and_other_lengths_are_found() -> None:
    train = texts(np.random.default_rng(0), ROWS)
    now = texts(np.random.default_rng(1), 300)
    strange = compared("text", train, now.str.replace("w", "strange"))
    assert {side.aspect for side in strange.sides if side.change == "changed"} == {"known"}
    short = compared("text", train, now.str.split().str[:4].str.join(" "))
    assert (short.worst and short.worst.aspect) == "length"
    assert "the middle one of the last 300 has 4 words; in training it had 12." in english(short)


def test_dates_say_when() -> None:
    train = days_of("2025-01-01")(np.random.default_rng(0), ROWS)
    found = compared("datetime", train, days_of("2026-01-01")(np.random.default_rng(1), 300))
    assert found.change == "changed"
    assert "after 2026-0" in english(found)
    assert "after 2025-0" in english(found)


def test_darker_pictures_are_found(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)

    def pictures(count: int, factor: float, name: str) -> pd.Series:
        kept = [str(tmp_path / f"{name}-{i}.png") for i in range(count)]
        for i, path in enumerate(kept):
            Image.fromarray((bar(i % 2 == 1, chance) * factor).astype("uint8").squeeze()).save(path)
        return pd.Series(kept, dtype=object)

    train = pictures(150, 1.0, "train")
    assert compared("image", train, pictures(FEWEST, 1.0, "same")).change == "same"
    darker = compared("image", train, pictures(FEWEST, 0.4, "dark"))
    assert (darker.worst and darker.worst.aspect) == "brightness"


def test_with_few_rows_nothing_is_said() -> None:
    train = normal(np.random.default_rng(0), ROWS)
    column = fitted("number", train)
    report = drift([column], refer([column], train.to_frame("x <b>")), pd.DataFrame({"x <b>": [1e9] * (FEWEST - 1)}))
    assert (report.rows, report.columns, report.changed) == (FEWEST - 1, (), ())


@pytest.mark.parametrize("kind", [*KINDS, "words"])
def test_reference_is_small(kind: str, tmp_path: Path) -> None:
    make = many_words if kind == "words" else KINDS[kind]
    train = make(np.random.default_rng(0), 5_000)
    column = fitted("category" if kind == "words" else kind, train)
    save_reference(tmp_path, [column], train.to_frame("x <b>"))
    assert (tmp_path / "reference.json").stat().st_size < 6_000
    assert load_reference(tmp_path) == refer([column], train.to_frame("x <b>"))


def test_bundle_of_an_earlier_loam_has_no_reference(tmp_path: Path) -> None:
    assert load_reference(tmp_path) is None
    (tmp_path / "reference.json").write_text("{")
    with pytest.raises(BundleError):
        load_reference(tmp_path)


def test_distances_are_those_of_scipy() -> None:
    chance = np.random.default_rng(0)
    one, other = chance.normal(0, 1, 900), chance.normal(0.2, 1, 400)
    edges = np.unique(np.concatenate([one, other]))
    counts = [np.bincount(np.searchsorted(edges, each), minlength=len(edges) + 1) for each in (one, other)]
    expected = stats.ks_2samp(one, other, method="asymp")
    gap, likely = kolmogorov_smirnov(*counts)
    assert gap == pytest.approx(expected.statistic)
    assert likely == pytest.approx(stats.kstwobign.sf(gap * np.sqrt(900 * 400 / 1300)))
    table = np.array([[120, 30, 50], [40, 25, 5]])
    assert chi_squared(*table)[1] == pytest.approx(stats.chi2_contingency(table).pvalue)
    for before, now in (((3, 900), (9, 300)), ((0, 5000), (2, 100)), ((40, 100), (38, 100))):
        sides = [[before[0], before[1] - before[0]], [now[0], now[1] - now[0]]]
        assert share_chance(before, now) == pytest.approx(stats.fisher_exact(sides).pvalue, rel=1e-6)
    assert psi(np.array([50, 50]), np.array([500, 500])) == pytest.approx(0, abs=1e-6)
    assert psi(np.array([5000, 5000]), np.array([9000, 1000])) == pytest.approx(0.8789, abs=2e-3)
