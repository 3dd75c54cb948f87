"""The REST API over services, mounted at `/api` beside the pages; `uvicorn api:app` serves it alone.

Its document describes what programs may rely on; the other routes are the pages' own. `problems` tells what goes wrong.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import downloads, health, models, reading, session, uploads
from api.document import Described
from api.problems import handle
from api.requests import Numbered
from services.looking_after import looked_after

__all__ = ["app"]


@asynccontextmanager
async def alone(_app: FastAPI) -> AsyncIterator[None]:
    """What the dashboard does for the processes that answer, where the API is served without it."""
    async with looked_after():
        yield


app = Described(title="Loam", docs_url=None, redoc_url=None, openapi_url="/openapi.json", lifespan=alone)
for router in (models.router, health.router):
    app.include_router(router)
for router in (session.router, uploads.router, downloads.router):
    app.include_router(router, include_in_schema=False)
reading.show(app)
app.add_middleware(Numbered)
handle(app)
