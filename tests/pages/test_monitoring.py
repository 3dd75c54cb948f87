"""Models in use on the pages: the list with their health, one model's requests, drift, quality and alarms."""

from __future__ import annotations

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.charts.style import LIGHT
from pages.components.charts.traffic import answers_over_time
from services import checking, models, watching
from services.access import User
from services.house import House
from storage.queries import watching as kept
from storage.records import Model, Run
from storage.tables import now
from tests.pages.conftest import Visit
from tests.pages.runs_there import NASTY
from tests.services.doing import imported, people, trained
from tests.services.in_use import answered, called, judged
from tests.services.test_watching import usual


@pytest.fixture
def run(home: House, ada: User) -> Run:
    return trained(ada, imported(ada, people()))


@pytest.fixture
def model(ada: User, run: Run) -> Model:
    return models.create(ada, run.id, NASTY)


def words(at: AppTest) -> str:
    """All that the page says."""
    assert not at.exception, at.exception[0].message
    kinds = (at.title, at.markdown, at.caption, at.error, at.info, at.warning, at.success)
    return "\n".join(str(each.value) for kind in kinds for each in kind).replace("\\", "")


def test_nothing_to_watch_says_what_belongs_here(visit: Visit) -> None:
    assert "Nothing to watch yet" in words(visit("monitoring"))


def test_models_are_listed_with_their_health(home: House, ada: User, run: Run, model: Model, visit: Visit) -> None:
    at = visit("monitoring")
    assert "not asked today" in words(at)
    assert "not checked yet" in words(at)
    ids = answered(home, model, run, usual(150, age=77))
    judged(home, model, run, ids[:4], right=True)
    checking.check(home, model.id)
    at = visit("monitoring")
    assert "1 alarm" in words(at)
    assert "4 answers judged, 100 % of them right" in words(at)
    assert "checked just now" in words(at)
    at.button(key=f"watch {model.id}").click().run()
    assert "in use" in words(at)
    assert "of the last 150 rows" in words(at)


def test_alarm_is_on_home_the_list_and_the_page_of_the_model(
    home: House, ada: User, run: Run, model: Model, visit: Visit
) -> None:
    answered(home, model, run, usual(150, age=77))
    checking.check(home, model.id)
    for page, query in (("models", {}), ("model", {"id": model.id})):
        assert "1 alarm" in words(visit(page, **query)), page
    assert "of the last 150 rows" in words(visit("home"))
    assert "of the last 150 rows" not in words(visit("home", name="Ben")), "it is Ada's model"


def test_requests_are_drawn_with_what_they_say(home: House, ada: User, run: Run, model: Model, visit: Visit) -> None:
    assert "Nobody asked it in this time" in words(visit("monitoring", model=model.id))
    answered(home, model, run, usual(40))
    called(home, model, 9, at=now() - timedelta(hours=5), milliseconds=30.0)
    at = visit("monitoring", model=model.id)
    assert "10 requests, and none of them failed" in words(at)
    assert "Half of the answered requests took at most 30 ms" in words(at)
    assert "“yes” was answered most: 100 % of the time" in words(at)
    for n, name in enumerate(("from", "others", *"abcd")):
        answered(home, model, run, usual(9 - n), answer={"answer": name})
    at = visit("monitoring", model=model.id)
    assert "“yes” was answered most" in words(at)
    kept_apart = answers_over_time(watching.answers(ada, model.id, "day"), LIGHT, target="x").table
    assert list(kept_apart.columns) == ["from", "“yes”", "“from”", "“others”", "“a”", "“b”", "2 others"]
    assert list(kept_apart.iloc[:, 1:].sum()) == [40, 9, 8, 7, 6, 9]
    called(home, model, 10, status=500, problem="<b>serving</b>", version=2)
    at = visit("monitoring", model=model.id)
    assert "of which 10 failed" in words(at)
    assert "What went wrong" in words(at)
    assert "By version" in words(at)
    at.segmented_control(key="period").set_value("day").run()
    assert "26 requests" in words(at)


def test_refused_requests_are_counted_and_make_it_no_quicker(home: House, model: Model, visit: Visit) -> None:
    called(home, model, 2, status=422, problem="bad-row", milliseconds=0.3)
    for page, query in (("monitoring", {}), ("monitoring", {"model": model.id}), ("model", {"id": model.id})):
        assert "2 requests in 24 hours · 2 refused" in words(visit(page, **query)), page
    assert "took at most" not in words(visit("monitoring", model=model.id)), "nothing was answered"
    called(home, model, 1, milliseconds=25.0)
    said = words(visit("monitoring", model=model.id))
    assert "3 requests in 24 hours · half of the answers took at most 25 ms · 2 refused" in said
    assert "Half of the answered requests took at most 25 ms" in said


def test_drift_is_a_table_with_sentences(home: House, run: Run, model: Model, visit: Visit) -> None:
    def drift() -> AppTest:
        return visit("monitoring", model=model.id, tab="drift")

    assert "Not checked yet" in words(drift())
    answered(home, model, run, usual(60))
    checking.check(home, model.id)
    assert "60 of 100 rows are there" in words(drift())
    answered(home, model, run, usual(200, city="<i>Paris</i>"))
    checking.check(home, model.id)
    at = drift()
    assert "1 of 3 columns is no longer as it was in training" in words(at)
    table = next(each.value for each in at.dataframe if "PSI" in each.value)
    assert table["Column"].iloc[0] == "city"
    assert list(table["Change"]) == ["changed", "as before", "as before"]
    at.selectbox(key=f"drift of {run.id}").set_value("age").run()
    assert "“age” is as it was in training" in words(at)
    shown = words(at).count("“city” ")
    at.selectbox(key=f"drift of {run.id}").set_value("city").run()
    assert words(at).count("“city” ") == shown + 1, "also one whose chart stands above, as changed"
    (home.files.path(run.bundle_key or "") / "reference.json").unlink()
    answered(home, model, run, usual(60))
    checking.check(home, model.id)
    assert "drift cannot be told" in words(drift())


def test_quality_says_that_people_choose_what_they_judge(home: House, run: Run, model: Model, visit: Visit) -> None:
    assert "No answer was judged" in words(visit("monitoring", model=model.id, tab="quality"))
    ids = answered(home, model, run, usual(100))
    judged(home, model, run, ids[:12], right=True)
    judged(home, model, run, ids[12:19], right=False, correct="no")
    judged(home, model, run, ids[19:20], right=False, correct="never learned")
    said = words(visit("monitoring", model=model.id, tab="quality"))
    assert "60.0 % (38.7–78.1) of the judged answers were right." in said
    assert "20 of 100 answers (20.0 %) which people chose to judge" in said
    assert "Measured on 19 answers" in said
    assert "Recall and the other figures that rest on 19 answers leave these out" in said
    ids = answered(home, model, run, usual(40), version=2)
    for count, finding in ((1, "do not tell yet which version does best"), (39, "Version 2 does best")):
        judged(home, model, run, ids[:count] if count == 1 else ids[1:], right=True)
        assert finding in words(visit("monitoring", model=model.id, tab="quality"))


def test_alarms_and_where_they_are_told(home: House, ada: User, run: Run, model: Model, visit: Visit) -> None:
    answered(home, model, run, usual(150, age=77))
    checking.check(home, model.id)
    at = visit("monitoring", model=model.id, tab="alarms")
    assert "rests on 150 rows" in words(at)
    at.text_input(key=f"webhook {model.id}").set_value("nowhere")
    at.button(key="save webhook").click().run()
    assert "is not an address" in words(at)
    at.text_input(key=f"webhook {model.id}").set_value("http://127.0.0.1:9/")
    at.button(key="save webhook").click().run()
    watched = watching.monitored(ada, model.id).watch
    assert watched is not None
    assert watched.webhook == "http://127.0.0.1:9/"
    at.button(key="try webhook").click().run()
    assert "could not be reached" in words(at)
    facts = {"text": "", "values": {}, "rows": 1, "column": None}
    with home.database.write() as session:
        for kind, value, threshold in (("quality", 0.6, 0.85), ("errors", 0.1, 0.05), ("latency", 900.0, 500.0)):
            kept.add_alarm(session, model.id, kind=kind, value=value, threshold=threshold, **facts)
    others = visit("monitoring", name="Ben", model=model.id, tab="alarms")
    said = words(others)
    assert "chooses where alarms are told" in said
    assert "60.0 % right; an alarm under 85.0 % · rests on 1 judged answer" in said
    assert "10.0 % failed; an alarm from 5.0 % on · rests on 1 request" in said
    assert "900 ms; an alarm over 500 ms" in said
    assert not others.text_input
