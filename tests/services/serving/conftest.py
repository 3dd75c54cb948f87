"""Real processes, in a house of their own for every test."""

from tests.services.place import place

__all__ = ["place"]
