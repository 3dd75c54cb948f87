"""Guards against archives that unpack to more than they should. An .xlsx is a ZIP archive from a stranger."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from engine.errors import BadFile

MAX_MEMBERS = 10_000
MAX_MEMBER = 2 << 30  # bytes
MAX_TOTAL = 3 << 30
MAX_RATIO = 150  # unpacked to packed; sheets of a workbook come to 10–40
RATIO_FROM = 64 << 20  # below this many bytes any ratio is harmless


def is_workbook(path: Path, name: str) -> bool:
    """True for an .xlsx that is safe to unpack. Raises BadFile for any other archive, saying what it is."""
    try:
        with ZipFile(path) as archive:
            members = archive.infolist()
    except (BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BadFile("“{name}” is damaged and does not open. Save or download it again.", name=name) from error
    if len(members) > MAX_MEMBERS:
        raise BadFile(
            "“{name}” holds {count} files; a workbook has fewer than {limit}. Save it again in Excel.",
            name=name,
            count=len(members),
            limit=MAX_MEMBERS,
        )
    names = {member.filename for member in members}
    if "xl/workbook.xml" not in names:
        raise _not_a_workbook(name, names)
    _check_sizes(path, name, members)
    return True


def _not_a_workbook(name: str, names: set[str]) -> BadFile:
    if "xl/workbook.bin" in names:
        return BadFile("“{name}” is a binary Excel workbook (.xlsb). Save it as .xlsx.", name=name)
    if "word/document.xml" in names or "ppt/presentation.xml" in names or "mimetype" in names:
        return BadFile("“{name}” is an office document, not an Excel workbook. Save its table as .xlsx.", name=name)
    return BadFile("“{name}” is a ZIP archive. Unpack it and choose the table in it.", name=name)


def _check_sizes(path: Path, name: str, members: list[ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    packed = max(path.stat().st_size, 1)
    largest = max(member.file_size for member in members)
    if total > MAX_TOTAL or largest > MAX_MEMBER or (total > RATIO_FROM and total / packed > MAX_RATIO):
        raise _bomb(name, packed, total)
    for member in members:
        if member.flag_bits & 1:
            raise BadFile("“{name}” is protected with a password. Take it off and save the file again.", name=name)
        if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise BadFile("“{name}” is packed in an unusual way. Save it again in Excel.", name=name)
        if member.filename.startswith(("/", "\\")) or ".." in Path(member.filename).parts:
            raise BadFile("“{name}” holds a file that points outside of it, and is not opened.", name=name)
    with path.open("rb") as file:
        for member in members:
            if member.compress_type == ZIP_DEFLATED and not _as_declared(file, member):
                raise _bomb(name, packed, total)


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
        "Save the table as CSV or Parquet instead.",
        name=name,
        packed=round(packed / 1e6, 1),
        total=round(total / 1e6),
    )
