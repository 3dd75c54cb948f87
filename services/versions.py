"""A version of a data set as the engine wants it: its steps, and how its file was read. Asks no permission itself."""

from __future__ import annotations

from pydantic import TypeAdapter

from engine.table.options import ReadOptions
from engine.table.steps import Step
from storage.records import Version

STEPS: TypeAdapter[tuple[Step, ...]] = TypeAdapter(tuple[Step, ...])


def steps_of(version: Version) -> tuple[Step, ...]:
    """All cleaning steps that it has had since its file, in their order."""
    return STEPS.validate_python(version.steps)


def options_of(version: Version) -> ReadOptions:
    """How numbers and the like are written in its file. What an earlier Loam kept besides does not count."""
    known = {name: value for name, value in version.options.items() if name in ReadOptions.model_fields}
    return ReadOptions.model_validate(known)
