"""An archive of pictures or of texts, one folder a class, read as a table: what is in the file, its class, its name."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import ClassVar
from zipfile import ZipFile

import pyarrow as pa

from engine.errors import BadFile
from engine.events import Note, listed
from engine.table._source import PREVIEW, Source
from engine.table.archives import Member, read_member
from engine.table.columns import STORED, Kind
from engine.table.encodings import text_of
from engine.table.keeping import MAX_BYTES, keep_all
from engine.table.options import ReadOptions
from engine.table.paths import places
from engine.table.pictures import DAMAGED, opened, shrunk

BATCH = 2_000  # rows
BATCH_BYTES = 32 << 20  # of texts
MAX_TEXT = 10 << 20  # bytes
LOOK = 32 << 10  # bytes of a text in a preview
FEW = 2  # pictures or texts of a class that are too few to learn and to test


class _ClassFolders(Source):
    """Files of one kind in folders: a row each, in the order of their paths."""

    content: ClassVar[str]  # the name of the column of what is in the files
    kind: ClassVar[Kind]

    def __init__(self, path: Path, name: str, members: Sequence[Member], options: ReadOptions) -> None:
        """Takes the members that are files of this kind. Opens none of them yet."""
        self._path, self._name, self._members = path, name, list(members)
        self._places = places([member.path for member in members])
        self.options = options.model_copy(update={"format": "zip"})
        kinds: dict[str, Kind] = {self.content: self.kind}
        if any(place.label is not None for place in self._places):
            kinds["label"] = "category"
        if any(place.part is not None for place in self._places):
            kinds["part"] = "category"
        self.kinds = kinds | {"file": "identifier"}
        self.names = tuple(self.kinds)
        self.notes = self._structure()

    def leave_out(self, members: Sequence[Member]) -> None:
        """Says that these files of the archive are not read."""
        if members:
            text = "Files of another kind are left out ({count} in all): {files}."
            values = {"count": len(members), "files": listed([member.path for member in members])}
            self.notes.append(Note(text=text, values=values))

    def start(self) -> pa.RecordBatch:
        """The first rows of each class, by turns: a look at the beginning would show one class alone."""
        return self._batch(self._first(), LOOK)

    def size(self) -> tuple[int, bool]:
        """Files, and whether all of them become rows."""
        return len(self._members), True

    def batches(self) -> Iterator[tuple[pa.RecordBatch, float]]:
        """Rows in blocks."""
        total, rows, size = len(self._members), list[int](), 0
        for row in range(total):
            rows.append(row)
            size += self._bytes(self._members[row])
            if len(rows) == BATCH or size >= BATCH_BYTES or row == total - 1:
                yield self._batch(rows), (row + 1) / total
                rows, size = [], 0

    def _batch(self, rows: Sequence[int], first: int = -1) -> pa.RecordBatch:
        known = dict(zip(rows, self._contents(rows, first), strict=True))
        columns: dict[str, list[str | None]] = {
            self.content: [known[row] for row in rows],
            "label": [self._places[row].label for row in rows],
            "part": [self._places[row].part for row in rows],
            "file": [self._members[row].path for row in rows],
        }
        arrays = [pa.array(columns[name], STORED[self.kinds[name]]) for name in self.names]
        return pa.record_batch(arrays, names=list(self.names))

    @abstractmethod
    def _contents(self, rows: Sequence[int], first: int) -> list[str | None]:
        """The cells of the column of what is in the files; of texts perhaps only the `first` bytes."""

    @abstractmethod
    def _bytes(self, member: Member) -> int:
        """The bytes of such a cell, about."""

    def _first(self) -> list[int]:
        by_class: dict[str | None, list[int]] = {}
        for row, place in enumerate(self._places):
            by_class.setdefault(place.label, []).append(row)
        turns = chain.from_iterable(zip_longest(*(rows[:PREVIEW] for rows in by_class.values())))
        return list(islice((row for row in turns if row is not None), PREVIEW))

    def _structure(self) -> list[Note]:
        labels = [place.label for place in self._places]
        if "label" not in self.kinds:
            return [Note(text="The files lie in no folders, so there is no column that says what they are.")]
        counts = Counter(label for label in labels if label is not None)
        notes = [Note(text="Each folder is a class: {count} in all.", values={"count": len(counts)})]
        if len(counts) == 1:
            text = "All files lie in one folder, “{label}”. To tell classes apart, there must be a folder for each."
            notes = [Note(text=text, values={"label": next(iter(counts))})]
        few = [label for label, count in counts.items() if count <= FEW]
        if few and len(counts) > 1:
            text = "Too few to learn and to test, one or two files each: {labels} ({count} in all)."
            notes.append(Note(text=text, values={"count": len(few), "labels": listed(few)}))
        if None in labels:
            text = "Files that lie in no class folder, so that their class is missing: {count}."
            notes.append(Note(text=text, values={"count": labels.count(None)}))
        return notes


class Pictures(_ClassFolders):
    """Pictures in class folders."""

    content = "picture"
    kind = "image"
    _references: dict[int, str] | None = None  # by the member's place in the archive, once they are kept

    def keep(self, folder: Path, report: Callable[[float], None]) -> None:
        """Keeps all pictures. Files that are none are left out, with a note. Raises BadFile when none is left."""
        outcome = keep_all(self._path, [member.index for member in self._members], folder, report)
        good = [place for place, kept in enumerate(outcome) if kept is not None]
        lost = [member.path for member, kept in zip(self._members, outcome, strict=True) if kept is None]
        if not good:
            raise BadFile("“{name}” holds no picture that can be read: {files}.", name=self._name, files=listed(lost))
        self._references = {m.index: kept.reference for m, kept in zip(self._members, outcome, strict=True) if kept}
        self._members = [self._members[place] for place in good]
        self._places = [self._places[place] for place in good]
        if lost:
            text = "Pictures that cannot be read are left out ({count} in all): {files}."
            self.notes.append(Note(text=text, values={"count": len(lost), "files": listed(lost)}))

    def look(self, most: int) -> dict[str, bytes]:
        """Small JPEGs of some pictures of each class, by their names."""
        return looks(self._path, [self._members[row] for row in self._first()], most)

    def _contents(self, rows: Sequence[int], first: int) -> list[str | None]:
        if self._references is None:
            return [self._members[row].path for row in rows]
        return [self._references[self._members[row].index] for row in rows]

    def _bytes(self, member: Member) -> int:
        return len(member.path)


class Texts(_ClassFolders):
    """Texts in class folders; the encoding of each is found out. Empty ones are missing."""

    content = "text"
    kind = "text"

    def __init__(self, path: Path, name: str, members: Sequence[Member], options: ReadOptions) -> None:
        super().__init__(path, name, members, options)
        self._lost: list[str] = []
        self._nul: list[str] = []

    def batches(self) -> Iterator[tuple[pa.RecordBatch, float]]:
        """Rows in blocks; once all are read, notes say which could not be."""
        before = [*self.notes]
        self._lost, self._nul = [], []
        yield from super().batches()
        self.notes = before
        if self._lost:
            text = "Texts that cannot be read, or have more than {limit} MB, are missing ({count} in all): {files}."
            values = {"count": len(self._lost), "files": listed(self._lost), "limit": MAX_TEXT >> 20}
            self.notes.append(Note(text=text, values=values))
        if self._nul:
            text = "NUL bytes, which no text has, are taken out of {count} files: {files}."
            self.notes.append(Note(text=text, values={"count": len(self._nul), "files": listed(self._nul)}))

    def _contents(self, rows: Sequence[int], first: int) -> list[str | None]:
        with ZipFile(self._path) as archive:
            return [self._text(archive, self._members[row], first) for row in rows]

    def _bytes(self, member: Member) -> int:
        return member.size if member.size <= MAX_TEXT else 0

    def _text(self, archive: ZipFile, member: Member, first: int) -> str | None:
        raw = read_member(archive, member.index, MAX_TEXT, first)
        if raw is None:
            self._lost.append(member.path)
            return None
        text = text_of(raw if len(raw) == member.size else _whole_letters(raw))
        if "\0" in text:
            self._nul.append(member.path)
            text = text.replace("\0", "")
        return text.strip() or None


def _whole_letters(raw: bytes) -> bytes:
    """The beginning of a text without its last letter, if that is beyond ASCII: in UTF-8 only a part of it may be."""
    end = len(raw)
    while end and len(raw) - end < 3 and 0x80 <= raw[end - 1] < 0xC0:
        end -= 1
    return raw[: end - 1] if end and raw[end - 1] >= 0xC0 else raw[:end]


def looks(path: Path, members: Sequence[Member], most: int) -> dict[str, bytes]:
    """Small JPEGs of the first pictures among the members that can be read, by their paths."""
    found: dict[str, bytes] = {}
    with ZipFile(path) as archive:
        for member in members[:most]:
            content = read_member(archive, member.index, MAX_BYTES)
            if not content:
                continue
            try:
                with opened(BytesIO(content)) as image:
                    found[member.path] = shrunk(image)
            except (*DAMAGED, BadFile):
                continue
    return found
