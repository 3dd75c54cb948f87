"""Clients that ask a server as fast as it answers, each on a connection of its own that stays open.

    python -m benchmarks.clients PORT PATH KEY ROWS.json CLIENTS SECONDS

Prints the seconds that each answer took, and how long all of it took, as one line of JSON. Knows nothing of Loam, and
little of HTTP, so that it takes little of the machine from the server.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from pathlib import Path

WARM = 0.25  # share of the time that is not counted


def requests(path: str, key: str, bodies: list[bytes]) -> list[bytes]:
    """What is sent, one after the other."""
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
    return [f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body for body in bodies]


async def ask(port: int, questions: list[bytes], first: int, until: float, counted_from: float) -> list[float]:
    """Asks one question after the other on one connection; the seconds that each took. Raises on any status but 200."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    took = []
    for question in itertools.islice(itertools.cycle(questions), first, None):
        began = time.perf_counter()
        if began > until:
            break
        writer.write(question)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        if b" 200 " not in head.partition(b"\r\n")[0]:
            raise RuntimeError((head + body).decode())
        if began > counted_from:
            took.append(time.perf_counter() - began)
    writer.close()
    return took


async def main(port: int, questions: list[bytes], clients: int, seconds: float) -> None:
    """All of them at once."""
    began = time.perf_counter()
    counted_from, until = began + WARM * seconds, began + seconds
    asked = (ask(port, questions, i, until, counted_from) for i in range(clients))
    took = sorted(itertools.chain.from_iterable(await asyncio.gather(*asked)))
    print(json.dumps({"took": took, "seconds": time.perf_counter() - counted_from}))


if __name__ == "__main__":
    port, path, key, rows, clients, seconds = sys.argv[1:]
    bodies = [json.dumps(row).encode() for row in json.loads(Path(rows).read_text())]
    asyncio.run(main(int(port), requests(path, key, bodies), int(clients), float(seconds)))
