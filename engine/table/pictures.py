"""Pictures: where they lie, what is in their headers, and their pixels. Knows no archive, no data set and no model.

A column of the kind `image` holds references such as “ab/abcd….png”, relative to the data set's folder of pictures.
"""

from __future__ import annotations

import re
import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from PIL import Image, ImageOps

from engine.errors import BadFile
from engine.table.columns import Schema

FORMATS: dict[str, str] = {
    "JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "WEBP": ".webp", "BMP": ".bmp", "GIF": ".gif", "TIFF": ".tif",
}  # fmt: skip
"""What Pillow calls the formats that are read, and the ending of a picture that is kept. MPO: JPEG of some phones."""
SMALL = 96  # pixels of the longer side, for galleries
SMALL_ENDING = ".small.jpg"
MAX_PIXELS = 89_000_000  # decoded that is 270 MB; Pillow itself refuses twice as much
GREY = ("1", "L", "LA", "I", "F", "I;16", "I;16B", "I;16L")
WHITES = (1_023.0, 4_095.0, 16_383.0, 65_535.0)  # of grey in 10, 12, 14 and 16 bits, as cameras and scanners give
WHITES_F = (1.0, 255.0, 65_535.0)  # of grey in fractions
DEEP = ("I", "F", "I;16", "I;16B", "I;16L")
REFERENCE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}\.[a-z]{3,4}")
TURNED = (5, 6, 7, 8)  # values of the EXIF orientation that swap width and height
ORIENTATION = 0x0112
# What Pillow's readers raise for bytes that are no picture, or only the beginning of one.
DAMAGED = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError, ZeroDivisionError,
    MemoryError, struct.error, zlib.error,
)  # fmt: skip

Channels = Literal[1, 3]


def located(frame: pd.DataFrame, schema: Schema, folder: Path) -> pd.DataFrame:
    """The frame with absolute paths in place of references; what is no reference is missing.

    `folder` is the data set's folder of pictures. Everything that learns or predicts takes such a frame.
    """
    changed: dict[str, pd.Series[Any]] = {}
    root = f"{folder.absolute()}/"
    for column in schema.columns:
        if column.kind == "image" and column.name in frame:
            cells = frame[column.name].astype("str")
            changed[column.name] = root + cells.where(cells.str.fullmatch(REFERENCE.pattern, na=False))
    return frame.assign(**changed) if changed else frame


def measure(path: Path | str) -> tuple[int, int, Channels]:
    """Width and height in pixels as a person sees the picture, and 1 channel for grey or 3 for colour.

    Reads the header alone. Raises BadFile for what is no picture, or a huge one.
    """
    try:
        with opened(path) as image:
            width, height = image.size
            if image.getexif().get(ORIENTATION) in TURNED:
                width, height = height, width
            return width, height, 1 if image.mode in GREY else 3
    except DAMAGED as error:
        raise unreadable(path) from error


def load(path: Path | str, size: tuple[int, int] | None, channels: Channels) -> np.ndarray:
    """The pixels: uint8 of shape (height, width, channels), upright, the first frame, what is transparent on white.

    `size` is (width, height): the picture is resized until it covers that, and cropped around its centre. None keeps
    its own size. Raises BadFile for what is no picture, is damaged, or is huge.
    """
    try:
        with opened(path) as image:
            if size is not None and image.format in ("JPEG", "MPO"):
                image.draft("RGB" if channels == 3 else "L", (max(size), max(size)))  # decodes no more than is needed
            return pixels(image, size, channels)
    except DAMAGED as error:
        raise unreadable(path) from error


def as_png(pixels: np.ndarray) -> bytes:
    """Pixels as `load` gives them, as a PNG file."""
    file = BytesIO()
    Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels).save(file, "PNG")
    return file.getvalue()


def shrunk(image: Image.Image) -> bytes:
    """A JPEG of at most SMALL × SMALL pixels of an opened picture. Raises one of DAMAGED."""
    image.draft("RGB", (2 * SMALL, 2 * SMALL))  # a JPEG of a camera is read through, but decoded no larger than needed
    shown = plain(image, 3)
    shown.thumbnail((SMALL, SMALL))
    file = BytesIO()
    shown.save(file, "JPEG", quality=85)
    return file.getvalue()


def small(folder: Path, reference: str) -> Path:
    """The picture as galleries show it: a JPEG of at most SMALL × SMALL pixels, or a picture that is no larger.

    What is no reference leads to a path where nothing is.
    """
    if not REFERENCE.fullmatch(reference):
        return folder / "none"
    path = folder / f"{reference}{SMALL_ENDING}"
    return path if path.exists() else folder / reference


def opened(source: Any) -> Image.Image:
    """A picture whose header is read; its pixels are not decoded yet. Close it.

    `source` is a path or a file of bytes. Raises one of DAMAGED, or BadFile for a huge picture.
    """
    try:
        image = Image.open(source, formats=[name for name in FORMATS if name != "MPO"])
    except Image.DecompressionBombError as error:
        raise _huge() from error
    if image.width * image.height > MAX_PIXELS:
        image.close()
        raise _huge()
    return image


def pixels(image: Image.Image, size: tuple[int, int] | None, channels: Channels) -> np.ndarray:
    """The pixels of an opened picture, as `load` says. Raises one of DAMAGED."""
    flat = plain(image, channels)
    if size is not None and flat.size != size:
        flat = ImageOps.fit(flat, size, Image.Resampling.BILINEAR)
    return np.asarray(flat, dtype=np.uint8).reshape(flat.height, flat.width, channels)


def plain(image: Image.Image, channels: Channels) -> Image.Image:
    """The picture upright, grey or in three colours, 8 bits each; `image` itself is turned. Raises one of DAMAGED."""
    ImageOps.exif_transpose(image, in_place=True)
    image = _eight_bits(image) if image.mode in DEEP else image
    if image.mode in ("LA", "PA", "RGBA", "RGBa", "La") or "transparency" in image.info:
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image.convert("RGBA"))
    wanted = "L" if channels == 1 else "RGB"
    return image if image.mode == wanted else image.convert(wanted)


def unreadable(path: Path | str) -> BadFile:
    """The error for a file that is no picture, or a damaged one."""
    return BadFile("“{name}” is not a picture that can be read, or it is damaged.", name=Path(path).name)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 or 32 bits scaled to 8. Where the file does not say what white is, its values do."""
    values = np.nan_to_num(np.asarray(image, dtype=np.float32), posinf=0.0, neginf=0.0)
    top = float(values.max(initial=0.0))
    white = next((white for white in (WHITES_F if image.mode == "F" else WHITES) if top <= white), top)
    return Image.fromarray(np.rint(np.clip(values * (255.0 / white), 0, 255)).astype(np.uint8))


def _huge() -> BadFile:
    return BadFile(
        "A picture has more than {limit} million pixels, which is too large. Make it smaller.",
        limit=MAX_PIXELS // 1_000_000,
    )
