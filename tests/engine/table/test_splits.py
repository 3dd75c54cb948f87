"""Which rows train, steer and test, and that it stays so."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadRecipe, BadTable
from engine.recipe import Split
from engine.table.splits import assign, remember


def table(rows=1000, seed=0):
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "y": random.choice(["a", "b", "c"], rows, p=[0.7, 0.25, 0.05]),
            "n": random.lognormal(size=rows),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 365, rows), unit="D"),
            "who": random.choice([f"person {i}" for i in range(100)], rows),
            "tags": random.choice(["a; b", "b; c", "a", "c", "a; b; c", "[]"], rows),
        },
        index=pd.Index(np.arange(rows) * 3, name="__row__"),
    )
    frame.loc[frame.index[::50], "y"] = None
    return frame


METHODS = [
    ("y", Split(method="random"), "multiclass"),
    ("y", Split(method="stratified"), "multiclass"),
    ("tags", Split(method="stratified"), "labels"),
    ("n", Split(method="stratified"), "number"),
    ("y", Split(method="time", column="day"), "multiclass"),
    ("y", Split(method="group", column="who"), "multiclass"),
]


@pytest.mark.parametrize(("target", "split", "answer"), METHODS)
def test_shares_are_kept_by_every_method(target, split, answer):
    frame = table()
    parts = assign(frame, target, split, answer)
    shares = parts.value_counts(normalize=True)
    assert shares["test"] == pytest.approx(0.15, abs=0.02)
    assert shares["validation"] == pytest.approx(0.15, abs=0.02)
    assert parts.index.equals(frame.index[frame[target].notna()])


def test_rare_labels_are_in_every_part():
    frame = table()
    frame.loc[frame.index[:60:10], "tags"] = [f"a; b; rare {i % 2}" for i in range(6)]
    parts = assign(frame, "tags", Split(method="stratified"), "labels")
    for rare in ("rare 0", "rare 1"):
        assert set(parts[frame["tags"].str.contains(rare)]) == {"train", "validation", "test"}


@pytest.mark.parametrize(("target", "split", "answer"), METHODS)
def test_the_order_of_rows_does_not_matter(target, split, answer):
    frame = table()
    shuffled = frame.sample(frac=1, random_state=1)
    pd.testing.assert_series_equal(assign(frame, target, split, answer), assign(shuffled, target, split, answer))


@pytest.mark.parametrize(("target", "split", "answer"), METHODS)
def test_known_rows_keep_their_part_and_shares_hold_for_all(target, split, answer):
    frame = table(1500)
    before = assign(frame.iloc[:1000], target, split, answer)
    changed = frame.assign(y=frame["y"].where(frame["y"] != "b", "a"), n=frame["n"] * 2)
    after = assign(changed.iloc[200:], target, split, answer, before)
    both = before.index.intersection(after.index)
    assert len(both) > 700
    assert (before[both] == after[both]).all()
    assert after.value_counts(normalize=True)["test"] == pytest.approx(0.15, abs=0.03)
    kept = remember(before, after)
    assert (kept[before.index] == before).all()
    assert set(kept.index) == set(before.index) | set(after.index)


def test_a_row_that_lost_its_target_keeps_its_part_for_later():
    frame = table()
    split = Split(method="stratified")
    before = assign(frame, "y", split, "multiclass")
    row = before.index[before == "test"][0]
    gone = assign(frame.drop(index=row), "y", split, "multiclass", before)
    assert row not in gone.index
    assert assign(frame, "y", split, "multiclass", remember(before, gone))[row] == "test"


def test_another_seed_gives_another_split():
    frame = table()
    one = assign(frame, "y", Split(seed=0), "multiclass")
    other = assign(frame, "y", Split(seed=1), "multiclass")
    assert (one == other).mean() < 0.7


def test_strata_keep_the_shares_of_classes_and_ranges():
    frame = table(3000)
    parts = assign(frame, "y", Split(), "multiclass")
    shares = pd.crosstab(frame["y"], parts, normalize="columns")
    assert (shares.max(axis=1) - shares.min(axis=1)).max() < 0.01
    parts = assign(frame, "n", Split(), "number")
    medians = frame["n"].groupby(parts).median()
    assert medians.max() / medians.min() < 1.1


def test_the_latest_rows_test():
    frame = table()
    parts = assign(frame, "y", Split(method="time", column="day"), "multiclass")
    days = frame.loc[parts.index, "day"]
    assert days[parts == "train"].max() <= days[parts == "validation"].min()
    assert days[parts == "validation"].max() <= days[parts == "test"].min()


def test_rows_without_a_time_train():
    frame = table()
    frame.loc[frame.index[:100], "day"] = pd.NaT
    parts = assign(frame, "y", Split(method="time", column="day"), "multiclass")
    assert set(parts[parts.index.isin(frame.index[:100])]) == {"train"}


def test_groups_stay_together_also_when_rows_come():
    frame = table(1500)
    split = Split(method="group", column="who")
    before = assign(frame.iloc[:700], "y", split, "multiclass")
    after = assign(frame, "y", split, "multiclass", before)
    assert after.groupby(frame.loc[after.index, "who"]).nunique().max() == 1


@settings(max_examples=100, deadline=None)
@given(
    counts=st.lists(st.integers(1, 12), min_size=2, max_size=8),
    method=st.sampled_from(["random", "stratified"]),
    seed=st.integers(0, 2**31 - 1),
)
def test_classes_of_three_rows_or_more_are_in_every_part(counts, method, seed):
    values = [f"class {i}" for i, count in enumerate(counts) for _ in range(count)]
    if len(values) < 3:
        values += ["class 0"] * 3
    frame = pd.DataFrame({"y": values})
    parts = assign(frame, "y", Split(method=method, seed=seed), "multiclass")
    assert parts.notna().all()
    for name, count in frame["y"].value_counts().items():
        mine = set(parts[frame["y"] == name])
        if count >= 3:
            assert mine == {"train", "validation", "test"}
        if count == 1 and method == "stratified":
            assert mine == {"train"}


def test_splits_that_cannot_be_made_say_why():
    frame = table()
    with pytest.raises(BadRecipe, match="needs the column that holds the date"):
        assign(frame, "y", Split(method="time"), "multiclass")
    with pytest.raises(BadRecipe, match="no order in time"):
        assign(frame, "y", Split(method="time", column="who"), "multiclass")
    with pytest.raises(BadTable, match="Is “who” meant"):
        assign(frame, "y", Split(method="group", column="whom"), "multiclass")
    with pytest.raises(BadTable, match="only 2 groups"):
        assign(
            frame.assign(who=np.where(frame["n"] > 1, "a", "b")), "y", Split(method="group", column="who"), "multiclass"
        )
    with pytest.raises(BadTable, match=r"Too few rows.*: 2"):
        assign(frame.iloc[1:3], "y", Split(), "multiclass")


def test_a_million_rows_are_split_quickly():
    frame = pd.DataFrame({"y": np.random.default_rng(0).normal(size=1_000_000)})
    assert len(assign(frame, "y", Split(), "number")) == 1_000_000


def given(words, **changes):
    frame = pd.DataFrame({"y": ["a", "b"] * (len(words) // 2), "part": words})
    return assign(frame, "y", Split(method="given", column="part", **changes), "multiclass")


def test_given_parts_are_taken_at_their_word():
    parts = given(["Train", "training", "val", "dev", "test", "Testing ", None, "TRAIN"])
    assert parts.tolist() == ["train", "train", "validation", "validation", "test", "test", "train", "train"]


def test_without_rows_to_steer_a_share_of_the_training_rows_of_each_class_does():
    words = ["train"] * 200 + ["test"] * 50
    parts = given(words, validation=0.2)
    assert (parts[200:] == "test").all()
    assert (parts[:200] == "validation").sum() == 40
    steering = parts.index[parts == "validation"]
    assert sum(steering % 2) == 20
    assert not parts.equals(given(words, validation=0.2, seed=1))


def test_given_parts_of_earlier_versions_stay():
    words = ["train"] * 20 + ["test"] * 20
    frame = pd.DataFrame({"y": ["a", "b"] * 20, "part": words})
    split = Split(method="given", column="part")
    first = assign(frame, "y", split, "multiclass")
    later = assign(frame.assign(part=words[::-1]), "y", split, "multiclass", inherited=first[:30])
    assert (later[:30] == first[:30]).all()


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (["train", "exam"] * 5, BadRecipe, "“part” holds “exam”"),
        (["train"] * 10, BadTable, "says “test” of no row"),
        (["test"] * 10, BadTable, "says “train” of no row"),
    ],
)
def test_given_parts_that_cannot_be_used_are_refused(words, error, said):
    with pytest.raises(error, match=said):
        given(words)
