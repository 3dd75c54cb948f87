"""Where the predicting process listens: in the data folder, or near by when its path is too long for a socket."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

LONGEST = 100
"""Bytes; the kernel takes 108 on Linux and 104 on macOS."""


def socket_path(folder: Path) -> Path:
    """The path of the socket for a data folder; its own folder is made, for its owner only."""
    path = folder.resolve() / "processes" / "serving.sock"
    if len(os.fsencode(path)) > LONGEST:
        mark = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
        path = Path(tempfile.gettempdir()) / f"loam-{os.getuid()}-{mark}" / "serving.sock"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.parent.stat().st_uid != os.getuid():
        raise PermissionError(f"{path.parent} belongs to somebody else.")
    return path
