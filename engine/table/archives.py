"""Opens ZIP archives from strangers with care: what files are in one, and the bytes of each.

One that unpacks to more than it should, points outside or is protected is refused. An .xlsx is such an archive, too.
"""

from __future__ import annotations

import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from stat import S_ISLNK
from typing import BinaryIO
from unicodedata import normalize
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from engine.errors import BadFile, OutOfResources
from engine.table.encodings import text_of

MAX_MEMBER = 2 << 30  # bytes of one file
MAX_MEMBERS, MAX_TOTAL = 10_000, 3 << 30  # files of a workbook, and their bytes
MAX_FILES, MAX_FILES_TOTAL = 500_000, 100 << 30  # of an archive of pictures or texts
MAX_RATIO = 150  # unpacked to packed; sheets of a workbook come to 10–40
RATIO_FROM = 64 << 20  # below this many bytes any ratio is harmless
UTF8_NAMES = 0x800  # a flag of members
JUNK = {".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", ".localized"}


@dataclass(frozen=True)
class Member:
    """A file in an archive: its place there, its path with “/” between folders, and its bytes when unpacked."""

    index: int
    path: str
    size: int


def is_workbook(path: Path, name: str) -> bool:
    """True for an .xlsx that is safe to unpack, False for an archive of files. Raises BadFile, saying what is wrong."""
    infos = _infos(path, name)
    names = {info.filename for info in infos}
    if "xl/workbook.xml" not in names:
        _refuse_documents(name, names)
        return False
    if len(infos) > MAX_MEMBERS:
        raise BadFile(
            "“{name}” holds {count} files; a workbook has fewer than {limit}. Save it again in Excel.",
            name=name,
            count=len(infos),
            limit=MAX_MEMBERS,
        )
    _check(path, name, infos, MAX_TOTAL)
    with path.open("rb") as file:
        for info in infos:
            if info.compress_type == ZIP_DEFLATED and not _as_declared(file, info):
                raise _bomb(name, path.stat().st_size, sum(info.file_size for info in infos))
    return True


def files_in(path: Path, name: str) -> list[Member]:
    """The files in an archive, without folders and what systems leave there, in the order of their paths.

    Nothing is unpacked, so a member can never be written outside; one that would point there is refused all the same.
    Raises BadFile for an archive that is damaged, empty, protected, or unpacks to more than it should.
    """
    infos = _infos(path, name)
    if len(infos) > MAX_FILES:
        raise BadFile(
            "“{name}” holds {count} files; up to {limit} are read. Send it in parts.",
            name=name,
            count=len(infos),
            limit=MAX_FILES,
        )
    _check(path, name, infos, MAX_FILES_TOTAL)
    members = [Member(index, _path(info), info.file_size) for index, info in enumerate(infos) if not info.is_dir()]
    found = [member for member in members if not _is_junk(member.path)]
    if not found:
        raise BadFile("“{name}” is an archive without any files in it. Pack it again.", name=name)
    return sorted(found, key=lambda member: member.path)


def read_member(archive: ZipFile, index: int, limit: int, first: int = -1) -> bytes | None:
    """The bytes of one file, or only the `first`; None for one that is larger than `limit` bytes or damaged."""
    info = archive.infolist()[index]
    if info.file_size > limit:
        return None
    try:
        with archive.open(info) as file:
            return file.read(first)  # never more than the header says; a sum at the end tells whether all of it came
    except (BadZipFile, OSError, EOFError, zlib.error, ValueError, NotImplementedError, RuntimeError):
        return None


def unpack(path: Path, member: Member, out: Path, most: int | None = None) -> None:
    """Writes one file of the archive to `out`, or its whole lines among the first `most` bytes.

    Raises BadFile when it is damaged, OutOfResources when it cannot be written.
    """
    try:
        with ZipFile(path) as archive, archive.open(archive.infolist()[member.index]) as source, out.open("wb") as file:
            if most is None or member.size <= most:
                copyfileobj(source, file, 1 << 20)
            else:
                file.write(source.read(most).rpartition(b"\n")[0])
    except (BadZipFile, EOFError, zlib.error) as error:
        raise BadFile("“{name}” in the archive is damaged. Pack it again.", name=member.path) from error
    except OSError as error:
        text = "“{name}” could not be unpacked, perhaps because the disk is full. Make room and try again."
        raise OutOfResources(text, name=member.path) from error


def _infos(path: Path, name: str) -> list[ZipInfo]:
    try:
        with ZipFile(path) as archive:
            return archive.infolist()
    except (BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BadFile("“{name}” is damaged and does not open. Save or download it again.", name=name) from error


def _refuse_documents(name: str, names: set[str]) -> None:
    if "xl/workbook.bin" in names:
        raise BadFile("“{name}” is a binary Excel workbook (.xlsb). Save it as .xlsx.", name=name)
    if "word/document.xml" in names or "ppt/presentation.xml" in names or "mimetype" in names:
        raise BadFile("“{name}” is an office document, not an Excel workbook. Save its table as .xlsx.", name=name)


def _check(path: Path, name: str, infos: list[ZipInfo], most: int) -> None:
    total = sum(info.file_size for info in infos)
    packed = max(path.stat().st_size, 1)
    largest = max((info.file_size for info in infos), default=0)
    if total > most or largest > MAX_MEMBER or (total > RATIO_FROM and total / packed > MAX_RATIO):
        raise _bomb(name, packed, total)
    for info in infos:
        if info.flag_bits & 1:
            raise BadFile("“{name}” is protected with a password. Take it off and save the file again.", name=name)
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise BadFile("“{name}” is packed in an unusual way. Pack it as an ordinary ZIP archive.", name=name)
        if info.filename.startswith(("/", "\\")) or ".." in info.filename.replace("\\", "/").split("/"):
            raise BadFile("“{name}” holds a file that points outside of it, and is not opened.", name=name)
        if S_ISLNK(info.external_attr >> 16):
            raise BadFile("“{name}” holds a link to another file, and is not opened. Pack the file itself.", name=name)


def _path(info: ZipInfo) -> str:
    """The path as it was meant: programs on Windows write letters beyond ASCII in the encoding of their country."""
    name = info.filename
    if not info.flag_bits & UTF8_NAMES and not name.isascii():
        with suppress(UnicodeEncodeError):
            name = text_of(name.encode("cp437"))
    return normalize("NFC", name.replace("\\", "/"))


def _is_junk(path: str) -> bool:
    *folders, file = path.split("/")
    return "__MACOSX" in folders or file.startswith("._") or file.casefold() in JUNK


def _as_declared(file: BinaryIO, member: ZipInfo) -> bool:
    """Whether the member unpacks to no more than its header says; a bomb may lie about it."""
    file.seek(member.header_offset + 26)
    lengths = file.read(4)
    file.seek(int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little"), 1)
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    left, unpacked = member.compress_size, 0
    try:
        while left > 0 and not unpacker.eof:
            chunk = file.read(min(left, 1 << 18))
            left -= len(chunk)
            while chunk:
                unpacked += len(unpacker.decompress(chunk, 1 << 20))
                if unpacked > member.file_size:
                    return False
                chunk = unpacker.unconsumed_tail
    except zlib.error:
        return True  # damaged, which the reader of the workbook says
    return True


def _bomb(name: str, packed: int, total: int) -> BadFile:
    return BadFile(
        "“{name}” has {packed} MB but would unpack to {total} MB or more, so it is not opened. "
        "Send a table as CSV or Parquet, and pictures or texts in parts.",
        name=name,
        packed=round(packed / 1e6, 1),
        total=round(total / 1e6),
    )
