"""The OpenAPI documents are true: what they allow is answered, what they do not is refused, and nothing breaks."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient

from api import app
from tests.api.served import Served, served

ANY_MODEL = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "404", "409", "422"]  # a row is of a model's own columns, which this document cannot know

[parameters]
"path.name" = "NAME"
"""
BOUNDED = ("--max-examples=15", "--seed=1", "--workers=1", "--phases=examples,coverage,fuzzing", "--no-color")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("described") / "data") as there:
        yield there


@pytest.fixture(autouse=True)
def data_folder(shop: Served) -> Path:
    """All tests share the house of the module."""
    return shop.home.settings.data


def test_page_that_shows_the_document_loads_nothing_from_elsewhere() -> None:
    there = TestClient(app)
    page = there.get("/docs").text
    assert "//" not in page
    asked = re.findall(r"(?:src|href)=\"(.+?)\"|url: '(.+?)'", page)
    assert [there.get(script or document).status_code for script, document in asked] == [200] * 4


@contextmanager
def listening() -> Iterator[str]:
    """The API alone on a port of this machine, without helper processes."""
    with socket.create_server(("127.0.0.1", 0)) as port:
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [port]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def found_wrong(shop: Served, document: dict[str, Any], folder: Path, settings: str = "") -> str:
    """What schemathesis finds when it tries a document in a bounded way; nothing when it is true."""
    (folder / "openapi.json").write_text(json.dumps(document))
    (folder / "schemathesis.toml").write_text(settings)
    with listening() as url:
        command = [sys.executable, "-m", "schemathesis.cli", "run", "openapi.json", f"--url={url}", *BOUNDED,
                   f"--header=Authorization: Bearer {shop.secret}"]  # fmt: skip
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    return "" if done.returncode == 0 else "\n".join(line[:300] for line in (done.stdout + done.stderr).splitlines())


@pytest.mark.slow
def test_document_of_a_model_is_true(shop: Served, tmp_path: Path) -> None:
    document = shop.get("/openapi.json").json()
    assert document["components"]["schemas"]["Row"]["properties"].keys() == {"age", "city", "visits"}
    wrong = found_wrong(shop, document, tmp_path)
    assert not wrong, wrong


@pytest.mark.slow
def test_document_of_all_models_is_true(shop: Served, tmp_path: Path) -> None:
    document = shop.http.get("/openapi.json").json()
    assert set(document["paths"]) == {
        "/health",
        "/v1/models/{name}",
        "/v1/models/{name}/explain",
        "/v1/models/{name}/feedback",
        "/v1/models/{name}/openapi.json",
        "/v1/models/{name}/predict",
    }
    wrong = found_wrong(shop, document, tmp_path, ANY_MODEL.replace("NAME", shop.model.name))
    assert not wrong, wrong
