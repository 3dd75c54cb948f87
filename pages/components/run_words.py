"""A run in words, for lists."""

from __future__ import annotations

from pages.components.words import _, say
from services.runs import Run


def status_title(status: str) -> str:
    """A status in words."""
    return {
        "queued": _("waiting"), "running": _("running"), "finished": _("finished"),
        "failed": _("failed"), "stopped": _("stopped"),
    }[status]  # fmt: skip


def result_in_words(run: Run) -> str:
    """The short verdict, or where the run stands. Plain text."""
    if run.status == "finished" and run.verdict:
        short = run.verdict["short"]
        return say(short["text"], short["values"])
    return status_title(run.status)


def score_in_words(run: Run) -> str:
    """How good a finished run is, with the range that holds 95 times in 100. Plain text."""
    headline = (run.verdict or {}).get("headline")
    return say(headline["text"], headline["values"]) if headline else result_in_words(run)
