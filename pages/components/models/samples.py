"""A request as code, ready to be copied. The key is read from the environment, where programs keep such things."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pprint import pformat
from typing import Any, NamedTuple

LANGUAGES = {"curl": "bash", "Python": "python", "JavaScript": "javascript"}
"""How each is highlighted."""


class Part(NamedTuple):
    """A cell in a form: its column, and its text or the name of a `file`."""

    name: str
    cell: str
    file: bool


def sample(language: str, url: str, body: str, pictures: Mapping[str, str]) -> str:
    """The request in one of LANGUAGES; rows with pictures as a form, with files in place of the marks for them."""
    form = _form(body, pictures)
    return {"curl": _curl, "Python": _python, "JavaScript": _javascript}[language](url, body, form)


def _form(body: str, pictures: Mapping[str, str]) -> list[Part] | None:
    """A part for each cell, row by row; None when there are no pictures, or when it is no request."""
    try:
        rows: list[dict[str, Any]] = json.loads(body)["rows"]
        if not any(isinstance(cell, str) and cell in pictures for row in rows for cell in row.values()):
            return None
        names = dict.fromkeys(name for row in rows for name in row)
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    cells = [(name, "" if row.get(name) is None else str(row[name])) for row in rows for name in names]
    return [Part(name, cell, cell in pictures) for name, cell in cells]


def _curl(url: str, body: str, form: list[Part] | None) -> str:
    sent = (
        [f"-H {shlex.quote('Content-Type: application/json')}", f"-d {shlex.quote(body)}"]
        if form is None
        else [
            f"-F {shlex.quote(f'{name}=@{cell}')}" if file else f"--form-string {shlex.quote(f'{name}={cell}')}"
            for name, cell, file in form
        ]
    )
    return " \\\n  ".join([f"curl {shlex.quote(url)}", '-H "Authorization: Bearer $LOAM_KEY"', *sent])


def _python(url: str, body: str, form: list[Part] | None) -> str:
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
    print(json.load(reply)["answers"])
"""
    parts = "\n".join(
        f"    ({name!r}, open({cell!r}, 'rb'))," if file else f"    ({name!r}, (None, {cell!r})),"
        for name, cell, file in form
    )
    return f"""import os

import requests

form = [
{parts}
]
reply = requests.post({url!r}, headers={{"Authorization": "Bearer " + os.environ["LOAM_KEY"]}}, files=form)
print(reply.json()["answers"])
"""


def _javascript(url: str, body: str, form: list[Part] | None) -> str:
    if form is None:
        return f"""const reply = await fetch({json.dumps(url)}, {{
  method: "POST",
  headers: {{ Authorization: `Bearer ${{process.env.LOAM_KEY}}`, "Content-Type": "application/json" }},
  body: JSON.stringify({body.strip()}),
}})
console.log((await reply.json()).answers)
"""
    parts = "\n".join(
        f"form.append({json.dumps(name, ensure_ascii=False)}, {_part(cell, file)})" for name, cell, file in form
    )
    return f"""import {{ openAsBlob }} from "node:fs"

const form = new FormData()
{parts}
const reply = await fetch({json.dumps(url)}, {{
  method: "POST",
  headers: {{ Authorization: `Bearer ${{process.env.LOAM_KEY}}` }},
  body: form,
}})
console.log((await reply.json()).answers)
"""


def _literal(body: str) -> str:
    """JSON in Python; what is none yet, as it was typed."""
    try:
        return pformat(json.loads(body), width=88, sort_dicts=False)
    except ValueError:
        return body


def _part(cell: str, file: bool) -> str:
    """A value of a form in JavaScript."""
    return f"await openAsBlob({json.dumps(cell)})" if file else json.dumps(cell, ensure_ascii=False)
