"""What went wrong, as RFC 9457 has it: `application/problem+json`, which names the row and the column.

`type` names the kind of problem for programs, `detail` says it in words; `errors` has a line for each place, with a
JSON pointer into what was sent. Whatever fails, here or in a service, is told in this one way.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from api.limits import Malformed, TooLarge, TooOften, WrongKind
from api.requests import HEADER, request_id
from engine.errors import LoamError
from services.faults import BUG, Fault, fault_of
from services.questions import UnfitRows

MEDIA = "application/problem+json"
OURS: tuple[tuple[type[Exception], Fault], ...] = (
    (Malformed, Fault("malformed", 400, "Not what it says to be")),
    (TooLarge, Fault("too-large", 413, "Too large")),
    (WrongKind, Fault("wrong-kind", 415, "Sent as something else than is read here")),
    (TooOften, Fault("too-often", 429, "Too many requests")),
)
"""Problems that no service sees; the others stand in `services.faults`."""
INVALID = Fault("invalid", 422, "Not as the description says")
MALFORMED = OURS[0][1]

log = logging.getLogger("loam.api")


class Place(BaseModel):
    """One thing that is wrong: `pointer` leads to it in what was sent, `row` counts from 0."""

    detail: str
    pointer: str | None = None
    row: int | None = None
    column: str | None = None


class Problem(BaseModel):
    """What went wrong. `request_id` finds it in the server's log where it went wrong on our side (500 and more)."""

    type: str = Field(examples=["urn:loam:problem:bad-rows"])
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[Place] | None = None


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route may answer when something goes wrong, for its description."""
    told = {"content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    return {status: {"description": HTTPStatus(status).phrase, **told} for status in statuses}


def handle(app: FastAPI) -> None:
    """Has the application tell all problems in this way."""
    app.add_exception_handler(LoamError, _loam)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _bug)


def fault(error: Exception) -> Fault:
    """What kind of problem an error is."""
    if isinstance(error, RequestValidationError):
        return MALFORMED if any(each["type"] == "json_invalid" for each in error.errors()) else INVALID
    return next((ours for kind, ours in OURS if isinstance(error, kind)), None) or fault_of(error)


def _log(request: Request, error: Exception) -> None:
    """Under the number of the request."""
    log.error("Request %s: %s", request_id(request), request.url.path, exc_info=error)


def _told(
    request: Request,
    found: Fault,
    detail: str,
    errors: Sequence[Place] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    problem = Problem(
        type=f"urn:loam:problem:{found.slug}",
        title=found.title,
        status=found.status,
        detail=detail,
        request_id=request_id(request),
        errors=list(errors) or None,
    )
    content = problem.model_dump_json(exclude_none=True)
    return Response(content, found.status, {HEADER: problem.request_id, **(headers or {})}, MEDIA)


async def _loam(request: Request, error: Exception) -> Response:
    """An error that was raised on purpose."""
    found = fault(error)
    if found.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log(request, error)
    headers = {}
    if found.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooOften):
        headers["Retry-After"] = str(error.seconds)
    places = [
        Place(
            detail=str(spot.note),
            pointer=_pointer(["rows", spot.row] + ([] if spot.column is None else [spot.column])),
            row=spot.row,
            column=spot.column,
        )
        for spot in (error.spots if isinstance(error, UnfitRows) else ())
    ]
    return _told(request, found, str(error), places, headers)


async def _invalid(request: Request, error: Exception) -> Response:
    """What FastAPI or pydantic find wrong with a request."""
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    places = [_place(each) for each in found[:20]]
    detail = f"{_where(found[0]['loc'])}: {places[0].detail}."
    return _told(request, fault(error), detail, places)


async def _http(request: Request, error: Exception) -> Response:
    """No such address, or another method."""
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    found = Fault(status.phrase.lower().replace(" ", "-"), status, status.phrase)
    return _told(request, found, f"{request.method} {request.url.path}: {status.description or status.phrase}.",
                 headers=error.headers)  # fmt: skip


async def _bug(request: Request, error: Exception) -> Response:
    """Nobody foresaw it: the number of the request is all that the caller is told."""
    _log(request, error)
    return _told(request, BUG, "Something went wrong on our side. Tell whoever looks after this server the request_id.")


def _place(found: Mapping[str, Any]) -> Place:
    source, *rest = found["loc"] or ("body",)
    pointer = _pointer(rest) if source == "body" else None
    row = rest[1] if len(rest) > 1 and rest[0] == "rows" and isinstance(rest[1], int) else None
    return Place(detail=str(found["msg"]), pointer=pointer, row=row)


def _where(location: Sequence[Any]) -> str:
    return " → ".join(map(str, location)) or "body"


def _pointer(steps: Iterable[Any]) -> str:
    """A JSON pointer as a fragment (RFC 6901)."""
    escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
    return "#" + "".join(f"/{step}" for step in escaped)
