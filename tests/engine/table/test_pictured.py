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
    cells = ["train/cat/001.png", "pets/train/cat/002.png", "../dog/001.png", "dog/001"]
    members = {"t.csv": table_of(*cells)} | {f"data/{name}": picture(i) for i, name in enumerate(names)}
    frame, table, _ = taken(packed(tmp_path / "a.zip", members))
    assert frame["picture"].notna().tolist() == [False, False, True, True]
    assert "not there (2 in all): “train/cat/001.png”, “pets/train/cat/002.png”" in words(table)


def test_pictures_of_folders_that_are_called_otherwise_are_found_by_their_names_and_that_is_told(tmp_path):
    members = {f"pictures/{i}.png": picture(i) for i in range(3)}
    frame, table, _ = taken(packed(tmp_path / "a.zip", {"t.csv": table_of("old/0.png", "old/2.png")} | members))
    assert frame["picture"].notna().all()
    assert "“file” names are not there: pictures are found by what their paths end with" in words(table)
