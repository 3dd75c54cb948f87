"""A model over HTTP, by its name: ask it, ask why, say whether it was right, and learn what it wants to know.

POST /v1/models/{name}/predict        rows → an answer each, kept before it is given
POST /v1/models/{name}/explain        a row → what its answer rests on
POST /v1/models/{name}/feedback       an answer's id → right or wrong; with an Idempotency-Key it is counted once
GET  /v1/models/{name}                what a row holds, and a real one
GET  /v1/models/{name}/openapi.json   all this in the columns of this model

Each takes the body and works in a thread: who asks, how often, which rows, what the services say. Before a body that is
not small is taken, it is looked up who sends it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor

from api import document, shapes
from api.callers import Key, caller_of
from api.limits import body_of, is_small
from api.problems import documented, fault
from api.requests import request_id
from api.sent import FORM, JSON, Body, read, received, received_json
from engine.errors import UserError
from services import asking, describing
from services.api_keys import Caller, Scope
from services.asking import CallKind
from services.house import house

ASKED: tuple[int, ...] = (400, 401, 403, 404, 413, 415, 422, 429, 500, 503)
LOOKED_AT: tuple[int, ...] = (401, 403, 404, 422, 429, 500)
FILES = {
    "type": "object",
    "description": "A part for each column; a file for a picture. Repeat the parts for further rows.",
    "additionalProperties": {"type": "string"},
    "minProperties": 1,
}
ROWS = {
    "requestBody": {
        "required": True,
        "content": {JSON: {"schema": {"$ref": "#/components/schemas/Rows"}}, FORM: {"schema": FILES}},
    }
}
JUDGEMENT = {
    "requestBody": {
        "required": True,
        "content": {JSON: {"schema": {"$ref": "#/components/schemas/Judgement"}}},
    }
}

T = TypeVar("T")


class _Title(Convertor[str]):
    """The name of a model in an address: it may hold a slash, but not end as the other addresses do."""

    regex = r"(?:(?!/(?:predict|explain|feedback|openapi\.json)$).)+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return quote(value, safe="")


register_url_convertor("title", _Title())
Name = Annotated[str, Path(min_length=1, max_length=200, description="The model's name, in whatever case.")]
Once = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=100,
        pattern=r"^[!-~]+$",
        description="Any text that is new for each judgement: sent again with the same one, it is counted once.",
    ),
]

router = APIRouter(prefix="/v1/models", tags=["models"])


@router.post(
    "/{name:title}/predict",
    response_model=shapes.Answers,
    response_model_exclude_none=True,
    responses=documented(*ASKED),
    openapi_extra=ROWS,
)
async def predict(name: Name, request: Request, key: Key) -> Response:
    """Answers rows."""

    def work(caller: Caller, body: Body) -> BaseModel:
        rows, written = _read(caller, name, "predict", body.rows)
        return shapes.answers(request_id(request), asking.predict(caller, name, rows, written=written))

    return await _reply(request, key, "predict", received, work)


@router.post(
    "/{name:title}/explain",
    response_model=shapes.Explanation,
    responses=documented(*ASKED),
    openapi_extra=ROWS,
)
async def explain(name: Name, request: Request, key: Key) -> Response:
    """Says what the answer to one row rests on."""

    def work(caller: Caller, body: Body) -> BaseModel:
        rows, written = _read(caller, name, "explain", body.rows)
        return shapes.explanation(request_id(request), asking.explain(caller, name, rows, written=written))

    return await _reply(request, key, "explain", received, work)


@router.post(
    "/{name:title}/feedback",
    response_model=shapes.Kept,
    responses=documented(*ASKED, 409),
    openapi_extra=JUDGEMENT,
)
async def feedback(name: Name, request: Request, key: Key, once: Once = None) -> Response:
    """Says of an answer whether it was right. It waits for its review, and then teaches the next version."""

    def work(caller: Caller, content: bytes) -> BaseModel:
        said = _read(caller, name, "feedback", lambda: read(shapes.Judgement, content))
        kept = asking.say(caller, name, said.prediction, said.verdict, said.correct, said.comment, request_key=once)
        return shapes.kept(request_id(request), kept)

    return await _reply(request, key, "feedback", received_json, work)


@router.get("/{name:title}/openapi.json", responses=documented(*LOOKED_AT))
async def openapi(name: Name, request: Request, key: Key) -> dict[str, Any]:
    """The description of this API in the columns of this model, as its version in production wants them."""
    found = await run_in_threadpool(lambda: describing.describe(caller_of(request, key, "read"), name))
    return document.of_model(request.app.openapi(), found, request.scope.get("root_path", ""))


@router.get("/{name:title}", response_model=shapes.About, responses=documented(*LOOKED_AT))
async def about(name: Name, request: Request, key: Key) -> Response:
    """What the model predicts, from which columns, and how much may be asked."""

    def work(caller: Caller, _body: bytes) -> BaseModel:
        return shapes.about(request_id(request), describing.describe(caller, name), house().settings)

    return await _reply(request, key, "read", body_of, work)


async def _reply(
    request: Request,
    key: HTTPAuthorizationCredentials | None,
    scope: Scope,
    take: Callable[[Request], Awaitable[T]],
    work: Callable[[Caller, T], BaseModel],
) -> Response:
    """What `work` gives, as JSON. It runs in a thread, where it may wait."""

    def written(caller: Caller, body: T) -> Response:
        return Response(work(caller, body).model_dump_json(exclude_none=True), media_type=JSON)

    if is_small(request):  # a change of threads less
        small = await take(request)
        return await run_in_threadpool(lambda: written(caller_of(request, key, scope), small))
    caller = await run_in_threadpool(caller_of, request, key, scope)
    return await run_in_threadpool(written, caller, await take(request))


def _read(caller: Caller, name: str, kind: CallKind, reading: Callable[[], T]) -> T:
    """What was sent. That it says nothing is kept as well, for whoever looks after the model."""
    try:
        return reading()
    except (UserError, RequestValidationError) as error:
        asking.refused(caller, name, kind, fault(error))
        raise
