"""A table and the pictures that it names: which file a cell means, and which table is taken."""

from __future__ import annotations

from tests.engine.table.archives import kinds, packed, picture, taken


def table_of(*cells: str) -> str:
    return "file,price\n" + "".join(f"{cell},{i % 7}.5\n" for i, cell in enumerate(cells))


def test_the_column_that_names_pictures_is_not_learned_from(tmp_path):
    names = [f"{kind}/{i:03}.png" for kind in ("cat", "dog") for i in range(3)]
    members = {"t.csv": table_of(*names, "")} | {name: picture(i) for i, name in enumerate(names)}
    frame, table, _ = taken(packed(tmp_path / "a.zip", members))
    assert kinds(table) == {"picture": "image", "file": "identifier", "price": "number"}
    assert frame["file"].tolist()[:6] == names
    assert frame["file"].isna().tolist() == [False] * 6 + [True]
