"""A table and the pictures that it names: which file a cell means, and which table is taken."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from engine.errors import BadFile, OutOfResources
from engine.table.archives import files_in, unpack
from engine.table.reading import inspect
from tests.engine.table.archives import kinds, packed, picture, taken
from tests.engine.table.files import words


def table_of(*cells: str) -> str:
    return "file,price\n" + "".join(f"{cell},{i % 7}.5\n" for i, cell in enumerate(cells))


def test_the_column_that_names_pictures_is_not_learned_from(tmp_path):
    names = [f"{kind}/{i:03}.png" for kind in ("cat", "dog") for i in range(3)]
    members = {"t.csv": table_of(*names, "")} | {name: picture(i) for i, name in enumerate(names)}
    frame, table, _ = taken(packed(tmp_path / "a.zip", members))
    assert kinds(table) == {"picture": "image", "file": "identifier", "price": "number"}
    assert frame["file"].tolist()[:6] == names
    assert frame["file"].isna().tolist() == [False] * 6 + [True]


def test_a_missing_picture_is_not_replaced_by_one_of_the_same_name_elsewhere(tmp_path):
    names = ["train/cat/002.png", "test/dog/001.png"]
    cells = ["train/cat/001.png", "pets/train/cat/002.png", "../dog/001.png", "cat/002"]
    members = {"t.csv": table_of(*cells)} | {f"data/{name}": picture(i) for i, name in enumerate(names)}
    frame, table, _ = taken(packed(tmp_path / "a.zip", members))
    assert frame["picture"].notna().tolist() == [False, False, True, True]
    assert "not there (2 in all): “train/cat/001.png”, “pets/train/cat/002.png”" in words(table)


def test_pictures_of_folders_that_are_called_otherwise_are_found_by_their_names_and_that_is_told(tmp_path):
    members = {f"pictures/{i}.png": picture(i) for i in range(3)}
    frame, table, _ = taken(packed(tmp_path / "a.zip", {"t.csv": table_of("old/0.png", "old/2.png")} | members))
    assert frame["picture"].notna().all()
    assert "“file” names are not there: pictures are found by what their paths end with" in words(table)


def test_one_of_two_tables_is_taken_and_the_other_is_told(tmp_path):
    tables = {"train.csv": table_of(*(f"{i}.png" for i in range(8))), "test.csv": table_of("8.png", "9.png")}
    members = tables | {f"img/{i}.png": picture(i) for i in range(10)}
    frame, table, _ = taken(packed(tmp_path / "a.zip", members))
    assert len(frame) == 8
    assert "Only the table “train.csv” is read. Other files are left out (1 in all): “test.csv”." in words(table)


def test_class_folders_win_over_a_table_that_names_few_of_the_pictures(tmp_path):
    paths = [f"{kind}/{i}.png" for kind in ("cat", "dog") for i in range(6)]
    members = {path: picture(i) for i, path in enumerate(paths)}
    frame, table, _ = taken(packed(tmp_path / "a.zip", members | {"metadata.csv": table_of(*paths[:3])}))
    assert (list(frame), len(frame)) == (["picture", "label", "file"], 12)
    assert "“metadata.csv”" in words(table)
    frame, _, _ = taken(packed(tmp_path / "b.zip", members | {"metadata.csv": table_of(*paths[:8])}))
    assert (list(frame), len(frame)) == (["picture", "file", "price"], 8)


def test_only_the_start_of_a_large_table_is_unpacked_for_a_look(tmp_path):
    rows = [f"img/{i % 4}.png" for i in range(1_500_000)]
    members = {"t.csv": table_of(*rows)} | {f"img/{i}.png": picture(i) for i in range(4)}
    path = packed(tmp_path / "a.zip", members, zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[content.index(b"img/3.png", 20 << 20)] ^= 0xFF  # so that reading all of it fails
    path.write_bytes(content)
    found = inspect(path, "a.zip")
    assert found.rows == pytest.approx(len(rows), rel=0.05)
    assert not found.rows_exact
    assert found.kinds == ("image", "identifier", "number")


def test_a_preview_holds_the_beginnings_of_texts(tmp_path):
    long = "Größe " * 1_000_000
    found = inspect(packed(tmp_path / "a.zip", {"a/1.txt": long, "b/2.txt": "好吃" * 100_000}), "a.zip")
    assert [len(row[0]) < 40_000 for row in found.preview] == [True, True]
    assert long.startswith(found.preview[0][0])
    assert set(found.preview[1][0]) == {"好", "吃"}


def test_a_damaged_table_beside_class_folders_is_left_out_and_named_where_it_is_needed(tmp_path):
    def torn(path: Path, folders: tuple[str, str]) -> Path:
        rows = table_of(*(f"{i}.png" for i in range(50)))
        pictures = {f"{folder}{i}.png": picture(i) for i, folder in enumerate(folders)}
        packed(path, {"data/t.csv": rows} | pictures, zipfile.ZIP_STORED)
        path.write_bytes(path.read_bytes().replace(b"40.png", b"4x.png"))
        return path

    frame, table, _ = taken(torn(tmp_path / "a.zip", ("a/", "b/")))
    assert len(frame) == 2
    assert "“data/t.csv”" in words(table)
    with pytest.raises(BadFile, match=r"“data/t\.csv” in the archive is damaged"):
        taken(torn(tmp_path / "b.zip", ("", "")))


def test_a_full_disk_is_told_when_a_table_is_unpacked(tmp_path):
    path = packed(tmp_path / "a.zip", {"t.csv": table_of("1.png")})
    with pytest.raises(OutOfResources, match=r"“t\.csv” could not be unpacked, perhaps because the disk is full"):
        unpack(path, files_in(path, "a.zip")[0], Path("/dev/full"))
