"""Files come in here: announced, then streamed to disk, never held in memory.

POST   /uploads        announces a file; the ticket says where its bytes go
PUT    /uploads/{id}   sends them, with the ticket's token, from the header `Upload-Offset` on (0 if there is none)
GET    /uploads/{id}   after a connection broke: a ticket with the offset to go on from
DELETE /uploads/{id}   gives it up
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel, Field

from api.session import Visitor, same_site
from services import uploads

router = APIRouter(prefix="/uploads")
UploadToken = Annotated[str, Header(alias="X-Upload-Token")]
UploadOffset = Annotated[int, Header(alias="Upload-Offset", ge=0)]


class Announced(BaseModel):
    """A file that someone wants to send; `size` in bytes."""

    filename: str = Field(min_length=1, max_length=1000)
    size: int = Field(ge=0)


class Ticket(BaseModel):
    """Where to PUT the bytes from `offset` on, and the token to send with them in `X-Upload-Token`.

    `done`: the file has arrived whole, and nothing is to be sent.
    """

    upload_id: str
    token: str
    url: str
    offset: int
    done: bool


class Received(BaseModel):
    """What has arrived."""

    upload_id: str
    filename: str
    size: int


@router.post("", dependencies=[Depends(same_site)])
def announce(announced: Announced, user: Visitor) -> Ticket:
    """Opens an upload, or says why this file is not wanted."""
    return Ticket(**asdict(uploads.open_upload(user, announced.filename, announced.size)))


@router.get("/{upload_id}")
def go_on(upload_id: str, user: Visitor) -> Ticket:
    """Where an upload that broke off goes on, with a fresh token."""
    return Ticket(**asdict(uploads.go_on(user, upload_id)))


@router.put("/{upload_id}")
async def receive(upload_id: str, request: Request, token: UploadToken, offset: UploadOffset = 0) -> Received:
    """Takes the bytes as they come. What came before a connection broke is kept; 409 when others are expected."""
    upload = await uploads.receive(upload_id, token, request.stream(), offset)
    return Received(upload_id=upload.id, filename=upload.filename, size=upload.size)


@router.delete("/{upload_id}", status_code=204)
def cancel(upload_id: str, user: Visitor) -> None:
    """Gives up an upload and removes what has arrived of it."""
    uploads.cancel(user, upload_id)
