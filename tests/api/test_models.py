"""A model over HTTP: answers that are kept, why, feedback, what it wants; and how requests are refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select, update

from engine.errors import BundleError
from services import access, api_keys, models, predictions
from services.serving import client
from services.serving.desk import Desk
from storage import tables
from tests.api.served import ROW, Served, served

FLAWED: list[tuple[Any, str, str]] = [
    ({"age": "31", "city": "Rome"}, "age", "takes a number"),
    ({"age": True}, "age", "takes a number"),
    ({"age": float("nan"), "city": "Rome"}, "age", "not finite"),
    ({"age": float("inf")}, "age", "not finite"),
    ({"age": 10**400}, "age", "not finite"),
    ({"age": [31]}, "age", "one value"),
    ({"age": 31, "city": {"name": "Rome"}}, "city", "one value"),
    ({"age": 31, "city": "R" * 100_001}, "city", "longer than a cell may be"),
    ({"agee": 31, "city": "Rome"}, "agee", "Did you mean “age”?"),
    ({"moon": 1, "age": 31}, "moon", "knows no column “moon”"),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served") / "data") as there:
        yield there


@pytest.fixture(autouse=True)
def data_folder(shop: Served) -> Path:
    """All tests share the house of the module."""
    return shop.home.settings.data


def calls(shop: Served) -> list[tuple[str, int, str | None, int]]:
    """Kind, status, problem and rows of each request that was kept, oldest first."""
    with shop.home.database.read() as session:
        question = select(tables.Call).order_by(tables.Call.id)
        return [(each.kind, each.status, each.problem, each.rows) for each in session.scalars(question)]


def test_rows_are_answered_and_kept_before_the_reply(shop: Served) -> None:
    reply = shop.predict(ROW, {"age": 70, "city": "Oslo", "visits": 1})
    assert reply.status_code == 200, reply.text
    said = reply.json()
    assert (said["model"], said["version"], said["notes"]) == (shop.model.name, 1, [])
    assert reply.headers["x-request-id"] == said["request_id"]
    first, second = said["answers"]
    assert second["answer"] == "yes"
    assert sum(second["probabilities"].values()) == pytest.approx(1)
    assert second["probability"] == max(second["probabilities"].values())
    kept = predictions.prediction(shop.owner, second["prediction"])
    assert (kept.source, kept.version, kept.model, kept.row["city"]) == ("api", 1, shop.model.id, "Oslo")
    assert kept.answer["answer"] == "yes"
    assert second["prediction"] > first["prediction"]
    assert calls(shop)[-1] == ("predict", 200, None, 2)


@pytest.mark.parametrize(("row", "column", "words"), FLAWED)
def test_flawed_row_is_refused_by_its_place(shop: Served, row: Any, column: str, words: str) -> None:
    path = f"/v1/models/{quote(shop.model.name, safe='')}/predict"
    headers = {"Authorization": f"Bearer {shop.secret}", "Content-Type": "application/json"}
    reply = shop.http.post(path, content=json.dumps({"rows": [ROW, row]}), headers=headers)
    assert reply.status_code == 422, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    problem = reply.json()
    assert problem["type"] == "urn:loam:problem:bad-rows"
    place = problem["errors"][0]
    assert (place["row"], place["column"], place["pointer"]) == (1, column, f"#/rows/1/{column}")
    assert words in place["detail"]
    assert len(reply.text) < 2000
    assert calls(shop)[-1] == ("predict", 422, "bad-rows", 2)


def test_what_a_form_accepts_is_answered_with_a_note(shop: Served) -> None:
    notes = shop.predict({"age": 31, "city": "Atlantis", "bought": "no"}).json()["notes"]
    assert len(notes) == 3
    assert "takes them as missing: “visits”" in notes[0]
    assert "does not look at them: “bought”" in notes[1]
    assert "“city” has values that the model never learned (1 in all): “Atlantis”" in notes[2]
    assert shop.predict({"age": None, "city": 3, "visits": None}).status_code == 200
    assert "None of the columns" in shop.predict(ROW, {"age": None}).json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("content", "status", "kind"),
    [
        (b"", 400, "malformed"),
        (b'{"rows": [{]}', 400, "malformed"),
        (b'{"rows": [{"city": "\\ud800"}]}', 400, "malformed"),
        (b"[]", 422, "invalid"),
        (b'{"rows": []}', 422, "invalid"),
        (b'{"rows": [3]}', 422, "invalid"),
        (b'{"rows": [{"age": 3}], "row": 1}', 422, "invalid"),
    ],
)
def test_body_that_is_none_is_refused(shop: Served, content: bytes, status: int, kind: str) -> None:
    headers = {"Authorization": f"Bearer {shop.secret}", "Content-Type": "application/json"}
    reply = shop.http.post(f"/v1/models/{shop.model.name}/predict", content=content, headers=headers)
    assert (reply.status_code, reply.json()["type"]) == (status, f"urn:loam:problem:{kind}"), reply.text
    assert calls(shop)[-1] == ("predict", status, kind, 0)


@pytest.mark.slow
def test_too_much_is_refused_by_name(shop: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    reply = shop.predict(*[{"age": 3}] * 100_000)
    assert reply.status_code == 413
    assert "at most 10000 rows, and this one has 100000" in reply.json()["detail"]
    assert len(shop.predict(*[{"age": 3}] * 10_000).json()["answers"]) == 10_000
    reply = shop.predict({"age": 3, "city": "R" * 25_000_001})
    assert (reply.status_code, reply.json()["type"]) == (413, "urn:loam:problem:too-large")


def test_form_of_parts_is_rows_as_a_person_writes_them(shop: Served) -> None:
    path, headers = f"/v1/models/{shop.model.name}/predict", {"Authorization": f"Bearer {shop.secret}"}

    def send(*parts: tuple[str, str]) -> Any:
        return shop.http.post(path, headers=headers, files=[(name, (None, cell)) for name, cell in parts])

    said = send(("age", "31"), ("age", "70"), ("city", "Rome"), ("city", "")).json()
    single = shop.predict({"age": 31, "city": "Rome"}, {"age": 70}).json()
    assert [each["probability"] for each in said["answers"]] == [each["probability"] for each in single["answers"]]
    assert "Parts of “city” in this form: 1" in send(("age", "1"), ("age", "2"), ("city", "Rome")).json()["detail"]
    problem = send(("age", "old"), ("city", "Rome")).json()
    assert problem["errors"][0]["pointer"] == "#/rows/0/age"
    assert "“old”" in problem["errors"][0]["detail"]
    refused = shop.http.post(path, headers=headers | {"Content-Type": "text/plain"}, content="age=3")
    assert (refused.status_code, refused.json()["status"]) == (415, 415)


def test_why_adds_up_to_the_answer(shop: Served) -> None:
    why = shop.post("explain", {"rows": [ROW]}).json()
    assert why["base"] + sum(each["value"] for each in why["columns"]) == pytest.approx(why["value"], abs=1e-5)
    answer = shop.predict(ROW).json()["answers"][0]
    assert why["value"] == pytest.approx(answer["probabilities"][why["of"]], abs=1e-4)
    assert "One row is explained at a time" in shop.post("explain", {"rows": [ROW, ROW]}).json()["detail"]


def test_feedback_sent_twice_is_counted_once(shop: Served) -> None:
    made = shop.predict(ROW).json()["answers"][0]
    other = "no" if made["answer"] == "yes" else "yes"
    said = {"prediction": made["prediction"], "verdict": "wrong", "correct": other, "comment": "他说"}
    with ThreadPoolExecutor(8) as pool:
        again = list(pool.map(lambda _: shop.post("feedback", said, **{"Idempotency-Key": "once"}).json(), range(24)))
    assert {(each["feedback"], each["correct"]) for each in again} == {(again[0]["feedback"], other)}
    with shop.home.database.read() as session:
        kept = session.scalars(select(tables.Feedback)).all()
    assert [(each.source, each.model, each.prediction) for each in kept] == [
        ("api", shop.model.id, made["prediction"])
    ]  # fmt: skip
    reused = shop.post("feedback", said | {"verdict": "right", "correct": None}, **{"Idempotency-Key": "once"})
    both = shop.post("feedback", said | {"verdict": "right"})
    for refused in (reused, both):
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:loam:problem:contradiction")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"prediction": 10**6, "verdict": "right"}, 404),
        ({"prediction": 10**30, "verdict": "right"}, 422),
        ({"prediction": "1", "verdict": "right"}, 422),
        ({"prediction": 1, "verdict": "perhaps"}, 422),
        ({"prediction": 1, "verdict": "wrong", "correct": "perhaps"}, 422),
    ],
)
def test_feedback_about_nothing_is_refused(shop: Served, said: dict[str, Any], status: int) -> None:
    shop.predict(ROW)
    reply = shop.post("feedback", said)
    assert reply.status_code == status, reply.text
    assert reply.json()["detail"]


def test_model_says_what_it_wants_and_its_example_is_answered(shop: Served) -> None:
    about = shop.get().json()
    assert (about["target"], about["version"], about["classes"]) == ("bought", 1, ["no", "yes"])
    assert about["row"]["properties"]["age"]["type"] == ["number", "null"]
    assert [each["name"] for each in about["columns"]] == ["age", "city", "visits"]
    assert set(about["example"]) == {"age", "city", "visits"}
    reply = shop.predict(about["example"])
    assert (reply.status_code, reply.json()["notes"]) == (200, [])


def test_key_that_may_not_is_told_so(shop: Served) -> None:
    narrow = api_keys.create(shop.owner, shop.model.id, "reads", ["read"])
    assert shop.post("predict", {"rows": [ROW]}, secret=narrow.secret).status_code == 403
    ended = api_keys.create(shop.owner, shop.model.id, "ended", ["predict"], days=1)
    assert shop.post("predict", {"rows": [ROW]}, secret=ended.secret).status_code == 200
    with shop.home.database.write() as session:
        session.execute(
            update(tables.ApiKey)
            .where(tables.ApiKey.id == ended.key.id)
            .values(expires=tables.now() - timedelta(seconds=1))
        )
    gone = api_keys.create(shop.owner, shop.model.id, "gone", ["predict"])
    api_keys.revoke(shop.owner, shop.model.id, gone.key.id)
    for secret, words in ((ended.secret, "has expired"), (gone.secret, "was revoked"), ("loam_guess", "not known")):
        reply = shop.post("predict", {"rows": [ROW]}, secret=secret)
        assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
        assert words in reply.json()["detail"]
    assert shop.http.get(f"/v1/models/{shop.model.name}").status_code == 401
    reading = {"Authorization": f"Bearer {narrow.secret}"}
    assert shop.http.get(f"/v1/models/{shop.model.name}", headers=reading).status_code == 200
    used = {each.name: each.last_used for each in api_keys.list_keys(shop.owner, shop.model.id)}
    assert used["reads"] is not None, "to read is a use too"
    assert used["gone"] is None


def test_key_opens_no_other_model(shop: Served) -> None:
    run = models.model(shop.owner, shop.model.id).production.run
    other = models.create(shop.owner, run.id, "Another")
    assert shop.post("predict", {"rows": [ROW]}, name=other.name).status_code == 403
    models.trash(shop.owner, other.id)
    reply = shop.post("predict", {"rows": [ROW]}, name=other.name)
    assert (reply.status_code, "no model called “Another”" in reply.json()["detail"]) == (404, True)


def test_key_follows_its_model(shop: Served) -> None:
    body, name = {"rows": [ROW]}, shop.model.name
    models.rename(shop.owner, shop.model.id, "Renamed")
    try:
        assert shop.post("predict", body, name="renamed").json()["model"] == "Renamed"
        assert shop.post("predict", body, name=name).status_code == 404
        models.trash(shop.owner, shop.model.id)
        assert shop.post("predict", body, name="Renamed").status_code == 404
    finally:
        models.restore(shop.owner, shop.model.id)
        models.rename(shop.owner, shop.model.id, name)
    assert shop.predict(ROW).status_code == 200


def test_person_tries_it_with_the_cookie_and_not_from_another_site(shop: Served) -> None:
    path, body = f"/v1/models/{shop.model.name}/predict", {"rows": [ROW]}
    cookies = {"Cookie": f"loam_visitor={access.sign_in('Ben')[1]}"}
    made = shop.http.post(path, json=body, headers=cookies).json()["answers"][0]["prediction"]
    assert predictions.prediction(shop.owner, made).source == "page"
    assert shop.http.post(path, json=body, headers=cookies | {"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_too_many_requests_are_told_when_to_come_again(shop: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    key = api_keys.create(shop.owner, shop.model.id, "hasty", ["predict"])
    monkeypatch.setenv("LOAM_API_PER_MINUTE", "3")
    replies = [shop.post("predict", {"rows": [ROW]}, secret=key.secret) for _ in range(5)]
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429, 429]
    assert 1 <= int(replies[-1].headers["retry-after"]) <= 20


def test_guessed_keys_are_counted_and_nobody_suffers_from_them(shop: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOAM_API_PER_MINUTE", "3")
    guesses = [shop.post("predict", {"rows": [ROW]}, secret=f"loam_{n}").status_code for n in range(5)]
    assert (guesses[0], guesses[-1]) == (401, 429)
    fresh = api_keys.create(shop.owner, shop.model.id, "fresh", ["predict"])
    assert shop.post("predict", {"rows": [ROW]}, secret=fresh.secret).status_code == 200


def test_large_body_is_not_read_for_anybody(shop: Served) -> None:
    reply = shop.post("predict", {"rows": [{"city": "R" * 25_000_001}]}, secret="loam_guess")
    assert reply.status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("DELETE", "/v1/models/x", 405), ("GET", "/v1/models/x/predict", 405)],
)
def test_wrong_address_or_method_is_a_problem_too(shop: Served, method: str, path: str, status: int) -> None:
    reply = shop.http.request(method, path, headers={"X-Request-ID": "mine-1"})
    assert (reply.status_code, reply.json()["status"]) == (status, status)
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["x-request-id"] == reply.json()["request_id"] == "mine-1"
    assert shop.http.get("/nowhere", headers={"X-Request-ID": "a b\tc"}).json()["request_id"] != "a b\tc"


def test_bug_is_told_as_its_number_only(shop: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.asking.client.ask", lambda *_: 1 / 0)
    reply = shop.predict(ROW)
    assert reply.status_code == 500
    assert "division" not in reply.text
    assert reply.headers["x-request-id"] == reply.json()["request_id"]
    assert calls(shop)[-1] == ("predict", 500, "bug", 1)


def test_what_fails_on_our_side_is_found_in_the_log(
    shop: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise BundleError("It does not open.")

    monkeypatch.setattr("services.asking.client.ask", broken)
    problem = shop.predict(ROW).json()
    assert (problem["status"], problem["type"]) == (500, "urn:loam:problem:broken-model")
    assert problem["request_id"] in caplog.text
    assert "It does not open." in caplog.text


def test_schema_that_changes_between_versions_fails_no_call(shop: Served) -> None:
    models.promote(shop.owner, shop.model.id, 2, seen=1)
    try:
        said = shop.predict(ROW).json()
        assert said["version"] == 2
        assert "does not look at them: “city”, “visits”" in said["notes"][0]
        assert [each["name"] for each in shop.get().json()["columns"]] == ["age"]
        assert shop.predict({"city": "Rome"}).status_code == 422
    finally:
        models.roll_back(shop.owner, shop.model.id, seen=2)
    assert shop.predict(ROW).json()["version"] == 1


def test_version_is_open_before_it_answers(shop: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(shop.home.files)
    monkeypatch.setattr(client, "_connections", lambda folder: desk)
    before, after = (each.run.bundle_key for each in reversed(models.model(shop.owner, shop.model.id).versions))
    models.promote(shop.owner, shop.model.id, 2, seen=1)
    assert desk._shelf.keys() == [after]
    models.roll_back(shop.owner, shop.model.id, seen=2)
    assert desk._shelf.keys() == [after, before]


@pytest.mark.slow
def test_model_rolled_back_under_load_fails_no_call(shop: Served) -> None:
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(shop.predict, ROW) for _ in range(60)]
        for _turn in range(5):
            models.promote(shop.owner, shop.model.id, 2, seen=1)
            models.roll_back(shop.owner, shop.model.id, seen=2)
        replies = [each.result() for each in asked]
    assert {reply.status_code for reply in replies} == {200}
    for reply in replies:
        kept = predictions.prediction(shop.owner, reply.json()["answers"][0]["prediction"])
        assert kept.version == reply.json()["version"]


@pytest.mark.slow
def test_model_put_in_the_trash_under_load_answers_in_full_or_is_not_found(shop: Served) -> None:
    try:
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(shop.predict, ROW) for _ in range(60)]
            asked[10].result()
            models.trash(shop.owner, shop.model.id)
            replies = [each.result() for each in asked]
        assert {reply.status_code for reply in replies} == {200, 404}
        assert replies[-1].status_code == 404
    finally:
        models.restore(shop.owner, shop.model.id)
    for reply in replies:
        if reply.status_code == 200:
            kept = predictions.prediction(shop.owner, reply.json()["answers"][0]["prediction"])
            assert kept.version == reply.json()["version"]
