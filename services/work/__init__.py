"""Work in the background: a queue in the database, a supervisor that outlives the server, a process a job.

    queue        ask for work, and for its end
    supervisor   the detached process that claims jobs and gives each a process
    launchers    how a job gets its process
    job          the process itself; `reporting` is how it tells what it does

What is asked for, how far it is and how it ended stands in the database; no process calls another.
"""

from __future__ import annotations

from services.house import house
from services.work.detached import SUPERVISOR


def ensure_supervisor() -> None:
    """Sees to it that a supervisor lives for this data folder. Cheap: call it often, and after queueing."""
    SUPERVISOR.ensure(house().settings.data)
