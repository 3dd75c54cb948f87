"""Keeps pictures by their content: each once in a data set's folder, checked by decoding it, a small one beside it.

Many are kept by processes of their own: `python -m engine.table.keeping ARCHIVE FOLDER` takes lines of places in an
archive, and gives a line of outcomes for each. It ends with the process that feeds it.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from io import BytesIO
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple
from zipfile import ZipFile

import pandas as pd
from PIL import Image

from engine.errors import BadFile, OutOfResources
from engine.table.archives import read_member
from engine.table.pictures import (
    DAMAGED,
    FORMATS,
    GREY,
    ORIENTATION,
    REFERENCE,
    SMALL,
    SMALL_ENDING,
    TURNED,
    opened,
    shrunk,
)

MAX_BYTES = 200 << 20  # of one picture's file
CHUNK = 250  # pictures
ALONE = 1_000  # below so many, starting other processes takes longer than it saves
SHOWN_AS_IT_IS = ("PNG", "JPEG", "WEBP", "GIF")  # browsers know them
LIGHT = 40_000  # bytes of a file that galleries show as it is
SIZES = "sizes.parquet"
SOURCE = Path(__file__).parents[2]
Progress = Callable[[float], None]


class Kept(NamedTuple):
    """A picture that is kept: its reference, and its size and channels as `pictures.measure` gives them."""

    reference: str
    width: int
    height: int
    channels: int


def keep(content: bytes, folder: Path) -> Kept:
    """Keeps one picture, the bytes of a file, under its content's name; one that is there already stays.

    Raises BadFile for what is no picture, is damaged, or is huge.
    """
    try:
        with opened(BytesIO(content)) as image:
            kept = _describe(image, content)
            if not (folder / kept.reference).exists():
                _write(image, content, folder / kept.reference)
            return kept
    except DAMAGED as error:
        _refuse_full_disk(error)
        raise BadFile("This is not a picture that can be read, or it is damaged.") from error


def keep_all(archive: Path, members: Sequence[int], folder: Path, report: Progress) -> list[Kept | None]:
    """Keeps these members of a ZIP archive, by their places in it; None for each that is no readable picture.

    Adds them to what `sizes` gives. Uses all processors for many. Raises OutOfResources when the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chunks = [members[start : start + CHUNK] for start in range(0, len(members), CHUNK)]
    found: list[Kept | None] = []
    with ExitStack() as stack:
        if len(members) < ALONE:
            file = stack.enter_context(ZipFile(archive))
            done: Iterable[list[Kept | None]] = (_keep_chunk(file, chunk, folder) for chunk in chunks)
        else:
            done = stack.enter_context(_Crew(archive, folder)).keep(chunks)
        for outcome in done:
            found += outcome
            report(len(found) / len(members))
    _remember_sizes(folder, [kept for kept in found if kept is not None])
    return found


def keep_copies(references: Iterable[str], source: Path, folder: Path) -> set[str]:
    """Keeps pictures of the folder `source` in `folder` too; the references of those that are there now.

    A reference is the same in both. What is none, or refers to nothing, is left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for reference in dict.fromkeys(references):
        if REFERENCE.fullmatch(reference) and (source / reference).is_file():
            with suppress(BadFile):
                found.append(keep((source / reference).read_bytes(), folder))
    _remember_sizes(folder, found)
    return {kept.reference for kept in found}


def sizes(folder: Path) -> pd.DataFrame:
    """Width, height and channels of the pictures in a data set's folder, indexed by reference."""
    path = folder / SIZES
    if not path.exists():
        return pd.DataFrame(columns=["width", "height", "channels"], index=pd.Index([], name="reference"))
    return pd.read_parquet(path)


def _describe(image: Image.Image, content: bytes) -> Kept:
    name = hashlib.sha256(content).hexdigest()[:32]
    width, height = image.size
    if image.getexif().get(ORIENTATION) in TURNED:
        width, height = height, width
    ending = FORMATS[image.format or "PNG"]
    return Kept(f"{name[:2]}/{name}{ending}", width, height, 1 if image.mode in GREY else 3)


def _write(image: Image.Image, content: bytes, path: Path) -> None:
    """Decodes the picture, so that a damaged one is never kept; the file itself appears last, and whole."""
    path.parent.mkdir(exist_ok=True)
    if max(image.size) <= SMALL and image.format in SHOWN_AS_IT_IS and len(content) <= LIGHT:
        image.load()
    else:
        _write_whole(path.with_name(path.name + SMALL_ENDING), shrunk(image))
    _write_whole(path, content)


def _write_whole(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")  # threads may keep the same picture at once
    part.write_bytes(content)
    part.replace(path)


def _keep_chunk(archive: ZipFile, members: Iterable[int], folder: Path) -> list[Kept | None]:
    return [_keep_member(archive, member, folder) for member in members]


def _keep_member(archive: ZipFile, member: int, folder: Path) -> Kept | None:
    content = read_member(archive, member, MAX_BYTES)
    if not content:
        return None
    try:
        return keep(content, folder)
    except BadFile:
        return None


def _remember_sizes(folder: Path, kept: Sequence[Kept]) -> None:
    fresh = pd.DataFrame(kept, columns=list(Kept._fields)).set_index("reference")
    known = sizes(folder)
    fresh = fresh[~fresh.index.duplicated() & ~fresh.index.isin(known.index)]
    part = folder / f"{SIZES}.{os.getpid()}.part"
    (pd.concat([known, fresh]) if len(known) else fresh).to_parquet(part)
    part.replace(folder / SIZES)


def _refuse_full_disk(error: BaseException) -> None:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        raise OutOfResources("The disk is full, so the pictures were not saved. Make room and try again.") from error


class _Crew:
    """Processes that keep pictures of one archive, as many as there are processors, at most four."""

    def __init__(self, archive: Path, folder: Path) -> None:
        command = [sys.executable, "-m", "engine.table.keeping", str(archive.absolute()), str(folder.absolute())]
        count = min(os.cpu_count() or 1, 4)
        self._processes = [
            subprocess.Popen(command, cwd=SOURCE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(count)
        ]
        self._idle: SimpleQueue[subprocess.Popen[str]] = SimpleQueue()
        for process in self._processes:
            self._idle.put(process)
        self._threads = ThreadPoolExecutor(count)

    def keep(self, chunks: Sequence[Sequence[int]]) -> Iterable[list[Kept | None]]:
        """The outcomes of each chunk, in their order."""
        return self._threads.map(self._ask, chunks)

    def _ask(self, chunk: Sequence[int]) -> list[Kept | None]:
        process = self._idle.get()
        if process.stdin is None or process.stdout is None:
            raise ValueError("The process has no pipes.")
        answer = ""
        with suppress(BrokenPipeError):
            print(json.dumps(chunk), file=process.stdin, flush=True)
            answer = process.stdout.readline()
        self._idle.put(process)
        if not answer:
            raise OutOfResources("Reading the pictures took more memory or disk than there is. Send them in parts.")
        return [None if each is None else Kept(*each) for each in json.loads(answer)]

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.communicate()


def _serve(archive: Path, folder: Path) -> None:
    """What a process of the crew does, until nobody asks any more."""
    with ZipFile(archive) as file:
        for line in sys.stdin:
            sys.stdout.write(json.dumps(_keep_chunk(file, json.loads(line), folder)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), Path(sys.argv[2]))
