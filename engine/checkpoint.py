"""What training remembers, so that it can go on after a kill with the same result.

Keras's own BackupAndRestore begins the epoch again and forgets early stopping; `load_model` gives Dropout fresh seeds.
Here every variable is kept: weights, optimiser, seeds, and the progress beside them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self
from zipfile import BadZipFile

import keras
import numpy as np
from pydantic import ValidationError

from engine.spec import Spec

SLOW_AFTER = 4  # validations without a gain, after which the plateau schedule slows down
SLOWER = 0.3
SHORTER = 0.9  # of the plan: a pace that promises less than that is believed
FOREVER = 1e300  # a loss that is not known yet


class Progress(Spec):
    """How far training is. `steps` is the plan, `step` what is done; `waited` counts validations without a gain."""

    steps: int
    batch: int | None = None  # rows of a step, fewer where memory ran out; none in a checkpoint of before
    step: int = 0
    seconds: float = 0.0
    first_seconds: float = 0.0  # the first segment, with compiling
    best_loss: float = FOREVER
    waited: int = 0
    slowing: float = 1.0
    shortened: bool = False
    diverged: bool = False  # a loss was no longer a number
    head_learned: bool = False  # alone, before all of a network that brings weights

    def after(self, steps: int, seconds: float, loss: float, best: bool, *, slow: bool) -> Self:
        """After a segment of `steps`, `seconds` since training began."""
        waited = 0 if best else self.waited + 1
        slower = slow and waited and waited % SLOW_AFTER == 0
        return self.model_copy(
            update={
                "step": self.step + steps,
                "seconds": seconds,
                "first_seconds": self.first_seconds or seconds,
                "best_loss": loss if best else self.best_loss,
                "waited": waited,
                "slowing": self.slowing * SLOWER if slower else self.slowing,
            }
        )

    def replanned(self, possible: int) -> Self:
        """With the steps that there is time for: fewer if clearly fewer are `possible`, more again if the plan was
        shortened and there is time after all.
        """
        if possible < SHORTER * self.steps or (self.shortened and possible > self.steps):
            return self.model_copy(update={"steps": possible, "shortened": True})
        return self


class Checkpoint:
    """Two files in a folder: the state to go on from, and the best weights so far. Each is replaced in one step."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.state = folder / "state.npz"
        self.best = folder / "best.npz"

    @property
    def batch(self) -> int | None:
        """Rows of a step in what training goes on from; None when there is nothing whole, or it does not say."""
        progress = _progress(_read(self.state).get("progress"))
        return None if progress is None else progress.batch

    def keep_best(self, network: keras.Model) -> None:
        """Keeps the weights as the best. Before `save`: a state never speaks of a best that is not there."""
        _write(self.best, {f"w{i}": np.asarray(w) for i, w in enumerate(network.weights)})

    def save(self, network: keras.Model, progress: Progress) -> None:
        """Keeps what training goes on from."""
        arrays = {f"v{i}": np.asarray(v) for i, v in enumerate(_variables(network))}
        _write(self.state, arrays | {"progress": np.array(progress.model_dump_json())})

    def load(self, network: keras.Model) -> Progress | None:
        """Puts the network where it was; None when there is nothing whole to go on from, or it is of another version.

        Then what is there is forgotten, and training begins anew.
        """
        state, best, variables = _read(self.state), _read(self.best), _variables(network)
        progress = _progress(state.pop("progress", None))
        lost = progress is not None and progress.best_loss < FOREVER and not _fits(best, "w", network.weights)
        if progress is None or lost or not _fits(state, "v", variables):
            self.remove()
            return None
        for i, variable in enumerate(variables):
            variable.assign(state[f"v{i}"])
        return progress

    def take_best(self, network: keras.Model) -> None:
        """Gives the network its best weights; leaves it as it is when no validation came out as a number."""
        if self.best.exists():
            with np.load(self.best) as kept:
                for i, weight in enumerate(network.weights):
                    weight.assign(kept[f"w{i}"])

    def remove(self) -> None:
        """Forgets."""
        self.state.unlink(missing_ok=True)
        self.best.unlink(missing_ok=True)


def _variables(network: keras.Model) -> list[keras.Variable]:
    """All state: weights, seeds of dropout, optimiser."""
    return [*network.variables, *network.optimizer.variables]


def _fits(arrays: dict[str, np.ndarray], letter: str, variables: Sequence[keras.Variable]) -> bool:
    shapes = {f"{letter}{i}": tuple(variable.shape) for i, variable in enumerate(variables)}
    return {name: array.shape for name, array in arrays.items()} == shapes


def _progress(kept: np.ndarray | None) -> Progress | None:
    try:
        return Progress.model_validate_json(str(kept))
    except ValidationError:
        return None


def _read(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a file; none when it is not there, or a power cut left it torn."""
    try:
        with np.load(path) as kept:
            return {name: kept[name] for name in kept.files}
    except (OSError, EOFError, ValueError, BadZipFile):
        return {}


def _write(path: Path, arrays: dict[str, Any]) -> None:
    """Everything is on the disk before the file gets its name, so that a power cut leaves this one or the last."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, **arrays)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
