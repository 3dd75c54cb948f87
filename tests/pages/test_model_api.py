"""Tab API of a model: keys that are shown once, a request from a real row, and the same as code."""

from __future__ import annotations

import json
import shlex
import subprocess
from typing import Any

import pytest

from pages.components.models.samples import sample
from services import access, api_keys, models
from services.access import User
from services.house import House
from services.models import Model
from tests.pages.conftest import Visit
from tests.pages.runs_there import NASTY
from tests.pages.test_shell import words
from tests.services.doing import imported, people, trained

PICTURE = {"example-1.png": "aGVsbG8="}


@pytest.fixture
def model(home: House, ada: User) -> Model:
    return models.create(ada, trained(ada, imported(ada, people())).id, NASTY)


def test_key_is_made_shown_once_and_revoked(visit: Visit, ada: User, model: Model) -> None:
    at = visit("model", id=model.id, tab="api")
    assert not at.exception, at.exception[0].message
    assert "No key yet" in words(at)
    at.text_input(key="key name").set_value("<b>shop</b>")
    at.button(key="make-key").click().run()
    assert not at.exception, at.exception[0].message
    secret = next(code.value for code in at.code if code.value.startswith("loam_"))
    made = api_keys.bearer(secret, "predict").key
    assert made is not None
    assert (made.name, made.scopes) == ("<b>shop</b>", ["predict", "feedback", "read"])
    assert "Copy it now" in words(at)
    at.text_input(key="key name").set_value("another").run()  # the window is left in some other way
    for page in (at, visit("model", id=model.id, tab="api")):
        assert not any(code.value == secret for code in page.code)
        assert "never used" in words(page)
        assert "<b>shop" not in "".join(str(element.value) for element in page.markdown)
    at.button(key=f"revoke {made.id}").click().run()
    assert "revoked" in words(at)
    assert f"revoke {made.id}" not in {button.key for button in at.button}


def test_key_needs_a_name(visit: Visit, ada: User, model: Model) -> None:
    at = visit("model", id=model.id, tab="api")
    at.button(key="make-key").click().run()
    assert "Please write a name" in words(at)
    assert api_keys.list_keys(ada, model.id) == []


def test_colleague_sees_the_request_and_no_keys(visit: Visit, ada: User, model: Model) -> None:
    api_keys.create(ada, model.id, "shop", ["predict"])
    at = visit("model", name="Ben", id=model.id, tab="api")
    assert not at.exception, at.exception[0].message
    assert "which Ada can make here" in words(at)
    assert "shop" not in words(at)
    code = at.code[0].value
    assert "curl" in code
    assert '"age"' in code
    assert "/predict" in code
    assert "<b>" not in code.split("\n")[0]


def test_owner_of_the_keys_is_named_as_text(visit: Visit, ada: User) -> None:
    owner, _token = access.sign_in(NASTY)
    made = models.create(owner, trained(ada, imported(ada, people())).id, "Shop")
    at = visit("model", id=made.id, tab="api")
    assert f"which {NASTY} can make here" in words(at)
    assert "<b>" not in "".join(str(element.value) for element in at.caption)


def test_model_in_the_trash_is_not_asked(visit: Visit, ada: User, model: Model) -> None:
    models.trash(ada, model.id)
    at = visit("model", id=model.id, tab="api")
    assert not at.exception, at.exception[0].message
    assert not at.code


@pytest.mark.parametrize("language", ["curl", "Python"])
def test_sample_says_exactly_what_was_asked(language: str) -> None:
    body = json.dumps({"rows": [{"it's": '"$HOME" `x` \\', "城市": NASTY, "n": 1}]}, ensure_ascii=False, indent=2)
    code = sample(language, "http://127.0.0.1:1/api/v1/models/x/predict", body, {})
    if language == "curl":
        shown = 'curl() { for each in "$@"; do last="$each"; done; printf "%s" "$last"; }\n' + code
        sent = subprocess.run(["sh", "-c", shown], capture_output=True, text=True, check=True).stdout
    else:
        sent = _sent_by(code)
    assert json.loads(sent) == json.loads(body)


def _sent_by(code: str) -> str:
    """What a Python sample would send."""
    there: dict[str, Any] = {}
    asked = code.split("with urllib")[0].replace('os.environ["LOAM_KEY"]', '"k"')
    exec(asked, there)  # our own words
    return str(there["request"].data.decode())


@pytest.mark.parametrize("language", ["curl", "Python", "JavaScript"])
def test_sample_of_pictures_sends_files(language: str) -> None:
    body = json.dumps({"rows": [{"photo": "example-1.png", "age": 3}]})
    code = sample(language, "http://127.0.0.1:1/x", body, PICTURE)
    assert "example-1.png" in code
    assert PICTURE["example-1.png"] not in code
    assert "rows" not in code


def test_curl_of_pictures_sends_all_rows_and_reads_no_file_that_a_text_names() -> None:
    rows = [{"photo": "example-1.png", "note": "@/etc/passwd"}, {"photo": None, "note": "</etc/passwd"}]
    code = sample("curl", "http://127.0.0.1:1/x", json.dumps({"rows": rows}), PICTURE)
    given = shlex.split(code.replace("\\\n", " "))
    assert [given[i + 1] for i, word in enumerate(given) if word == "-F"] == ["photo=@example-1.png"]
    written = [given[i + 1] for i, word in enumerate(given) if word == "--form-string"]
    assert written == ["note=@/etc/passwd", "photo=", "note=</etc/passwd"]
