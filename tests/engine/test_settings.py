"""Settings of every family and encoder: what Keras would refuse in the middle of a run is refused in the form."""

from __future__ import annotations

from typing import get_origin

import pytest
from pydantic import ValidationError

from engine.encoders import IMAGE_ENCODERS, TEXT_ENCODERS
from engine.models import FAMILIES
from engine.spec import Spec

SEVERAL = [
    (kind, name)
    for kind in (*FAMILIES.values(), *TEXT_ENCODERS.values(), *IMAGE_ENCODERS.values())
    for name, field in kind.model_fields.items()
    if get_origin(field.annotation) is tuple
]


@pytest.mark.parametrize(("kind", "name"), SEVERAL, ids=lambda each: getattr(each, "__name__", each))
def test_every_one_of_several_numbers_has_its_bounds(kind: type[Spec], name: str) -> None:
    usual = kind.model_fields[name].default
    for wrong in ((), (0,), (*usual, -1), (*usual, 10**9), (1,) * 1000):
        with pytest.raises(ValidationError, match=name):
            kind.model_validate({name: wrong})
    assert getattr(kind.model_validate({name: (1, *usual)}), name) == (1, *usual)


def test_there_are_settings_of_several_numbers() -> None:
    assert {(kind.__name__, name) for kind, name in SEVERAL} >= {("TextCNN", "sizes"), ("TextbookCNN", "filters")}
