"""Training goes on from what is whole on the disk, and begins anew where it is not. Needs Keras."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    import keras

    from engine.checkpoint import Checkpoint, Progress

pytestmark = pytest.mark.slow

DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda whole: b"",
    "torn": lambda whole: whole[: len(whole) // 2],
    "zeros": lambda whole: bytes(len(whole)),
    "changed": lambda whole: whole.replace(b"\x00\x00\x80\x3f", b"\x00\x00\x80\x40", 1),
}


def network(seed: int) -> keras.Model:
    import keras

    keras.utils.set_random_seed(seed)
    made = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, bias_initializer="ones"), keras.layers.Dense(1)])
    made.compile(optimizer="adam", loss="mse")
    made.optimizer.build(made.trainable_variables)
    return made


def kept(folder: Path) -> tuple[Checkpoint, Progress, keras.Model]:
    """A checkpoint with a best, and of which network."""
    from engine.checkpoint import Checkpoint, Progress

    checkpoint, learned = Checkpoint(folder), network(1)
    progress = Progress(steps=9, step=3, best_loss=0.5)
    checkpoint.keep_best(learned)
    checkpoint.save(learned, progress)
    return checkpoint, progress, learned


def test_what_is_whole_is_gone_on_from(tmp_path: Path) -> None:
    checkpoint, progress, learned = kept(tmp_path)
    other = network(2)
    assert checkpoint.load(other) == progress
    for ours, theirs in zip(other.get_weights(), learned.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_what_was_kept_before_batches_were_is_gone_on_from(tmp_path: Path) -> None:
    checkpoint, progress, _learned = kept(tmp_path)
    with np.load(checkpoint.state) as there:
        arrays = {name: there[name] for name in there.files}
    np.savez(checkpoint.state, **arrays | {"progress": np.array(progress.model_dump_json(exclude={"batch"}))})
    assert checkpoint.batch is None
    assert checkpoint.load(network(2)) == progress


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["state", "best"])
def test_file_that_cannot_be_read_lets_training_begin_anew(tmp_path: Path, name: str, damage: str) -> None:
    checkpoint, progress, learned = kept(tmp_path)
    file = tmp_path / f"{name}.npz"
    file.write_bytes(DAMAGES[damage](file.read_bytes()))
    other, before = network(2), network(2).get_weights()
    assert checkpoint.load(other) is None
    checkpoint.take_best(other)
    for now, then in zip(other.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
    checkpoint.save(learned, progress.model_copy(update={"best_loss": 1e300}))
    assert checkpoint.load(other) is not None


def test_best_that_is_not_there_lets_training_begin_anew(tmp_path: Path) -> None:
    checkpoint, _progress, _learned = kept(tmp_path)
    checkpoint.best.unlink()
    assert checkpoint.load(network(2)) is None


def test_file_is_on_the_disk_before_it_gets_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[int, list[str]]] = []

    def synced(file: int) -> None:
        written.append((os.fstat(file).st_size, sorted(each.suffix for each in tmp_path.iterdir())))

    monkeypatch.setattr(os, "fsync", synced)
    checkpoint, _progress, _learned = kept(tmp_path)
    assert written == [
        (checkpoint.best.stat().st_size, [".part"]),
        (checkpoint.state.stat().st_size, [".npz", ".part"]),
    ]
