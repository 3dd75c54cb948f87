"""Answering: a process that keeps models open, and the client that asks it.

    client      answer, explain; starts the process if none lives
    process     the process: listens on a Unix socket
    desk        what it answers: the last few bundles are open

Knows no run and no user: only bundles, by their key.
"""

from __future__ import annotations

from services.serving.client import ensure_serving

__all__ = ["ensure_serving"]
