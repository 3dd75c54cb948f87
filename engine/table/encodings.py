"""How a text file's letters are written as bytes: found out, checked, and brought to UTF-8. Knows no tables."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from engine.errors import BadFile
from engine.table.options import ENCODINGS

CHUNK = 4 << 20
SAMPLE = 1 << 18

# The bytes 0x80–0x9F are unused in Latin-1; files that call themselves so mean the letters of Windows-1252.
_WINDOWS = {i: bytes([i]).decode("cp1252", errors="ignore") or chr(i) for i in range(0x80, 0xA0)}


def find_encoding(path: Path) -> str:
    """The key in ENCODINGS that the file is written in.

    A byte order mark decides; then valid UTF-8; then, of GB18030 and Latin-1, the one whose letters are plausible.
    A file that is UTF-8 but for a few bytes is called UTF-8: `to_utf8` then says where it is broken.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _utf16_without_mark(head):
        return "utf-16"
    if head.startswith(codecs.BOM_UTF8) or _valid_utf8(path):
        return "utf-8"
    return _guess(_around_first_high_byte(path))


def text_of(raw: bytes) -> str:
    """A whole short text, its encoding found out as for files; bytes that are no letters become U+FFFD."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")
    if len(raw) % 2 == 0 and _utf16_without_mark(raw[:SAMPLE]):
        little = raw[0::2].count(0) <= raw[1::2].count(0)
        return raw.decode("utf-16-le" if little else "utf-16-be", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = raw.rfind(b"\n", 0, error.start) + 1
        encoding = _guess(raw[start : start + SAMPLE])
    return _mend(raw.decode(encoding, errors="replace"), encoding)


def text_start(path: Path, encoding: str, size: int = SAMPLE) -> str:
    """The first `size` bytes as text, whole letters only; bytes that are none become U+FFFD."""
    with path.open("rb") as file:
        raw = file.read(size)
    decoder = codecs.getincrementaldecoder(_codec(path, encoding))(errors="replace")
    return _mend(decoder.decode(raw, final=False), encoding).removeprefix("\ufeff")


def is_plain(path: Path, encoding: str, name: str) -> None:
    """Reads a UTF-8 file through. Raises BadFile, naming the row, when it holds a NUL or a byte that is no UTF-8."""
    for _ in _chunks(path, encoding, name):
        pass


def to_utf8(path: Path, encoding: str, name: str, out: Path) -> None:
    """Writes the text of `path` to `out` in UTF-8 in bounded memory. Raises BadFile like `is_plain`."""
    with out.open("w", encoding="utf-8", newline="") as file:
        for text in _chunks(path, encoding, name):
            file.write(text)


def _chunks(path: Path, encoding: str, name: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(_codec(path, encoding))()
    row, position = 1, 0
    with path.open("rb") as file:
        while True:
            raw = file.read(CHUNK)
            pending = decoder.getstate()[0]
            try:
                text = decoder.decode(raw, final=not raw)
            except UnicodeDecodeError as error:
                raise _invalid(error, encoding, name, row, position - len(pending)) from error
            at = text.find("\0")
            if at >= 0:
                raise BadFile(
                    "Row {row} of “{name}” holds a NUL byte, which no text has. "
                    "The file is damaged, or the encoding is another one than {encoding}.",
                    row=row + text.count("\n", 0, at),
                    name=name,
                    encoding=ENCODINGS[encoding],
                )
            row += text.count("\n")
            position += len(raw)
            yield _mend(text, encoding)
            if not raw:
                return


def _invalid(error: UnicodeDecodeError, encoding: str, name: str, row: int, position: int) -> BadFile:
    data = error.object
    newline = b"\n\0" if error.encoding == "utf-16-le" else b"\0\n" if error.encoding == "utf-16-be" else b"\n"
    return BadFile(
        "Row {row} of “{name}” holds bytes that are not {encoding} (byte {position}: {bytes}). "
        "Choose another encoding, or save the file as UTF-8.",
        row=row + data.count(newline, 0, error.start),
        name=name,
        encoding=ENCODINGS[encoding],
        position=position + error.start + 1,
        bytes=data[error.start : error.start + 4].hex(" "),
    )


def _codec(path: Path, encoding: str) -> str:
    if encoding not in ENCODINGS:
        raise BadFile("“{encoding}” is not an encoding that Loam reads.", encoding=encoding)
    if encoding == "utf-8":
        return "utf-8-sig"
    if encoding != "utf-16":
        return encoding
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-16-be" if head[0::2].count(0) > head[1::2].count(0) else "utf-16-le"


def _mend(text: str, encoding: str) -> str:
    return text.translate(_WINDOWS) if encoding == "latin-1" and not text.isascii() else text


def _utf16_without_mark(head: bytes) -> bool:
    """ASCII letters in UTF-16 have a zero as every second byte."""
    if len(head) < 4:
        return False
    even, odd = head[0::2].count(0), head[1::2].count(0)
    return max(even, odd) > 0.3 * len(head) / 2 and min(even, odd) < 0.05 * len(head) / 2


def _valid_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while raw := file.read(CHUNK):
                decoder.decode(raw)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _around_first_high_byte(path: Path) -> bytes:
    """The rows from the one with the first byte above 0x7F on."""
    with path.open("rb") as file:
        while raw := file.read(CHUNK):
            if not raw.isascii():
                first = next(i for i, byte in enumerate(raw) if byte > 0x7F)
                start = raw.rfind(b"\n", 0, first) + 1
                return (raw[start:] + file.read(SAMPLE))[:SAMPLE]
    return b""


def _guess(sample: bytes) -> str:
    lenient = sample.decode("utf-8", errors="replace")
    letters = sum(1 for letter in lenient if letter > "\x7f")
    if letters and lenient.count("\ufffd") <= 0.1 * letters:
        return "utf-8"
    return "gb18030" if _chinese_share(sample) >= 0.7 else "latin-1"


def _chinese_share(sample: bytes) -> float:
    """The share of letters beyond ASCII, read as GB18030, that are everyday Chinese (GB 2312 level 1, punctuation).

    In a Latin-1 text most letters beyond ASCII stand alone between ASCII letters, which as GB18030 gives rare signs.
    """
    text = sample.decode("gb18030", errors="replace")
    letters = [letter for letter in text if letter > "\x7f"]
    if not letters:
        return 0.0
    plausible = 0
    for letter in letters:
        code = letter.encode("gb2312", errors="ignore")
        plausible += len(code) == 2 and (0xB0 <= code[0] <= 0xD7 or 0xA1 <= code[0] <= 0xA3)
    return plausible / len(letters)
