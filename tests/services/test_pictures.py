"""Data sets of pictures and texts: taken in, shared by versions, looked at by class, erased."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import BadTable, Stopped
from engine.table.steps import Ignore
from services import datasets, gallery, keys, retention, runs
from services.access import User
from services.house import House
from services.importing import carry_out_import
from tests.engine.table.archives import packed, picture
from tests.services.doing import imported, send, work


def pets(folder: Path, many: int = 12) -> bytes:
    """An archive of two classes in two parts; one picture is torn, and one is in both parts."""
    members = {
        f"pets/{part}/{kind}/{i}.png": picture(i + 100 * (kind == "dog") + 1000 * (part == "test"))
        for part, count in (("train", many), ("test", 3)) for kind in ("cat", "dog") for i in range(count)
    }  # fmt: skip
    members["pets/test/cat/known.png"] = picture(0)
    members["pets/train/dog/torn.png"] = picture()[:70]
    return packed(folder / "pets.zip", members).read_bytes()


def test_pictures_are_kept_once_and_shared_by_versions(home: House, ada: User, tmp_path: Path) -> None:
    version = imported(ada, pets(tmp_path), "pets.zip")
    assert version.status == "ready"
    assert version.rows == 31
    folder = home.files.path(keys.pictures(version.dataset))
    assert len(list(folder.glob("??/*.png"))) == 30
    assert "“pets/train/dog/torn.png”" in version.notes[-1]["values"]["files"]
    later = datasets.apply_steps(ada, version.id, (Ignore(column="file"),))
    work()
    facts = {each.name: each for each in datasets.facts(ada, later.id)}["picture"]
    assert facts.pictures is not None
    assert facts.pictures.sizes[0].label == "12 × 10"
    assert facts.pictures.repeats.across == 1
    assert any(each.code == "repeated" for each in datasets.findings(ada, later.id))
    datasets.trash(ada, version.dataset)
    retention.erase_dataset(home, version.dataset)
    assert not folder.exists()


def test_given_parts_are_proposed_and_not_learned_from(ada: User, tmp_path: Path) -> None:
    version = imported(ada, pets(tmp_path), "pets.zip")
    recipe = runs.suggest(ada, version.id, "label")
    assert (recipe.split.method, recipe.split.column) == ("given", "part")
    assert not {"part", "file"} & {column.name for column in recipe.inputs}


def test_an_upload_of_pictures_shows_some_before_it_is_imported(ada: User, tmp_path: Path) -> None:
    found = datasets.inspect(ada, send(ada, pets(tmp_path), "pets.zip"))
    assert found.names == ("picture", "label", "part", "file")
    assert found.rows == 32
    assert len(found.pictures) == 30
    assert found.pictures["pets/train/cat/0.png"].startswith(b"\xff\xd8")


def test_gallery_shows_classes_and_pages(ada: User, tmp_path: Path) -> None:
    version = imported(ada, pets(tmp_path, 70), "pets.zip")
    shelves = gallery.classes(ada, version.id, "picture", "label").shelves
    assert [(shelf.label, shelf.total, len(shelf.pictures)) for shelf in shelves] == [("cat", 74, 8), ("dog", 73, 8)]
    assert all(path.is_file() for shelf in shelves for path in shelf.pictures)
    second = gallery.one_class(ada, version.id, "picture", "label", "dog", 1)
    assert (len(second.shelves[0].pictures), second.pages) == (13, 2)
    assert len(gallery.classes(ada, version.id, "picture", None).shelves[0].pictures) == 60
    assert gallery.labels(ada, version.id, "label") == ("cat", "dog")
    with pytest.raises(BadTable, match="holds no pictures"):
        gallery.classes(ada, version.id, "file", None)
    reference = datasets.preview(ada, version.id, 0, 1)["picture"].iloc[0]
    there = gallery.small_pictures(ada, version.id, [reference, "00/gone.png"])
    assert list(there) == [reference]


def test_texts_in_folders_have_telling_words(ada: User, tmp_path: Path) -> None:
    said = {"spam": "buy pills", "ham": "lunch"}
    members = {f"{kind}/{i}.txt": f"{said[kind]} number {i} for you" for kind in said for i in range(20)}
    version = imported(ada, packed(tmp_path / "mail.zip", members).read_bytes(), "mail.zip")
    found = {each.label: each.words[0].word for each in datasets.telling_words(ada, version.id, "text", "label")}
    assert found == {"ham": "lunch", "spam": "buy"}


def test_a_failed_import_keeps_no_pictures(home: House, ada: User, tmp_path: Path) -> None:
    dataset = datasets.import_dataset(ada, send(ada, pets(tmp_path), "pets.zip"))
    folder = home.files.path(keys.pictures(dataset.id))

    def give_up(fraction: float) -> None:
        if fraction > 0.65:
            assert list(folder.glob("??/*.png"))
            raise Stopped("Stopped.")

    with pytest.raises(Stopped):
        carry_out_import(home, datasets.dataset(ada, dataset.id).latest.id, give_up)
    assert not folder.exists()
