"""The process of one job: `python -m services.work.job [--warm] PARENT`.

It reads its order (job, attempt, and when that was claimed) from standard input, so that a spare process can be ready
long before there is one. With `--warm` it first imports Keras and fits something tiny: a run that it is given starts at
once.
"""

from __future__ import annotations

import json
import logging
import os
import select
import sys
import time
from collections.abc import Callable
from pathlib import Path

from engine.errors import Stopped
from services.house import House, house
from services.work import endings
from services.work.detached import begin_log
from services.work.reporting import Reporter
from storage.queries import jobs
from storage.queries.jobs import Superseded
from storage.records import Job, JobStatus

log = logging.getLogger(__name__)

Report = Callable[[float], None]


def main() -> None:
    """Warms up if asked to, takes an order, carries it out."""
    *options, parent = sys.argv[1:]
    home = house()
    if "--warm" in options:
        from services.work import training

        training.warm_up(_order_waits)
    line = sys.stdin.readline()
    if not line:
        return  # nobody needs this spare any more
    order = json.loads(line)
    with home.database.read() as session:
        job = jobs.get(session, order["job"])
    if job is None or job.attempts != order["attempt"]:
        return
    name = f"job-{job.id}-{job.attempts}"
    _log_to(home.settings.data / "logs" / f"{name}.log")
    sign = home.settings.data / "work" / "signs" / name
    code = carry_out(home, job, sign, int(parent), waited=time.time() - order["claimed"])
    logging.shutdown()
    # All is written by now. To clear away what Keras holds takes a second, for which the next job would wait.
    os._exit(code)


def _order_waits() -> bool:
    return bool(select.select([sys.stdin], [], [], 0)[0])


def carry_out(home: House, job: Job, sign: Path, parent: int, *, waited: float = 0.0) -> int:
    """Carries a claimed attempt out and writes how it ended; the exit code.

    `waited`: seconds since it was claimed, in which this process came up.
    """
    log.info("Job %s (%s), attempt %s", job.id, job.kind, job.attempts)
    try:
        with Reporter(home, job, sign, parent, waited) as reporter:
            WORK[job.kind](home, job, reporter)
        return 0
    except Superseded:
        log.warning("Another attempt took over; what this one did is not kept.")
        return endings.SUPERSEDED
    except Stopped:
        return _end(home, job, "stopped", None)
    except BaseException as error:  # noqa: BLE001  whatever it is, the run must say so
        return _end(home, job, "failed", endings.of_error(error, f"job-{job.id}-{job.attempts}.log"))


def _train(home: House, job: Job, reporter: Reporter) -> None:
    from services.work import training

    training.carry_out_training(home, job, reporter)


def _make_version(home: House, job: Job, reporter: Reporter) -> None:
    from services import importing

    if job.version is None:
        raise ValueError(f"Job {job.id} names no version.")
    importing.carry_out_import(home, job.version, reporter.advance)
    _done(home, job, reporter)


def _predict(home: House, job: Job, reporter: Reporter) -> None:
    from services import batches

    batches.carry_out_batch(home, job, reporter)


def _gather(home: House, job: Job, reporter: Reporter) -> None:
    from services.work import improving

    improving.carry_out_gathering(home, job, reporter)


def _compare(home: House, job: Job, reporter: Reporter) -> None:
    from services.work import improving

    improving.carry_out_comparing(home, job, reporter)


def _check(home: House, job: Job, reporter: Reporter) -> None:
    from services import checking

    checking.carry_out_checks(home, reporter.advance)
    _done(home, job, reporter)


WORK: dict[str, Callable[[House, Job, Reporter], None]] = {
    "train": _train,
    "import": _make_version,
    "predict": _predict,
    "gather": _gather,
    "compare": _compare,
    "watch": _check,
}


def _done(home: House, job: Job, reporter: Reporter) -> None:
    reporter.flush()  # from here on it would find its job ended, and take that for another attempt's doing
    with home.database.write() as session:
        jobs.end(session, job.id, job.attempts, "done")


def _end(home: House, job: Job, status: JobStatus, error: dict[str, object] | None) -> int:
    try:
        with home.database.write() as session:
            jobs.end(session, job.id, job.attempts, status, error)
    except Superseded:
        return endings.SUPERSEDED
    return 0


def _log_to(path: Path) -> None:
    """From here on, all output, of libraries too, goes to the job's own log."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.close(file)
    begin_log()


if __name__ == "__main__":
    main()
