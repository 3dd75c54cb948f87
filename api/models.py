"""A model over HTTP, by its name: ask it, ask why, say whether it was right, and learn what it wants to know.

POST /v1/models/{name}/predict        rows → an answer each, kept before it is given
POST /v1/models/{name}/explain        a row → what its answer rests on
POST /v1/models/{name}/feedback       an answer's id → right or wrong; with an Idempotency-Key it is counted once
GET  /v1/models/{name}                what a row holds, and a real one
GET  /v1/models/{name}/openapi.json   all this in the columns of this model

Each takes the body first and then works in a thread: who asks, how often, which rows, what the services say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

from fastapi import APIRouter, Header, Path, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor

from api import document, shapes
from api.callers import Key, caller_of
from api.problems import documented
from api.requests import request_id
from api.sent import FORM, JSON, read, received, received_json
from services import asking, describing
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
    body = await received(request)

    def work() -> BaseModel:
        caller = caller_of(request, key, "predict")
        rows, written = body.rows()
        return shapes.answers(request_id(request), asking.predict(caller, name, rows, written=written))

    return await _reply(work)


@router.post(
    "/{name:title}/explain",
    response_model=shapes.Explanation,
    responses=documented(*ASKED),
    openapi_extra=ROWS,
)
async def explain(name: Name, request: Request, key: Key) -> Response:
    """Says what the answer to one row rests on."""
    body = await received(request)

    def work() -> BaseModel:
        caller = caller_of(request, key, "explain")
        rows, written = body.rows()
        return shapes.explanation(request_id(request), asking.explain(caller, name, rows, written=written))

    return await _reply(work)


@router.post(
    "/{name:title}/feedback",
    response_model=shapes.Kept,
    responses=documented(*ASKED, 409),
    openapi_extra=JUDGEMENT,
)
async def feedback(name: Name, request: Request, key: Key, once: Once = None) -> Response:
    """Says of an answer whether it was right. It waits for its review, and then teaches the next version."""
    content = await received_json(request)

    def work() -> BaseModel:
        caller = caller_of(request, key, "feedback")
        said = read(shapes.Judgement, content)
        kept = asking.say(caller, name, said.prediction, said.verdict, said.correct, said.comment, request_key=once)
        return shapes.kept(request_id(request), kept)

    return await _reply(work)


@router.get("/{name:title}/openapi.json", responses=documented(*LOOKED_AT))
async def openapi(name: Name, request: Request, key: Key) -> dict[str, Any]:
    """The description of this API in the columns of this model, as its version in production wants them."""
    found = await run_in_threadpool(lambda: describing.describe(caller_of(request, key, "read"), name))
    return document.of_model(request.app.openapi(), found, request.scope.get("root_path", ""))


@router.get("/{name:title}", response_model=shapes.About, responses=documented(*LOOKED_AT))
async def about(name: Name, request: Request, key: Key) -> Response:
    """What the model predicts, from which columns, and how much may be asked."""

    def work() -> BaseModel:
        found = describing.describe(caller_of(request, key, "read"), name)
        return shapes.about(request_id(request), found, house().settings)

    return await _reply(work)


async def _reply(work: Callable[[], BaseModel]) -> Response:
    """What `work` gives, as JSON. It runs in a thread, where it may wait."""

    def written() -> Response:
        return Response(work().model_dump_json(exclude_none=True), media_type=JSON)

    return await run_in_threadpool(written)
