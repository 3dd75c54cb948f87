"""A folder of pictures, dropped on the page or chosen, becomes a data set with a gallery, and a model."""

from __future__ import annotations

import re
from pathlib import Path

from sklearn.datasets import load_digits

from engine.table.pictures import as_png
from tests.browser.visitor import Visitor
from tests.engine.table.archives import picture


def pets(folder: Path) -> Path:
    for kind in ("cat", "dog"):
        (folder / "pets" / kind).mkdir(parents=True)
        for i in range(6):
            (folder / "pets" / kind / f"{i}.png").write_bytes(picture(i + 10 * len(kind) * (kind == "dog")))
    return folder / "pets"


def digits(folder: Path) -> Path:
    """Real handwritten digits, three of them, 40 pictures each."""
    found = load_digits(n_class=3)
    for number in range(3):
        (folder / "digits" / str(number)).mkdir(parents=True)
        for i, image in enumerate(found.images[found.target == number][:40]):
            pixels = (image * (255 / 16)).round().astype("uint8")[:, :, None]
            (folder / "digits" / str(number) / f"{i}.png").write_bytes(as_png(pixels))
    return folder / "digits"


def drop(visitor: Visitor, folder: Path) -> None:
    """Drags a folder from the desktop onto the uploader."""
    box = visitor.page.locator(".uploader").bounding_box()
    assert box is not None
    browser = visitor.page.context.new_cdp_session(visitor.page)
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        place = {"x": box["x"] + 20, "y": box["y"] + 20}
        browser.send("Input.dispatchDragEvent", {"type": kind, "data": data, **place})


def test_dropped_folder_becomes_a_model_that_answers_pictures(visitor: Visitor, tmp_path: Path) -> None:
    page, folder = visitor.page, digits(tmp_path)
    visitor.open("/data")
    drop(visitor, folder)
    visitor.sees("Each folder is a class: 3 in all.")
    visitor.press("Import")
    visitor.sees("120 rows · 3 columns", seconds=240)
    visitor.press("Pictures")
    visitor.sees("40 pictures")
    assert page.locator("[data-testid=stImage] img, [data-testid=stImageContainer] img").count() >= 12

    visitor.press("Train a model")
    page.wait_for_url(re.compile("/train"))
    visitor.choose("Column to predict", "label")
    visitor.press("Train")
    page.wait_for_url(re.compile(r"/run\?id=\d+"))
    page.locator(".js-plotly-plot").first.wait_for(timeout=240_000)  # it has learned something
    visitor.press("Finish now, keep the best")
    visitor.sees(re.compile(r"Right \d+ times in 100"), seconds=240)

    visitor.press("Predict")
    page.wait_for_url(re.compile(r"/predict\?run=\d+"))
    visitor.upload(folder / "2" / "7.png")
    visitor.settled()
    page.get_by_test_id("stFormSubmitButton").get_by_role("button", name="Predict").click()
    visitor.sees(re.compile("sure: of 100 answers given like this one"))
    assert not visitor.faults


def test_chosen_folder_arrives_as_one_archive(visitor: Visitor, tmp_path: Path) -> None:
    visitor.open("/data")
    visitor.page.locator("input[webkitdirectory]").set_input_files(pets(tmp_path))
    visitor.sees("pets.zip")
    visitor.sees("Each folder is a class: 2 in all.")
    assert not visitor.faults
