"""`python -m benchmarks [part …]`: measures the parts named, or all, and writes their sections of README.md."""

from __future__ import annotations

import importlib
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measuring import machine

README = Path(__file__).with_name("README.md")
PARTS = {  # a module with `measure() -> Markdown`, and its title
    "speed": "Against a hand-written Keras script",
    "first_score": "From the click to the first validation score",
    "budget": "Keeping to the time",
    "contest": "Balanced against other methods",
    "mixture": "A table that holds a text",
    "genres": "Several labels a row",
    "ingest": "Reading files and column facts",
    "answering": "Answering",
    "serving": "Serving a model over HTTP",
    "pictures": "Pictures",
    "texts": "Texts",
    "drift": "Drift: false alarms and found changes",
    "loop": "Learning again from corrections",
}


def write(part: str, text: str) -> None:
    """Puts a section in its place of the README, and keeps the others."""
    said = f"{text}\n\nMeasured on {datetime.now(UTC):%Y-%m-%d} by `python -m benchmarks {part}`, {machine()}."
    section = f"<!-- {part} -->\n## {PARTS[part]}\n\n{said}\n<!-- /{part} -->"
    old = README.read_text(encoding="utf-8")
    place = re.compile(rf"<!-- {part} -->.*?<!-- /{part} -->", re.DOTALL)
    README.write_text(place.sub(lambda _: section, old), encoding="utf-8")


def main(parts: list[str]) -> None:
    """Measures and writes, a part at a time, so that what is measured is kept when a later one fails."""
    for part in parts or list(PARTS):
        print(f"Measuring: {PARTS[part]}", flush=True)
        text = importlib.import_module(f"benchmarks.{part}").measure()
        print(text, flush=True)
        write(part, text)


if __name__ == "__main__":
    main(sys.argv[1:])
