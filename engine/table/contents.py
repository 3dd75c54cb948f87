"""What a file is, by its content. A name may be wrong; the first bytes seldom are."""

from __future__ import annotations

from pathlib import Path

from engine.errors import BadFile
from engine.events import Note
from engine.table.archives import is_workbook
from engine.table.options import Format

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"ARROW1", "an Arrow file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"{\\rtf", "a text document"),
)
ENDINGS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".tab": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".parquet": "parquet",
    ".zip": "zip",
}
TITLES: dict[Format, str] = {
    "csv": "a text table",
    "xlsx": "an Excel workbook",
    "parquet": "a Parquet file",
    "zip": "an archive of files",
}


def recognise(path: Path, name: str) -> tuple[Format, list[Note]]:
    """The format of the file at `path`, with a note when its name says another. Raises BadFile."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise BadFile("“{name}” is empty. Choose a file with a row of names and rows of values.", name=name)
    found = _format(path, name, head)
    told = ENDINGS.get(Path(name).suffix.lower())
    if told is not None and told != found:
        text = "The name “{name}” says otherwise, but the content is {what}: it is read as that."
        return found, [Note(text=text, values={"name": name, "what": TITLES[found]})]
    return found, []


def _format(path: Path, name: str, head: bytes) -> Format:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "xlsx" if is_workbook(path, name) else "zip"
    if head.startswith(OLE):
        raise _ole(path, name)
    for magic, what in FOREIGN:
        if head.startswith(magic):
            raise BadFile(
                "“{name}” is {what}, not a table. Save the table as CSV, Excel (.xlsx) or Parquet.",
                name=name,
                what=what,
            )
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html")):
        raise BadFile("“{name}” is a web page, not a table. Download the table itself.", name=name)
    return "csv"


def _ole(path: Path, name: str) -> BadFile:
    """The error for Microsoft's old container: an encrypted workbook, or one of before 2007."""
    with path.open("rb") as file:
        head = file.read(1 << 20)
        file.seek(max(0, path.stat().st_size - (1 << 20)))
        content = head + file.read()
    if "EncryptedPackage".encode("utf-16-le") in content:
        return BadFile(
            "“{name}” is protected with a password. Open it in Excel, take the password off and save it again.",
            name=name,
        )
    return BadFile("“{name}” is a file of Excel 97–2003. Open it in Excel and save it as .xlsx.", name=name)
