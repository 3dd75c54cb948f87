"""What is in an archive of files, and so how it is read: pictures or texts in folders, or a table with its pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from zipfile import ZipFile

from engine.errors import BadFile
from engine.table._source import Source
from engine.table.archives import MAX_MEMBER, Member, files_in, read_member
from engine.table.class_folders import Pictures, Texts
from engine.table.options import ReadOptions
from engine.table.pictured import open_pictured

PICTURES = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".dib", ".gif", ".tif", ".tiff")
TABLES = (".csv", ".tsv", ".xlsx", ".parquet")
TEXTS = (".txt",)
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"II*\0", b"MM\0*")


def open_bundle(path: Path, name: str, options: ReadOptions, opener: Callable[[Path, str], Source]) -> Source:
    """The archive as a source. `opener` opens a table that lies in it. Raises BadFile for one of anything else."""
    members = files_in(path, name)
    pictures, tables, texts, others = _sorted(path, members)
    if pictures:
        return _of_pictures(path, name, options, (pictures, tables, texts + others), opener)
    if len(texts) > 1 and not tables:
        source = Texts(path, name, texts, options)
        source.leave_out(others)
        return source
    if tables:
        raise BadFile("“{name}” is a ZIP archive. Unpack it and choose the table in it.", name=name)
    raise BadFile(
        "“{name}” is a ZIP archive without pictures or texts that can be read. "
        "It may hold pictures or .txt files, one folder a class, or a table and the pictures it names.",
        name=name,
    )


def _of_pictures(
    path: Path,
    name: str,
    options: ReadOptions,
    found: tuple[list[Member], list[Member], list[Member]],
    opener: Callable[[Path, str], Source],
) -> Source:
    pictures, tables, others = found
    source = Pictures(path, name, pictures, options)
    try:
        pictured = open_pictured(path, tables, pictures, opener)
    except BadFile:
        if "label" not in source.kinds:
            raise
        pictured = None
    if pictured is not None:
        return pictured
    source.leave_out([*tables, *others])
    return source


def _sorted(path: Path, members: Sequence[Member]) -> tuple[list[Member], list[Member], list[Member], list[Member]]:
    """Pictures, tables, texts, and others. Names decide, but what is called otherwise may be a picture by content."""
    pictures = [member for member in members if _ending(member) in PICTURES]
    rest = [member for member in members if _ending(member) not in PICTURES]
    if rest:
        with ZipFile(path) as archive:
            pictures += [member for member in rest if _begins_like_a_picture(archive, member)]
        pictures.sort(key=lambda member: member.path)
    known = {member.index for member in pictures}
    rest = [member for member in rest if member.index not in known]
    tables = [member for member in rest if _ending(member) in TABLES]
    texts = [member for member in rest if _ending(member) in TEXTS]
    return pictures, tables, texts, [member for member in rest if _ending(member) not in (*TABLES, *TEXTS)]


def _ending(member: Member) -> str:
    return f".{member.path.rsplit('.', 1)[-1].casefold()}"


def _begins_like_a_picture(archive: ZipFile, member: Member) -> bool:
    head = read_member(archive, member.index, MAX_MEMBER, first=16) or b""
    return head.startswith(MAGIC) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
