"""Work in the background: a queue in the database, a supervisor that outlives the server, a process a job.

    queue        ask for work, and for its end
    supervisor   the detached process that claims jobs and gives each a process
    launchers    how a job gets its process
    job          the process itself; `reporting` is how it tells what it does
"""

from __future__ import annotations

from services.house import house
from services.work.detached import SUPERVISOR


def ensure_supervisor() -> None:
    """Sees to it that a supervisor lives for this data folder. Cheap: call it every few seconds, and when work is queued."""
    SUPERVISOR.ensure(house().settings.data)
