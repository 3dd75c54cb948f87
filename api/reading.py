"""The page `/docs`, on which people read and try what programs may rely on.

Its scripts come from this server: nobody elsewhere learns who reads, and it opens without the internet.
"""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

PAGE = "/docs"
SCRIPTS = f"{PAGE}/scripts"


def show(app: FastAPI) -> None:
    """Adds the page."""
    app.mount(SCRIPTS, StaticFiles(directory=str(files("fastapi_offline") / "static")))

    @app.get(PAGE, include_in_schema=False)
    async def docs(request: Request) -> HTMLResponse:
        root = request.scope.get("root_path", "")
        return get_swagger_ui_html(
            openapi_url=f"{root}{app.openapi_url}",
            title=app.title,
            swagger_js_url=f"{root}{SCRIPTS}/swagger-ui-bundle.js",
            swagger_css_url=f"{root}{SCRIPTS}/swagger-ui.css",
            swagger_favicon_url=f"{root}{SCRIPTS}/favicon.png",
        )
