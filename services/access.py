"""Who is it, and what may they do. Every service asks `require` first.

There are no passwords yet: a name is all, the same name is the same person, and a signed cookie remembers it.
"""

from __future__ import annotations

from typing import Literal

from itsdangerous import BadSignature, URLSafeTimedSerializer

from engine.errors import Forbidden, NotFound, UserError
from services.house import house
from storage.queries import users
from storage.queries.users import Thing
from storage.records import User

__all__ = ["RULES", "User", "require", "sign_in", "visitor"]

Action = Literal["list", "read", "create", "change", "train", "predict", "judge", "review"]
Who = Literal["everyone", "owner"]

RULES: dict[tuple[Thing | Literal["server"], Action], Who] = {
    ("server", "list"): "everyone",
    ("server", "create"): "everyone",
    ("upload", "read"): "owner",
    ("upload", "change"): "owner",
    ("dataset", "read"): "everyone",
    ("dataset", "change"): "owner",
    ("version", "read"): "everyone",
    ("version", "change"): "owner",
    ("version", "train"): "everyone",
    ("run", "read"): "everyone",
    ("run", "change"): "owner",
    ("run", "predict"): "everyone",
    ("prediction", "read"): "everyone",
    ("prediction", "judge"): "everyone",
    ("batch", "read"): "everyone",
    ("batch", "judge"): "everyone",
    ("feedback", "review"): "owner",
    ("model", "read"): "everyone",
    ("model", "change"): "owner",
    ("model", "predict"): "everyone",
}
"""Who may do what with what. What is not here, nobody may."""

WORDS: dict[Thing, str] = {
    "upload": "This upload is not there, or no longer.",
    "dataset": "This data set is not there, or no longer.",
    "version": "This version of a data set is not there, or no longer.",
    "run": "This run is not there, or no longer.",
    "prediction": "This prediction is not there, or no longer.",
    "batch": "This file of predictions is not there, or no longer.",
    "feedback": "This feedback is not there, or no longer.",
    "model": "This model is not there, or no longer.",
}

LONGEST_NAME = 80
COOKIE = "name cookie"


def require(user: User, action: Action, thing: Thing | Literal["server"] = "server", *ids: int | str) -> None:
    """Passes when the person may do it with each of these things.

    Raises Forbidden when not, NotFound when one of the things is not there.
    """
    require_of(user, action, thing)
    if thing == "server":
        return
    with house().database.read() as session:
        owners = [users.owner_of(session, thing, each) for each in ids]
    if None in owners:
        raise NotFound(WORDS[thing])
    require_of(user, action, thing, *owners)


def require_of(user: User, action: Action, thing: Thing | Literal["server"], *owners: int | None) -> None:
    """Passes when the person may do it with things of these owners, which are known already. Raises Forbidden."""
    who = RULES.get((thing, action))
    if who is None:
        raise Forbidden("Nobody may do this.")
    if who == "owner" and any(owner != user.id for owner in owners):
        raise Forbidden("Only the person who made this may change it.")


def sign_in(name: str) -> tuple[User, str]:
    """The person with this name, new or known, and the token for the cookie. Raises UserError for no name."""
    name = " ".join("".join(c for c in name if c.isprintable()).split())
    if not name:
        raise UserError("Please write your name.")
    if len(name) > LONGEST_NAME:
        raise UserError("Please write a name of at most {longest} letters.", longest=LONGEST_NAME)
    key = name.casefold()
    user = house().database.write_once(lambda session: users.by_key(session, key) or users.add(session, name, key))
    return user, _signer(COOKIE).dumps(user.id)


def visitor(token: str | None) -> User | None:
    """The person whose token it is; None when it is missing, forged, too old or of nobody."""
    if not token:
        return None
    try:
        user_id = _signer(COOKIE).loads(token, max_age=house().settings.cookie_days * 86_400)
    except BadSignature:
        return None
    with house().database.read() as session:
        return users.get(session, user_id)


def upload_token(user: User, upload_id: str) -> str:
    """Lets its bearer send this one file, for a short time, in this person's name."""
    return _signer("upload").dumps([user.id, upload_id])


def upload_bearer(token: str, upload_id: str, max_seconds: int) -> User:
    """Whose token it is. Raises Forbidden when it is forged, too old, or for another upload."""
    try:
        user_id, meant = _signer("upload").loads(token, max_age=max_seconds)
    except (BadSignature, ValueError, TypeError):
        user_id, meant = None, None
    if meant == upload_id:
        with house().database.read() as session:
            user = users.get(session, user_id)
        if user is not None:
            return user
    raise Forbidden("This upload is not expected any more. Choose the file again.")


def _signer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(house().secret, salt=f"loam {purpose}")
