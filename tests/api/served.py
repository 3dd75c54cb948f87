"""A model with two versions behind the API, made once for a module: the second learned from another column less."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from api import app
from services import access, api_keys, models, runs
from services.access import User
from services.api_keys import SCOPES
from services.house import House
from services.models import Model
from services.serving import client
from services.serving.desk import Desk
from services.work.detached import Detached
from tests.house_there import empty_house
from tests.services.doing import imported, people, quick, trained, work

ROW = {"age": 31, "city": "Rome", "visits": 3}


@dataclass(frozen=True)
class Served:
    """The model, its owner, a client, and a key that may do all."""

    home: House
    owner: User
    model: Model
    http: TestClient
    secret: str

    def post(self, what: str, body: Any, *, name: str = "", secret: str = "", **headers: str) -> httpx.Response:
        """Asks with the key."""
        sent = {"Authorization": f"Bearer {secret or self.secret}", **headers}
        return self.http.post(f"/v1/models/{name or self.model.name}/{what}", json=body, headers=sent)

    def predict(self, *rows: Any) -> httpx.Response:
        return self.post("predict", {"rows": list(rows)})

    def get(self, path: str = "") -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.secret}"}
        return self.http.get(f"/v1/models/{self.model.name}{path}", headers=headers)


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """A house of its own, whose predicting process answers in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Detached, "ensure", lambda self, folder: None)
        home = empty_house(folder, patch)
        desk = Desk(home.files)
        patch.setattr(client, "_connections", lambda folder: desk)
        ada = access.sign_in("Ada")[0]
        model = two_versions(ada)
        secret = api_keys.create(ada, model.id, "all", SCOPES).secret
        yield Served(home, ada, model, TestClient(app, raise_server_exceptions=False), secret)
        home.database.close()


def two_versions(user: User) -> Model:
    """Version 1 learned from age, city and visits and answers; version 2 learned from age alone."""
    version = imported(user, people())
    first = trained(user, version)
    assert first.status == "finished", first.error
    recipe = quick(runs.suggest(user, version.id, "bought"))
    narrow = recipe.model_copy(update={"inputs": tuple(each for each in recipe.inputs if each.name == "age")})
    second = runs.start_run(user, version.id, narrow, "Who buys?", "narrow")
    work("train")
    made = models.create(user, first.id, "Buyers / 买家")
    models.add_version(user, made.id, second.id)
    return made
