"""PyTorch weights are read without PyTorch, and nothing else in such a file is done."""

from __future__ import annotations

import pickle
import sys
import types
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from engine.errors import BadFile
from engine.torch_files import MAGIC, read_weights

TORCH = types.ModuleType("torch")
UTILS = types.ModuleType("torch._utils")
FloatStorage = type("FloatStorage", (), {"__module__": "torch"})
TORCH.FloatStorage = FloatStorage  # type: ignore[attr-defined]


def _rebuild_tensor_v2(*parts: object) -> tuple[object, ...]:
    return parts


_rebuild_tensor_v2.__module__ = "torch._utils"
UTILS._rebuild_tensor_v2 = _rebuild_tensor_v2  # type: ignore[attr-defined]


class Storage:
    """Stands for the numbers of a tensor, which follow after the pickles."""


class Tensor:
    """Is written as PyTorch writes one: a view of a storage."""

    def __init__(self, storage: Storage, offset: int, size: tuple[int, ...], stride: tuple[int, ...]) -> None:
        self.parts = (storage, offset, size, stride, False, OrderedDict())

    def __reduce__(self) -> object:
        return _rebuild_tensor_v2, self.parts


class Writer(pickle.Pickler):
    """Refers to storages by their kind, key and length."""

    def persistent_id(self, thing: object) -> object:
        return ("storage", FloatStorage, "7", "cpu", 6, None) if isinstance(thing, Storage) else None


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "torch", TORCH)
    monkeypatch.setitem(sys.modules, "torch._utils", UTILS)

    def write(content: object) -> Path:
        path = tmp_path / "weights.pth"
        with path.open("wb") as file:
            for part in (MAGIC, 1001, {"little_endian": True}):
                pickle.dump(part, file, protocol=2)
            Writer(file, protocol=2).dump(content)
            pickle.dump(["7"], file, protocol=2)
            file.write((6).to_bytes(8, "little") + np.arange(6, dtype="<f4").tobytes())
        return path

    return write


def test_tensors_are_read_whatever_view_of_their_storage_they_are(written) -> None:
    storage = Storage()
    content = OrderedDict(
        whole=Tensor(storage, 0, (2, 3), (3, 1)),
        turned=Tensor(storage, 0, (3, 2), (1, 3)),
        last=Tensor(storage, 5, (), ()),
    )
    found = read_weights(written(content))
    assert found["whole"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found["turned"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert float(found["last"]) == 5


def test_anything_but_tensors_is_refused_before_it_is_done(written, tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> object:
            return Path.touch, (tmp_path / "done",)

    with pytest.raises(BadFile, match="it names"):
        read_weights(written({"weights": Evil()}))
    assert not (tmp_path / "done").exists()


def test_a_tensor_reaches_no_memory_beyond_its_storage(written) -> None:
    with pytest.raises(BadFile, match="beyond its storage"):
        read_weights(written(OrderedDict(far=Tensor(Storage(), 2, (5,), (1,)))))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a newer one", pickle.dumps(5)])
def test_other_files_are_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.pth"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=r"other\.pth"):
        read_weights(path)
