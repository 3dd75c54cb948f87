"""The last few bundles stay open, each opened once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.errors import BundleError
from services.serving.shelf import Shelf


def test_the_one_unused_for_longest_is_closed_first() -> None:
    shelf = Shelf(str.upper, size=2)
    for key in ("a", "b", "a", "c"):
        assert shelf.get(key) == key.upper()
    assert shelf.keys() == ["a", "c"]


def test_two_that_ask_at_once_wait_for_one_opening() -> None:
    opened: list[str] = []

    def slowly(key: str) -> str:
        time.sleep(0.05)
        opened.append(key)
        return key

    shelf = Shelf(slowly)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(shelf.get, ["a"] * 8)) == ["a"] * 8
    assert opened == ["a"]


def test_bundle_that_did_not_open_is_tried_again() -> None:
    tries: list[str] = []

    def second_time(key: str) -> str:
        tries.append(key)
        if len(tries) == 1:
            raise BundleError("Not yet.")
        return key

    shelf = Shelf(second_time)
    with pytest.raises(BundleError):
        shelf.get("a")
    assert shelf.get("a") == "a"
