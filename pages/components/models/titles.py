"""What the parts of a model are called."""

from __future__ import annotations

from pages.components.words import _, number


def version_title(n: int) -> str:
    """A version, at the beginning of a line."""
    return _("Version {n}").format(n=number(n))
