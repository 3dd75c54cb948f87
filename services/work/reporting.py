"""How a job process tells what it does: events in, fenced and batched writes out; a person's wishes back.

A thread of its own writes at most four times a second, so that the work never waits for the database. It also gives the
sign of life: only while the work reports something or the process computes, so that a stuck job is seen to be stuck.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from engine.events import Advanced, Began, Entered, Event, Note, Point, Wish
from services.house import House
from services.work import endings, life
from storage.queries import jobs, progress
from storage.queries.jobs import Superseded
from storage.records import Job

log = logging.getLogger(__name__)

EVERY = 0.25
SIGN_EVERY = 1.0
BUSY = 0.02
"""A process that used so much of a core since its last sign is computing."""


class Reporter:
    """Use as a context: leaving writes what is left. `emit` and `wishes` are what the engine wants; any thread.

    `waited`: seconds that went by before the work began.
    """

    def __init__(self, home: House, job: Job, sign: Path, parent: int, waited: float = 0.0) -> None:
        self.home = home
        self.job = job
        self.waited = waited
        self._sign = sign
        self._parent = parent
        self._lock = threading.Lock()
        self._news: dict[str, Any] = {}
        self._curve: list[Began | Point] = []
        self._notes: list[tuple[str, dict[str, Any]]] = []
        self._touched = True
        self._wish = Wish(job.wish)
        self._done = threading.Event()
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._live, name="reporter", daemon=True)
        self._signed_at = self._computed = 0.0

    def __enter__(self) -> Reporter:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()

    def flush(self) -> None:
        """Writes what is left and is silent from then on. Raises Superseded when another attempt took over."""
        if not self._done.is_set():
            self._done.set()
            self._woken.set()
            self._thread.join()
            self._write()

    def emit(self, event: Event) -> None:
        """Takes an event of the engine; returns at once."""
        with self._lock:
            self._touched = True
            if isinstance(event, Entered):
                self._news["stage"] = event.stage.value
            elif isinstance(event, Advanced):
                self._news |= {"fraction": event.fraction, "seconds_left": event.seconds_left}
            elif isinstance(event, (Began, Point)):
                self._curve.append(event)
                self._woken.set()  # a score is what a person waits for
            elif isinstance(event, Note):
                self._notes.append((event.text, event.model_dump(mode="json")["values"]))

    def advance(self, fraction: float) -> None:
        """How far the work is, 0…1."""
        self.emit(Advanced(fraction=fraction))

    def device(self, sentence: Note) -> None:
        """What the work computes on."""
        with self._lock:
            self._news["device"] = sentence.model_dump(mode="json")

    def wishes(self) -> Wish:
        """What the person wants by now; at most EVERY seconds old."""
        self._touched = True
        return self._wish

    def _live(self) -> None:
        while self._go_on():
            if life.orphaned(self._parent):
                os._exit(endings.SUPERSEDED)
            try:
                self._listen()
                if self._news or self._curve or self._notes or time.monotonic() - self._signed_at > SIGN_EVERY:
                    self._write()
            except Superseded:
                log.warning("Another attempt took over; this one ends.")
                os._exit(endings.SUPERSEDED)
            except (OperationalError, OSError):  # a full disk too; what was to be written is kept for the next time
                log.exception("The database or the data folder could not be used; trying again.")

    def _go_on(self) -> bool:
        """Waits until it is time to look, or there is something to tell. False when nothing more is wanted."""
        self._woken.wait(EVERY)
        self._woken.clear()
        return not self._done.is_set()

    def _listen(self) -> None:
        with self.home.database.read() as session:
            job = jobs.get(session, self.job.id)
        if job is None or job.attempts != self.job.attempts or job.status != "running":
            raise Superseded
        self._wish = Wish(job.wish)

    def _write(self) -> None:
        with self._lock:
            news, curve, notes = dict(self._news), tuple(self._curve), tuple(self._notes)
        if not (news or curve or notes or self._alive()):
            return
        with self.home.database.write() as session:
            if self.job.run is not None:
                step = progress.Step(anew=Began() in curve, points=_points(curve), notes=notes, **news)
                progress.write(session, self.job.id, self.job.attempts, step)
            elif "fraction" in news:
                progress.advance(session, self.job.id, self.job.attempts, news["fraction"])
        with self._lock:  # at once, so that nothing is told twice should the disk refuse the sign
            del self._curve[: len(curve)], self._notes[: len(notes)]
            self._news = {name: value for name, value in self._news.items() if news.get(name) != value}
        self._sign.touch()
        self._signed_at = time.monotonic()

    def _alive(self) -> bool:
        """Whether the work reported something, asked for wishes or computed since the last sign."""
        now, computed = time.monotonic(), time.process_time()
        share = (computed - self._computed) / max(now - self._signed_at, EVERY)
        alive = self._touched or share > BUSY
        self._touched, self._computed = False, computed
        return alive


def _points(curve: Sequence[Began | Point]) -> tuple[dict[str, Any], ...]:
    """Those since training last began."""
    start = max((place for place, event in enumerate(curve) if isinstance(event, Began)), default=0)
    return tuple(event.model_dump() for event in curve[start:] if isinstance(event, Point))
