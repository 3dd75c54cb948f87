"""Where a run works: a folder that outlives its attempts, so that the next one goes on where the last one ended."""

from __future__ import annotations

import shutil
from pathlib import Path

from services.house import House
from storage.queries import progress


def of_run(home: House, run_id: int) -> Path:
    """The folder of a run that is under way; not made here."""
    return _runs(home) / str(run_id)


def tidy(home: House) -> None:
    """Removes the folders of runs that are over for good."""
    kept = {int(folder.name): folder for folder in _runs(home).glob("*") if folder.name.isdigit()}
    if not kept:
        return
    with home.database.read() as session:
        alive = progress.unfinished(session, list(kept))
    for run_id, folder in kept.items():
        if run_id not in alive:
            shutil.rmtree(folder, ignore_errors=True)


def _runs(home: House) -> Path:
    return home.settings.data / "work" / "runs"
