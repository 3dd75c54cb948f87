"""Drift: whether the rows that a model is asked about are still like those that it learned from.

    reference   what is kept of the training rows in a bundle (reference.json), a few kilobytes a column
    aspects     what of each kind of column is watched
    distances   how far two lots of rows are apart, and how often chance alone does that
    comparing   every column of some rows against the reference, with a sentence

A change counts when chance explains it less than once in a thousand looks, over all columns together, *and* when it is
large enough to matter. `benchmarks/drift.py` measures how often that is a false alarm. Knows no database and no Keras.
"""

from __future__ import annotations

from engine.drift.comparing import FEWEST, drift
from engine.drift.reference import Reference, load_reference, refer, save_reference

__all__ = ["FEWEST", "Reference", "drift", "load_reference", "refer", "save_reference"]
