"""Every error that Loam raises on purpose.

    LoamError
    ├── UserError            the reader can mend it: its words are shown
    │   ├── BadFile          a file that cannot be read, or not as asked
    │   ├── BadTable         a table that was read but cannot be learned from
    │   ├── BadRecipe        a recipe that does not fit its data
    │   ├── BadRow           a row to predict that does not fit the model
    │   ├── NotFound         the thing asked for is not there, or no longer
    │   ├── Forbidden        this person may not do that
    │   └── OutOfResources   memory, disk or time ran out
    ├── Stopped              a person gave the run up
    └── BundleError          a saved model that does not open or no longer gives its golden answers

Anything else is a bug: it is logged, and the reader is given a reference number.
"""

from __future__ import annotations

from collections.abc import Callable


class LoamError(Exception):
    """A message as a template and its values, so that it can be shown in the reader's language.

    `text` is an English template for `str.format`; `values` fill it.
    """

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text, values)
        self.text = text
        self.values = values

    def __str__(self) -> str:
        return self.text.format(**self.values) if self.values else self.text

    def __reduce__(self) -> tuple[Callable[..., LoamError], tuple[type[LoamError], str, dict[str, object]]]:
        """Comes whole out of another process: by default `values` would be lost on the way."""
        return _again, (type(self), self.text, self.values)


def _again(kind: type[LoamError], text: str, values: dict[str, object]) -> LoamError:
    return kind(text, **values)


class UserError(LoamError):
    """Something the reader can mend."""


class BadFile(UserError):
    """A file that cannot be read, or not as asked."""


class BadTable(UserError):
    """A table that was read but cannot be learned from."""


class BadRecipe(UserError):
    """A recipe that does not fit its data."""


class BadRow(UserError):
    """A row to predict that does not fit the model."""


class NotFound(UserError):
    """The thing asked for is not there, or no longer."""


class Forbidden(UserError):
    """This person may not do that."""


class OutOfResources(UserError):
    """Memory, disk or time ran out."""


class Stopped(LoamError):
    """A person gave the run up. An outcome, not a fault."""


class BundleError(LoamError):
    """A saved model that does not open, or no longer gives its golden answers."""
