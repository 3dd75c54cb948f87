"""Keys with which programs ask a model: made, listed, revoked, and known again.

A secret holds 256 random bits and is shown once. Kept is its SHA-256 alone: what is random cannot be guessed, so that
a quick hash is enough.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from engine.errors import Forbidden, NotFound, UserError
from services import access, names
from services.access import User
from services.house import house
from storage.queries import api_keys
from storage.records import Answering, ApiKey, CallSource, Scope
from storage.tables import now

__all__ = ["SCOPES", "ApiKey", "BadKey", "Caller", "Made", "Scope", "State"]

SCOPES: tuple[Scope, ...] = ("predict", "explain", "feedback", "read")
MARK = "loam_"
SHOWN = len(MARK) + 6  # letters by which a key is told from others
LONGEST_DAYS = 3650
USED_EVERY = timedelta(minutes=1)  # how exactly it is known when a key was last used

State = Literal["valid", "expired", "revoked"]


class BadKey(UserError):
    """There is no such key, or no longer."""


@dataclass(frozen=True)
class Made:
    """A new key, and its secret, which nobody can look up later."""

    key: ApiKey
    secret: str


@dataclass(frozen=True)
class Caller:
    """Who asks a model: a person on a page, or a program with the key that this person made.

    `answering` is the version of the key's model that was in production when the key was looked up.
    """

    user: User
    key: ApiKey | None = None
    answering: Answering | None = None

    @property
    def source(self) -> CallSource:
        """Where the question comes from."""
        return "page" if self.key is None else "api"


def create(user: User, model_id: int, name: str, scopes: Sequence[Scope], days: int | None = None) -> Made:
    """A new key for a model, for these uses; it ends after so many days, or never.

    Raises UserError without a name or a use.
    """
    access.require(user, "change", "model", model_id)
    title = names.name(name)
    wanted = [scope for scope in SCOPES if scope in scopes]
    if not wanted:
        raise UserError("Choose at least one thing that the key may be used for.")
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise UserError("A key is valid for 1 to {most} days, or without end.", most=LONGEST_DAYS)
    secret = MARK + secrets.token_urlsafe(32)
    with house().database.write() as session:
        key = api_keys.add(
            session,
            model=model_id,
            owner=user.id,
            name=title,
            prefix=secret[:SHOWN],
            hash=_hash(secret),
            scopes=wanted,
            expires=None if days is None else now() + timedelta(days=days),
        )
    return Made(key, secret)


def list_keys(user: User, model_id: int) -> list[ApiKey]:
    """A model's keys, newest first, also those that have ended."""
    access.require(user, "change", "model", model_id)
    with house().database.read() as session:
        return api_keys.of_model(session, model_id)


def revoke(user: User, model_id: int, key_id: int) -> None:
    """Ends a key from the next request on. A second click changes nothing."""
    access.require(user, "change", "model", model_id)
    with house().database.write() as session:
        if not api_keys.revoke(session, model_id, key_id):
            raise NotFound("This key is not there, or no longer.")


def state(key: ApiKey) -> State:
    """Whether a key can be used now."""
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires is not None and key.expires <= now() else "valid"


def bearer(secret: str, scope: Scope) -> Caller:
    """Who asks with this secret. Raises BadKey when it is none or has ended, Forbidden when it is not for this use."""
    with house().database.look() as connection:
        found = api_keys.bearer(connection, _hash(secret))
    if found is None:
        raise BadKey("This key is not known here. Make one on the model's page, and send it as “Bearer loam_…”.")
    key = found.key
    ended = state(key)
    if ended == "revoked":
        raise BadKey("The key “{name}” was revoked. Make another one on the model's page.", name=key.name)
    if ended == "expired":
        raise BadKey("The key “{name}” has expired. Make another one on the model's page.", name=key.name)
    if scope not in key.scopes:
        raise Forbidden("The key “{name}” may not be used for “{use}”.", name=key.name, use=scope)
    return Caller(found.user, key, found.answering)


def due(key: ApiKey, at: datetime) -> bool:
    """Whether its use at that moment is to be kept: once in USED_EVERY is enough."""
    return key.last_used is None or key.last_used < at - USED_EVERY


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
