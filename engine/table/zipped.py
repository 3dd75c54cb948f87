"""What is in an archive of files, and so how it is read: pictures or texts in folders, or a table with its pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from engine.errors import BadFile
from engine.events import Note, listed
from engine.table._source import Source
from engine.table.archives import MAX_MEMBER, Member, files_in, read_member, unpack
from engine.table.class_folders import Pictures, Texts
from engine.table.options import ReadOptions
from engine.table.pictured import Names, Pictured, naming

PICTURES = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".dib", ".gif", ".tif", ".tiff")
TABLES = (".csv", ".tsv", ".xlsx", ".parquet")
TEXTS = (".txt",)
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"II*\0", b"MM\0*")
LINES = (".csv", ".tsv")  # tables whose start can be read alone
MOST_TABLES = 5  # looked at
MAX_TABLE = 512 << 20  # bytes of a table that can only be read whole
GLANCE = 16 << 20  # bytes

Opener = Callable[[Path, str], Source]


@dataclass(frozen=True)
class _Found:
    """The files of an archive by what they are. Names decide, but what is called otherwise may be a picture."""

    archive: Path
    pictures: list[Member]
    tables: list[Member]
    texts: list[Member]
    others: list[Member]


@dataclass(frozen=True)
class _Album:
    """Pictures that a table may name, and the archive that they lie in; `folder` is where that was unpacked, if so."""

    archive: Path
    pictures: list[Member]
    folder: TemporaryDirectory[str] | None = None


def open_zipped(path: Path, name: str, options: ReadOptions, opener: Opener, *, glance: bool) -> Source:
    """The archive as a source. `opener` opens a table that lies in it. Raises BadFile for one of anything else.

    At a `glance`, only the start of a large table is unpacked: enough for the source's `start`, `size` and `look`.
    """
    found = _find(path, name)
    most = GLANCE if glance else None
    packed = [member for member in found.others if _ending(member) == ".zip"]
    if found.pictures:
        source = Pictures(path, name, found.pictures, options)
        classes = "label" in source.kinds
        least = len(found.pictures) // 2 if classes else 0  # folders tell classes; a table must tell more
        pictured = _pictured(_Album(path, found.pictures), found, opener, least=least, needed=not classes, most=most)
        source.leave_out([*found.tables, *found.texts, *found.others])
        return pictured or source
    if found.tables and len(packed) == 1:
        beside = _beside(found, packed[0], opener, most)
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
    album: _Album, found: _Found, opener: Opener, *, least: int, needed: bool, most: int | None
) -> Pictured | None:
    """A table among those found that names more than `least` pictures of the album, the largest that does.

    Where tables are not needed, one that cannot be read is passed over; else BadFile is raised when none is taken.
    `most` bytes of a table of lines are unpacked.
    """
    folder = album.folder or TemporaryDirectory(prefix="loam-table-")
    files = Names(album.pictures) if found.tables else Names([])
    refusal: BadFile | None = None
    for table in sorted(found.tables, key=lambda table: -table.size)[:MOST_TABLES]:
        out = Path(folder.name) / f"table-{table.index}"
        try:
            _check_size(table)
            unpack(found.archive, table, out, most if _ending(table) in LINES else None)
            inner = opener(out, _title(table))
            column = naming(inner, files, out.stat().st_size / max(table.size, 1))
        except BadFile as error:
            refusal = refusal or error
            continue
        if column is not None and column.files > least:
            pictured = Pictured(album.archive, inner, album.pictures, files, column, folder)
            pictured.notes += _only(table, found)
            return pictured
        inner.close()
        out.unlink()
    folder.cleanup()
    if needed and refusal is not None:
        raise refusal
    return None


def _beside(found: _Found, packed: Member, opener: Opener, most: int | None) -> Pictured | None:
    """A table that names pictures in an archive beside it, as when both were dropped together."""
    folder = TemporaryDirectory(prefix="loam-pictures-")
    archive = Path(folder.name) / "pictures.zip"
    unpack(found.archive, packed, archive)
    album = _Album(archive, _find(archive, _title(packed)).pictures, folder)
    rest = [member for member in found.others if member is not packed]
    return _pictured(album, replace(found, others=rest), opener, least=0, needed=True, most=most)


def _check_size(table: Member) -> None:
    if _ending(table) not in LINES and table.size > MAX_TABLE:
        raise BadFile(
            "“{name}” has more than {limit} MB, which is too much for a table among pictures. Save it as CSV.",
            name=table.path,
            limit=MAX_TABLE >> 20,
        )


def _only(table: Member, found: _Found) -> list[Note]:
    """Says which table is read where the archive holds more than that and its pictures."""
    rest = [member.path for member in (*found.tables, *found.texts, *found.others) if member is not table]
    text = "Only the table “{table}” is read. Other files are left out ({count} in all): {files}."
    return [Note(text=text, values={"table": table.path, "count": len(rest), "files": listed(rest)})] if rest else []


def _title(member: Member) -> str:
    return member.path.rsplit("/", 1)[-1]


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
