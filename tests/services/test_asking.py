"""Asking a model by its name: whoever asks, whatever it learned from, and whatever happens meanwhile."""

from __future__ import annotations

import base64
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sqlalchemy import func, select

from engine.errors import NotFound
from engine.table.pictures import as_png
from engine.table.steps import Rename
from services import access, asking, datasets, describing, keys, models, predictions, retention
from services.access import User
from services.api_keys import Caller
from services.house import House
from services.questions import UnfitRows
from services.serving import client
from services.work.detached import SERVING
from storage import tables
from tests.engine.pictures import bar
from tests.services.doing import imported, people, trained, work
from tests.services.place import Place, place, process_of
from tests.services.test_asking_pictures import learned, packed

__all__ = ["place"]

ROW = {"age": 31, "city": "Rome", "visits": 3}


def counted(home: House, table: type[tables.Prediction] | type[tables.Call]) -> int:
    with home.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_person_asks_a_model_and_says_whether_it_was_right(home: House, ada: User, ben: User, serving: None) -> None:
    made = models.create(ada, trained(ada, imported(ada, people())).id, "Buyers")
    asked = asking.predict(Caller(ben), "buyers", [ROW])
    assert (asked.version, asked.made[0].source, asked.made[0].owner) == (1, "page", ben.id)
    assert asked.labels(asked.made[0]) is None
    said = asking.say(Caller(ben), "Buyers", asked.made[0].id, "right", comment="yes")
    assert (said.model, said.source, said.owner_name) == (made.id, "page", "Ben")
    models.trash(ada, made.id)
    with pytest.raises(NotFound, match="no model called “Buyers”"):
        asking.predict(Caller(ben), "Buyers", [ROW])
    retention.erase_model(home, made.id)
    kept = predictions.prediction(ada, asked.made[0].id)
    assert (kept.model, kept.version, kept.run, kept.row) == (None, None, asked.made[0].run, asked.made[0].row)


def test_model_erased_under_a_request_keeps_no_half_of_it(
    home: House, ada: User, serving: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = models.create(ada, trained(ada, imported(ada, people())).id, "Buyers")
    ask = client.ask

    def erasing(*asked: object) -> object:
        retention.erase_model(home, made.id)
        return ask(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(client, "ask", erasing)
    with pytest.raises(NotFound, match="This model is not there"):
        asking.predict(Caller(ada), "Buyers", [ROW])
    assert (counted(home, tables.Prediction), counted(home, tables.Call)) == (0, 0)


def test_dates_are_read_as_iso_whatever_their_column_was_written_like(ada: User, serving: None) -> None:
    days = [(1 + i % 28, 1 + i // 28) for i in range(336)]
    lines = [f"{day:02}/{month:02}/2024,{day % 7},{'yes' if month > 6 else 'no'}" for day, month in days]
    run = trained(ada, imported(ada, "\n".join(["day,visits,bought", *lines])))
    models.create(ada, run.id, "Days")
    asked = asking.predict(
        Caller(ada), "Days", [{"day": "2024-12-01"}, {"day": "2024-02-01T10:00:00+02:00"}, {"visits": 3}]
    )
    assert [each.answer["answer"] for each in asked.made[:2]] == ["yes", "no"]
    assert asked.made[0].row["day"].startswith("2024-12-01")
    assert asked.made[1].row["day"][11:16] == "08:00"
    with pytest.raises(UnfitRows, match="Row 1: “day” takes a date such as"):
        asking.predict(Caller(ada), "Days", [{"day": "01/12/2024"}])
    example = describing.describe(Caller(ada), "Days").example
    assert asking.predict(Caller(ada), "Days", [example]).notes == ()


def test_pictures_come_as_base64_or_bytes_and_are_kept(home: House, ada: User, serving: None) -> None:
    version = imported(ada, packed(120, labelled=True), "bars.zip")
    version = datasets.apply_steps(ada, version.id, (Rename(column="picture", to="photo"),))
    work()
    models.create(ada, learned(ada, version).id, "Bars")
    picture = as_png(bar(True, np.random.default_rng(5)))
    text = base64.b64encode(picture).decode()
    rows = [{"picture": picture}, {"picture": text}, {"picture": f"data:image/png;base64,{text}"}]
    asked = asking.predict(Caller(ada), "Bars", rows)
    assert [each.answer["answer"] for each in asked.made] == ["stands"] * 3
    reference = asked.made[0].row["photo"]
    assert (home.files.path(keys.run_pictures(asked.made[0].run)) / reference).read_bytes() == picture
    why = asking.explain(Caller(ada), "Bars", [{"picture": text}])
    assert why.pictures[0].column == "photo", "also of a column that came by the name in its file"
    assert asking.predict(Caller(ada), "Bars", [describing.describe(Caller(ada), "Bars").example]).notes == ()
    for wrong, words in (
        ("not base64", "takes a picture, as base64, and not “not base64”"),
        (base64.b64encode(b"GIF89a but not really").decode(), "not a picture"),
        (reference, "takes a picture, as base64"),
        ("../../../../etc/passwd", "takes a picture, as base64"),
        (5, "takes a picture, as base64"),
    ):
        with pytest.raises(UnfitRows, match=words) as refused:
            asking.predict(Caller(ada), "Bars", [{"picture": wrong}])
        assert refused.value.spots[0].column == "picture"


@pytest.mark.slow
def test_predicting_process_killed_under_load_loses_no_accepted_request(place: Place) -> None:
    user = access.sign_in("Ada")[0]
    models.create(user, trained(user, imported(user, people())).id, "Buyers")
    asking.predict(Caller(user), "Buyers", [ROW])
    ended = threading.Event()

    def ask() -> list[int]:
        made = []
        while not ended.is_set():
            made += [each.id for each in asking.predict(Caller(user), "Buyers", [ROW, ROW]).made]
        return made

    with ThreadPoolExecutor(4) as pool:
        asking_all = [pool.submit(ask) for _ in range(4)]
        try:
            before = process_of(SERVING.pid(place.folder))
            before.kill()
            asking.predict(Caller(user), "Buyers", [ROW])
            assert SERVING.pid(place.folder) != before.pid
        finally:
            ended.set()
        made = [each for one in asking_all for each in one.result()]
    with place.home.database.read() as session:
        kept = set(session.scalars(select(tables.Prediction.id)))
        failed = session.scalar(select(func.count()).where(tables.Call.status != 200))
    assert len(made) == len(set(made)) >= 8
    assert set(made) <= kept
    assert failed == 0
