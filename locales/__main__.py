"""Collects the words on the screen into `locales/loam.pot`, for translators: `make words`.

Besides `_()`, words come from where they are written once: errors, notes, fields' titles and help, registries.
A new language: `pybabel init -D loam -i locales/loam.pot -d locales -l de`, translate it, and then
`pybabel compile -D loam -d locales`.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from locales.templates import Sources

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("api", "engine", "pages", "samples", "services")


def collect(sources: Sources) -> Catalog:
    """All messages, with the files in which they stand."""
    catalogue = Catalog(project="Loam", charset="utf-8")
    for module in sources.modules.values():
        for line, message in sources.messages(module):
            catalogue.add(message, locations=[(module.path, line)])
    return catalogue


if __name__ == "__main__":
    catalogue = collect(Sources(ROOT, FOLDERS))
    with (ROOT / "locales" / "loam.pot").open("wb") as file:
        write_po(file, catalogue, omit_header=False, sort_output=True)
    print(f"{len(catalogue)} messages in locales/loam.pot")  # noqa: T201 - the answer to the one who asked
