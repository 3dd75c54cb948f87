"""Asking a run about pictures: one that is sent, an archive of them or of texts, and names of files of others."""

from __future__ import annotations

import io
import os
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from engine.errors import BadFile, NotFound
from engine.models import WeightedSum
from engine.recipe import Effort
from engine.table.pictures import as_png
from engine.table.steps import Rename
from services import datasets, feedback, keys, predictions, retention, runs
from services.access import User
from services.house import House
from storage.records import Run, Version
from tests.engine.pictures import CLASSES, bar
from tests.services.doing import imported, send, work

pytestmark = pytest.mark.slow


def packed(rows: int, *, labelled: bool) -> bytes:
    """An archive of bars that lie or stand, in folders that say so, or in none."""
    random, file = np.random.default_rng(rows), io.BytesIO()
    with ZipFile(file, "w") as archive:
        for row in range(rows):
            folder = f"{CLASSES[row % 2]}/" if labelled else ""
            archive.writestr(f"{folder}{row}.png", as_png(bar(row % 2 == 1, random)))
    return file.getvalue()


def learned(ada: User, version: Version, target: str = "label") -> Run:
    """A finished run on pictures or texts, without Keras."""
    suggested = runs.suggest(ada, version.id, target)
    recipe = suggested.model_copy(update={"model": WeightedSum(), "effort": Effort(name="own", seconds=20)})
    started = runs.start_run(ada, version.id, recipe, "Bars", "click")
    work("train")
    found = runs.run(ada, started.id)
    assert found.status == "finished", found.error
    return found


@pytest.fixture
def run(ada: User, serving: None) -> Run:
    return learned(ada, imported(ada, packed(120, labelled=True), "bars.zip"))


def test_a_picture_is_answered_and_shown_with_what_the_answer_rests_on(ada: User, run: Run) -> None:
    picture = as_png(bar(True, np.random.default_rng(5)))
    reference = predictions.keep_picture(ada, run.id, picture)
    made = predictions.predict_one(ada, run.id, {"picture": reference})
    assert made.answer["answer"] == "stands"
    assert made.row == {"picture": reference}
    seen = predictions.as_seen(ada, run.id, reference, "picture")
    assert seen.size == (12, 12)
    found = predictions.heat_map(ada, run.id, made.row, "picture")
    assert found.answer == pytest.approx(made.answer["probability"])
    assert found.hidden < found.answer


def test_an_archive_is_answered_by_the_names_of_its_files(home: House, ada: User, run: Run) -> None:
    batch = predictions.start_file(ada, run.id, send(ada, packed(30, labelled=False), "new.zip"))
    work()
    view = predictions.batch(ada, batch.id)
    assert view.batch.status == "finished", view.batch.error
    rows = predictions.batch_rows(ada, batch.id)
    assert list(rows.columns[:3]) == ["file", "answer", "probability"]
    truth = [CLASSES[int(Path(name).stem) % 2] for name in rows["file"]]
    assert (rows["answer"] == truth).mean() > 0.8
    assert not view.notes


def test_an_archive_is_answered_whatever_the_column_of_pictures_is_called(ada: User, serving: None) -> None:
    version = imported(ada, packed(120, labelled=True), "bars.zip")
    version = datasets.apply_steps(ada, version.id, (Rename(column="picture", to="photo"),))
    work()
    run = learned(ada, version)
    batch = predictions.start_file(ada, run.id, send(ada, packed(30, labelled=False), "new.zip"))
    work()
    view = predictions.batch(ada, batch.id)
    assert view.batch.status == "finished", view.batch.error
    rows = predictions.batch_rows(ada, batch.id)
    truth = [CLASSES[int(Path(name).stem) % 2] for name in rows["file"]]
    assert (rows["answer"] == truth).mean() > 0.8


def test_a_name_of_any_other_file_reaches_nothing(ada: User, run: Run) -> None:
    said = predictions.oddities(ada, run.id, {"picture": "../../../../etc/passwd"})
    assert "could not be read" in said[0].text
    with pytest.raises(NotFound):
        predictions.as_seen(ada, run.id, "../../../../etc/passwd", "picture")


def test_what_is_no_picture_is_refused_in_words(ada: User, run: Run) -> None:
    with pytest.raises(BadFile, match="not a picture"):
        predictions.keep_picture(ada, run.id, b"GIF89a but not really")


def test_what_a_test_row_rests_on_is_marked_in_its_picture(ada: User, run: Run) -> None:
    right = runs.evaluation(ada, run.id).best_rows[0]
    seen, found = predictions.heat_map_of_row(ada, run.id, right.row_id, "picture")
    assert seen.size == (12, 12)
    assert found.of == right.answer
    assert found.answer == pytest.approx(right.probability, abs=1e-5)
    with pytest.raises(NotFound):
        predictions.heat_map_of_row(ada, run.id, 10_000, "picture")


def test_a_row_of_an_archive_that_is_judged_keeps_its_picture_for_the_model_to_learn_from(
    home: House, ada: User, run: Run
) -> None:
    batch = predictions.start_file(ada, run.id, send(ada, packed(3, labelled=False), "new.zip"))
    work()
    seen = predictions.batch_pictures(ada, batch.id, 1)
    assert seen is not None
    assert seen["picture"].size == (12, 12)
    said = feedback.say(ada, (batch.id, 1), "right")
    assert home.files.exists(f"{keys.run_pictures(run.id)}/{said.row['picture']}")
    assert said.row["file"] == "1.png"
    assert list(feedback.pictures(ada, [said])) == [said.row["picture"]]
    folder = home.files.path(keys.batch_pictures(run.id, batch.id))
    long_ago = folder.stat().st_mtime - 86_400 * (home.settings.upload_days + 1)
    os.utime(folder, (long_ago, long_ago))
    retention.sweep(home)
    assert predictions.batch_pictures(ada, batch.id, 1) is None
    assert "picture" not in feedback.say(ada, (batch.id, 2), "right").row
    assert home.files.exists(f"{keys.run_pictures(run.id)}/{said.row['picture']}")


def test_a_judged_text_of_an_archive_is_called_as_the_model_knows_it(ada: User, serving: None) -> None:
    lines = "".join(f"A {'tasty' if i % 3 else 'cold'} meal at table {i} for us,{i % 3 > 0}\n" for i in range(90))
    version = imported(ada, "review,good\n" + lines)
    run = learned(ada, version, "good")
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for table in (7, 8):
            archive.writestr(f"{table}.txt", f"A cold meal at table {table} for two")
    batch = predictions.start_file(ada, run.id, send(ada, file.getvalue(), "new.zip"))
    work()
    view = predictions.batch(ada, batch.id)
    assert view.batch.status == "finished", view.batch.error
    said = feedback.say(ada, (batch.id, 0), "right")
    assert said.row == {"file": "7.txt", "review": "A cold meal at table 7 for two"}
