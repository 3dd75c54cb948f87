"""Who is calling: the signed name cookie. There are no passwords yet."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Cookie, Depends, Request, Response
from pydantic import BaseModel, Field

from engine.errors import Forbidden
from services import access
from services.access import User
from services.house import house

COOKIE = "loam_visitor"
DAY = 24 * 3600

router = APIRouter()


class Kept(BaseModel):
    """A token that `access.sign_in` gave."""

    token: str = Field(max_length=4000)


def visitor(loam_visitor: Annotated[str | None, Cookie()] = None) -> User:
    """The caller, by the cookie. Raises Forbidden when there is none."""
    user = access.visitor(loam_visitor)
    if user is None:
        raise Forbidden("This browser has no name yet. Open the dashboard, say who you are, and allow its cookie.")
    return user


Visitor = Annotated[User, Depends(visitor)]


def same_site(request: Request) -> None:
    """Refuses what another site sends in a visitor's name."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Forbidden("This request came from another site.")


@router.post("/session", status_code=204, dependencies=[Depends(same_site)])
def keep(kept: Kept, request: Request, response: Response) -> None:
    """Keeps a name for this browser in a cookie that scripts cannot read."""
    if access.visitor(kept.token) is None:
        raise Forbidden("This name is not known here. Open the dashboard and say who you are.")
    response.set_cookie(
        COOKIE, kept.token, max_age=house().settings.cookie_days * DAY, httponly=True, samesite="lax",
        secure=request.url.scheme == "https", path="/",
    )  # fmt: skip


@router.delete("/session", status_code=204, dependencies=[Depends(same_site)])
def forget(response: Response) -> None:
    """Forgets the name on this browser."""
    response.delete_cookie(COOKIE, path="/")
