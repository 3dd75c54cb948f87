"""What is wrong with columns, what is not, and the remedies."""

import numpy as np
import pandas as pd
import pytest

from engine.table.columns import Column, Schema
from engine.table.facts import column_facts
from engine.table.steps import AsMissing, Ignore, Retype
from engine.table.warnings import Balance, Finding, LeaveOut, warnings

ROWS = 600


def kind_of(values):
    return {"f": "number", "M": "datetime"}.get(values.dtype.kind, "category")


def found(target=None, answer=None, **columns):
    """The warnings about columns, by (code, column)."""
    frame = pd.DataFrame(columns)
    schema = Schema(columns=tuple(Column(name=n, kind=kind_of(frame[n]), read_as=kind_of(frame[n])) for n in frame))
    seen = warnings(column_facts(frame, schema), schema, frame, target=target, answer=answer)
    for finding in seen:
        finding.text.format(**finding.values)
        assert Finding.model_validate_json(finding.model_dump_json()) == finding
        assert finding.rows > 0
    return {(finding.code, finding.column): finding for finding in seen}


def words(values):
    return pd.Series(list(values), dtype="str")


@pytest.fixture
def random():
    return np.random.default_rng(0)


def test_ordinary_columns_are_not_warned_of(random):
    ordinary = {
        "age": random.integers(18, 99, ROWS).astype(float),
        "pay": random.lognormal(8, 1, ROWS),
        "city": words(random.choice(["A", "B", "C"], ROWS)),
        "y": words(random.choice(["no", "yes"], ROWS)),
    }
    assert found(**ordinary) == {}
    assert found(target="y", **ordinary) == {}
    assert found(target="pay", **ordinary) == {}


def test_constants_and_empty_columns_can_be_ignored():
    seen = found(one=words(["x"] * ROWS), none=np.full(ROWS, np.nan), few=[1.0] * 10 + [np.nan] * (ROWS - 10))
    assert seen["constant", "one"].remedy == Ignore(column="one")
    assert "“x”" in seen["constant", "one"].text.format(**seen["constant", "one"].values)
    assert seen["constant", "none"].remedy == Ignore(column="none")
    assert seen["mostly missing", "few"].values["percent"] == 98.3


def test_names_of_rows_can_become_identifiers(random):
    seen = found(
        number=np.arange(ROWS) + 1000.0, name=words(f"n{i}" for i in range(ROWS)), real=random.normal(size=ROWS)
    )
    assert seen["identifier", "number"].remedy == Retype(column="number", kind="identifier")
    assert seen["identifier", "name"].remedy == Retype(column="name", kind="identifier")
    assert ("identifier", "real") not in seen


@pytest.mark.parametrize("word", ["?", "-", "unknown", "未知"])
def test_words_for_nothing_are_found_out(random, word):
    values = random.choice(["red", "blue", word], ROWS)
    remedy = found(x=words(values))["disguised", "x"].remedy
    assert remedy == AsMissing(column="x", values=(word,))


@pytest.mark.parametrize("fraction", ["", ".5", ",5"])
def test_numbers_behind_a_question_mark_become_numbers(random, fraction):
    values = [f"{n}{fraction}" for n in random.integers(0, 50, ROWS)]
    values[::10] = ["?"] * len(values[::10])
    seen = found(x=words(values))["disguised", "x"]
    assert seen.remedy == AsMissing(column="x", values=("?",), kind="number")
    assert seen.values["count"] == 60


@pytest.mark.parametrize("sign", [999.0, -1.0, -999.0, 9999.0])
def test_numbers_for_nothing_are_found_out(random, sign):
    values = random.integers(0, 80, ROWS).astype(float)
    values[::20] = sign
    assert found(x=values)["disguised", "x"].remedy.values == (f"{sign:.0f}",)


def test_ordinary_numbers_are_not_taken_for_signs(random):
    assert found(age=np.r_[random.integers(18, 100, ROWS).astype(float), 99.0, 99.0]) == {}
    assert found(change=np.round(random.normal(0, 3, ROWS))) == {}
    assert found(price=np.r_[random.uniform(900, 1100, ROWS), 999.0, 999.0]) == {}


def test_days_for_nothing_are_found_out():
    days = pd.Series(pd.date_range("2023-01-01", periods=ROWS, unit="us"))
    days[::100] = pd.Timestamp("1900-01-01")
    assert found(x=days)["disguised", "x"].remedy.values == ("1900-01-01",)


def test_rare_answers_can_be_balanced(random):
    y = words(np.where(np.arange(ROWS) % 20 == 0, "yes", "no"))
    seen = found(target="y", y=y, x=random.normal(size=ROWS))
    assert seen["imbalance", "y"].remedy == Balance()
    assert seen["imbalance", "y"].values["percent"] == 95
    assert ("imbalance", "y") not in found(y=y)


def test_a_copy_of_the_answer_gives_it_away(random):
    y = words(random.choice(["no", "yes"], ROWS))
    seen = found(target="y", y=y, code=words("c1" if v == "yes" else "c0" for v in y), x=random.normal(size=ROWS))
    assert seen["leak", "code"].remedy == LeaveOut(columns=("code",))
    assert seen["leak", "code"].values["percent"] == 100
    assert len(seen) == 1


def test_a_number_with_a_limit_gives_a_class_away(random):
    score = random.normal(size=ROWS)
    y = words(np.where(score > 0.3, "yes", "no"))
    assert ("leak", "score") in found(target="y", y=y, score=score, x=score + random.normal(size=ROWS))
    assert ("leak", "x") not in found(target="y", y=y, x=score + random.normal(size=ROWS))


def test_one_of_many_is_given_away(random):
    y = words(random.choice(["a", "b", "c"], ROWS))
    place = y.map({"a": 1.0, "b": 2.0, "c": 3.0}) + random.uniform(0, 0.5, ROWS)
    assert ("leak", "place") in found(target="y", y=y, place=place)


def test_a_number_in_another_unit_gives_it_away(random):
    metres = random.lognormal(size=ROWS)
    seen = found(target="metres", metres=metres, feet=metres * 3.28, near=metres * random.uniform(0.6, 1.4, ROWS))
    assert ("leak", "feet") in seen
    assert ("leak", "near") not in seen


def test_parts_of_a_sum_give_it_away(random):
    casual, registered = random.integers(0, 100, (2, ROWS)).astype(float)
    seen = found(
        target="count", casual=casual, registered=registered, hour=random.normal(size=ROWS), count=casual + registered
    )
    leak = seen["leak", "registered"] if ("leak", "registered") in seen else seen["leak", "casual"]
    assert set(leak.remedy.columns) == {"casual", "registered"}
    assert "add up to “count”" in leak.text.format(**leak.values)


def test_price_times_pieces_gives_the_total_away(random):
    price, pieces = random.uniform(1, 9, ROWS), random.integers(1, 20, ROWS).astype(float)
    assert any(code == "leak" for code, _ in found(target="total", price=price, pieces=pieces, total=price * pieces))


def test_being_filled_in_gives_an_answer_away(random):
    y = random.choice(["died", "survived"], ROWS)
    boat = words(np.where(y == "survived", random.choice(list("123456"), ROWS), None))
    seen = found(target="y", y=words(y), boat=boat, x=random.normal(size=ROWS))
    assert "is filled in" in seen["leak", "boat"].text


@pytest.mark.parametrize("count", [1, 3])
def test_sentences_count_one_as_well_as_many(random, count):
    values = words([*["?"] * count, *random.choice(["A", "B", "C"], ROWS - count)])
    finding = found(city=values)["disguised", "city"]
    assert finding.text.format(**finding.values) == (
        f"In {count} of {ROWS} rows “city” is “?”, which looks like a missing value."
    )


def test_ignored_columns_are_left_in_peace():
    frame = pd.DataFrame({"x": words(["a"] * 30)})
    schema = Schema(columns=(Column(name="x", kind="category", read_as="category", ignored=True),))
    assert warnings(column_facts(frame, schema), schema, frame) == ()
