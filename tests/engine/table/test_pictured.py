"""A table and the pictures that it names: which file a cell means, and which table is taken."""

from __future__ import annotations

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
