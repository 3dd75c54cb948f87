"""A request as code, ready to be copied. The key is read from the environment, where programs keep such things."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pprint import pformat
from typing import Any

LANGUAGES = {"curl": "bash", "Python": "python", "JavaScript": "javascript"}
"""How each is highlighted."""


def sample(language: str, url: str, body: str, pictures: Mapping[str, str]) -> str:
    """The request in one of LANGUAGES; a row with pictures as a form, with files in place of the marks for them."""
    form = _form(body, pictures)
    return {"curl": _curl, "Python": _python, "JavaScript": _javascript}[language](url, body, form)


def _form(body: str, pictures: Mapping[str, str]) -> dict[str, Any] | None:
    """The first row of a request with pictures; None when there are none, or when it is no request."""
    try:
        row: dict[str, Any] = json.loads(body)["rows"][0]
    except (ValueError, LookupError, TypeError):
        return None
    marked = isinstance(row, dict) and any(isinstance(cell, str) and cell in pictures for cell in row.values())
    return {name: f"@{cell}" if cell in pictures else cell for name, cell in row.items()} if marked else None


def _curl(url: str, body: str, form: dict[str, Any] | None) -> str:
    sent = (
        [f"-H {shlex.quote('Content-Type: application/json')}", f"-d {shlex.quote(body)}"]
        if form is None
        else [f"-F {shlex.quote(f'{name}={cell}')}" for name, cell in form.items()]
    )
    return " \\\n  ".join([f"curl {shlex.quote(url)}", '-H "Authorization: Bearer $LOAM_KEY"', *sent])


def _python(url: str, body: str, form: dict[str, Any] | None) -> str:
    if form is None:
        return f"""import json
import os
import urllib.request

body = {_literal(body)}
request = urllib.request.Request(
    {url!r},
    data=json.dumps(body).encode(),
    headers={{"Authorization": "Bearer " + os.environ["LOAM_KEY"], "Content-Type": "application/json"}},
)
with urllib.request.urlopen(request) as reply:
    print(json.load(reply)["answers"][0])
"""
    files = ", ".join(f"{name!r}: open({cell[1:]!r}, 'rb')" for name, cell in form.items() if _is_file(cell))
    data = {name: cell for name, cell in form.items() if not _is_file(cell)}
    return f"""import os

import requests

reply = requests.post(
    {url!r},
    headers={{"Authorization": "Bearer " + os.environ["LOAM_KEY"]}},
    files={{{files}}},
    data={data!r},
)
print(reply.json()["answers"][0])
"""


def _javascript(url: str, body: str, form: dict[str, Any] | None) -> str:
    if form is None:
        return f"""const reply = await fetch({json.dumps(url)}, {{
  method: "POST",
  headers: {{ Authorization: `Bearer ${{process.env.LOAM_KEY}}`, "Content-Type": "application/json" }},
  body: JSON.stringify({body.strip()}),
}})
console.log((await reply.json()).answers[0])
"""
    parts = "\n".join(
        f"form.append({json.dumps(name, ensure_ascii=False)}, {_part(cell)})" for name, cell in form.items()
    )
    return f"""import {{ openAsBlob }} from "node:fs"

const form = new FormData()
{parts}
const reply = await fetch({json.dumps(url)}, {{
  method: "POST",
  headers: {{ Authorization: `Bearer ${{process.env.LOAM_KEY}}` }},
  body: form,
}})
console.log((await reply.json()).answers[0])
"""


def _literal(body: str) -> str:
    """JSON in Python; what is none yet, as it was typed."""
    try:
        return pformat(json.loads(body), width=88, sort_dicts=False)
    except ValueError:
        return body


def _is_file(cell: object) -> bool:
    return isinstance(cell, str) and cell.startswith("@")


def _part(cell: object) -> str:
    """A value of a form in JavaScript."""
    if isinstance(cell, str) and cell.startswith("@"):
        return f"await openAsBlob({json.dumps(cell[1:])})"
    return json.dumps(str(cell), ensure_ascii=False)
