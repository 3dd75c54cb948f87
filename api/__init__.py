"""The REST API over services, mounted at `/api` beside the pages; `uvicorn api:app` serves it alone.

Errors are JSON: `{"error": words, "template": words with {names}, "values": {…}}`.
"""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from api import downloads, health, session, uploads
from engine.errors import BadFile, Forbidden, NotFound, OutOfResources, UserError
from services.uploads import OutOfStep

__all__ = ["app"]

STATUS: dict[type[UserError], int] = {
    Forbidden: 403,
    NotFound: 404,
    OutOfStep: 409,
    BadFile: 400,
    OutOfResources: 507,
}

app = FastAPI(title="Loam", docs_url="/docs", redoc_url=None, openapi_url="/openapi.json")
for router in (session.router, uploads.router, downloads.router, health.router):
    app.include_router(router)


@app.exception_handler(UserError)
async def tell(_request: Request, error: UserError) -> JSONResponse:
    """What the caller can mend, in words."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    values = {name: str(value) for name, value in error.values.items()}
    return JSONResponse({"error": str(error), "template": error.text, "values": values}, status_code=status)
