"""Reads the weights in a PyTorch file, without PyTorch and without trusting the file.

A .pth file is a pickle, and a pickle may call anything. This one may name nothing but ordered dictionaries, tensors and
their storages; any other name is refused before it is looked up. Only the older format is read (torch.save before
version 1.6): five pickles one after the other, then each storage as its length and its numbers.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from engine.errors import BadFile

MAGIC = 0x1950A86A20F9469CFC6C
STORAGES = {
    "FloatStorage": "<f4", "DoubleStorage": "<f8", "HalfStorage": "<f2", "LongStorage": "<i8", "IntStorage": "<i4",
    "ByteStorage": "u1", "BoolStorage": "?",
}  # fmt: skip
MOST_NUMBERS = 1 << 28  # in one storage


class _Storage(NamedTuple):
    key: str
    dtype: str


class _Tensor(NamedTuple):
    storage: _Storage
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


def read_weights(path: Path) -> dict[str, np.ndarray]:
    """Arrays by name. Raises BadFile for a file that is none of these, or holds anything but tensors."""
    try:
        with path.open("rb") as file:
            if _Reader(file).load() != MAGIC:
                raise BadFile("“{name}” is no file of PyTorch weights in the older format.", name=path.name)
            _Reader(file).load()  # version of the format
            _Reader(file).load()  # byte order and sizes of the machine
            tensors = _Reader(file).load()
            storages = _storages(file, _Reader(file).load(), tensors)
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise BadFile("“{name}” cannot be read as PyTorch weights: {problem}", name=path.name, problem=error) from error
    return {name: _array(tensor, storages[tensor.storage.key]) for name, tensor in tensors.items()}


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in STORAGES:
            return STORAGES[name]
        raise pickle.UnpicklingError(f"it names {module}.{name}")

    def persistent_load(self, pid: Any) -> _Storage:
        kind, dtype, key, *_ = pid
        if kind != "storage" or dtype not in STORAGES.values():
            raise pickle.UnpicklingError("it refers to something else than a storage")
        return _Storage(str(key), dtype)


def _tensor(storage: _Storage, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: Any) -> _Tensor:
    return _Tensor(storage, int(offset), tuple(size), tuple(stride))


def _storages(file: BinaryIO, keys: list[str], tensors: dict[str, _Tensor]) -> dict[str, np.ndarray]:
    dtypes = {tensor.storage.key: np.dtype(tensor.storage.dtype) for tensor in tensors.values()}
    found = {}
    for key in keys:
        count = int.from_bytes(file.read(8), "little")
        if count > MOST_NUMBERS:
            raise ValueError("a storage is too large")
        found[key] = np.frombuffer(file.read(count * dtypes[key].itemsize), dtypes[key], count)
    return found


def _array(tensor: _Tensor, storage: np.ndarray) -> np.ndarray:
    """A copy: nothing outside the storage is reached."""
    last = tensor.offset + sum((n - 1) * step for n, step in zip(tensor.size, tensor.stride, strict=True))
    if not tensor.size:
        return storage[tensor.offset : tensor.offset + 1].reshape(()).copy()
    if min(tensor.stride) < 0 or tensor.offset < 0 or last >= len(storage):
        raise BadFile("The file of weights does not hold together: a tensor reaches beyond its storage.")
    steps = [step * storage.itemsize for step in tensor.stride]
    return np.lib.stride_tricks.as_strided(storage[tensor.offset :], tensor.size, steps).copy()
