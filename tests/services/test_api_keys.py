"""Keys: random, kept as a hash alone, only of a model's owner, and ended at once."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import text

from engine.errors import Forbidden, NotFound, UserError
from services import api_keys, models
from services.access import User
from services.api_keys import BadKey
from services.house import House
from services.models import Model
from storage.tables import now
from tests.services.models_there import a_data_set, a_finished_run


@pytest.fixture
def model(home: House, ada: User) -> Model:
    return models.create(ada, a_finished_run(home, ada, a_data_set(home, ada), "a").id, "Buyers")


def test_secret_is_long_random_and_kept_nowhere(home: House, ada: User, model: Model) -> None:
    made = [api_keys.create(ada, model.id, "shop", ["predict"]) for _ in range(3)]
    secrets = {each.secret for each in made}
    assert len(secrets) == 3
    assert {len(secret) for secret in secrets} == {5 + 43}  # 256 bits in base64
    with home.database.read() as session:
        everything = str(session.execute(text("SELECT * FROM api_key")).all())
    for each in made:
        assert each.secret not in everything
        assert hashlib.sha256(each.secret.encode()).hexdigest() in everything
        assert each.secret.startswith(each.key.prefix)
        assert each.secret not in repr(each.key)


def test_key_speaks_for_who_made_it_and_only_as_it_may(ada: User, model: Model) -> None:
    made = api_keys.create(ada, model.id, "  the\x00 shop ", ["feedback", "predict"], days=30)
    assert (made.key.name, made.key.scopes) == ("the shop", ["predict", "feedback"])
    assert made.key.expires is not None
    assert timedelta(days=29) < made.key.expires - now() <= timedelta(days=30)
    caller = api_keys.bearer(made.secret, "predict")
    assert (caller.user, caller.key, caller.source) == (ada, made.key, "api")
    with pytest.raises(Forbidden, match="“the shop” may not be used for “read”"):
        api_keys.bearer(made.secret, "read")


def test_revoked_key_ends_with_the_next_request(ada: User, model: Model) -> None:
    made = api_keys.create(ada, model.id, "shop", ["predict"])
    for _click in range(2):
        api_keys.revoke(ada, model.id, made.key.id)
    with pytest.raises(BadKey, match="was revoked"):
        api_keys.bearer(made.secret, "predict")
    assert api_keys.state(api_keys.list_keys(ada, model.id)[0]) == "revoked"
    with pytest.raises(NotFound):
        api_keys.revoke(ada, model.id, 99)


def test_only_the_owner_of_a_model_handles_its_keys(ada: User, ben: User, model: Model) -> None:
    made = api_keys.create(ada, model.id, "shop", ["predict"])
    for doing in (
        lambda: api_keys.create(ben, model.id, "mine", ["predict"]),
        lambda: api_keys.list_keys(ben, model.id),
        lambda: api_keys.revoke(ben, model.id, made.key.id),
    ):
        with pytest.raises(Forbidden):
            doing()


def test_key_without_a_name_or_a_use_is_not_made(ada: User, model: Model) -> None:
    for name, scopes, days in ((" ", ["predict"], None), ("shop", [], None), ("shop", ["predict"], 0)):
        with pytest.raises(UserError):
            api_keys.create(ada, model.id, name, scopes, days)  # type: ignore[arg-type]
    assert api_keys.list_keys(ada, model.id) == []
