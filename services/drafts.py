"""Recipes being written: one a person and version, kept on every change, so that a lost page loses nothing."""

from __future__ import annotations

from typing import Any

from services import access
from services.access import User
from services.house import house
from storage.queries import drafts
from storage.records import Draft

__all__ = ["Draft"]


def load(user: User, version_id: int) -> Draft | None:
    """This person's draft for the version."""
    access.require(user, "train", "version", version_id)
    with house().database.read() as session:
        return drafts.load(session, user.id, version_id)


def save(user: User, version_id: int, content: dict[str, Any]) -> None:
    """Keeps the draft, in place of an earlier one. `content` is plain JSON."""
    access.require(user, "train", "version", version_id)
    house().database.write_once(lambda session: drafts.save(session, user.id, version_id, content))


def list_drafts(user: User) -> list[Draft]:
    """This person's drafts, newest first, at most 20."""
    access.require(user, "list")
    with house().database.read() as session:
        return drafts.of_owner(session, user.id)


def discard(user: User, version_id: int) -> None:
    """Removes the draft; it need not be there."""
    access.require(user, "train", "version", version_id)
    with house().database.write() as session:
        drafts.discard(session, user.id, version_id)
