"""A folder of pictures, dropped on the page or chosen, becomes a data set with a gallery."""

from __future__ import annotations

from pathlib import Path

from tests.browser.visitor import Visitor
from tests.engine.table.archives import picture


def pets(folder: Path) -> Path:
    for kind in ("cat", "dog"):
        (folder / "pets" / kind).mkdir(parents=True)
        for i in range(6):
            (folder / "pets" / kind / f"{i}.png").write_bytes(picture(i + 10 * len(kind) * (kind == "dog")))
    return folder / "pets"


def drop(visitor: Visitor, folder: Path) -> None:
    """Drags a folder from the desktop onto the uploader."""
    box = visitor.page.locator(".uploader").bounding_box()
    assert box is not None
    browser = visitor.page.context.new_cdp_session(visitor.page)
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        place = {"x": box["x"] + 20, "y": box["y"] + 20}
        browser.send("Input.dispatchDragEvent", {"type": kind, "data": data, **place})


def test_dropped_folder_becomes_pictures_by_class(visitor: Visitor, tmp_path: Path) -> None:
    visitor.open("/data")
    drop(visitor, pets(tmp_path))
    visitor.sees("Each folder is a class: 2 in all.")
    visitor.press("Import")
    visitor.sees("12 rows · 3 columns", seconds=240)
    visitor.press("Pictures")
    visitor.sees("6 pictures")
    assert visitor.page.locator("[data-testid=stImage] img, [data-testid=stImageContainer] img").count() == 12
    assert not visitor.faults


def test_chosen_folder_arrives_as_one_archive(visitor: Visitor, tmp_path: Path) -> None:
    visitor.open("/data")
    visitor.page.locator("input[webkitdirectory]").set_input_files(pets(tmp_path))
    visitor.sees("pets.zip")
    visitor.sees("Each folder is a class: 2 in all.")
    assert not visitor.faults
