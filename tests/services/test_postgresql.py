"""The whole way, from file to feedback, on PostgreSQL: it is chosen by one setting."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.errors import NotFound, UserError
from services import access, api_keys, asking, datasets, feedback, house, models, predictions, runs
from services.work.detached import Detached
from tests.services.doing import imported, people, quick, send, trained, work
from tests.services.models_there import a_data_set, a_finished_run
from tests.services.test_hearing import sent_by_many_clients
from tests.storage.conftest import POSTGRES
from tests.storage.conftest import cluster as cluster  # a fixture
from tests.storage.tables_there import put_postgresql


@pytest.fixture
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[house.House]:
    monkeypatch.setenv("LOAM_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LOAM_DATABASE", put_postgresql(request.getfixturevalue("cluster"), tmp_path / "lock"))
    monkeypatch.setattr(Detached, "ensure", lambda self, folder: None)
    yield house.house()
    house.house().database.close()


if POSTGRES is not None:

    def test_whole_way_on_postgresql(home: house.House, serving: None) -> None:
        user, token = access.sign_in("Ada")
        assert access.visitor(token) == user
        version = imported(user, people())
        run = trained(user, version)
        assert run.status == "finished", run.error
        given = predictions.predict_one(user, run.id, {"age": 70, "city": "北京"})
        feedback.say(user, given.id, "right", comment="谢谢")
        assert feedback.list_feedback(user, feedback.FeedbackFilter(search="谢")).total == 1
        assert runs.list_runs(user, runs.RunFilter(search="BUYS", sort="best")).total == 1
        assert not (home.settings.data / "loam.db").exists()
        datasets.trash(user, version.dataset)
        assert datasets.list_datasets(user, trashed=True).total == 1

    def test_requests_that_come_together_are_kept_on_postgresql(home: house.House, serving: None) -> None:
        user, _ = access.sign_in("Ada")
        made = models.create(user, trained(user, imported(user, people())).id, "Buyers")
        secret = api_keys.create(user, made.id, "shop", ["predict"], days=30).secret

        def ask(age: int) -> list[int]:
            caller = api_keys.bearer(secret, "predict")
            return [each.id for each in asking.predict(caller, "Buyers", [{"age": age}, {"city": "北京\x00"}]).made]

        with ThreadPoolExecutor(4) as pool:
            ids = [each for made in pool.map(ask, range(20, 60)) for each in made]
        assert len(set(ids)) == 80
        assert predictions.prediction(user, ids[0]).row["age"] == 20
        with pytest.raises(NotFound):
            asking.predict(asking.Caller(user), "Other\x00", [{"age": 3}])
        said = asking.say(asking.Caller(user), "Buyers", ids[0], "right", request_key="once")
        assert asking.say(asking.Caller(user), "Buyers", ids[0], "right", request_key="once") == said

    def test_second_click_on_postgresql_starts_no_second_run(home: house.House) -> None:
        user, _ = access.sign_in("Ada")
        version = imported(user, people())
        recipe = quick(runs.suggest(user, version.id, "bought"))
        with ThreadPoolExecutor(4) as pool:
            started = list(pool.map(lambda _: runs.start_run(user, version.id, recipe, "A", "click"), range(12)))
        assert len({run.id for run in started}) == 1
        assert runs.list_runs(user).total == 1

    def test_second_click_on_postgresql_imports_and_predicts_once(home: house.House) -> None:
        user, _ = access.sign_in("Ada")
        upload = send(user, people())
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(lambda _: datasets.import_dataset(user, upload, "A"), range(12)))
        assert len({dataset.id for dataset in made}) == 1
        work()
        run = trained(user, datasets.dataset(user, made[0].id).latest)
        asked = send(user, people(20))
        with ThreadPoolExecutor(4) as pool:
            batches = list(pool.map(lambda _: predictions.start_file(user, run.id, asked), range(12)))
        assert len({batch.id for batch in batches}) == 1

    def test_same_name_at_once_on_postgresql_is_one_person(home: house.House) -> None:
        with ThreadPoolExecutor(4) as pool:
            people_in = list(pool.map(lambda _: access.sign_in("Eve")[0], range(12)))
        assert len({user.id for user in people_in}) == 1

    def test_models_change_whole_and_one_at_a_time_on_postgresql(home: house.House) -> None:
        user, _ = access.sign_in("Eve")
        version = a_data_set(home, user)
        first, *others = [a_finished_run(home, user, version, key) for key in "abcde"]

        def refused(number: int) -> bool:
            try:
                models.promote(user, made[0].id, number, seen=1)
            except UserError:
                return True
            return False

        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(lambda _: models.create(user, first.id, "Buyers"), range(8)))
            assert len({model.id for model in made}) == 1
            added = list(pool.map(lambda run: models.add_version(user, made[0].id, run.id), others))
            assert sorted(each.number for each in added) == [2, 3, 4, 5]
            assert sorted(pool.map(refused, (2, 3, 4, 5))) == [False, True, True, True]
        view = models.model(user, made[0].id)
        assert sum(change.pointer == "production" for change in view.changes) == 2
        assert models.answering(user, "buyers").number == view.model.production > 1

    def test_feedback_of_many_clients_is_counted_once_on_postgresql(home: house.House) -> None:
        kept, counted = sent_by_many_clients(home, access.sign_in("Ada")[0], 1_000, 250)
        assert len(kept) == 1_000
        assert counted == feedback.Counts(right=666, wrong=334)
