"""Archives of pictures or texts in class folders become tables; what cannot be read is named and never fatal."""

from __future__ import annotations

import zipfile
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from engine.errors import BadFile
from engine.table.keeping import keep, keep_all, sizes
from engine.table.paths import places
from engine.table.pictures import measure, small
from engine.table.reading import inspect, open_source
from tests.engine.table.archives import kinds, packed, picture, taken
from tests.engine.table.files import as_written, words


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        (["cat/1.png", "dog/2.png"], [("cat", None), ("dog", None)]),
        (["pets/cat/1.png", "pets/dog/2.png"], [("cat", None), ("dog", None)]),
        (["a/b/cat/1.png", "a/b/dog/old/2.png"], [("cat", None), ("dog", None)]),
        (["cat/1.png", "cat/2.png"], [("cat", None), ("cat", None)]),
        (["x/cat/1.png", "x/cat/2.png"], [("cat", None), ("cat", None)]),
        (["1.png", "2.png"], [(None, None), (None, None)]),
        (["train/cat/1.png", "test/dog/2.png"], [("cat", "train"), ("dog", "test")]),
        (["d/Training/7/1.png", "d/VAL/7/2.png"], [("7", "train"), ("7", "validation")]),
        (["train/cat/1.png", "testing/2.png"], [("cat", "train"), (None, "test")]),
        (["train/cat/1.png", "train/dog/2.png"], [("cat", None), ("dog", None)]),
    ],
)  # fmt: skip
def test_folders_say_class_and_part(paths, said):
    assert [tuple(place) for place in places(paths)] == said


def test_pictures_in_folders_become_a_table(tmp_path):
    members = {f"{part}/{kind}/{i}.png": picture(i) for part in ("train", "test") for kind in "ab" for i in range(3)}
    frame, table, folder = taken(packed(tmp_path / "a.zip", members))
    assert kinds(table) == {"picture": "image", "label": "category", "part": "category", "file": "identifier"}
    assert len(frame) == 12
    assert frame.query("file == 'test/b/2.png'")[["label", "part"]].values.tolist() == [["b", "test"]]
    assert frame["picture"].nunique() == 3  # the same content is kept once
    assert len(list(folder.glob("*/*.png"))) == 3
    assert measure(folder / frame["picture"][0]) == (12, 10, 3)
    assert sizes(folder).loc[frame["picture"][0]].tolist() == [12, 10, 3]


def test_folder_names_that_look_like_gaps_or_numbers_stay_labels(tmp_path):
    members = {f"{kind}/{i}.png": picture(i) for i, kind in enumerate(["NA", "0", "None", "007"])}
    frame, table, _ = taken(packed(tmp_path / "a.zip", members))
    assert sorted(frame["label"]) == ["0", "007", "NA", "None"]
    assert kinds(table)["label"] == "category"


def test_what_cannot_be_read_is_left_out_and_named(tmp_path):
    members = {f"{kind}/{i}.png": picture(i) for kind in "ab" for i in range(3)}
    members |= {
        "a/empty.png": b"", "a/torn.png": picture()[:80], "b/words.jpg": "no picture", "__MACOSX/a/._0.png": b"x",
        "a/.DS_Store": b"x", "b/Thumbs.db": b"x", "b/read me.txt": "hello",
    }  # fmt: skip
    frame, table, _ = taken(packed(tmp_path / "a.zip", members))
    assert len(frame) == 6
    assert "left out (3 in all): “a/empty.png”, “a/torn.png”, “b/words.jpg”." in words(table)
    assert "Files of another kind are left out (1 in all): “b/read me.txt”." in words(table)


def test_content_decides_what_is_a_picture(tmp_path):
    members = {"a/1.txt": picture(1), "a/2": picture(2, format="JPEG"), "b/3.png": picture(3, format="WEBP")}
    frame, _, _ = taken(packed(tmp_path / "a.zip", members))
    assert sorted(reference.rsplit(".")[-1] for reference in frame["picture"]) == ["jpg", "png", "webp"]


@pytest.mark.slow
def test_one_bad_picture_among_many_only_costs_itself(tmp_path):
    members = {f"a/{i:04}.png": picture(i, (4, 4)) for i in range(1200)} | {"b/torn.png": picture()[:60]}
    path = packed(tmp_path / "a.zip", members)
    told = []
    outcome = keep_all(path, list(range(1201)), tmp_path / "kept", told.append)
    assert [i for i, kept in enumerate(outcome) if kept is None] == [1200]
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(sizes(tmp_path / "kept")) == 1200
    assert not list((tmp_path / "kept").rglob("*.part"))


def test_many_may_send_the_same_picture_at_once(tmp_path):
    contents = [picture(seed, (300, 200)) for seed in range(20)]
    with ThreadPoolExecutor(8) as pool:
        for content in contents:
            assert len(set(pool.map(lambda content: keep(content, tmp_path), [content] * 8))) == 1
    assert not list(tmp_path.rglob("*.part"))


def test_galleries_get_small_pictures(tmp_path):
    frame, _, folder = taken(
        packed(tmp_path / "a.zip", {"a/1.png": picture(1), "b/2.tif": picture(2, (300, 200), format="TIFF")})
    )
    tiny, large = frame["picture"]
    assert small(folder, tiny) == folder / tiny
    assert measure(small(folder, large)) == (96, 64, 3)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"a/1.png": 1, "a/2.png": 2}, "one folder, “a”"),
        ({"1.png": 1, "2.png": 2}, "lie in no folders"),
        ({"a/1.png": 1, "b/2.png": 2, "b/3.png": 3, "b/4.png": 4}, "one or two files each: “a” (1 in all)"),
        ({"a/1.png": 1, "b/2.png": 2, "3.png": 3}, "class is missing: 1."),
    ],
)  # fmt: skip
def test_poor_folders_are_told(tmp_path, members, said):
    path = packed(tmp_path / "a.zip", {name: picture(seed) for name, seed in members.items()})
    assert said in words(inspect(path, "a.zip"))


def test_a_preview_shows_every_class(tmp_path):
    members = {f"{kind}/{i:03}.png": picture(i) for kind in "abcde" for i in range(100)}
    found = inspect(packed(tmp_path / "a.zip", members), "a.zip")
    assert {row[1] for row in found.preview} == set("abcde")
    assert found.rows == 500
    assert found.kinds == ("image", "category", "identifier")
    assert found.preview[0][0] in found.pictures


def test_texts_in_folders_become_a_table(tmp_path):
    members = {
        "good/1.txt": "Prima 👍", "good/2.txt": "好吃，送得快".encode("gb18030"), "bad/3.txt": "שלום עולם",
        "bad/4.txt": "Äpfel über Öl, größer als zuvor".encode("latin-1"), "bad/5.txt": "  \n",
        "bad/6.txt": "a\0b c", "good/7.txt": "x" * 1_000_000, "good/8.txt": "tea".encode("utf-16"),
    }  # fmt: skip
    frame, table, _ = taken(packed(tmp_path / "a.zip", members))
    assert kinds(table) == {"text": "text", "label": "category", "file": "identifier"}
    read = frame.set_index("file")["text"].to_dict()
    assert read["good/1.txt"] == "Prima 👍"
    assert read["good/2.txt"] == "好吃，送得快"
    assert read["bad/3.txt"] == "שלום עולם"
    assert read["bad/4.txt"].startswith("Äpfel über Öl")
    assert read["bad/6.txt"] == "ab c"
    assert read["good/8.txt"] == "tea"
    assert len(read["good/7.txt"]) == 1_000_000
    assert frame["text"].isna().sum() == 1
    assert "NUL bytes" in words(table)


def test_long_texts_come_in_small_batches(tmp_path):
    members = {f"{kind}/{i}.txt": f"{i} " * 1_000_000 for kind in "ab" for i in range(10)}
    with open_source(packed(tmp_path / "a.zip", members, zipfile.ZIP_STORED), "a.zip") as source:
        batches = [batch for batch, _ in source.batches()]
    assert [batch.num_rows for batch in batches] == [17, 3]
    assert pa.types.is_large_string(batches[0].schema.field("text").type)


def test_names_of_other_countries_are_read(tmp_path):
    path = packed(tmp_path / "a.zip", {"xxxx/1.txt": "lovely", "yyyy/2.txt": "awful"})
    raw = path.read_bytes()  # as Windows in China packs them: no flag, and names in GB18030
    path.write_bytes(raw.replace(b"xxxx", "好评".encode("gb18030")).replace(b"yyyy", "差评".encode("gb18030")))
    frame, _, _ = taken(path)
    assert frame["label"].tolist() == ["好评", "差评"]


def test_a_table_brings_its_pictures(tmp_path):
    rows = "name,price\n" + "".join(f"img/{i}.png,{i}.5\n" for i in range(8)) + "img/gone.png,1\n,2\nimg/torn.png,3\n"
    members = {"data/labels.csv": rows, "data/img/torn.png": picture()[:70], "data/img/unused.png": picture(99)}
    members |= {f"data/img/{i}.png": picture(i) for i in range(8)}
    frame, table, folder = taken(packed(tmp_path / "a.zip", members))
    assert kinds(table)["picture"] == "image"
    assert kinds(table)["price"] == "number"
    assert len(frame) == 11
    assert frame["picture"].notna().sum() == 8
    assert measure(folder / frame["picture"][3]) == (12, 10, 3)
    assert "name files that are not there (1 in all): “img/gone.png”" in words(table)
    assert "cannot be read are missing (1 in all): “data/img/torn.png”" in words(table)
    assert "no row names are left out (1 in all): “data/img/unused.png”" in words(table)


@pytest.mark.parametrize("cell", ["{i}.png", "{i}", "img\\{i}.PNG", "/home/me/img/{i}.png"])
def test_a_table_may_name_its_pictures_in_any_way(tmp_path, cell):
    rows = "age,who\n" + "".join(f"{i % 3},{cell.format(i=i)}\n" for i in range(20))
    members = {"t.csv": rows} | {f"img/{i}.png": picture(i) for i in range(20)}
    frame, _, _ = taken(packed(tmp_path / "a.zip", members))
    assert frame["picture"].nunique() == 20


def test_a_table_may_lie_beside_an_archive_of_its_pictures(tmp_path):
    inner = packed(tmp_path / "b.zip", {f"img/{i}.png": picture(i) for i in range(4)})
    rows = "file,kind\n" + "".join(f"{i}.png,{'ab'[i % 2]}\n" for i in range(5))
    path = packed(tmp_path / "a.zip", {"t.csv": rows, "b.zip": inner.read_bytes()})
    frame, table, _ = taken(path)
    assert frame["picture"].notna().tolist() == [True] * 4 + [False]
    assert "not there (1 in all): “4.png”" in words(table)
    assert set(inspect(path, "a.zip").pictures) == {f"img/{i}.png" for i in range(4)}


def test_a_broken_table_is_told_only_where_it_is_needed(tmp_path):
    torn = b"PAR1 and nothing more"
    frame, _, _ = taken(packed(tmp_path / "a.zip", {"t.parquet": torn, "a/1.png": picture(1), "b/2.png": picture(2)}))
    assert len(frame) == 2
    with pytest.raises(BadFile, match="is damaged"):
        taken(packed(tmp_path / "b.zip", {"t.parquet": torn, "1.png": picture(1), "2.png": picture(2)}))


def test_a_table_that_names_no_picture_is_left_out(tmp_path):
    members = {"log.csv": "a,b\n1,2\n"} | {f"{kind}/{i}.png": picture(i) for kind in "ab" for i in range(3)}
    frame, table, _ = taken(packed(tmp_path / "a.zip", members))
    assert list(frame) == ["picture", "label", "file"]
    assert "“log.csv”" in words(table)


def test_rows_to_predict_bring_their_pictures(tmp_path):
    path = packed(tmp_path / "a.zip", {f"{i}.png": picture(i) for i in range(3)})
    frame = as_written(path, pictures=tmp_path / "kept")
    assert [measure(tmp_path / "kept" / reference)[0] for reference in frame["picture"]] == [12, 12, 12]


@pytest.mark.parametrize("name", ["../a.png", "/etc/a.png", "a/../../b.png", "..\\a.png"])
def test_paths_that_lead_outside_are_refused(tmp_path, name):
    path = packed(tmp_path / "a.zip", {name: picture(), "b/1.png": picture(1)})
    with pytest.raises(BadFile, match="points outside"):
        taken(path)
    assert not list(tmp_path.parent.glob("a.png"))


def test_links_are_refused(tmp_path):
    info = zipfile.ZipInfo("a/1.png")
    info.external_attr = 0o120777 << 16
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(info, "/etc/passwd")
    with pytest.raises(BadFile, match="holds a link"):
        taken(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda path: path.read_bytes()[:400], "is damaged"),
        (lambda path: b"PK\x05\x06" + bytes(18), "without any files"),
        (lambda path: path.read_bytes().replace(b"\x14\x00\x00\x00\x08", b"\x14\x00\x01\x00\x08"), "password"),
    ],
)
def test_archives_that_do_not_open_are_refused(tmp_path, content, said):
    path = packed(tmp_path / "a.zip", {"a/1.png": picture(), "b/1.png": picture(1)})
    path.write_bytes(content(path))
    with pytest.raises(BadFile, match=said):
        taken(path)


def test_a_bomb_of_pictures_is_not_unpacked(tmp_path):
    path = packed(tmp_path / "a.zip", {f"a/{i}.bmp": bytes(30_000_000) for i in range(4)})
    with pytest.raises(BadFile, match="would unpack to 120 MB"):
        taken(path)


def test_a_damaged_member_is_one_unreadable_picture(tmp_path):
    path = packed(tmp_path / "a.zip", {f"{kind}/{i}.png": picture(i) for kind in "ab" for i in range(3)})
    raw = bytearray(path.read_bytes())
    raw[120] ^= 0xFF  # in the first picture
    path.write_bytes(raw)
    frame, table, _ = taken(path)
    assert len(frame) == 5
    assert "left out (1 in all): “a/0.png”" in words(table)


def test_an_archive_without_a_readable_picture_is_refused(tmp_path):
    with pytest.raises(BadFile, match=r"no picture that can be read: “a/1\.png”"):
        taken(packed(tmp_path / "a.zip", {"a/1.png": b"x"}))
    with pytest.raises(BadFile, match="without pictures or texts"):
        taken(packed(tmp_path / "b.zip", {"a.pdf": b"%PDF"}))
