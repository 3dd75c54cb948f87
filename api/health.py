"""Is everything that the dashboard needs alive?"""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from services import server

router = APIRouter()


class Health(BaseModel):
    """The server answers; `supervisor` carries out queued work, `predicting` answers rows."""

    server: bool
    supervisor: bool
    predicting: bool


@router.get("/health")
def health() -> Health:
    """What lives. Starts nothing."""
    supervisor, predicting = server.processes()
    return Health(server=True, supervisor=supervisor, predicting=predicting)
