"""Learns what follows the encoders, from features that are computed once. Import it only where Keras may be imported.

So begins a network whose encoder brings weights from elsewhere (transfer learning, Yosinski et al. 2014): many passes
over features take less time than one over pictures, and the weights are not shaken by a head that knows nothing yet.
"""

from __future__ import annotations

import time

import keras
import numpy as np

from engine.encoding import take
from engine.events import Advanced, Wish
from engine.fitting import Fitting
from engine.models._base import Task
from engine.network import FEATURES, NetworkPredictor

SHARE = 0.3  # of the time, for the features, and again for learning from them
MOST_ROWS = 50_000
BLOCK = 256  # rows between two looks at the clock
EPOCHS, PATIENCE, BATCH = 200, 10, 64
RATE = 1e-3


def learn_head(network: keras.Model, task: Task, fitting: Fitting, loss: keras.losses.Loss) -> int:
    """Changes the layers after the encoders alone; they end as they were when the validation loss was least.

    Gives how many rows they learned from: as many as there was time for.
    """
    joined = network.get_layer(FEATURES).output
    reader = NetworkPredictor(keras.Model(network.input, joined))
    began = time.monotonic()
    held = _features(reader, task, "validation", began + SHARE * task.seconds / 3)
    known = _features(reader, task, "training", began + SHARE * task.seconds)
    head = keras.Model(joined, network.output)
    head.compile(keras.optimizers.AdamW(RATE, weight_decay=fitting.weight_decay), loss)
    weights = task.training.weights()
    until = time.monotonic() + SHARE * task.seconds

    def look(*_: object) -> None:
        _tell(task)
        head.stop_training = head.stop_training or time.monotonic() > until or task.wishes() is not Wish.GO_ON

    head.fit(
        known,
        task.training.truth()[: len(known)].reshape(len(known), -1),
        sample_weight=None if weights is None else weights[: len(known)],
        validation_data=(held, task.validation.truth()[: len(held)].reshape(len(held), -1)),
        batch_size=BATCH,
        epochs=EPOCHS,
        verbose=0,
        callbacks=[
            keras.callbacks.EarlyStopping(patience=PATIENCE, restore_best_weights=True),
            keras.callbacks.LambdaCallback(on_epoch_end=look),
        ],
    )
    return len(known)


def _features(reader: NetworkPredictor, task: Task, part: str, until: float) -> np.ndarray:
    """(rows, n) of the first rows of a part: as many as there is time for, one block at least."""
    fed = task.training if part == "training" else task.validation
    found: list[np.ndarray] = []
    for start in range(0, min(fed.rows, MOST_ROWS), BLOCK):
        if found and (time.monotonic() > until or task.wishes() is not Wish.GO_ON):
            break
        found.append(reader.predict(take(fed.encoded(), slice(start, start + BLOCK))))
        _tell(task)
    return np.concatenate(found)


def _tell(task: Task) -> None:
    spent = time.monotonic() - task.began
    task.emit(Advanced(fraction=min(spent / task.seconds, 1.0), seconds_left=max(task.seconds - spent, 0.0)))
