"""Fits one network. Knows nothing of pages, the database or tables: only encoded rows.

    fit_network → plan → [ segment → validate → remember ]* → the best network

A *segment* is an epoch, or about ten seconds if that is shorter: the unit of progress, checkpoint, Stop and time
budget (`engine.pace`). The very first ends after few steps already: whoever watches soon sees a score, and later
segments show the pace without the time that compiling took.
What a segment does follows from the seed and the step it begins at, so training that was killed goes on from the last
segment to the same result. Only how long the head of a network that brings weights learns alone follows a clock
(`engine.head`): two such runs differ a little. Once it has learned, that is remembered like a segment.
"""

from __future__ import annotations

import math
import time
from typing import Any

import keras
import numpy as np

from engine.batches import batches
from engine.checkpoint import Checkpoint, Progress
from engine.encoding import row_bytes, take
from engine.errors import OutOfResources, Stopped
from engine.events import Advanced, Began, Note, Point, Wish
from engine.fitting import Fitting
from engine.head import learn_head
from engine.layers.losses import MixedLoss
from engine.mixing import evenness, mixed
from engine.models._base import Task
from engine.models._network import NetworkFamily
from engine.network import NetworkPredictor, build_network, work_of
from engine.pace import Pace

LOOK_EVERY = 0.3  # seconds between two looks at the wishes
SMALLEST_BATCH = 8
GENTLY = 0.05  # of the learning rate, where weights that were learned elsewhere change


def fit_network(family: NetworkFamily, task: Task) -> NetworkPredictor:
    """The network as it was at its best validation loss. Raises Stopped, OutOfResources."""
    batch = Checkpoint(task.folder).batch or task.fitting.batch_size  # memory may have run out in an earlier attempt
    fitting = task.fitting.model_copy(update={"batch_size": batch})
    while True:
        try:
            return _Fit(family, task, fitting).run()
        except Exception as error:
            if not _out_of_memory(error):
                raise
            batch = fitting.batch_size or 1
            if batch <= SMALLEST_BATCH:
                raise OutOfResources(
                    "Memory ran out, even when learning from {rows} rows at a time. "
                    "Choose fewer columns or a smaller network.",
                    rows=batch,
                ) from error
            fitting = fitting.model_copy(update={"batch_size": batch // 2})
            Checkpoint(task.folder).remove()
            task.emit(
                Note(
                    text="Memory ran out. The training began again with {rows} rows at a time instead of {before}.",
                    values={"rows": batch // 2, "before": batch},
                )
            )


class _Fit:
    """One network on its way. `run` reads top to bottom."""

    def __init__(self, family: NetworkFamily, task: Task, fitting: Fitting) -> None:
        self.task, self.fitting = task, fitting
        self.batch = fitting.batch_size or 1
        rows = task.training.rows
        self.epoch_steps = max(1, round(rows / self.batch))
        self.pretrained = any(encoder.pretrained for encoder in task.encoders.values())
        self.evenness = evenness(task.encoders, task.inputs)
        self.network = self._build(family)
        self.pace = Pace.of(
            rows,
            task.validation.rows,
            self.batch,
            row_bytes(task.inputs),
            work_of(self.network),
            gpu=_gpu(),
        )
        self._compile()
        self.predictor = NetworkPredictor(self.network)
        self.checkpoint = Checkpoint(task.folder)
        self.progress = self.checkpoint.load(self.network) or Progress(steps=self._planned, batch=self.batch)
        self.began = task.began - self.progress.seconds  # what an earlier attempt took counts too
        self.looked = 0.0
        self.taken = 0
        self.latest: list[np.ndarray] = []
        self.rate = fitting.learning_rate
        self.wish = Wish.GO_ON
        held = slice(0, self.pace.held)
        self.held = {kind: np.asarray(array) for kind, array in take(task.validation.encoded(), held).items()}
        self.held_truth = task.validation.truth()[held]

    def run(self) -> NetworkPredictor:
        """Segments until the plan is done, nothing more is gained, the time is up, or a person says so."""
        if self.progress.step:
            self.task.emit(Note(text="Went on from step {step}.", values={"step": self.progress.step}))
        else:
            self._begin()
        while (reason := self._why_stop()) is None:
            steps, loss = self._learn(self._next_steps())
            if self.wish is Wish.STOP:
                raise Stopped("The run was stopped.")
            self._validate(steps, loss)
            self._fit_into_time()
        self.task.emit(reason)
        self.checkpoint.take_best(self.network)
        return self.predictor

    def _begin(self) -> None:
        self.task.emit(Began())
        if self.task.start is not None:
            self.task.emit(Note(text="Began with what the version before had learned."))
        elif self.pretrained and not self.progress.head_learned:
            self._learn_head()

    def _next_steps(self) -> int:
        """To the end of the segment, or of the plan."""
        step, plan = self.progress.step, self.progress.steps
        if not step:
            return min(self.pace.first, plan)
        return min(self.pace.segment - step % self.pace.segment, plan - step)

    def _build(self, family: NetworkFamily) -> keras.Model:
        keras.utils.set_random_seed(self.task.seed)
        mixed = self.fitting.precision == "mixed" or (self.fitting.precision == "auto" and _gpu())
        before = keras.config.dtype_policy()
        keras.config.set_dtype_policy("mixed_bfloat16" if mixed else "float32")
        try:
            start = self.task.target.guess(self.task.training.truth())
            network = build_network(family, self.task.encoders, self.task.inputs, self.task.target.outputs, start)
        finally:
            keras.config.set_dtype_policy(before)
        for encoder in self.task.encoders.values():
            encoder.prime(network, self.task.weights)
        if self.task.start is not None:
            network.set_weights(NetworkPredictor.load(self.task.start).network.get_weights())
        return network

    def _compile(self) -> None:
        loss = self.task.target.loss(self.fitting.loss, label_smoothing=self.fitting.label_smoothing)
        self.network.compile(
            optimizer=_optimizer(self.fitting),
            loss=MixedLoss(loss) if self.evenness else loss,
            steps_per_execution=self.pace.at_once,
        )
        self.network.optimizer.build(self.network.trainable_variables)

    def _learn(self, steps: int) -> tuple[int, float]:
        """One segment, or as much of it as time and wishes allow: the steps taken and their mean training loss."""
        rows = self.task.training.segment(self.progress.step * self.batch, steps * self.batch)
        self.rate = self._rate()
        self.network.optimizer.learning_rate = self.rate
        inputs, truth = rows.inputs, rows.truth.reshape(len(rows.truth), -1)
        if self.evenness:
            random = np.random.default_rng((self.task.seed, self.progress.step))
            inputs, truth = mixed(inputs, rows.truth, evenness=self.evenness, batch=self.batch, random=random)
        history = self.network.fit(
            **batches(inputs, truth, rows.weights, self.batch),
            verbose=0,
            callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=self._look, on_epoch_end=self._keep_latest)],
        )
        # Keras counts the last execution as if it were full.
        return min(self.taken, steps), float(history.history["loss"][-1])

    def _learn_head(self) -> None:
        """Before all of a network learns that brings weights, what follows them learns alone."""
        loss = self.task.target.loss(self.fitting.loss, label_smoothing=self.fitting.label_smoothing)
        rows = learn_head(self.network, self.task, self.fitting, loss)
        held_loss = float(self.task.target.losses(self.held_truth, self.predictor.predict(self.held)).mean())
        best = math.isfinite(held_loss)
        learned = {"head_learned": True, "seconds": time.monotonic() - self.began}
        self.progress = self.progress.model_copy(update=learned | ({"best_loss": held_loss} if best else {}))
        if best:
            self.checkpoint.keep_best(self.network)
        self.checkpoint.save(self.network, self.progress)
        text = (
            "What was learned from photos before was put to use on {rows} rows; now all of the network learns, gently."
        )
        self.task.emit(Note(text=text, values={"rows": rows}))

    def _rate(self) -> float:
        done, rate = self.progress.step / self.progress.steps, self.fitting.learning_rate
        if self.pretrained:
            rate *= GENTLY
        if self.fitting.schedule == "cosine":
            return rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done)))
        return rate * self.progress.slowing

    def _look(self, step: int, logs: Any = None) -> None:
        """Between steps: is the time up, is there a wish? `step` is the last one taken, counted from 0."""
        self.taken = step + 1
        now = time.monotonic()
        if now - self.looked > LOOK_EVERY:
            self.looked = now
            self.wish = self.task.wishes()
        if self.wish is not Wish.GO_ON or now - self.began > self.task.seconds:
            self.network.stop_training = True

    def _validate(self, steps: int, loss: float) -> None:
        scores = self.predictor.predict(self.held)
        held_loss = float(self.task.target.losses(self.held_truth, scores).mean())
        if not math.isfinite(held_loss + loss):
            self.progress = self.progress.model_copy(update={"diverged": True})
            return
        best, before = held_loss < self.progress.best_loss, self.progress
        if best:
            self.checkpoint.keep_best(self.network)
        self._take_latest()
        self.progress = before.after(
            steps, time.monotonic() - self.began, held_loss, best, slow=self.fitting.schedule == "plateau"
        )
        if self.progress.slowing < before.slowing:  # smaller steps, from the best place so far
            self.checkpoint.take_best(self.network)
        self.checkpoint.save(self.network, self.progress)
        self._tell(
            Point(
                step=self.progress.step,
                epoch=round(self.progress.step / self.epoch_steps, 3),
                seconds=round(self.progress.seconds, 3),
                loss=loss,
                validation_loss=held_loss,
                score=self.task.target.score(self.held_truth, scores),
                learning_rate=self.rate,
                best=best,
            )
        )

    def _keep_latest(self, epoch: int, logs: Any = None) -> None:
        """When a fit has ended, Keras puts the averaged weights in the place of the latest ones."""
        if self.fitting.averaging:
            self.latest = [np.asarray(variable) for variable in self.network.trainable_variables]

    def _take_latest(self) -> None:
        """Training goes on from the latest weights; averages are for looking at, and for keeping."""
        if self.fitting.averaging:
            for variable, value in zip(self.network.trainable_variables, self.latest, strict=True):
                variable.assign(value)

    def _tell(self, point: Point) -> None:
        self.task.emit(point)
        done = max(self.progress.step / self.progress.steps, self.progress.seconds / self.task.seconds)
        left = min(
            self.progress.seconds / self.progress.step * (self.progress.steps - self.progress.step),
            self.task.seconds - self.progress.seconds,
        )
        self.task.emit(Advanced(fraction=min(done, 1.0), seconds_left=max(left, 0.0)))

    def _why_stop(self) -> Note | None:
        progress, epoch = self.progress, self._pass(self.progress.step)
        if self.wish is Wish.FINISH:
            return Note(text="Finished early, as you asked, in pass {n} through the data.", values={"n": epoch})
        if progress.diverged:
            return Note(
                text="The error grew without bound. A smaller learning rate would help; the best so far was kept."
            )
        if progress.step >= progress.steps:
            return Note(text="Learned as planned, to the end of pass {n} through the data.", values={"n": epoch})
        if self.fitting.patience and progress.waited >= self.fitting.patience:
            return Note(
                text="Stopped in pass {n} through the data: no gain in the last {waited} checks.",
                values={"n": epoch, "waited": progress.waited},
            )
        if progress.seconds >= self.task.seconds:
            return Note(text="The time budget was used up in pass {n} through the data.", values={"n": epoch})
        return None

    def _pass(self, step: int) -> int:
        """The pass through the data, from 1, that a step ends in: fractions of passes say nothing to a reader."""
        return max(1, math.ceil(step / self.epoch_steps))

    def _fit_into_time(self) -> None:
        """Fits the plan to the pace, which others on the machine change: the learning rate must come down in time, and
        no time that a shortened plan has after all is given away.
        """
        progress, planned = self.progress, self._planned
        recent = progress.step - self.pace.first
        if recent <= 0 or progress.seconds <= progress.first_seconds:
            return  # the first segment includes compiling, and says nothing of the pace
        pace = (progress.seconds - progress.first_seconds) / recent
        segments = int((self.task.seconds - progress.seconds) / pace / self.pace.segment)
        possible = min(progress.step + segments * self.pace.segment, planned)
        self.progress = progress.replanned(possible)
        if self.progress.shortened and not progress.shortened:
            self.task.emit(
                Note(
                    text="There is time for about {possible} of the {planned} planned passes through the data.",
                    values={"possible": self._pass(possible), "planned": self._pass(planned)},
                )
            )

    @property
    def _planned(self) -> int:
        """Steps that the recipe asks for."""
        return (self.fitting.epochs or 1) * self.epoch_steps


def _gpu() -> bool:
    return bool(keras.distribution.list_devices("gpu"))


def _optimizer(fitting: Fitting) -> keras.optimizers.Optimizer:
    kinds = {
        "adamw": keras.optimizers.AdamW,
        "adam": keras.optimizers.Adam,
        "sgd": keras.optimizers.SGD,
        "rmsprop": keras.optimizers.RMSprop,
        "lion": keras.optimizers.Lion,
    }
    extra: dict[str, Any] = {"momentum": 0.9} if fitting.optimizer == "sgd" else {}
    if fitting.averaging:
        extra |= {"use_ema": True, "ema_momentum": fitting.averaging}
    optimizer = kinds[fitting.optimizer](
        learning_rate=fitting.learning_rate, weight_decay=fitting.weight_decay or None, **extra
    )
    if fitting.weight_decay:
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta", "phase", "frequency", "shift"])
    return optimizer


def _out_of_memory(error: Exception) -> bool:
    name = type(error).__name__
    return isinstance(error, MemoryError) or name == "ResourceExhaustedError" or "RESOURCE_EXHAUSTED" in str(error)
