"""Sees to it that the processes live which carry out work and answer rows, for as long as a server does."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from services import serving, work
from services.house import house

LOOK_AFTER = 5  # seconds between two looks at whether the helpers live
log = logging.getLogger("loam")


@asynccontextmanager
async def looked_after() -> AsyncIterator[None]:
    """Opens the house, and keeps its helpers alive meanwhile; they outlive it."""
    await anyio.to_thread.run_sync(house)

    async def look_after() -> None:
        while True:
            await anyio.to_thread.run_sync(_start_helpers)
            await anyio.sleep(LOOK_AFTER)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(look_after)
        try:
            yield
        finally:
            tasks.cancel_scope.cancel()


def _start_helpers() -> None:
    """Starts the supervisor and the predicting process unless they live. A failure is told, and tried again."""
    for ensure in (work.ensure_supervisor, serving.ensure_serving):
        try:
            ensure()
        except OSError:
            log.exception("could not start a helper process")
