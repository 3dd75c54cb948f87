"""Using a run: one row, a file of rows, why; and what people say about the answers."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from engine.errors import BadRow, BadTable, NotFound, UserError
from services import asking, batches, feedback, models, predictions, runs
from services.access import User
from services.api_keys import Caller
from services.feedback import FeedbackFilter
from services.house import House
from services.serving import client
from services.work import job as process
from services.work.reporting import Reporter
from storage.queries import jobs
from storage.queries.jobs import Superseded
from storage.records import Job, Run
from tests.services.doing import imported, people, quick, send, trained, work

pytestmark = pytest.mark.slow

ROW = {"age": "31", "city": "Rome", "visits": 3}


@pytest.fixture
def run(ada: User, serving: None) -> Run:
    run = trained(ada, imported(ada, people()))
    assert run.status == "finished", run.error
    return run


def test_form_asks_for_what_the_model_learned_from(ben: User, run: Run) -> None:
    form = predictions.form(ben, run.id)
    assert [(field.name, field.kind) for field in form.fields] == [
        ("age", "number"),
        ("city", "category"),
        ("visits", "number"),
    ]
    assert form.classes == ("no", "yes")
    assert form.predictors[0] == "model"
    typical = predictions.predict_one(ben, run.id, {field.name: field.typical for field in form.fields})
    assert typical.answer["answer"] in form.classes


def test_answer_is_kept_with_its_row_and_model(ada: User, ben: User, run: Run) -> None:
    given = predictions.predict_one(ben, run.id, ROW)
    assert given.row == {"age": 31, "city": "Rome", "visits": 3}
    assert given.answer["answer"] in ("yes", "no")
    assert given.answer["probability of yes"] + given.answer["probability of no"] == pytest.approx(1)
    assert given.bundle_hash == run.bundle_hash
    assert predictions.prediction(ada, given.id) == given


def test_what_is_odd_about_a_row_is_said(ada: User, run: Run) -> None:
    said = [note.text for note in predictions.oddities(ada, run.id, {"age": "old", "city": "Atlantis", "moon": 1})]
    assert len(said) == 4
    assert predictions.oddities(ada, run.id, ROW) == ()
    assert predictions.predict_one(ada, run.id, {"city": "Atlantis"}).row["age"] is None
    with pytest.raises(BadRow):
        predictions.predict_one(ada, run.id, {"moon": 1})
    with pytest.raises(BadRow):
        predictions.predict_one(ada, run.id, {"age": ""})


def test_why_adds_up_to_the_answer(ada: User, run: Run) -> None:
    why = predictions.explain(ada, run.id, ROW)
    assert why.base + sum(column.value for column in why.columns) == pytest.approx(why.answer, abs=1e-5)
    answer = predictions.predict_one(ada, run.id, ROW).answer
    assert why.answer == pytest.approx(answer[f"probability of {why.of}"], abs=1e-4)


def test_what_if_moves_one_column(ada: User, run: Run) -> None:
    moved = predictions.what_if(ada, run.id, ROW, "age")
    assert len(moved.values) == len(moved.answers) > 5
    assert moved.answers["probability of yes"].nunique() > 1
    with pytest.raises(NotFound, match="bought"):
        predictions.what_if(ada, run.id, ROW, "bought")


FILE = "id,age,city,visits,answer\n" + "".join(
    f"'=A{i},{20 + i},{'Rome' if i % 2 else 'Paris'},{i},?\n" for i in range(50)
)


def test_file_of_rows_is_answered_row_by_row(ada: User, ben: User, run: Run) -> None:
    upload_id = send(ben, FILE, "new.csv")
    batch = predictions.start_file(ben, run.id, upload_id)
    assert predictions.start_file(ben, run.id, upload_id) == batch
    assert predictions.batch(ada, batch.id).waiting
    with pytest.raises(BadTable, match="not there yet"):
        predictions.batch_rows(ada, batch.id)
    work()
    done = predictions.batch(ada, batch.id)
    assert (done.batch.status, done.batch.rows, done.fraction) == ("finished", 50, 1.0), done.batch.error
    assert [note.values["columns"] for note in done.notes if "columns" in note.values] == ["“answer”, “id”"]
    assert any(note.values.get("examples") == "“Paris”" for note in done.notes)
    rows = predictions.batch_rows(ada, batch.id, offset=48)
    assert list(rows.index) == [48, 49]
    assert rows["answer"].tolist() == ["?", "?"]
    assert set(rows["answer (model)"]) <= {"yes", "no"}
    single = predictions.predict_one(ada, run.id, {"age": 68, "city": "Paris", "visits": 48})
    assert rows["answer (model)"].iloc[0] == single.answer["answer"]
    assert rows["probability"].iloc[0] == pytest.approx(single.answer["probability"])
    made = predictions.batch_result(ada, batch.id, "csv")
    assert made.filename == "new with answers.csv"
    assert len(pd.read_csv(made.path)) == 50


def test_file_without_the_columns_fails_with_words(ada: User, run: Run) -> None:
    batch = predictions.start_file(ada, run.id, send(ada, "moon\n1\n"))
    work()
    found = predictions.batch(ada, batch.id).batch
    assert found.status == "failed"
    assert found.error is not None
    assert "None of the columns" in found.error["text"]


def test_superseded_attempt_answers_no_file(home: House, ada: User, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = predictions.start_file(ada, run.id, send(ada, FILE))

    def claim(worker: str) -> Job:
        with home.database.write() as session:
            claimed = jobs.claim(session, "data", worker, timedelta(seconds=-1))
        assert claimed is not None
        return claimed

    answer, late = client.answer, claim("a")
    report = Reporter(home, late, home.settings.data / "sign", os.getppid())
    report._done.set()  # it would find out by itself and end the process

    def slow(*arguments: Any) -> pd.DataFrame:
        monkeypatch.setattr(client, "answer", answer)
        process.carry_out(home, claim("b"), home.settings.data / "sign", os.getppid())
        return answer(*arguments)

    monkeypatch.setattr(client, "answer", slow)
    with pytest.raises(Superseded):
        batches.carry_out_batch(home, late, report)
    done = predictions.batch(ada, batch.id).batch
    assert (done.status, done.result_key) == ("finished", f"runs/{run.id}/batches/{batch.id}/result-2.parquet")
    assert [file.name for file in home.files.path(f"runs/{run.id}/batches").rglob("*.parquet")] == ["result-2.parquet"]


def test_run_without_a_model_answers_nothing(home: House, ada: User) -> None:
    version = imported(ada, people())
    waiting = runs.start_run(ada, version.id, quick(runs.suggest(ada, version.id, "bought")), "", "k")
    with pytest.raises(NotFound, match="no finished model"):
        predictions.form(ada, waiting.id)


def test_feedback_on_a_prediction_is_kept_with_its_row(ada: User, ben: User, run: Run) -> None:
    given = predictions.predict_one(ben, run.id, ROW)
    other = "no" if given.answer["answer"] == "yes" else "yes"
    said = feedback.say(ben, given.id, "wrong", other, "他 bought\x00 nothing")
    assert (said.row, said.answer, said.correct, said.comment) == (given.row, given.answer, other, "他 bought nothing")
    assert (said.owner_name, said.run_name, said.target, said.bundle_hash) == (
        "Ben",
        run.name,
        "bought",
        run.bundle_hash,
    )
    again = feedback.say(ben, given.id, "right")
    assert (again.id, again.correct) == (said.id, given.answer["answer"])
    feedback.say(ada, given.id, "wrong")
    assert feedback.counts(ada, FeedbackFilter(run=run.id)) == feedback.Counts(right=1, wrong=1)
    with pytest.raises(NotFound):
        feedback.say(ben, 999, "right")


def test_feedback_on_a_row_of_a_file(ada: User, run: Run) -> None:
    batch = predictions.start_file(ada, run.id, send(ada, FILE))
    work()
    said = feedback.say(ada, (batch.id, 7), "right")
    assert said.row["id"] == "'=A7"
    assert said.row["answer"] == "?"
    assert said.answer["answer"] == said.correct
    assert (said.batch, said.row_number) == (batch.id, 7)
    with pytest.raises(NotFound, match="no row 51"):
        feedback.say(ada, (batch.id, 50), "right")
    assert feedback.list_feedback(ada, FeedbackFilter(batch=batch.id, verdict="right")).total == 1
    runs.trash_runs(ada, [run.id])
    assert feedback.list_feedback(ada).total == 0


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_feedback_is_exported_without_formulas(ada: User, run: Run, format: str) -> None:
    given = predictions.predict_one(ada, run.id, ROW)
    other = "no" if given.answer["answer"] == "yes" else "yes"
    feedback.say(ada, given.id, "wrong", other, "=cmd|' /C calc'!A0")
    made = feedback.export(ada, FeedbackFilter(run=run.id), format)  # type: ignore[arg-type]
    frame = pd.read_csv(made.path) if format == "csv" else pd.read_excel(made.path, engine="calamine")
    assert frame["comment"].tolist() == ["'=cmd|' /C calc'!A0"]
    assert frame["age"].tolist() == [31]
    assert frame["correct bought"].tolist() == [other]
    assert feedback.export(ada, FeedbackFilter(run=999), format).path.exists()  # type: ignore[arg-type]


def test_export_leaves_nothing_out(ada: User, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "EXPORT_ROWS", 2)
    given = [predictions.predict_one(ada, run.id, ROW | {"age": age}) for age in (31, 32, 33, 34.5, None)]
    for each in given:
        feedback.say(ada, each.id, "right")
    frame = pd.read_csv(feedback.export(ada, FeedbackFilter(), "csv").path)
    assert frame["age"].fillna(0).tolist() == [0, 34.5, 33, 32, 31]
    assert frame["correct bought"].tolist() == [each.answer["answer"] for each in reversed(given)]


def test_column_of_a_row_that_is_called_like_one_of_the_export_is_kept_too(ada: User, serving: None) -> None:
    run = trained(ada, imported(ada, people().replace("visits", "model")))
    feedback.say(ada, predictions.predict_one(ada, run.id, {"age": 31, "model": 7}).id, "right")
    made = pd.read_parquet(feedback.export(ada, FeedbackFilter(), "parquet").path)
    assert made["model (of the row)"].tolist() == [7]
    assert made["model"].tolist() == [run.bundle_hash[:12]]


def test_columns_of_several_runs_stand_side_by_side_in_the_export(ada: User, run: Run) -> None:
    text = people().replace("20,Rome", "old,Rome")
    other = trained(ada, imported(ada, text.replace("visits", "calls")), "other")
    for each in (run, other):
        values = {"age": "old", "city": "Rome"} if each is other else ROW
        feedback.say(ada, predictions.predict_one(ada, each.id, values).id, "right")
    made = pd.read_parquet(feedback.export(ada, FeedbackFilter(), "parquet").path)
    assert made["city"].tolist() == ["Rome", "Rome"]
    assert made["visits"].isna().tolist() == [True, False]


def test_correct_answer_must_be_one_that_the_model_knows(ada: User, run: Run) -> None:
    given = predictions.predict_one(ada, run.id, ROW)
    assert given.answer["answer"] == "no"
    with pytest.raises(UserError, match=r"the answer “perhaps”, only “no”, “yes”.*comment"):
        feedback.say(ada, given.id, "wrong", "perhaps")
    with pytest.raises(UserError, match="“no” is what the model answered"):
        feedback.say(ada, given.id, "wrong", "No")
    assert feedback.say(ada, given.id, "wrong", " YES ").correct == "yes"


def test_correct_labels_must_be_ones_that_the_model_knows(ada: User, serving: None) -> None:
    likes = ("old books; 音乐", "音乐", "old books", "[]")
    lines = [f"{i * 37 % 60},{i * 7 % 13},{likes[(i * 37 % 60) // 15]}" for i in range(240)]
    run = trained(ada, imported(ada, "age,visits,likes\n" + "\n".join(lines)), target="likes")
    assert (run.status, run.answer) == ("finished", "labels"), run.error
    given = predictions.predict_one(ada, run.id, {"age": 5, "visits": 3})
    form = predictions.form(ada, run.id)
    assert form.several
    assert set(form.given(given)) == {"old books", "音乐"}
    assert predictions.explain(ada, run.id, {"age": 5, "visits": 3}).of in form.classes
    with pytest.raises(UserError, match="the answer “jazz”"):
        feedback.say(ada, given.id, "wrong", ["音乐", "jazz"])
    assert feedback.say(ada, given.id, "wrong", ["音乐"]).correct == "音乐"
    assert feedback.say(ada, given.id, "wrong", "Old Books ; ").correct == "old books"
    for written in ("Old Books ; 音乐", ["音乐", "old books"]):
        with pytest.raises(UserError, match="what the model answered"):
            feedback.say(ada, given.id, "wrong", written)
    assert feedback.say(ada, given.id, "wrong", "").correct is None
    models.create(ada, run.id, "Likes")
    (asked,) = asking.predict(Caller(ada), "Likes", [{"age": 5, "visits": 3}]).made
    assert asking.say(Caller(ada), "Likes", asked.id, "wrong", []).correct == predictions.NO_LABEL
    assert feedback.say(ada, given.id, "right").correct == given.answer["answer"]


def test_correct_number_must_be_a_number(ada: User, serving: None) -> None:
    run = trained(ada, imported(ada, people()), target="age")
    given = predictions.predict_one(ada, run.id, {"city": "Rome", "visits": 3, "bought": "no"})
    assert given.answer["low"] <= given.answer["answer"] <= given.answer["high"]
    for written in ("old", "nan", "-inf"):
        with pytest.raises(UserError, match="not a number"):
            feedback.say(ada, given.id, "wrong", written)
    assert feedback.say(ada, given.id, "wrong", " 42.5 ").correct == "42.5"
