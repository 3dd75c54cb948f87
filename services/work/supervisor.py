"""The supervisor: claims jobs, gives each a process, and sees how it ends. One a data folder; outlives the server.

    collect     processes that ended: why, and whether another attempt is due
    look after  extend leases; stop what is to be stopped, end what hangs
    fill        claim work for free slots, and keep a spare process for the next run

It never touches data or models. When it is killed its processes end too (`services.work.life`), and the next
supervisor takes their jobs over once the leases have run out.
"""

from __future__ import annotations

import logging
import math
import os
import secrets
import signal
import socket
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from subprocess import SubprocessError

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from services import retention
from services.house import House, house
from services.work import endings, folders, queue, renewal
from services.work.detached import SUPERVISOR, begin_log, code_stamp
from services.work.endings import Ending
from services.work.launchers import LocalProcesses, Slot, Work, slots
from storage.queries import jobs
from storage.queries.jobs import Superseded
from storage.records import Job

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=5)
TICK = 0.15
BEAT = 1.0
HOUSEKEEPING = 10.0
RETENTION, OVERDUE = 3600.0, 6 * 3600.0
"""What is forgotten for good goes when there is no work; where there always is, while work goes on."""
HANG = 180.0
LEAVE = 5.0
"""Seconds that a process may take to end after its job did."""
REST = 5.0
"""Seconds until the machine is asked again for a process that it refused."""
UNWANTED = 600.0
"""An idle supervisor ends when no server has asked for one in so many seconds."""
ROOMY = 8
"""With so many cores a spare process may start while a run trains; with fewer it would slow the run."""


class Supervisor:
    """The loop, one `tick` at a time. `hang`: seconds of silence after which work is ended."""

    def __init__(self, home: House, places: tuple[Slot, ...], launcher: LocalProcesses, *, hang: float = HANG) -> None:
        self.home = home
        self.places = places
        self.launcher = launcher
        self.hang = hang
        self.worker = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.works: list[Work] = []
        self._beat_at = 0.0
        self._rest_until = 0.0

    def tick(self) -> None:
        """One round. Cheap when nothing happens: a few reads."""
        self._collect()
        self._look_after()
        self._fill()

    def close(self) -> None:
        """Ends its processes and gives their jobs back; that attempt is not counted against them."""
        self.launcher.close()
        for work in self.works:
            work.kill()
        for work in self.works:
            work.process.wait()
            with suppress(Superseded), self.home.database.write() as session:
                jobs.give_back(session, work.job.id, work.job.attempts, counted=False)
        self.works.clear()

    def _collect(self) -> None:
        for work in [work for work in self.works if work.code() is not None]:
            self._settle(work, work.code() or 0)
            self.works.remove(work)
            work.sign.unlink(missing_ok=True)

    def _settle(self, work: Work, code: int) -> None:
        """Writes how an attempt ended, if the process could not do so itself."""
        job, attempt = work.job.id, work.job.attempts
        if code == endings.SUPERSEDED:
            return
        with self.home.database.write() as session:
            try:
                jobs.require_held(session, job, attempt)
            except Superseded:
                return  # the usual case: it wrote its own ending
            if work.asked_to_stop is not None and not work.hung:
                jobs.end(session, job, attempt, "stopped")
                return
            if work.hung:
                ending = endings.of_silence(self.hang, attempt=attempt)
            else:
                ending = endings.of_exit(code, work.log, attempt=attempt, starved=work.starved())
            log.warning("Job %s, attempt %s: exit code %s, %s", job, attempt, code, ending.error["kind"])
            _conclude(session, work.job, ending)

    def _look_after(self) -> None:
        if not self.works:
            return
        if time.monotonic() - self._beat_at >= BEAT:
            self._beat_at = time.monotonic()
            with self.home.database.write() as session:
                jobs.extend(session, self.worker, LEASE)
        with self.home.database.read() as session:
            held = {(one.job, one.attempt): one for one in jobs.held(session, self.worker)}
        for work in self.works:
            one = held.get((work.job.id, work.job.attempts))
            if one is None:
                self._let_leave(work)
            elif one.wish == "stop" or one.unwanted:
                work.stop()
            elif work.silent() > self.hang:
                work.hung = True
                work.kill()

    def _let_leave(self, work: Work) -> None:
        """Its job has ended: the process is on its way out, or does not know yet that it was superseded."""
        work.left = work.left or time.monotonic()
        if time.monotonic() - work.left > LEAVE:
            work.kill()

    def _fill(self) -> None:
        if time.monotonic() < self._rest_until:
            return
        for place in self.free():
            with self.home.database.read() as session:
                if not jobs.waiting(session, place.lane, self.worker):
                    continue
            with self.home.database.write() as session:
                job = jobs.claim(session, place.lane, self.worker, LEASE)
            if job is not None:
                self._start(job, place)
                self._beat_at = time.monotonic()
        if (os.cpu_count() or 1) >= ROOMY or not any(work.slot.lane == "train" for work in self.works):
            for place in self.free():
                if place.lane == "train":
                    self.launcher.prepare(place)
                    break

    def _start(self, job: Job, place: Slot) -> None:
        """Gives a claimed attempt its process. When the machine refuses one, all new work waits a while."""
        try:
            self.works.append(self.launcher.start(job, place))
        except (OSError, SubprocessError) as error:
            self._rest_until = time.monotonic() + REST
            ending = endings.of_no_process(error, attempt=job.attempts)
            with suppress(Superseded), self.home.database.write() as session:
                _conclude(session, job, ending)

    def free(self) -> list[Slot]:
        """Slots without work, those with a spare process first."""
        taken = {work.slot for work in self.works}
        places = [place for place in self.places if place not in taken]
        return sorted(places, key=lambda place: not self.launcher.is_ready(place))

    def sweep(self) -> None:
        """Housekeeping: ends jobs that nobody may try again, removes folders of runs that are over, asks the rules."""
        with self.home.database.write() as session:
            for job in jobs.exhausted(session):
                if job.wish == "stop":
                    jobs.end(session, job.id, job.attempts, "stopped")
                else:
                    jobs.end(session, job.id, job.attempts, "failed", endings.of_interruptions(job.attempts))
        folders.tidy(self.home)
        self._watch()
        renewal.begin_due(self.home)

    def _watch(self) -> None:
        """Has models checked that were asked or judged since their last check: in a job, like all work."""
        with self.home.database.read() as session:
            due = queue.check_due(session)
        if due:
            with self.home.database.write() as session:
                queue.check(session)


def _conclude(session: Session, job: Job, ending: Ending) -> None:
    """Another attempt if that may do better and is allowed, otherwise the failure in words."""
    if ending.again and job.attempts < job.max_attempts:
        jobs.give_back(session, job.id, job.attempts, counted=True)
    else:
        jobs.end(session, job.id, job.attempts, "failed", ending.error)


class _Asked:
    """Whether somebody asked this process to end."""

    def __init__(self) -> None:
        self.to_end = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)

    def _end(self, *_: object) -> None:
        self.to_end = True


def main() -> None:
    """Lives until it is asked to end, its data folder is gone, its code is outdated, or nobody wants it any more."""
    begin_log()
    home = house()
    folder = home.settings.data
    code_stamp()
    lock = SUPERVISOR.hold(folder)
    if lock is None:
        return
    asked = _Asked()
    supervisor = Supervisor(home, slots(), LocalProcesses(folder, spare=home.settings.spare))
    log.info("Supervisor %s looks after %s", supervisor.worker, folder)
    try:
        _live(supervisor, folder, asked)
    finally:
        with suppress(OperationalError):
            supervisor.close()
        lock.release()


def _live(supervisor: Supervisor, folder: Path, asked: _Asked) -> None:
    swept = kept_house = -math.inf
    while not asked.to_end and SUPERVISOR.at_home(folder):
        try:
            supervisor.tick()
            if time.monotonic() - swept > HOUSEKEEPING:
                swept = time.monotonic()
                supervisor.sweep()
                if not supervisor.works and not SUPERVISOR.needed(folder, UNWANTED):
                    log.info("Nothing to do, and no longer wanted or outdated: this supervisor ends.")
                    return
            if time.monotonic() - kept_house > (OVERDUE if supervisor.works else RETENTION):
                kept_house = time.monotonic()
                retention.sweep(supervisor.home)
        except (OperationalError, OSError, SubprocessError):  # a full disk, a busy database: the work itself goes on
            log.exception("The database, the data folder or a new process could not be had; trying again.")
            time.sleep(1.0)
        time.sleep(TICK)


if __name__ == "__main__":
    main()
