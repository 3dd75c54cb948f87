"""How files are written is found out, and what is written is read."""

import codecs
import csv
import io
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.table.frames import read_frame
from engine.table.importing import import_table
from engine.table.options import ReadOptions
from engine.table.reading import inspect, open_source
from tests.engine.table.files import as_written, imported, words, workbook, written

GERMAN = "Stadt;Preis;Tag\nKöln;1.234,50;05.03.2024\nMünchen;0,99;28.02.2024\n"
CHINESE = "城市,评价,价格\n北京,味道很好送餐也快,12.5\n上海,太慢了等了一个小时,8\n"


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (GERMAN, "utf-8", "utf-8"),
        (GERMAN, "utf-8-sig", "utf-8"),
        (GERMAN, "utf-16", "utf-16"),
        (GERMAN, "utf-16-le", "utf-16"),
        (GERMAN, "utf-16-be", "utf-16"),
        (GERMAN, "latin-1", "latin-1"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-16", "utf-16"),
    ],
)
def test_encodings_are_found_out(tmp_path, text, encoding, found):
    path = written(tmp_path, text.encode(encoding))
    seen = inspect(path, path.name)
    assert seen.options.encoding == found
    assert seen.preview[0][0] == text.splitlines()[1].replace(";", ",").split(",")[0]
    frame, _ = imported(path)
    assert frame.iloc[0, 0] == seen.preview[0][0]


def test_latin_1_has_the_letters_of_windows(tmp_path):
    path = written(tmp_path, "name,price\n“Café”,5 €\n".encode("cp1252"))
    assert inspect(path, path.name).preview == (("“Café”", "5 €"),)


def test_a_wrong_encoding_can_be_corrected(tmp_path):
    path = written(tmp_path, "city,n\nŁódź,1\nKraków,2\n".encode("cp1250"))
    assert inspect(path, path.name, ReadOptions(encoding="cp1250")).preview[0] == ("Łódź", "1")


def test_decimal_comma_and_thousands_are_found_out(tmp_path):
    frame, table = imported(written(tmp_path, GERMAN))
    assert (table.options.delimiter, table.options.decimal, table.options.thousands) == (";", ",", ".")
    assert frame["Preis"].tolist() == [1234.5, 0.99]
    assert frame["Tag"].tolist() == [pd.Timestamp(2024, 3, 5), pd.Timestamp(2024, 2, 28)]
    assert "decimal comma" in words(table)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found_out(tmp_path, delimiter, newline):
    rows = [["name", "size", "note"], ["a", "1", "x y"], ["b", "2", "z"], ["c", "3", ""]]
    path = written(tmp_path, newline.join(delimiter.join(row) for row in rows) + newline)
    assert inspect(path, path.name).options.delimiter == delimiter
    frame, _ = imported(path)
    assert frame["size"].tolist() == [1, 2, 3]
    assert frame["note"].isna().tolist() == [False, False, True]


def test_a_file_of_one_column_needs_no_delimiter(tmp_path):
    frame, _ = imported(written(tmp_path, "height\n1.5\n2.5\n"))
    assert frame["height"].tolist() == [1.5, 2.5]


def test_values_in_the_first_row_are_no_names(tmp_path):
    path = written(tmp_path, "5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,3.4,virginica\n")
    frame, table = imported(path)
    assert frame.columns.tolist() == ["column 1", "column 2", "column 3"]
    assert len(frame) == 3
    assert "named by their place" in words(table)
    assert imported(path, ReadOptions(header=True))[0].columns.tolist() == ["5.1", "3.5", "setosa"]


def test_years_may_be_names(tmp_path):
    frame, _ = imported(written(tmp_path, "country,2019,2020\nA,1.5,2.5\nB,3.5,4.5\n"))
    assert frame.columns.tolist() == ["country", "2019", "2020"]


def test_quoted_cells_hold_delimiters_quotes_and_line_ends(tmp_path):
    frame, _ = imported(written(tmp_path, 'a,b\n"x, ""y""\nz",1\n"<b>&amp;</b>",2\n'))
    assert frame["a"].tolist() == ['x, "y"\nz', "<b>&amp;</b>"]


def test_names_are_kept_whatever_they_hold(tmp_path):
    frame, _ = imported(written(tmp_path, '"it\'s",<script>alert(1)</script>,😀,价格,=1+1\n1,2,3,4,5\n2,3,4,5,6\n'))
    assert frame.columns.tolist() == ["it's", "<script>alert(1)</script>", "😀", "价格", "=1+1"]


def test_names_become_unique_and_filled_with_a_note(tmp_path):
    frame, table = imported(written(tmp_path, "a,,a,__row__, b \n1,x,3,4,5\n2,y,4,5,6\n"))
    assert frame.columns.tolist() == ["a", "column 2", "a (2)", "__row__ (2)", "b"]
    assert "no name" in words(table)
    assert "more than one column" in words(table)


def test_row_ids_begin_where_asked(tmp_path):
    path = written(tmp_path, "a\n1\n2\n")
    import_table(path, "a.csv", None, tmp_path / "v.parquet", first_row_id=40)
    assert read_frame(tmp_path / "v.parquet").index.tolist() == [40, 41]


DAY = datetime.fromisoformat("2024-03-05")


def test_workbooks_give_numbers_dates_and_booleans(tmp_path):
    path = workbook(
        tmp_path / "book.xlsx",
        first=[["only a title"]],
        data=[
            ["n", "day", "flag", "code", "share"],
            [1, DAY, True, "00123", 0.5],
            [2.5, DAY + timedelta(days=1, hours=10, minutes=30), False, "00777", None],
            [-3, None, True, "12345", 0.25],
        ],
    )
    frame, _ = imported(path, ReadOptions(sheet="data"))
    assert frame["n"].tolist() == [1, 2.5, -3]
    assert frame["day"].tolist()[:2] == [pd.Timestamp(2024, 3, 5), pd.Timestamp(2024, 3, 6, 10, 30)]
    assert frame["flag"].tolist() == ["true", "false", "true"]
    assert frame["code"].tolist() == ["00123", "00777", "12345"]
    assert np.isnan(frame["share"].iloc[1])
    seen = inspect(path, path.name)
    assert seen.sheets == ("first", "data")
    assert seen.options.sheet == "data"
    assert "one of 2" in seen.notes[0].text.format(**seen.notes[0].values)


def test_a_table_need_not_begin_in_the_first_cell(tmp_path):
    path = workbook(tmp_path / "b.xlsx", s=[[], [None, None, "x", "y"], [None, None, 1, "a"], [], [None, None, 2, "b"]])
    frame, _ = imported(path)
    assert frame.to_dict("list") == {"x": [1.0, 2.0], "y": ["a", "b"]}


def test_parquet_types_are_believed(tmp_path):
    path = tmp_path / "t.parquet"
    day = pd.Timestamp("2024-03-05 10:00", tz="Europe/Berlin")
    pd.DataFrame(
        {
            "whole": [1, 2, 2**60],
            "real": [0.5, np.inf, np.nan],
            "flag": [True, False, None],
            "when": [day, day, None],
            "word": ["1", "2", None],
            "list": [[1], [2], [3]],
        }
    ).to_parquet(path)
    frame, table = imported(path)
    assert {c.name: c.kind for c in table.schema.columns} == {
        "whole": "identifier",
        "real": "number",
        "flag": "boolean",
        "when": "datetime",
        "word": "category",
    }
    assert frame["whole"].tolist()[2] == str(2**60)
    assert frame["real"].isna().tolist() == [False, True, True]
    assert frame["when"].iloc[0] == pd.Timestamp("2024-03-05 09:00")
    assert "left out: “list”" in words(table)


def test_content_counts_not_the_ending(tmp_path):
    book = workbook(tmp_path / "table.csv", s=[["a", "b"], [1, 2], [3, 4]])
    frame, table = imported(book)
    assert frame["b"].tolist() == [2, 4]
    assert "an Excel workbook" in words(table)
    text = written(tmp_path, "a,b\n1,2\n", "table.xlsx")
    assert "a text table" in words(imported(text)[1])


def test_a_preview_shows_rows_that_do_not_fit(tmp_path):
    path = written(tmp_path, "a,b,c\n1,2,3\n1,2\n4,5,6\n")
    seen = inspect(path, path.name)
    assert seen.preview[1] == ("1", "2", "")
    assert seen.fault.text.format(**seen.fault.values).startswith("Row 3 has 2 cells instead of 3.")


@pytest.mark.parametrize("rows", [1, 300])
def test_a_row_that_the_look_at_a_file_cuts_is_not_taken_for_one_that_does_not_fit(tmp_path, rows):
    wide = ",".join(["0.123456789"] * 1500 + ["x" * 50_000] * 5)
    path = written(tmp_path, ",".join(f"c{i}" for i in range(1505)) + f"\n{wide}" * rows + "\n")
    assert inspect(path, path.name).fault is None


def test_rows_to_predict_come_as_they_are_written(tmp_path):
    path = written(tmp_path, "a;b\n1,5;x\n2,5;y\n")
    with open_source(path, path.name) as source:
        assert source.options.decimal == ","
    assert as_written(path).to_dict("list") == {"a": ["1,5", "2,5"], "b": ["x", "y"]}


LETTERS = st.text(st.sampled_from("abcXYZ äéß中文评价 ,;|\t\"'\n0123456789.-"), min_size=1, max_size=12)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(LETTERS, min_size=width, max_size=width), min_size=3, max_size=12)
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=TABLES, delimiter=st.sampled_from(",;\t|"), encoding=st.sampled_from(["utf-8", "utf-16", "gb18030"]))
@example(rows=[["a", "b"]] * 3, delimiter="|", encoding="utf-16")
def test_what_is_written_is_read(tmp_path, rows, delimiter, encoding):
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerows(
        [[f"n{i}" for i in range(len(rows[0]))], *rows]
    )
    text = file.getvalue()
    path = written(tmp_path, text.encode("utf-8") if encoding == "utf-8" else codecs.encode(text, encoding))
    options = ReadOptions(encoding=encoding, delimiter=delimiter, quote='"', header=True)
    assert as_written(path, options).to_numpy().tolist() == rows
    seen = inspect(path, path.name, options)
    assert seen.preview == tuple(tuple(row) for row in rows)
