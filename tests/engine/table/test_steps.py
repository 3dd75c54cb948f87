"""Cleaning steps, and the same steps on rows to predict."""

import pandas as pd
import pyarrow as pa
import pytest
from pydantic import TypeAdapter

from engine.errors import BadTable
from engine.table.columns import Column, Schema
from engine.table.frames import read_frame
from engine.table.importing import import_table
from engine.table.options import ReadOptions
from engine.table.steps import AsMissing, Correct, Ignore, Rename, Replay, Retype, Step, after, apply, apply_steps
from tests.engine.table.files import as_written, written

TEXT = "size;price;sold;flag;code\n" + "".join(
    f"{i};{i},5;{1 + i % 28:02d}.03.2024;{'ja' if i % 3 else 'nein'};{i % 4}\n" for i in range(60)
)
TEXT += "?;999;01.04.2024;ja;1\n?;999;02.04.2024;nein;2\n"
STEPS = (
    AsMissing(column="size", values=("?",), kind="number"),
    AsMissing(column="price", values=("999",)),
    Retype(column="code", kind="category"),
    Rename(column="price", to="Preis"),
    Rename(column="Preis", to="cost"),
    Ignore(column="flag"),
    Retype(column="sold", kind="category"),
)


@pytest.fixture
def version(tmp_path):
    path = written(tmp_path, TEXT)
    table = import_table(path, path.name, None, tmp_path / "v1.parquet")
    return tmp_path / "v1.parquet", table


def test_steps_change_values_names_and_kinds(version):
    path, table = version
    frame, schema = apply(read_frame(path), table.schema, STEPS)
    assert {c.name: c.kind for c in schema.columns} == {
        "size": "number",
        "cost": "number",
        "sold": "category",
        "flag": "boolean",
        "code": "category",
    }
    assert frame["size"].isna().sum() == 2
    assert frame["cost"].isna().sum() == 2
    assert frame["code"].iloc[1] == "1"
    assert frame["sold"].iloc[0] == "2024-03-01"
    assert schema["flag"].ignored
    assert table.schema["price"].kind == "number"


def test_a_new_version_is_what_the_steps_make_of_the_frame(version, tmp_path):
    path, table = version
    cleaned = apply_steps(path, table.schema, STEPS, tmp_path / "v2.parquet")
    frame, schema = apply(read_frame(path), table.schema, STEPS)
    pd.testing.assert_frame_equal(read_frame(tmp_path / "v2.parquet"), frame)
    assert (cleaned.schema, cleaned.rows) == (schema, 62)
    assert [(c.name, c.kind) for c in after(table.schema, STEPS).columns] == [(c.name, c.kind) for c in schema.columns]


def test_rows_to_predict_become_what_the_version_holds(version):
    """The file itself, read as rows to predict, gives the version again."""
    path, table = version
    frame, schema = apply(read_frame(path), table.schema, STEPS)
    replay, written = Replay(table.options, STEPS, schema), as_written(path.parent / "table.csv")
    again = replay.many(pa.RecordBatch.from_pandas(written, preserve_index=False))
    pd.testing.assert_frame_equal(again.frame.reset_index(drop=True), frame.reset_index(drop=True))
    assert (again.unread, again.missing, again.extra) == ({}, (), ())
    assert replay.few(written.to_dict("records")).rows.equals(again.rows)


def test_a_schema_survives_json_and_still_replays(version):
    path, table = version
    _, schema = apply(read_frame(path), table.schema, STEPS)
    stored = Schema.model_validate_json(schema.model_dump_json())
    row = {"size": "7", "cost": 2.5, "sold": "05.03.2024", "flag": True, "code": 3, "new": 1}
    made = Replay(ReadOptions(decimal=","), STEPS, stored).few([row])
    assert made.frame.iloc[0].to_dict() == {"size": 7, "cost": 2.5, "sold": "2024-03-05", "flag": "ja", "code": "3"}
    assert made.extra == ("new",)


def test_what_cannot_be_read_or_is_not_there_is_told(version):
    _, table = version
    rows = pa.RecordBatch.from_pydict(
        {"size": ["3", "large", None], "price": ["1,5", "1.5", "cheap"], "flag": ["JA", "maybe", ""]}
    )
    made = Replay(table.options, STEPS[:1], after(table.schema, STEPS[:1])).many(rows)
    assert made.frame["price"].tolist()[:2] == [1.5, 1.5]
    assert made.unread == {"size": 1, "price": 1}
    assert made.lost["size"].tolist() == [False, True, False]
    assert made.missing == ("sold", "code")
    assert made.frame["sold"].isna().all()
    assert made.frame["flag"].tolist()[:2] == ["ja", "maybe"]
    assert str(made.frame["sold"].dtype) == "datetime64[us]"


def test_missing_words_in_rows_to_predict_are_not_unread(version):
    _, table = version
    made = Replay(table.options, (), table.schema).few([{"price": "NA"}, {"price": ""}, {"price": None}])
    assert made.unread == {}
    assert made.frame["price"].isna().all()


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Retype(column="prise", kind="number"), "Is “price” meant?"),
        (Rename(column="size", to="price"), "There is a column “price” already"),
        (Rename(column="size", to="__row__"), "already"),
        (Retype(column="flag", kind="number"), "No value of “flag” can be read as “number”"),
        (Retype(column="code", kind="boolean"), "exactly two different values"),
    ],
)
def test_steps_that_do_not_fit_are_refused(version, step, said, tmp_path):
    path, table = version
    with pytest.raises(BadTable, match=said):
        apply_steps(path, table.schema, [step], tmp_path / "v2.parquet")
    assert not (tmp_path / "v2.parquet").exists()


def test_what_a_new_kind_loses_is_told(version, tmp_path):
    path, table = version
    cleaned = apply_steps(path, table.schema, [Retype(column="size", kind="number")], tmp_path / "v2.parquet")
    note = cleaned.notes[0]
    assert note.text.format(**note.values) == (
        "“size” has values that cannot be read as “number” and count as missing (2 in all): “?”."
    )


def test_text_with_decimal_commas_becomes_numbers(tmp_path):
    path = written(tmp_path, "a;b\n1,5;x\n?;y\n2,5;z\n")
    table = import_table(path, "a.csv", None, tmp_path / "v.parquet")
    steps = [AsMissing(column="a", values=("?",), kind="number")]
    frame, schema = apply(read_frame(tmp_path / "v.parquet"), table.schema, steps)
    assert frame["a"].tolist()[::2] == [1.5, 2.5]
    made = Replay(ReadOptions(), steps, schema).few([{"a": "3,5"}, {"a": 3.125}])
    assert made.frame["a"].tolist() == [3.5, 3.125]


def test_corrected_rows_have_their_right_values_and_others_keep_theirs(version, tmp_path):
    path, table = version
    step = Correct(column="flag", values={0: "ja", 3: "JA", 10_000: "ja"})
    apply_steps(path, table.schema, [step], tmp_path / "v2.parquet")
    before, frame = read_frame(path), read_frame(tmp_path / "v2.parquet")
    assert before["flag"].loc[[0, 3]].tolist() == ["nein", "nein"]
    assert frame["flag"].loc[[0, 3]].tolist() == ["ja", "ja"]
    assert frame.drop(index=[0, 3]).equals(before.drop(index=[0, 3]))
    rows = Replay(table.options, [step], table.schema).few([{"flag": "nein"}])
    assert rows.frame["flag"].tolist() == ["nein"]


def test_rows_may_come_by_the_old_names_and_the_new_in_one_lot(version):
    _, table = version
    steps = STEPS[3:5]
    made = Replay(table.options, steps, after(table.schema, steps)).few([{"price": "1,5"}, {"cost": "2,5"}])
    assert made.frame["cost"].tolist() == [1.5, 2.5]
    assert "cost" not in made.missing


@pytest.mark.parametrize("to", ["  unit\tcost ", "unit\u200b cost\x00", "unit\u00a0\n cost"])
def test_a_new_name_is_tidied_like_those_that_files_give(version, to):
    _, table = version
    schema = after(table.schema, [Rename(column="price", to=to)])
    assert "unit cost" in schema


def test_a_name_of_nothing_that_can_be_seen_is_refused():
    with pytest.raises(ValueError, match="at least 1 character"):
        Rename(column="price", to=" \u200b")


def test_a_stored_rename_keeps_the_name_that_its_version_has(version):
    _, table = version
    schema = table.schema.replace("price", table.schema["price"].model_copy(update={"name": " cost\t"}))
    kept = '[{"op": "rename", "column": "price", "to": " cost\\t"}, {"op": "ignore", "column": " cost\\t"}]'
    steps = TypeAdapter(tuple[Step, ...]).validate_json(kept)
    made = Replay(table.options, steps, schema).few([{"price": "1,5"}, {" cost\t": "2,5"}])
    assert made.frame[" cost\t"].tolist() == [1.5, 2.5]
    assert after(table.schema, steps)[" cost\t"].ignored


def test_a_correction_that_cannot_stand_in_the_column_is_refused(version, tmp_path):
    path, table = version
    with pytest.raises(BadTable, match="“soon” cannot stand in “price”"):
        apply_steps(path, table.schema, [Correct(column="price", values={0: "soon"})], tmp_path / "v2.parquet")


def test_pictures_cannot_be_corrected():
    schema = Schema(columns=(Column(name="photo", kind="image", read_as="image"),))
    with pytest.raises(BadTable, match="“photo” holds pictures"):
        after(schema, [Correct(column="photo", values={0: "../../etc/passwd"})])


@pytest.mark.parametrize(
    ("row", "read"),
    [
        ({"price": 5, "old_price": 4}, (4, 5)),
        ({"old_price": 4, "price": 5}, (4, 5)),
        ({"price": 5}, (None, 5)),
        ({"was": 4}, (4, None)),
        ({"price": 4, "new_price": 5}, (4, 5)),
        ({"new_price": 5}, (None, 5)),
        ({"was": 4, "price": 5}, (4, 5)),
        ({"old_price": 4, "new_price": 5}, (4, 5)),
        ({"price": 5, "new_price": 9, "old_price": 4}, (4, 5)),
    ],
)
def test_name_that_another_column_has_now_means_that_one_unless_the_row_has_the_older_names(row, read):
    """`price` became `was` and then `old_price`; `new_price` became `price`."""
    names = ("old_price", "price")
    schema = Schema(columns=tuple(Column(name=name, kind="number", read_as="number") for name in names))
    steps = [
        Rename(column="price", to="was"),
        Rename(column="was", to="old_price"),
        Rename(column="new_price", to="price"),
    ]
    replay = Replay(ReadOptions(), steps, schema)
    for made in (replay.few([row]), replay.many(pa.RecordBatch.from_pylist([row]))):
        cells = dict(zip(names, read, strict=True))
        assert made.rows.to_pylist() == [cells]
        assert made.missing == tuple(name for name in names if cells[name] is None)
        assert made.extra == (("new_price",) if len(row) == 3 else ())
