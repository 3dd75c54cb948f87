"""What the last check of a model found, as it is kept."""

from __future__ import annotations

from datetime import datetime

from engine.events import Note
from engine.results import DriftReport
from engine.spec import Spec

NO_REFERENCE = Note(
    text="This version was saved by an earlier Loam, without what its training rows were like: drift cannot be told. "
    "Train it again and make the new version production."
)


class Report(Spec):
    """The drift of the rows that `version` was asked about, up to the prediction `upto`; or why there is none."""

    version: int
    run: int
    upto: int
    looked_at: datetime
    drift: DriftReport | None = None
    note: Note | None = None
