"""Who asks a model over HTTP: a program with a key, or a person's browser, for “Try it” on the model's page."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.limits import Meter
from api.session import COOKIE, same_site
from services import access, api_keys
from services.api_keys import BadKey, Caller, Scope
from services.house import house

ABOUT = "A key of the model, made on its page in the dashboard: `Authorization: Bearer loam_…`."
Key = Annotated[
    HTTPAuthorizationCredentials | None, Security(HTTPBearer(scheme_name="key", description=ABOUT, auto_error=False))
]

_meter, _strangers = Meter(), Meter()


def caller_of(request: Request, key: HTTPAuthorizationCredentials | None, scope: Scope) -> Caller:
    """Who asks. Raises BadKey, Forbidden when the key is not for this, TooOften.

    Who has no good key is counted by the address: those behind the same one who have a key do not suffer from that. Two
    servers in one process have their own callers.
    """
    settings = house().settings
    try:
        caller = _person(request) if key is None else api_keys.bearer(key.credentials, scope)
    except BadKey:
        address = request.client.host if request.client else ""
        _strangers.take(f"{settings.data} {address}", settings.api_per_minute)
        raise
    _meter.take(f"{settings.data} {_name(caller)}", settings.api_per_minute)
    return caller


def _person(request: Request) -> Caller:
    user = access.visitor(request.cookies.get(COOKIE))
    if user is None:
        raise BadKey("Send a key of this model, as “Authorization: Bearer loam_…”. It is made on the model's page.")
    same_site(request)
    return Caller(user)


def _name(caller: Caller) -> str:
    """By which requests are counted."""
    return f"user {caller.user.id}" if caller.key is None else f"key {caller.key.id}"
