"""The bundles that are open: the last few that were used. Opening takes a second, answering milliseconds."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

B = TypeVar("B")


class Shelf(Generic[B]):
    """At most `size` open at a time; the one unused for longest goes first. Safe for threads.

    Two requests for a bundle that is not open yet wait for one opening.
    """

    def __init__(self, open_bundle: Callable[[str], B], size: int = 4) -> None:
        self._open = open_bundle
        self._size = size
        self._bundles: OrderedDict[str, B] = OrderedDict()
        self._opening: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> B:
        """The bundle, opened if need be. Raises what opening raises."""
        with self._lock:
            if key in self._bundles:
                self._bundles.move_to_end(key)
                return self._bundles[key]
            opening = self._opening.setdefault(key, threading.Lock())
        with opening:
            with self._lock:
                if key in self._bundles:
                    return self._bundles[key]
            bundle = self._open(key)
            with self._lock:
                self._bundles[key] = bundle
                self._opening.pop(key, None)
                while len(self._bundles) > self._size:
                    self._bundles.popitem(last=False)
        return bundle

    def keys(self) -> list[str]:
        """What is open, the most recently used last."""
        with self._lock:
            return list(self._bundles)
