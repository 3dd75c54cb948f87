"""Where a run works: a folder that outlives its attempts, so that the next one goes on where the last one ended.

Beside it, the encoded rows of a data set, which its runs share.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from services.house import House
from storage.queries import progress


def of_run(home: House, run_id: int) -> Path:
    """The folder of a run that is under way; not made here."""
    return _runs(home) / str(run_id)


def prepared(home: House) -> Path:
    """The encoded rows of all data sets, a folder each."""
    return home.settings.data / "cache"


def prepared_of(home: House, dataset_id: int) -> Path:
    """The encoded rows of a data set; they go when it is erased."""
    return prepared(home) / str(dataset_id)


def remove(home: House, run_id: int) -> None:
    """Forgets what a run that is over had learned, so that it begins anew."""
    shutil.rmtree(of_run(home, run_id), ignore_errors=True)


def tidy(home: House) -> None:
    """Removes the folders of runs that are over for good."""
    kept = [int(folder.name) for folder in _runs(home).glob("*") if folder.name.isdigit()]
    if not kept:
        return
    with home.database.read() as session:
        alive = progress.unfinished(session, kept)
    for run_id in kept:
        if run_id not in alive:
            remove(home, run_id)


def _runs(home: House) -> Path:
    return home.settings.data / "work" / "runs"
