"""Pictures, and archives of them, for the tests of tables."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from engine.table.frames import read_frame
from engine.table.importing import ImportedTable, import_table


def picture(seed: int = 0, size: tuple[int, int] = (12, 10), mode: str = "RGB", format: str = "PNG") -> bytes:
    """A picture of random pixels; `size` is (width, height)."""
    width, height = size
    channels = len(Image.new(mode, (1, 1)).getbands())
    shape = (height, width) if channels == 1 else (height, width, channels)
    pixels = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    return encoded(Image.fromarray(pixels, None if mode != "CMYK" else "CMYK"), format)


def encoded(image: Image.Image, format: str = "PNG", **more: object) -> bytes:
    out = BytesIO()
    image.save(out, format, **more)
    return out.getvalue()


def packed(path: Path, members: dict[str, bytes | str], how: int = zipfile.ZIP_DEFLATED) -> Path:
    """An archive of these files."""
    with zipfile.ZipFile(path, "w", how) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def taken(path: Path) -> tuple[pd.DataFrame, ImportedTable, Path]:
    """The table of an archive, what is said of it, and the folder of pictures."""
    folder = path.parent / "kept"
    table = import_table(path, path.name, None, path.parent / "out.parquet", pictures=folder)
    return read_frame(path.parent / "out.parquet"), table, folder


def kinds(table: ImportedTable) -> dict[str, str]:
    return {column.name: column.kind for column in table.schema.columns}
