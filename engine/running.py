"""Carries a recipe out, from a table to a bundle. Knows no database and no page.

prepare → train → baseline → evaluate → explain → save
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from engine.answers import ClassAnswers
from engine.bundle import Manifest, hashes, library_versions
from engine.drift import save_reference
from engine.encoding import row_bytes, save_arrays, take
from engine.errors import BadTable, Stopped
from engine.evaluation import evaluate
from engine.evaluation.rows import known
from engine.evaluation.suspects import suspects
from engine.evaluation.verdict import beside_weighted_sum
from engine.events import Advanced, Emit, Entered, Event, Note, Stage, Wish, Wishes
from engine.explanation import permutation_importance
from engine.feeding import Fed
from engine.golden import save_golden
from engine.models import AnyFamily, GradientBoosting, Predictor, Task, WeightedSum
from engine.preparing import Prepared, RunData, prepare
from engine.recipe import Recipe
from engine.results import Evaluation, Suspects
from engine.table.columns import ROW
from engine.table.splits import PARTS
from engine.targets import TARGETS, AnyTarget

SHARES = {  # of the whole, when a stage begins; training fills the space between
    Stage.PREPARING: 0.0,
    Stage.TRAINING: 0.03,
    Stage.BASELINE: 0.80,
    Stage.EVALUATING: 0.88,
    Stage.EXPLAINING: 0.92,
    Stage.SAVING: 0.98,
}
GOLDEN_ROWS = 100
BACKGROUND_ROWS = 64
# Of rows that are kept or shuffled, at most; pictures are large.
GOLDEN_BYTES = 2 << 20
BACKGROUND_BYTES = 4 << 20
IMPORTANCE_ROWS, IMPORTANCE_BYTES = 2000, 64 << 20
MANY_CELLS = 1_000_000
MOST_SPENT = 0.4  # of the budget, before the work begins


def kept_back(budget: float, cells: int) -> float:
    """Seconds of the budget kept back from training for the stages after it; a table of few cells needs less."""
    return min(0.4 * budget, 5 + (0.06 + 0.08 * min(1.0, cells / MANY_CELLS)) * budget)


@dataclass(frozen=True)
class Outcome:
    """A finished run: its bundle's folder, and how good it is."""

    bundle: Path
    evaluation: Evaluation


def carry_out(
    recipe: Recipe, data: RunData, *, folder: Path, emit: Emit, wishes: Wishes, spent: float = 0.0
) -> Outcome:
    """Carries the recipe out in `folder`, going on from what an earlier attempt left there.

    `spent` are seconds of the budget that went by before: loading Keras counts, but most of the budget is for the work.

    Raises UserError when the recipe or the data cannot be learned from or resources run out, Stopped when a person
    gave the run up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic() - min(spent, MOST_SPENT * recipe.effort.seconds)
    return _Run(recipe, data, folder, emit, wishes, began).run()


class _Run:
    def __init__(self, recipe: Recipe, data: RunData, folder: Path, emit: Emit, wishes: Wishes, began: float) -> None:
        self.recipe, self.data, self.folder = recipe, data, folder
        self.emit, self.wishes = emit, wishes
        self.began = began
        self.kept_back = kept_back(recipe.effort.seconds, 0)

    @property
    def left(self) -> float:
        """Seconds left of the budget."""
        return self.recipe.effort.seconds - (time.monotonic() - self.began)

    def run(self) -> Outcome:
        self._enter(Stage.PREPARING)
        prepared = prepare(self.recipe, self.data, self._preparing)
        self._tell_rows(prepared)
        self.kept_back = kept_back(self.recipe.effort.seconds, prepared.part("train").rows * _width(prepared))

        self._enter(Stage.TRAINING)
        families: dict[str, AnyFamily] = {"model": self.recipe.model}
        predictors = {"model": self._fit(self.recipe.model, prepared, self.left - self.kept_back)}
        if self.recipe.model.neural:
            self._enter(Stage.BASELINE)
            tabular = any(column.tabular for column in prepared.inputs)
            families["baseline"] = GradientBoosting() if tabular else WeightedSum()
            predictors["baseline"] = self._fit(families["baseline"], prepared, max(self.left * 0.5, 1.0))

        self._enter(Stage.EVALUATING)
        targets, evaluation, test_rows = self._evaluate(prepared, predictors)
        if isinstance(families.get("baseline"), WeightedSum):
            spoken = beside_weighted_sum(evaluation.verdict, evaluation.headline)
            evaluation = evaluation.model_copy(update={"verdict": spoken})
        self._enter(Stage.EXPLAINING)
        evaluation = self._explain(prepared, predictors["model"], evaluation)
        self._enter(Stage.SAVING)
        bundle = self._save(prepared, families, predictors, targets, evaluation, test_rows)
        self.emit(Advanced(fraction=1.0, seconds_left=0.0))
        return Outcome(bundle, evaluation)

    def _enter(self, stage: Stage) -> None:
        self.emit(Entered(stage=stage))
        self.emit(Advanced(fraction=SHARES[stage], seconds_left=self._left_from(stage)))

    def _left_from(self, stage: Stage) -> float | None:
        """Seconds from a stage after training on: its share of what was kept back. None before: training says."""
        if SHARES[stage] < SHARES[Stage.BASELINE]:
            return None
        share = (1 - SHARES[stage]) / (1 - SHARES[Stage.BASELINE])
        return max(min(share * self.kept_back, self.left), 0.0)

    def _preparing(self, fraction: float) -> None:
        if self.wishes() is Wish.STOP:
            raise Stopped("The run was stopped.")
        self.emit(Advanced(fraction=fraction * SHARES[Stage.TRAINING], seconds_left=None))

    def _tell_rows(self, prepared: Prepared) -> None:
        counts = {part: prepared.part(part).rows for part in PARTS}
        for part, rows in counts.items():
            if not rows:
                raise BadTable("The split leaves no rows for the {part} part. Choose another split.", part=part)
        self.emit(
            Note(
                text="{train} rows to learn from, {validation} to steer by, {test} kept aside for the final score.",
                values=counts,
            )
        )

    def _fit(self, family: AnyFamily, prepared: Prepared, seconds: float) -> Predictor:
        training = prepared.part("train", balanced=self._balanced)
        main = family is self.recipe.model
        return family.fit(
            Task(
                inputs=prepared.inputs,
                encoders=self.recipe.encoders,
                target=prepared.target,
                fitting=self.recipe.fitting.resolve(
                    training.rows, self.recipe.effort.seconds, min(column.largest_batch for column in prepared.inputs)
                ),
                seed=self.recipe.seed,
                training=training,
                validation=prepared.part("validation"),
                began=time.monotonic(),
                seconds=max(seconds, 1.0),
                folder=self.folder / ("model" if main else "baseline"),
                emit=self._inside_training if main else self._only_notes,
                wishes=self.wishes if main else self._only_stop,
                weights=self.data.weights,
                start=self.data.start / "model" if main and self.data.start is not None else None,
            )
        )

    @property
    def _balanced(self) -> bool:
        return self.recipe.fitting.class_weights == "balanced" and TARGETS[self.recipe.answer].balances

    def _only_stop(self) -> Wish:
        """A run that is to finish now still gets its baseline."""
        wish = self.wishes()
        return Wish.GO_ON if wish is Wish.FINISH else wish

    def _only_notes(self, event: Event) -> None:
        """The curve and the progress are the model's own."""
        if isinstance(event, Note):
            self.emit(event)

    def _inside_training(self, event: Event) -> None:
        """Progress within training as progress of the whole run."""
        if isinstance(event, Advanced):
            first, last = SHARES[Stage.TRAINING], SHARES[Stage.BASELINE]
            left = None if event.seconds_left is None else event.seconds_left + self.kept_back
            event = Advanced(fraction=first + event.fraction * (last - first), seconds_left=left)
        self.emit(event)

    def _evaluate(
        self, prepared: Prepared, predictors: dict[str, Predictor]
    ) -> tuple[dict[str, AnyTarget], Evaluation, pd.DataFrame]:
        held, test = prepared.part("validation"), prepared.part("test")
        validation = {name: p.predict(held.encoded()) for name, p in predictors.items()}
        scores = {name: p.predict(test.encoded()) for name, p in predictors.items()}
        targets = {name: prepared.target.calibrate(held.truth(), validation[name]) for name in predictors}
        evaluation = evaluate(
            targets,
            test.truth(),
            scores,
            row_ids=test.row_ids(),
            truth_train=prepared.part("train").truth(),
            truth_validation=held.truth(),
            scores_validation=validation,
            seed=self.recipe.seed,
        )
        if self.recipe.encoders:  # a person can see by a text or a picture whether its answer is wrong
            found = _suspects(targets["model"], ((held, validation["model"]), (test, scores["model"])))
            evaluation = evaluation.model_copy(update={"suspects": found})
        return targets, evaluation, _test_rows(targets["model"], test.row_ids(), test.truth(), scores["model"])

    def _explain(self, prepared: Prepared, model: Predictor, evaluation: Evaluation) -> Evaluation:
        if len(prepared.inputs) < 2:
            return evaluation  # there is nothing to tell apart
        test = prepared.part("test")
        importance = permutation_importance(
            model.predict,
            test.encoded(),
            test.truth(),
            prepared.target,
            prepared.places,
            rows=_at_most(IMPORTANCE_ROWS, IMPORTANCE_BYTES, prepared),
            seconds=min(max(self.left - 3.0, 1.0), self.kept_back),
            seed=self.recipe.seed,
        )
        return evaluation.model_copy(update={"importance": importance})

    def _save(
        self,
        prepared: Prepared,
        families: dict[str, AnyFamily],
        predictors: dict[str, Predictor],
        targets: dict[str, AnyTarget],
        evaluation: Evaluation,
        test_rows: pd.DataFrame,
    ) -> Path:
        part, bundle = self.folder / "bundle.part", self.folder / "bundle"
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(bundle, ignore_errors=True)
        part.mkdir()
        for name, predictor in predictors.items():
            predictor.save(part / name)
        (part / "evaluation.json").write_text(evaluation.model_dump_json(), "utf8")
        test_rows.to_parquet(part / "test_rows.parquet")
        frame = self.data.frame([column.name for column in prepared.inputs])
        self._save_golden(part, frame, prepared, predictors)
        save_reference(part, prepared.inputs, frame.loc[prepared.part("train").row_ids()])
        background = slice(0, _at_most(BACKGROUND_ROWS, BACKGROUND_BYTES, prepared))
        save_arrays(part / "background.npz", take(prepared.part("train").encoded(), background))
        manifest = Manifest(
            versions=library_versions(),
            table=self.data.schema,
            options=self.data.options,
            steps=self.data.steps,
            inputs=prepared.inputs,
            targets=targets,
            families=families,
            hashes=hashes(part),
        )
        (part / "manifest.json").write_text(manifest.model_dump_json(indent=1), "utf8")
        part.rename(bundle)
        return bundle

    @staticmethod
    def _save_golden(part: Path, frame: pd.DataFrame, prepared: Prepared, predictors: dict[str, Predictor]) -> None:
        test = prepared.part("test")
        rows = slice(0, _at_most(GOLDEN_ROWS, GOLDEN_BYTES, prepared))
        encoded = {kind: np.asarray(array) for kind, array in take(test.encoded(), rows).items()}
        save_golden(part, frame.loc[test.row_ids()[rows]], prepared.inputs, encoded, predictors)


def _width(prepared: Prepared) -> int:
    return sum(column.width for column in prepared.inputs)


def _at_most(rows: int, bytes_: int, prepared: Prepared) -> int:
    return max(1, min(rows, bytes_ // row_bytes(prepared.inputs)))


def _suspects(target: AnyTarget, parts: Sequence[tuple[Fed, np.ndarray]]) -> Suspects | None:
    """Rows that look wrongly labelled, among those that training did not see. None for numbers."""
    truth = np.concatenate([part.truth() for part, _scores in parts])
    there = known(truth)
    answers = target.decode(np.concatenate([scores for _part, scores in parts])[there])
    if not isinstance(answers, ClassAnswers):
        return None
    row_ids = np.concatenate([part.row_ids() for part, _scores in parts])
    return suspects(truth[there], answers.probabilities, answers.classes, row_ids[there])


def _test_rows(target: AnyTarget, row_ids: np.ndarray, truth: np.ndarray, scores: np.ndarray) -> pd.DataFrame:
    """A test row with a known truth a line: row id, truth, what the answer says, and its loss."""
    there = known(truth)
    values, answers = target.in_own_unit(truth[there]), target.decode(scores[there])
    frame = answers.frame()
    frame.insert(0, ROW, row_ids[there])
    frame.insert(1, "truth", answers.read(values))
    frame["loss"] = answers.losses(values)
    return frame
