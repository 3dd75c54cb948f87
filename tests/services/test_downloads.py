"""Cells that a spreadsheet would run are defused; everything else stays as it is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from engine.errors import BadFile
from services import downloads


@given(st.text())
def test_no_text_begins_like_a_formula_unless_it_is_a_number(text: str) -> None:
    safe = downloads.defused(text)
    assert safe.removeprefix("'") == text.removeprefix("'") or safe == f"'{text}"
    if safe.startswith(downloads.STARTS):
        float(safe)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "-", "+cmd|' /C calc'!A0"]
)
def test_formulas_are_defused(text: str) -> None:
    assert downloads.defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-1", "+1.5", "-.5", "1e9", "-2.5E-3", "plain", "中文", "", "a=b"])
def test_numbers_and_words_are_left_alone(text: str) -> None:
    assert downloads.defused(text) == text


def write(path: Path, **columns: list[object]) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_csv_defuses_names_and_cells_of_any_text_type(tmp_path: Path) -> None:
    words = pa.array(["=x", None, "b"])
    source = tmp_path / "t.parquet"
    pq.write_table(
        pa.table(
            {"=a": words, "b": words.dictionary_encode(), "c": words.cast(pa.large_string()), "n": [-1.5, None, 3.0]}
        ),
        source,
    )
    downloads.write_csv(source, tmp_path / "t.csv", leave_out=("b",))
    assert (tmp_path / "t.csv").read_bytes().startswith(downloads.BOM)
    frame = pd.read_csv(tmp_path / "t.csv", keep_default_na=False)
    assert list(frame.columns) == ["'=a", "c", "n"]
    assert frame["'=a"].tolist() == frame["c"].tolist() == ["'=x", "", "b"]
    assert frame["n"].astype(str).tolist() == ["-1.5", "", "3"]


def test_excel_keeps_numbers_codes_and_dates_apart(tmp_path: Path) -> None:
    source = write(
        tmp_path / "t.parquet",
        number=[1.5, float("nan")],
        written=["-7.25", "007"],
        link=["https://example.org", "x" * 40_000],
        day=[dt.datetime(2026, 1, 2, 3, 4, 5), dt.datetime(1600, 1, 1)],  # noqa: DTZ001
    )
    downloads.write_xlsx(source, tmp_path / "t.xlsx")
    rows = CalamineWorkbook.from_path(tmp_path / "t.xlsx").get_sheet_by_index(0).to_python()
    assert rows[0] == ["number", "written", "link", "day"]
    assert rows[1] == [1.5, -7.25, "https://example.org", dt.datetime(2026, 1, 2, 3, 4, 5)]  # noqa: DTZ001
    assert rows[2][1] == "007"
    assert len(rows[2][2]) == downloads.CELL
    assert rows[2][3] == "1600-01-01 00:00:00"


def test_files_to_predict_come_back_with_whatever_types_they_had(tmp_path: Path) -> None:
    east = dt.timezone(dt.timedelta(hours=2))
    source = tmp_path / "t.parquet"
    columns = {
        "zoned": [dt.datetime(2026, 1, 2, 3, tzinfo=east)], "old": [dt.date(1800, 5, 6)], "code": [2**60],
        "words": pa.array(["=x"], pa.string_view()),
    }  # fmt: skip
    pq.write_table(pa.table(columns), source)
    downloads.write_xlsx(source, tmp_path / "t.xlsx")
    row = CalamineWorkbook.from_path(tmp_path / "t.xlsx").get_sheet_by_index(0).to_python()[1]
    assert row == [dt.datetime(2026, 1, 2, 1), "1800-05-06", str(2**60), "'=x"]  # noqa: DTZ001
    downloads.write_csv(source, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text("utf-8-sig").splitlines()[1].endswith(f',1800-05-06,{2**60},"\'=x"')


def test_more_rows_than_excel_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "SHEET_ROWS", 3)
    source = write(tmp_path / "t.parquet", a=[1, 2, 3])
    with pytest.raises(BadFile, match="Download CSV or Parquet"):
        downloads.write_xlsx(source, tmp_path / "t.xlsx")
    assert not (tmp_path / "t.xlsx").exists()


@pytest.mark.slow
def test_large_sheet_is_written_by_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(tmp_path / "t.parquet", **{"=a": ["=x", "b", None] * 100, "n": [1, 2, 3] * 100, "ours": [0] * 300})
    downloads.write_xlsx_aside(source, tmp_path / "here.xlsx", leave_out=("ours",))
    monkeypatch.setattr(downloads, "QUICK_CELLS", 10)
    monkeypatch.setattr(downloads, "write_xlsx", None)  # not in this process
    downloads.write_xlsx_aside(source, tmp_path / "aside.xlsx", leave_out=("ours",))
    here, aside = (CalamineWorkbook.from_path(tmp_path / f"{name}.xlsx") for name in ("here", "aside"))
    assert aside.get_sheet_by_index(0).to_python() == here.get_sheet_by_index(0).to_python()
    assert here.get_sheet_by_index(0).to_python()[:2] == [["'=a", "n"], ["'=x", 1.0]]
