"""A file arrives although its connection breaks."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Route

from tests.browser.visitor import Visitor

ROWS = b"size,answer\n" + b"".join(b"%d,%s\n" % (i, b"yes" if i > 50 else b"no") for i in range(100))
HALF = len(ROWS) // 2


def test_broken_upload_goes_on_by_itself(visitor: Visitor, tmp_path: Path) -> None:
    file = tmp_path / "sizes.csv"
    file.write_bytes(ROWS)
    offsets: list[str] = []

    def break_once(route: Route) -> None:
        if route.request.method != "PUT":
            return route.continue_()
        offsets.append(route.request.headers["upload-offset"])
        if len(offsets) > 1:
            return route.continue_()
        token = {"X-Upload-Token": route.request.headers["x-upload-token"]}
        visitor.page.request.put(route.request.url, headers=token, data=ROWS[:HALF])
        return route.abort("connectionreset")

    visitor.page.route("**/api/uploads/*", break_once)
    visitor.open("/data")
    visitor.upload(file)
    visitor.sees("How the file is written")
    assert offsets == ["0", str(HALF)]
    visitor.page.unroute("**/api/uploads/*")
    visitor.press("Import")
    visitor.sees("100")
    assert not visitor.faults
