"""Rows out of a request: JSON, or a form with files (multipart), as `curl -F photo=@a.jpg` sends it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from email.message import Message
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from api.limits import MEGABYTE, Malformed, WrongKind, body_of
from api.shapes import Rows, Sent
from services.house import house

JSON = "application/json"
FORM = "multipart/form-data"
MOST_PARTS = 1000  # of a form

S = TypeVar("S", bound=Sent)


@dataclass(frozen=True)
class Body:
    """What was sent: the bytes of JSON, or the parts of a form."""

    json: bytes = b""
    parts: tuple[tuple[str, Any], ...] | None = None

    def rows(self) -> tuple[list[dict[str, Any]], bool]:
        """The rows, and whether their cells are as a person writes them. Raises RequestValidationError, Malformed."""
        if self.parts is None:
            return read(Rows, self.json).rows, False
        return _of_form(self.parts), True


async def received(request: Request) -> Body:
    """What was sent, whole. Raises WrongKind, TooLarge, Malformed."""
    kind = _kind(request)
    if kind not in (JSON, FORM):
        raise WrongKind("Send rows as {json}, or pictures as {form}.", json=JSON, form=FORM)
    content = await body_of(request)
    return Body(json=content) if kind == JSON else Body(parts=await _parts(request, content))


async def received_json(request: Request) -> bytes:
    """The JSON that was sent. Raises WrongKind, TooLarge."""
    if _kind(request) != JSON:
        raise WrongKind("Send this as {json}.", json=JSON)
    return await body_of(request)


def read(kind: type[S], content: bytes) -> S:
    """What the JSON says. Raises RequestValidationError, which names the place."""
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in found]) from error


def _kind(request: Request) -> str:
    """The media type without its parameters."""
    header = Message()
    header["content-type"] = request.headers.get("content-type", "")
    return header.get_content_type() if request.headers.get("content-type") else ""


async def _parts(request: Request, content: bytes) -> tuple[tuple[str, Any], ...]:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield content

    most = house().settings.api_mb * MEGABYTE
    parser = MultiPartParser(request.headers, stream(), max_files=MOST_PARTS, max_fields=MOST_PARTS, max_part_size=most)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise Malformed("This is not a form that can be read: {problem}", problem=str(error)) from error
    parts = [(name, await cell.read() if isinstance(cell, UploadFile) else cell) for name, cell in form.multi_items()]
    await form.close()
    return tuple(parts)


def _of_form(parts: tuple[tuple[str, Any], ...]) -> list[dict[str, Any]]:
    """Parts of one name are that column's cells, row by row; a part without a text is a value that is not known."""
    columns: dict[str, list[Any]] = {}
    for name, cell in parts:
        columns.setdefault(name, []).append(cell or None)
    rows = max(map(len, columns.values()), default=0)
    for name, cells in columns.items():
        if len(cells) != rows:
            text = "Parts of “{column}” in this form: {count}; of other columns: {rows}. Send one for each row."
            raise Malformed(text, column=name, count=len(cells), rows=rows)
    if not rows:
        raise Malformed("This form has no parts: send one for each column.")
    return [{name: cells[i] for name, cells in columns.items()} for i in range(rows)]
