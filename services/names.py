"""What people call things: any script, no control characters, not too long."""

from __future__ import annotations

from engine.errors import UserError

LONGEST = 200
LONGEST_NOTE = 10_000
LONGEST_TAG = 40
MOST_TAGS = 20


def name(text: str) -> str:
    """A name as it is kept. Raises UserError when nothing is left of it."""
    tidy = " ".join(visible(text).split())
    if not tidy:
        raise UserError("Please write a name.")
    return tidy[:LONGEST]


def search(text: str) -> str:
    """What is searched for, without what no name can hold."""
    return visible(text).strip()


def note(text: str) -> str:
    """A note or comment of several lines as it is kept."""
    return visible(text, keep="\n\t").strip()[:LONGEST_NOTE]


def tags(texts: list[str] | tuple[str, ...]) -> list[str]:
    """Tags as they are kept: in order, none twice, none empty. Quotes would break the search for one."""
    tidy = (" ".join(visible(text).replace('"', "").replace("\\", "").split())[:LONGEST_TAG] for text in texts)
    return list(dict.fromkeys(tag for tag in tidy if tag))[:MOST_TAGS]


def visible(text: str, keep: str = "") -> str:
    """Without control characters and lone surrogates, which databases and files refuse; white space as spaces."""
    return "".join(c if c.isprintable() or c in keep else " " if c.isspace() else "" for c in text)
