"""How a file is written: what a person may correct. Knows no file."""

from __future__ import annotations

from typing import Literal

from engine.spec import Spec, setting

Format = Literal["csv", "xlsx", "parquet", "zip"]

ENCODINGS: dict[str, str] = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "gb18030": "GB18030 (Chinese)",
    "latin-1": "Latin-1, Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "big5": "Big5 (Chinese, traditional)",
    "shift_jis": "Shift-JIS (Japanese)",
    "euc_kr": "EUC-KR (Korean)",
}
DELIMITERS: dict[str, str] = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


class ReadOptions(Spec):
    """How a file is written. A field that is None is found out."""

    format: Format | None = setting(None, "Format", "Told by the file's content, not by its name.")
    encoding: str | None = setting(None, "Encoding", "How letters are written as bytes. Wrong letters: try another.")
    delimiter: str | None = setting(None, "Delimiter", "What stands between two cells.", min_length=1, max_length=1)
    quote: str | None = setting(
        None, "Quote", "What stands around a cell that holds a delimiter. An empty text: nothing does.", max_length=1
    )
    decimal: Literal[".", ","] | None = setting(None, "Decimal sign", "What stands before a number's fraction.")
    thousands: Literal["", ",", ".", " ", "'"] | None = setting(
        None, "Thousands sign", "What stands between groups of three digits."
    )
    header: bool | None = setting(None, "First row holds names", "Off: columns are named by their place.")
    sheet: str | None = setting(None, "Sheet", "The sheet of an Excel file.")
