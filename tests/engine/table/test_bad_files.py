"""Every file that is refused, or read with losses, says so in a sentence that names the place and the way out."""

import tracemalloc
import zipfile

import pytest

from engine.errors import BadFile, OutOfResources
from engine.table import delimited
from engine.table.importing import import_table, whole_file
from engine.table.names import MAX_COLUMNS
from engine.table.options import ReadOptions
from engine.table.reading import inspect
from tests.engine.table.files import archive, imported, words, workbook, written

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal(path, options=None, name=None):
    """What is said, after a look at the folder: nothing is left there."""
    out = path.parent / "out" / "table.parquet"
    with pytest.raises(BadFile) as caught:
        import_table(path, name or path.name, options, out)
    assert not out.parent.exists() or not list(out.parent.iterdir())
    return str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(tmp_path, content):
    assert "is empty" in refusal(written(tmp_path, content))


def test_names_without_rows_are_refused(tmp_path):
    assert "no rows of values" in refusal(written(tmp_path, "a,b,c\n"))
    assert "no rows of values" in refusal(workbook(tmp_path / "b.xlsx", s=[["a", "b"]]))


def test_a_workbook_without_a_value_is_refused(tmp_path):
    assert "no sheet holds a value" in refusal(workbook(tmp_path / "b.xlsx", s=[], t=[]))


def test_an_unknown_sheet_is_refused_with_the_ones_there_are(tmp_path):
    path = workbook(tmp_path / "b.xlsx", one=[["a"], [1]], 二=[["a"], [1]])
    assert refusal(path, ReadOptions(sheet="two")) == "“b.xlsx” has no sheet “two”. It has: “one”, “二”."


@pytest.mark.parametrize(("row", "said"), [("1,2", "Row 4 has 2 cells instead of 3"), ("1,2,3,4", "Row 4 has 4 cells")])
def test_a_ragged_row_is_named(tmp_path, row, said):
    assert said in refusal(written(tmp_path, f"a,b,c\n1,2,3\n4,5,6\n{row}\n7,8,9\n"))


def test_a_ragged_row_far_down_is_named(tmp_path):
    rows = "".join(f"{i},{i}\n" for i in range(200_000))
    assert "Row 200002 has 1 cells" in refusal(written(tmp_path, f"a,b\n{rows}5\n{rows}"))


def test_too_many_columns_are_refused(tmp_path):
    header = ",".join(f"c{i}" for i in range(5000))
    said = refusal(written(tmp_path, f"{header}\n{header.replace('c', '')}\n"))
    assert "has 5000 columns" in said
    assert str(MAX_COLUMNS) in said


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_of_a_megabyte_is_named(tmp_path, quote):
    said = refusal(written(tmp_path, f"a,b\n1,2\n3,{quote}{'x' * 1_000_000}{quote}\n5,6\n"))
    assert "Row 3" in said
    assert "“b”" in said


def test_a_quote_that_is_not_closed_is_named(tmp_path):
    said = refusal(written(tmp_path, 'a,b\n1,2\n3,"x\n' + "4,5\n" * 60_000))
    assert "Row 3" in said
    assert "not closed" in said


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\x1f\x8b\x08\x00", "a gzip archive"),
        (b"SQLite format 3\x00", "an SQLite database"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
    ],
)
def test_other_formats_are_called_by_their_name(tmp_path, content, what):
    assert what in refusal(written(tmp_path, content, "data.csv"))


def test_a_protected_workbook_says_so(tmp_path):
    content = OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    assert "protected with a password" in refusal(written(tmp_path, content, "book.xlsx"))


def test_a_workbook_of_1997_says_so(tmp_path):
    assert "save it as .xlsx" in refusal(written(tmp_path, OLE + bytes(2000), "book.xls"))


def test_other_archives_are_refused(tmp_path):
    assert "a ZIP archive" in refusal(archive(tmp_path / "a.xlsx", table=b"a,b\n1,2\n"))
    assert "office document" in refusal(archive(tmp_path / "b.xlsx", word__document_xml=b"<w/>"))
    assert "is damaged" in refusal(written(tmp_path, b"PK\x03\x04 and nothing more", "c.xlsx"))


def test_a_damaged_workbook_is_refused(tmp_path):
    assert "is damaged" in refusal(archive(tmp_path / "a.xlsx", xl__workbook_xml=b"<not a workbook"))


def test_a_damaged_parquet_file_is_refused(tmp_path):
    assert "is damaged" in refusal(written(tmp_path, b"PAR1" + bytes(100), "a.parquet"))


@pytest.mark.slow
def test_a_zip_bomb_is_not_unpacked(tmp_path):
    path = archive(tmp_path / "bomb.xlsx", xl__workbook_xml=b"<workbook/>", xl__sheet_xml=bytes(200_000_000))
    assert path.stat().st_size < 300_000
    tracemalloc.start()
    said = refusal(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "would unpack to 200 MB" in said
    assert peak < 20_000_000


def test_a_zip_bomb_that_lies_about_its_size_is_not_unpacked(tmp_path):
    path = tmp_path / "lie.xlsx"
    content = bytes(50_000_000)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", content)
    small = (1000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(len(content).to_bytes(4, "little"), small))
    assert "would unpack" in refusal(path)


def test_an_archive_of_very_many_members_is_refused(tmp_path):
    path = tmp_path / "many.xlsx"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("xl/workbook.xml", b"")
        for number in range(10_000):
            file.writestr(f"m{number}", b"")
    assert "holds 10001 files" in refusal(path)


def test_bytes_that_are_no_utf8_are_named_by_row(tmp_path):
    good = "ä,ö\n" * 50
    said = refusal(written(tmp_path, f"a,b\n{good}".encode() + b"x,\xff\n" + good.encode()))
    assert "Row 52" in said
    assert "not UTF-8" in said
    assert "ff" in said


def test_nul_bytes_are_named_by_row(tmp_path):
    assert "Row 3 of “table.csv” holds a NUL byte" in refusal(written(tmp_path, b"a,b\n1,2\n3,\x004\n" + b"5,6\n" * 50))


def test_an_unknown_encoding_is_refused(tmp_path):
    with pytest.raises(BadFile, match="is not an encoding"):
        inspect(written(tmp_path, "a\n1\n"), "a.csv", ReadOptions(encoding="rot13"))


@pytest.mark.parametrize(
    "options", [{"delimiter": "\n"}, {"delimiter": '"', "quote": '"'}, {"delimiter": "，"}, {"quote": "„"}]
)
def test_a_delimiter_that_is_none_is_refused(tmp_path, options):
    assert "cannot" in refusal(written(tmp_path, "a,b\n1,2\n"), ReadOptions(**options))


def test_infinities_become_missing_with_a_note(tmp_path):
    frame, table = imported(written(tmp_path, "x,y\n" + "1.5,2\n" * 300 + "inf,1\n-Infinity,2\n1e999,3\n"))
    assert frame["x"].isna().sum() == 3
    assert "3 infinite values" in words(table)


def test_dates_out_of_the_calendar_become_missing_with_a_note(tmp_path):
    good = "".join(f"2024-03-{day:02d}\n" for day in range(1, 29)) * 10
    frame, table = imported(written(tmp_path, f"day\n{good}2024-02-31\n99999-01-01\n"))
    assert frame["day"].isna().sum() == 2
    assert "“day” has values that cannot be read as “datetime” and count as missing (2 in all)" in words(table)
    assert "“2024-02-31”" in words(table)
    assert "row 282" in words(table)


def test_unreadable_numbers_are_counted_and_shown(tmp_path):
    frame, table = imported(written(tmp_path, "x,y\n" + "1.5,a\n" * 500 + "oops,b\n2.5,c\n"))
    assert frame["x"].isna().sum() == 1
    said = (
        "“x” has values that cannot be read as “number” and count as missing (1 in all): “oops” (the first in row 502)."
    )
    assert said in words(table)


BLANKS = "\n\nx,y\n1.5,a\n\n\r\n" + '2.5,"b\n\nb"\n\n' * 300 + "oops,c\n\n2.5,d\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_blank_rows_are_counted_where_a_row_is_named(tmp_path, encoding):
    """Two before the names, two after the first row of values, one after each other."""
    path = written(tmp_path, BLANKS.encode(encoding))
    assert "“oops” (the first in row 607)" in words(imported(path)[1])
    text = written(tmp_path, "x\n1.5\n\n" + "2.5\n" * 300 + "oops\n", "one.csv")
    assert "“oops” (the first in row 304)" in words(imported(text)[1])


def test_blank_rows_of_a_workbook_are_counted_where_a_row_is_named(tmp_path):
    rows = [[], ["x", "y"], [1.5, "a"], [], *[[2.5, "b"], []] * 300, ["oops", "c"], [2.5, "d"], [], ["ouch", "e"]]
    path = workbook(tmp_path / "b.xlsx", s=rows)
    said = "count as missing (2 in all): “oops”, “ouch” (the first in row 605)."
    assert said in words(imported(path)[1])


def test_blank_rows_are_counted_where_a_row_is_refused(tmp_path):
    path = written(tmp_path, f"a,b\n1,2\n\n\n3,{'x' * 110_000}\n5,6\n")
    assert "Row 5 of “table.csv” has a cell of more than" in refusal(path)
    seen = inspect(written(tmp_path, "a,b\n\n1,2\n\n3\n", "ragged.csv"), "ragged.csv")
    assert "Row 5 has 1 cells instead of 2." in seen.fault.text.format(**seen.fault.values)


def test_row_far_down_is_not_named(tmp_path, monkeypatch):
    """To find out its number takes long: a file is then read a third time, and slowly."""
    monkeypatch.setattr(delimited, "COUNTED", 1000)
    _, table = imported(written(tmp_path, "x,y\n" + "1.5,a\n" * 500 + "oops,b\n2.5,c\n"))
    assert words(table).endswith("and count as missing (1 in all): “oops”.")


def test_giving_up_leaves_nothing(tmp_path):
    class GaveUp(Exception):
        pass

    def stop(fraction):
        if fraction > 0.5:
            raise GaveUp

    path = written(tmp_path, "a\n1\n2\n")
    with pytest.raises(GaveUp):
        import_table(path, "a.csv", None, tmp_path / "out" / "v.parquet", progress=stop)
    assert not list((tmp_path / "out").iterdir())


def test_a_full_disk_is_said_in_words(tmp_path):
    def half_written():
        with whole_file(tmp_path / "v.parquet") as partial:
            partial.write_bytes(b"half")
            raise OSError(28, "No space left on device")

    with pytest.raises(OutOfResources, match="disk is full"):
        half_written()
    assert not list(tmp_path.iterdir())
