"""How fast one saved model answers over HTTP, beside its bare compiled function and a server written by hand.

`python -m benchmarks.serving` is one measurement in a house of its own. Prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

import numpy as np

from benchmarks.household import household, rest, take_in, until
from benchmarks.measuring import ROOT, in_process, table
from benchmarks.sources import ADULT

CLIENTS = (1, 32)
ROUNDS = 7
SECONDS, WARM_SECONDS = 3.0, 20.0
ROWS, MANY = 500, 100
START_SECONDS, REST_SECONDS = 120.0, 120.0
MODEL = "Adult income"
BARE, PLAIN, LOAM = "The compiled function by itself", "FastAPI + model.predict", "Loam"


@dataclass(frozen=True)
class Server:
    """A server to measure: what uvicorn serves, the path that answers, and what it finds in its environment."""

    title: str
    app: str
    path: str
    environment: dict[str, str]


@contextmanager
def serving(server: Server) -> Iterator[int]:
    """Its port, while it runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", server.app, "--port", str(port), "--log-level", "warning"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **server.environment})
    try:
        until(lambda: _listens(port), START_SECONDS)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _listens(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/").close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def asked(server: Server, port: int, key: str, rows: Path, clients: int, seconds: float = SECONDS) -> dict[str, float]:
    """Milliseconds at p50 and p99, and requests a second."""
    found = in_process(
        "-m", "benchmarks.clients", str(port), server.path, key, str(rows), str(clients), str(seconds), ours=False
    ).answer
    middle, last = 1000 * np.percentile(found["took"], [50, 99])
    return {"p50": middle, "p99": last, "a_second": len(found["took"]) / found["seconds"]}


def model(user: Any) -> tuple[Path, str]:
    """A model that answers: the folder of its bundle, and a key."""
    from engine.recipe import EFFORTS
    from services import api_keys, models, results, runs

    version = take_in(user, ADULT.csv(), ADULT.title)
    recipe = runs.suggest(user, version, ADULT.target).model_copy(update={"effort": EFFORTS[0]})
    run = runs.start_run(user, version, recipe, MODEL, MODEL)
    until(lambda: runs.run(user, run.id).status in ("finished", "failed"), 300)
    made = models.create(user, run.id, MODEL)
    key = api_keys.create(user, made.id, "bench", ("predict",)).secret
    return results.bundle_of(results.run_of(run.id)), key


def questions(folder: Path) -> tuple[Path, Path]:
    """Files of requests: of one row each, and of MANY."""
    frame = ADULT.frame().drop(columns=ADULT.target).sample(ROWS, random_state=0)
    rows = json.loads(frame.to_json(orient="records"))
    one, many = folder / "one.json", folder / "many.json"
    one.write_text(json.dumps([{"rows": [row]} for row in rows]))
    many.write_text(json.dumps([{"rows": rows[at : at + MANY]} for at in range(0, ROWS, MANY)]))
    return one, many


def measured(folder: Path) -> dict[str, Any]:
    """All of it: milliseconds, and requests a second."""
    from services import access

    bundle, key = model(access.sign_in("Bench")[0])
    one, many = questions(folder)
    servers = (
        Server(PLAIN, "benchmarks.plain_server:app", "/predict", {"BUNDLE": str(bundle)}),
        Server(LOAM, "api:app", f"/v1/models/{quote(MODEL)}/predict", {"LOAM_API_PER_MINUTE": "10000000"}),
    )
    rest(folder, REST_SECONDS)
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in (BARE, *(server.title for server in servers))}
    with ExitStack() as stack:
        ports = {server.title: stack.enter_context(serving(server)) for server in servers}
        for server in servers:  # what is compiled for each size of a batch is there then
            asked(server, ports[server.title], key, one, CLIENTS[-1], WARM_SECONDS)
        for _ in range(ROUNDS):  # in turn: the machine is not equally quick at all times
            alone = 1000 * np.percentile(in_process("-m", "benchmarks.bare", str(bundle)).answer["took"], [50, 99])
            rounds[BARE].append(dict(zip(("p50", "p99"), alone.tolist(), strict=True)))
            for server in servers:
                rounds[server.title].append(_round(server, ports[server.title], key, one, many))
    return {name: {each: median(one[each] for one in found) for each in found[0]} for name, found in rounds.items()}


def _round(server: Server, port: int, key: str, one: Path, many: Path) -> dict[str, float]:
    alone, crowd = (asked(server, port, key, one, clients) for clients in CLIENTS)
    crowded = {f"of {CLIENTS[-1]}: {name}": figure for name, figure in crowd.items()}
    return alone | crowded | {"rows": MANY * asked(server, port, key, many, 1)["a_second"]}


def measure() -> str:
    """As Markdown."""
    found = in_process("-m", "benchmarks.serving", timeout=1800).answer
    crowd = f"of {CLIENTS[-1]}"
    lines = []
    for title, figures in found.items():
        waited = [figures.get(name) for name in ("p50", "p99", f"{crowd}: p50", f"{crowd}: p99")]
        answered = [figures.get(name) for name in (f"{crowd}: a_second", "rows")]
        shown = [f"{ms:.1f}" if ms is not None else "" for ms in waited]
        lines.append([title, *shown, *(f"{each:.0f}" if each is not None else "" for each in answered)])
    head = ["", "p50, ms", "p99, ms", f"{crowd}: p50, ms", "p99, ms", "rows a second", f"{MANY} at once: rows a second"]
    over = found[LOAM]["p50"] - found[BARE]["p50"]
    text = (
        "Adult income, 14 columns, one saved network; a row a request, from one client and from 32, over connections "
        "that stay open. Clients, server and predicting process share the machine. Loam keeps each answer in its "
        f"database before it gives it. Medians of {ROUNDS} rounds of {SECONDS:.0f} s each, in turn."
    )
    return f"{text}\n\n{table(head, lines)}\n\nOne row alone takes Loam {over:.1f} ms more than the function by itself."


if __name__ == "__main__":
    with household() as home:
        print(json.dumps(measured(home)))
