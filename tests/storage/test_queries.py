"""A whole round of queries, on every database: what is written comes back as frozen records."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from storage.database import Database
from storage.queries import datasets, drafts, feedback, jobs, predictions, progress, runs, uploads, users
from storage.queries.runs import Wanted
from storage.tables import now
from tests.storage.rows import a_run, a_user, a_version


def test_records_are_frozen(database: Database) -> None:
    with database.write() as session:
        user = a_user(session)
    with pytest.raises(FrozenInstanceError):
        user.name = "Bob"  # type: ignore[misc]


@pytest.mark.parametrize("id", [0, -1, 2**31, 2**63])
def test_number_that_no_id_can_be_is_nobodys(database: Database, id: int) -> None:
    with database.read() as session:
        assert users.owner_of(session, "run", id) is None


def test_upload_is_received_once(database: Database) -> None:
    with database.write() as session:
        user = a_user(session)
        uploads.add(session, "u1", user.id, "a.csv", 3)
        assert uploads.begin(session, "u1")
        assert uploads.begin(session, "u1"), "it goes on after a connection broke"
        assert uploads.finish(session, "u1", "uploads/u1", 3, "ab")
        assert not uploads.finish(session, "u1", "uploads/u1", 3, "ab")
        assert not uploads.begin(session, "u1")
        found = uploads.get(session, "u1")
    assert found is not None
    assert (found.status, found.size, found.key) == ("received", 3, "uploads/u1")


def test_upload_that_an_import_waits_for_is_kept(database: Database) -> None:
    with database.write() as session:
        user = a_user(session)
        for name in ("used", "unused"):
            uploads.add(session, name, user.id, "a.csv", 3)
        datasets.add_version(session, datasets.add(session, user.id, "x"), upload="used")
        due = uploads.unused_since(session, now() + timedelta(seconds=1))
    assert [upload.id for upload in due] == ["unused"]


def test_versions_are_counted_in_their_lineage(database: Database) -> None:
    with database.write() as session:
        user = a_user(session)
        first = a_version(session, user.id)
        second = datasets.add_version(session, first.dataset, parent=first.id, steps=[{"op": "rename"}])
        a_version(session, user.id, "Another")
        lines, total = datasets.page(session, search="titan")
        datasets.ready(session, second.id, rows=2)
        later, _total = datasets.page(session, search="titan")
    assert (second.number, second.parent, second.steps) == (2, first.id, [{"op": "rename"}])
    assert total == 1
    assert lines[0].versions == 2
    latest = [line.latest for line in (lines[0], later[0])]
    assert [version and version.number for version in latest] == [1, 2], "one that is being made hides none that is"
    assert lines[0].dataset.owner_name == "Ada"


def test_version_is_made_once(database: Database) -> None:
    with database.write() as session:
        version = a_version(session, a_user(session).id)
        assert not datasets.ready(session, version.id, rows=99)
        assert not datasets.failed(session, version.id, {"text": "late"})
        found = datasets.version(session, version.id)
    assert found is not None
    assert (found.status, found.rows) == ("ready", 10)


def test_split_is_extended_and_never_taken_back(database: Database) -> None:
    with database.write() as session:
        old = a_version(session, a_user(session).id)
        new = datasets.add_version(session, old.dataset, parent=old.id)
        datasets.save_split(session, new, "hash", {}, "two")
        datasets.save_split(session, old, "hash", {}, "more")
        found = datasets.split(session, old.dataset, "hash")
    assert found is not None
    assert (found.key, found.upto_version) == ("more", 2)


def test_draft_is_one_a_person_and_version(database: Database) -> None:
    with database.write() as session:
        ada, bob = a_user(session), a_user(session, "Bob")
        version = a_version(session, ada.id)
        drafts.save(session, ada.id, version.id, {"target": "a"})
        drafts.save(session, ada.id, version.id, {"target": "b"})
        drafts.save(session, bob.id, version.id, {"target": "c"})
        mine = drafts.of_owner(session, ada.id)
    assert [(draft.content, draft.dataset_name) for draft in mine] == [({"target": "b"}, "Titanic")]


def test_one_request_makes_one_run(database: Database) -> None:
    with database.write() as session:
        user = a_user(session)
        version = a_version(session, user.id)
        run = a_run(session, version, user.id, "click")
        assert runs.by_request(session, user.id, "click") == run
    with pytest.raises(IntegrityError), database.write() as session:
        a_run(session, version, user.id, "click")


def test_list_of_runs_searches_filters_and_sorts(database: Database) -> None:
    with database.write() as session:
        user = a_user(session)
        version = a_version(session, user.id)
        a = a_run(
            session,
            version,
            user.id,
            "1",
            name="Alpha",
            tags=["标签"],
            metric="accuracy",
            value=0.7,
            higher_is_better=True,
        )
        b = a_run(session, version, user.id, "2", name="Beta 100%", metric="accuracy", value=0.9, higher_is_better=True)
        c = a_run(
            session,
            version,
            user.id,
            "3",
            name="Gamma",
            target="price",
            metric="mae",
            value=2.0,
            higher_is_better=False,
        )
        d = a_run(
            session,
            version,
            user.id,
            "4",
            name="Delta",
            target="price",
            metric="mae",
            value=1.0,
            higher_is_better=False,
        )
        runs.trash(session, [a_run(session, version, user.id, "5", name="Alpha gone").id])

        def ids(sort: runs.Sort = "newest", **wanted: object) -> list[int]:
            return [run.id for run in runs.page(session, Wanted(**wanted), sort)[0]]  # type: ignore[arg-type]

        assert ids() == [d.id, c.id, b.id, a.id]
        assert ids(search="alpha") == [a.id]
        assert ids(search="标签") == [a.id]
        assert ids(search="100%") == [b.id]
        assert ids(search="TITANIC") == [d.id, c.id, b.id, a.id]
        assert ids(tag="标签") == [a.id]
        assert ids("best") == [b.id, a.id, d.id, c.id]
        assert ids(target="price") == [d.id, c.id]
        assert len(ids(trashed=True)) == 1
        assert runs.page(session, Wanted(), "name", limit=2)[1] == 4
        assert runs.targets(session) == ["price", "survived"]


def test_erased_run_takes_all_that_hangs_on_it(database: Database) -> None:
    with database.write() as session:
        user = a_user(session)
        run = a_run(session, a_version(session, user.id), user.id)
        job = jobs.add(session, "train", "train", user.id, run=run.id)
        said = predictions.add(
            session, owner=user.id, run=run.id, predictor="model", bundle_hash="h", source="form", row={}, answer={}
        )
        batch = predictions.add_batch(session, owner=user.id, run=run.id, predictor="model", filename="a.csv")
        feedback.add(
            session, owner=user.id, prediction=said.id, run=run.id, row={}, answer={}, verdict="right",
            correct=None, comment="", bundle_hash="h",
        )  # fmt: skip
        runs.erase(session, run.id)
        assert runs.get(session, run.id) is None
    with database.read() as session:
        assert jobs.get(session, job.id) is None
        assert predictions.get(session, said.id) is None
        assert predictions.batch(session, batch.id) is None
        assert feedback.page(session, feedback.Wanted())[1] == 0


def test_job_carries_its_run_from_queue_to_curve(database: Database) -> None:
    with database.write() as session:
        user = a_user(session)
        run = a_run(session, a_version(session, user.id), user.id)
        jobs.add(session, "train", "train", user.id, run=run.id)
    with database.write() as session:
        job = jobs.claim(session, "train", "me", timedelta(seconds=30))
        assert job is not None
        point = {"step": 1, "epoch": 0.5, "seconds": 1.0, "loss": 2.0, "validation_loss": 2.0, "score": 0.5,
                 "learning_rate": 0.1, "best": True}  # fmt: skip
        progress.write(session, job.id, job.attempts, progress.Step(points=(point,), notes=(("Hello {n}", {"n": 1}),)))
    with database.read() as session:
        assert [point.step for point in progress.points(session, run.id)] == [1]
        assert progress.notes(session, run.id)[0].values == {"n": 1}
        found = runs.get(session, run.id)
        assert found is not None
        assert found.status == "running"


def test_erased_data_set_leaves_its_name(database: Database) -> None:
    with database.write() as session:
        user = a_user(session)
        version = a_version(session, user.id)
        run = a_run(session, version, user.id)
        datasets.trash(session, version.dataset)
        datasets.erase(session, version.dataset)
        assert not datasets.restore(session, version.dataset)
        left = datasets.version(session, version.id)
        again = runs.get(session, run.id)
    assert left is not None
    assert (left.table_key, left.rows) == (None, 10)
    assert again is not None
    assert again.dataset_name == "Titanic"


def test_everything_has_an_owner(database: Database) -> None:
    with database.write() as session:
        user = a_user(session)
        version = a_version(session, user.id)
        assert users.owner_of(session, "version", version.id) == user.id
        assert users.owner_of(session, "dataset", version.dataset) == user.id
        assert users.owner_of(session, "run", 99) is None
        assert users.get(session, user.id) == user


def test_page_beyond_the_end_of_a_list_is_its_last_one(database: Database) -> None:
    with database.write() as session:
        user = a_user(session)
        for name in ("Ships", "Shops", "Cars"):
            a_version(session, user.id, name)
        pages = [datasets.page(session, sort="name", limit=2, offset=offset)[0] for offset in (0, 2, 4)]
        found, total = datasets.page(session, search="sh", sort="name", limit=2, offset=2)
    assert [[line.dataset.name for line in lines] for lines in pages] == [["Cars", "Ships"], ["Shops"], ["Shops"]]
    assert ([line.dataset.name for line in found], total) == (["Ships", "Shops"], 2), "what a search on page 2 finds"
