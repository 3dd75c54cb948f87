"""What is in an archive of files, and so how it is read: pictures or texts in folders, or a table with its pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from engine.errors import BadFile
from engine.table._source import Source
from engine.table.archives import MAX_MEMBER, Member, files_in, read_member, unpack
from engine.table.class_folders import Pictures, Texts
from engine.table.options import ReadOptions
from engine.table.pictured import Pictured, open_pictured

PICTURES = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".dib", ".gif", ".tif", ".tiff")
TABLES = (".csv", ".tsv", ".xlsx", ".parquet")
TEXTS = (".txt",)
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"II*\0", b"MM\0*")
MOST_TABLES = 5  # looked at

Opener = Callable[[Path, str], Source]


@dataclass(frozen=True)
class _Found:
    """The files of an archive by what they are. Names decide, but what is called otherwise may be a picture."""

    archive: Path
    pictures: list[Member]
    tables: list[Member]
    texts: list[Member]
    others: list[Member]


def open_bundle(path: Path, name: str, options: ReadOptions, opener: Opener) -> Source:
    """The archive as a source. `opener` opens a table that lies in it. Raises BadFile for one of anything else."""
    found = _find(path, name)
    packed = [member for member in found.others if _ending(member) == ".zip"]
    if found.pictures:
        source = Pictures(path, name, found.pictures, options)
        pictured = _pictured(found, found.archive, found.pictures, opener, needed="label" not in source.kinds)
        source.leave_out([*found.tables, *found.texts, *found.others])
        return pictured or source
    if found.tables and len(packed) == 1:
        beside = _beside(found, packed[0], opener)
        if beside is not None:
            return beside
    if found.tables:
        raise BadFile("“{name}” is a ZIP archive. Unpack it and choose the table in it.", name=name)
    if len(found.texts) > 1:
        texts = Texts(path, name, found.texts, options)
        texts.leave_out(found.others)
        return texts
    raise BadFile(
        "“{name}” is a ZIP archive without pictures or texts that can be read. "
        "It may hold pictures or .txt files, one folder a class, or a table and the pictures it names.",
        name=name,
    )


def _pictured(
    found: _Found,
    archive: Path,
    pictures: Sequence[Member],
    opener: Opener,
    folder: TemporaryDirectory[str] | None = None,
    *,
    needed: bool,
) -> Pictured | None:
    """A table among those found that names pictures in `archive`, the largest that does.

    Where tables are not needed, one that cannot be read is passed over.
    """
    if not found.tables:
        return None
    folder = folder or TemporaryDirectory(prefix="loam-table-")
    tables = []
    for table in sorted(found.tables, key=lambda table: -table.size)[:MOST_TABLES]:
        out = unpack(found.archive, table.index, Path(folder.name) / f"table-{table.index}")
        tables.append((out, table.path.split("/")[-1]))
    try:
        pictured = open_pictured(tables, archive, pictures, folder, opener)
    except BadFile:
        if needed:
            raise
        pictured = None
    if pictured is None:
        folder.cleanup()
    return pictured


def _beside(found: _Found, packed: Member, opener: Opener) -> Pictured | None:
    """A table that names pictures in an archive beside it, as when both were dropped together."""
    folder = TemporaryDirectory(prefix="loam-pictures-")
    archive = unpack(found.archive, packed.index, Path(folder.name) / "pictures.zip")
    pictures = _find(archive, packed.path.split("/")[-1]).pictures
    return _pictured(found, archive, pictures, opener, folder, needed=True)


def _find(path: Path, name: str) -> _Found:
    members = files_in(path, name)
    pictures = [member for member in members if _ending(member) in PICTURES]
    rest = [member for member in members if _ending(member) not in PICTURES]
    if rest:
        with ZipFile(path) as archive:
            pictures += [member for member in rest if _begins_like_a_picture(archive, member)]
        pictures.sort(key=lambda member: member.path)
    known = {member.index for member in pictures}
    rest = [member for member in rest if member.index not in known]
    return _Found(
        archive=path,
        pictures=pictures,
        tables=[member for member in rest if _ending(member) in TABLES],
        texts=[member for member in rest if _ending(member) in TEXTS],
        others=[member for member in rest if _ending(member) not in (*TABLES, *TEXTS)],
    )


def _ending(member: Member) -> str:
    return f".{member.path.rsplit('.', 1)[-1].casefold()}"


def _begins_like_a_picture(archive: ZipFile, member: Member) -> bool:
    head = read_member(archive, member.index, MAX_MEMBER, first=16) or b""
    return head.startswith(MAGIC) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
