"""What the folders of an archive say of its files: which class they are of, and which part they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

Part = Literal["train", "validation", "test"]

PART_WORDS: dict[str, Part] = {
    "train": "train", "training": "train",
    "validation": "validation", "valid": "validation", "val": "validation", "dev": "validation",
    "test": "test", "testing": "test",
}  # fmt: skip


class Place(NamedTuple):
    """What a file's folders say of it; None where they say nothing."""

    label: str | None
    part: Part | None


def part_of(word: str) -> Part | None:
    """The part that a word means, however it is written."""
    return PART_WORDS.get(word.strip().casefold())


def places(paths: Sequence[str]) -> list[Place]:
    """The class and the part of each file.

    A folder that holds everything says nothing. Folders called train, test and so on are parts if there are several.
    The next folder is the class; folders inside it belong to the class.
    """
    folders = [tuple(path.split("/")[:-1]) for path in paths]
    root = _root(folders)
    inner = [folder[root:] for folder in folders]
    parted = len({part_of(folder[0]) for folder in inner if folder} - {None}) > 1
    return [_place(folder, parted=parted) for folder in inner]


def _place(folder: tuple[str, ...], *, parted: bool) -> Place:
    part = part_of(folder[0]) if parted and folder else None
    classes = folder[1:] if part else folder
    return Place(classes[0] if classes else None, part)


def _root(folders: Sequence[tuple[str, ...]]) -> int:
    """How many outer folders all files share; not the innermost, which is a class although it is the only one."""
    depth = 0
    while len({folder[depth : depth + 1] for folder in folders}) == 1:
        if 2 * sum(len(folder) > depth + 1 for folder in folders) <= len(folders):
            break
        depth += 1
    return depth
