"""Pictures of every format and mode become the same kind of array, upright; what is no picture is refused in words."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from engine.errors import BadFile
from engine.table.columns import Column, Schema
from engine.table.pictures import load, located, measure, small
from tests.engine.table.archives import encoded, picture

GRADIENT = np.tile(np.linspace(0, 255, 32, dtype=np.uint8), (16, 1))  # 32 wide, 16 high, brighter to the right

KEPT = f"ab/{'ab' * 16}.png"


def file(folder, content, name="a.png"):
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF"])
def test_every_format_gives_the_same_picture(tmp_path, format):
    colours = np.stack([GRADIENT, GRADIENT[:, ::-1], np.full_like(GRADIENT, 40)], axis=-1)
    path = file(tmp_path, encoded(Image.fromarray(colours), format), "misnamed.dat")
    assert measure(path) == (32, 16, 3)
    pixels = load(path, None, 3)
    assert pixels.shape == (16, 32, 3)
    assert pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - colours).mean() < 12


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
def test_every_mode_keeps_light_and_dark(tmp_path, mode):
    image = Image.fromarray(GRADIENT)
    if mode == "I;16":
        image = Image.fromarray(GRADIENT.astype(np.uint16) * 257)
    elif mode == "I":
        image = Image.fromarray(GRADIENT.astype(np.int32) * 257)
    elif mode == "F":
        image = Image.fromarray((GRADIENT / 255).astype(np.float32))
    else:
        image = image.convert(mode)
    path = file(tmp_path, encoded(image, "TIFF" if mode in ("CMYK", "I", "F") else "PNG"))
    for channels in (1, 3):
        pixels = load(path, None, channels)
        assert pixels.shape == (16, 32, channels)
        assert pixels[:, 0].mean() < 20
        assert pixels[:, -1].mean() > 235
    assert measure(path)[2] == (1 if mode in ("1", "L", "LA", "I;16", "I", "F") else 3)


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
def test_grey_of_fewer_bits_than_the_file_has_room_for_is_not_black(tmp_path, bits):
    values = (GRADIENT.astype(np.float64) / 255 * (2**bits - 1)).round().astype(np.uint16)
    pixels = load(file(tmp_path, encoded(Image.fromarray(values))), None, 1)[:, :, 0]
    assert np.abs(pixels.astype(int) - GRADIENT).max() <= 1


def test_what_is_transparent_is_white(tmp_path):
    clear = np.zeros((8, 8, 4), dtype=np.uint8)
    assert (load(file(tmp_path, encoded(Image.fromarray(clear))), None, 3) == 255).all()
    palette = Image.fromarray(np.zeros((8, 8), dtype=np.uint8)).convert("P")
    assert (load(file(tmp_path, encoded(palette, "PNG", transparency=0)), None, 1) == 255).all()


def test_pictures_of_a_turned_camera_stand_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90° clockwise
    path = file(tmp_path, encoded(Image.fromarray(GRADIENT), "JPEG", exif=exif), "a.jpg")
    assert measure(path) == (16, 32, 1)
    pixels = load(path, None, 1)
    assert pixels.shape == (32, 16, 1)
    assert pixels[-1].mean() > 200 > 60 > pixels[0].mean()


def test_the_first_frame_of_an_animation_is_taken(tmp_path):
    frames = [Image.new("L", (9, 9), shade) for shade in (200, 0, 100)]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert (load(file(tmp_path, content, "a.gif"), None, 1) == 200).all()


def test_pictures_are_cropped_around_their_centre_and_never_squeezed(tmp_path):
    pixels = load(file(tmp_path, encoded(Image.fromarray(GRADIENT))), (8, 8), 1)
    assert pixels.shape == (8, 8, 1)
    assert pixels[:, 0].mean() == pytest.approx(255 * 8 / 32, abs=12)
    assert pixels[:, -1].mean() == pytest.approx(255 * 24 / 32, abs=12)


def test_pictures_of_the_right_size_keep_every_pixel(tmp_path):
    assert (load(file(tmp_path, encoded(Image.fromarray(GRADIENT))), (32, 16), 1)[..., 0] == GRADIENT).all()


def test_a_large_photo_is_made_small(tmp_path):
    large = np.repeat(np.repeat(GRADIENT, 100, axis=0), 100, axis=1)
    pixels = load(file(tmp_path, encoded(Image.fromarray(large), "JPEG"), "a.jpg"), (32, 16), 1)
    assert np.abs(pixels[..., 0].astype(int) - GRADIENT).mean() < 6


@pytest.mark.parametrize(
    "content", [b"", b"not a picture", picture()[:60], picture(format="JPEG", size=(64, 64))[:700], b"%PDF-1.7"]
)
def test_what_is_no_picture_is_refused_by_name(tmp_path, content):
    with pytest.raises(BadFile, match=r"“a\.png”"):
        load(file(tmp_path, content), (8, 8), 3)


@pytest.mark.parametrize("side", [12_000, 30_000])
def test_a_huge_picture_is_refused_before_it_is_decoded(tmp_path, side):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    path = file(
        tmp_path, b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")
    )
    for look in (measure, lambda path: load(path, (8, 8), 3)):
        with pytest.raises(BadFile, match="too large"):
            look(path)


def test_references_become_paths_and_all_else_is_missing(tmp_path):
    columns = (Column(name="p", kind="image", read_as="image"), Column(name="t", kind="text", read_as="text"))
    frame = pd.DataFrame({"p": [KEPT, None, "ab/c.png", "../../../etc/passwd"], "t": list("wxyz")})
    paths = located(frame, Schema(columns=columns), tmp_path)
    assert paths["p"][0] == str(tmp_path / KEPT)
    assert paths["p"].isna().tolist() == [False, True, True, True]
    assert paths["t"].tolist() == list("wxyz")
    assert frame["p"][0] == KEPT


def test_what_is_no_reference_reaches_no_file(tmp_path):
    (tmp_path / "kept").mkdir()
    secret = file(tmp_path, picture(), "secret.png")
    assert small(tmp_path / "kept", KEPT) == tmp_path / "kept" / KEPT
    for reference in ("../secret.png", str(secret)):
        assert not small(tmp_path / "kept", reference).exists()
