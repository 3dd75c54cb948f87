"""Files come in here: announced, then streamed to disk, never held in memory."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel, Field

from api.session import Visitor, same_site
from services import uploads

router = APIRouter(prefix="/uploads")
UploadToken = Annotated[str, Header(alias="X-Upload-Token")]


class Announced(BaseModel):
    """A file that someone wants to send; `size` in bytes."""

    filename: str = Field(min_length=1, max_length=1000)
    size: int = Field(ge=0)


class Ticket(BaseModel):
    """Where to PUT the bytes, and the token to send with them in `X-Upload-Token`."""

    upload_id: str
    token: str
    url: str


class Received(BaseModel):
    """What has arrived."""

    upload_id: str
    filename: str
    size: int


@router.post("", dependencies=[Depends(same_site)])
def announce(announced: Announced, user: Visitor) -> Ticket:
    """Opens an upload, or says why this file is not wanted."""
    ticket = uploads.open_upload(user, announced.filename, announced.size)
    return Ticket(upload_id=ticket.upload_id, token=ticket.token, url=ticket.url)


@router.put("/{upload_id}")
async def receive(upload_id: str, request: Request, token: UploadToken) -> Received:
    """Takes the bytes as they come. A connection that breaks leaves nothing behind."""
    upload = await uploads.receive(upload_id, token, request.stream())
    return Received(upload_id=upload.id, filename=upload.filename, size=upload.received)


@router.delete("/{upload_id}", status_code=204)
def cancel(upload_id: str, user: Visitor) -> None:
    """Gives up an upload and removes what has arrived of it."""
    uploads.cancel(user, upload_id)
