"""Artifacts by key, such as “datasets/3/versions/2/table.parquet”. Tables keep keys; only this module makes paths."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]*")


class Files:
    """The artifacts under one folder. A key names a file or a folder (such as a bundle)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str) -> Path:
        """Where the artifact lies, or would lie. Raises ValueError for a key that could lead out of the folder."""
        parts = key.split("/")
        if not all(PART.fullmatch(part) for part in parts):
            raise ValueError(f"Not the key of an artifact: {key!r}")
        return self.folder.joinpath(*parts)

    def exists(self, key: str) -> bool:
        """Whether the artifact is there."""
        return self.path(key).exists()

    @contextmanager
    def new(self, key: str) -> Iterator[Path]:
        """A path to write a file or make a folder at; it becomes the artifact on leaving, or vanishes on an error.

        So nobody ever sees half an artifact. One that was there is replaced.
        """
        final = self.path(key)
        final.parent.mkdir(parents=True, exist_ok=True)
        draft = final.with_name(f"{final.name}.{secrets.token_hex(4)}.part")
        try:
            yield draft
            if final.is_dir():
                shutil.rmtree(final)
            draft.replace(final)
        finally:
            _remove(draft)

    def remove(self, key: str) -> None:
        """Removes a file or a folder; it need not be there."""
        _remove(self.path(key))

    def remove_drafts(self, before: float) -> None:
        """Removes what killed processes had begun to write and have not touched since `before` (seconds since 1970)."""
        for pattern in ("*.part", "*.partial"):
            self.remove_older(f"**/{pattern}", before)

    def remove_older(self, keys: str, before: float) -> None:
        """Removes what the pattern `keys` matches, with “*” for any one part, and nobody has touched since `before`."""
        for found in list(self.folder.glob(keys)):
            with suppress(FileNotFoundError):  # another process sweeps too
                if found.stat().st_mtime < before:
                    _remove(found)

    def free(self) -> int:
        """Bytes left on the disk."""
        return shutil.disk_usage(self.folder).free


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
