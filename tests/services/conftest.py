"""A house of its own for every test, and two people in it."""

from __future__ import annotations

from tests.house_there import ada, ben, home, serving

__all__ = ["ada", "ben", "home", "serving"]
