"""Bundle: the saved predictors with everything needed to predict. A folder, written under another name and renamed.

    manifest.json       format, versions, schema, parsing and row-wise steps, fitted columns, targets, hashes
    model/ baseline/    the predictors, each in its family's own format; no baseline when the model is one itself
    background.npz      encoded training rows that explanations compare with
    reference.json      how the values of training rows are spread, for drift; bundles of earlier Loams have none
    golden.parquet      rows as they came, and golden.npz, the scores they got; golden/ their pictures
    evaluation.json     how good it is                     test_rows.parquet   each test row's truth and answer

Knows no database and no network port. Keras is imported only when a network is asked.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import ValidationError

from engine.answers import Answers
from engine.encoding import Encoded, Rows, encode, places, row_bytes
from engine.errors import BundleError, NotFound
from engine.explanation import contributions
from engine.golden import golden_rows
from engine.heatmap import heat_map
from engine.inputs import AnyInput
from engine.inputs.image import Image
from engine.inputs.text import Text
from engine.marking import mark_text
from engine.models import AnyFamily, Predictor
from engine.results import Contributions, HeatMap, MarkedText
from engine.spec import Spec
from engine.table.columns import Schema
from engine.table.options import ReadOptions
from engine.table.steps import Step
from engine.targets import AnyTarget

LIBRARIES = ("keras", "tensorflow", "jax", "scikit-learn", "numpy", "pandas")
BLOCK_BYTES = 64 << 20  # of encoded rows that are answered at once
WALKS, FEW_WALKS = 128, 32  # of an explanation; few where a column is more than a number or a word
GOLDEN_TOLERANCE = 1e-3  # in scores: logits, or standard deviations; devices round differently


class Manifest(Spec):
    """What the bundle is made of. `targets` and `families` are by predictor: "model", maybe "baseline"."""

    format: Literal[1] = 1
    versions: dict[str, str]
    table: Schema
    options: ReadOptions | None
    steps: tuple[Step, ...]
    inputs: tuple[AnyInput, ...]
    targets: dict[str, AnyTarget]
    families: dict[str, AnyFamily]
    hashes: dict[str, str]


def library_versions() -> dict[str, str]:
    """What the answers may depend on."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of each file of a bundle but its manifest."""
    files = sorted(f for f in folder.rglob("*") if f.is_file() and f.name != "manifest.json")
    return {f.relative_to(folder).as_posix(): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


class Bundle:
    """An opened bundle. Predictors are loaded when first asked."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self._loaded: dict[str, Predictor] = {}

    @classmethod
    def open(cls, folder: Path) -> Bundle:
        """Raises BundleError when something is missing or changed, or when, on new library versions, the golden rows
        no longer get their answers.
        """
        try:
            manifest = Manifest.model_validate_json((folder / "manifest.json").read_text("utf8"))
        except OSError as error:
            raise BundleError("There is no saved model in {folder}.", folder=folder.name) from error
        except ValidationError as error:
            problem = str(error)[:300]
            text = "The saved model was written by another version of Loam: {problem}"
            raise BundleError(text, problem=problem) from error
        for name, wanted in manifest.hashes.items():
            path = folder / name
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
                raise BundleError("“{file}” of the saved model is missing or was changed.", file=name)
        bundle = cls(folder, manifest)
        if manifest.versions != library_versions():
            bundle.check_golden()
        return bundle

    @property
    def predictors(self) -> tuple[str, ...]:
        """Names of what can be asked: "model", and "baseline" if there is one."""
        return tuple(self.manifest.families)

    def target(self, predictor: str = "model") -> AnyTarget:
        """The target with this predictor's calibration."""
        self._known(predictor)
        return self.manifest.targets[predictor]

    def encode(self, rows: Rows) -> Encoded:
        """`rows` hold the input columns, typed as the schema says."""
        return encode(self.manifest.inputs, rows)

    def scores(self, encoded: Encoded, predictor: str = "model") -> np.ndarray:
        """Scores (rows, outputs)."""
        self._known(predictor)
        if predictor not in self._loaded:
            self._loaded[predictor] = self.manifest.families[predictor].load(self.folder / predictor)
        return self._loaded[predictor].predict(encoded)

    def answer(self, rows: Rows, predictor: str = "model") -> Answers:
        """Calibrated answers, a row each."""
        at_once = max(1, BLOCK_BYTES // row_bytes(self.manifest.inputs))
        blocks = [rows[at : at + at_once] for at in range(0, max(1, len(rows)), at_once)]
        scores = [self.scores(self.encode(block), predictor) for block in blocks]
        return self.target(predictor).decode(np.concatenate(scores))

    def explain(self, row: Rows, predictor: str = "model", *, seed: int = 0) -> Contributions:
        """What each column added to the answer to the one row in `row`."""
        return contributions(
            lambda encoded: self.scores(encoded, predictor),
            self.encode(row),
            self._background,
            places(self.manifest.inputs),
            self.target(predictor),
            draws=WALKS if all(column.tabular for column in self.manifest.inputs) else FEW_WALKS,
            seed=seed,
        )

    def heat_map(self, row: Rows, column: str, predictor: str = "model", *, seed: int = 0) -> HeatMap:
        """Which parts of the picture in `column` the answer to the one row in `row` rests on.

        Raises NotFound when the model does not learn from such a column of pictures.
        """
        place = next((place for place in places(self.manifest.inputs) if place.name == column), None)
        fitted = next((each for each in self.manifest.inputs if each.name == column), None)
        if place is None or not isinstance(fitted, Image):
            raise NotFound("The model did not learn from pictures in a column “{column}”.", column=column)
        return heat_map(
            lambda encoded: self.scores(encoded, predictor),
            self.encode(row),
            self._background,
            fitted,
            place,
            self.target(predictor),
            seed=seed,
        )

    def mark_text(self, frame: pd.DataFrame, column: str, predictor: str = "model", *, seed: int = 0) -> MarkedText:
        """Which words of the text in `column` the answer to the one row in `frame` rests on.

        Raises NotFound when the model does not learn from such a column of texts.
        """
        if not any(each.name == column and isinstance(each, Text) for each in self.manifest.inputs):
            raise NotFound("The model did not learn from texts in a column “{column}”.", column=column)
        return mark_text(lambda rows: self.answer(rows, predictor), frame, column, seed=seed)

    def check_golden(self) -> None:
        """Asks every predictor the golden rows again. Raises BundleError when a score moved."""
        encoded = self.encode(golden_rows(self.folder, self.manifest.table))
        with np.load(self.folder / "golden.npz") as golden:
            for predictor in self.predictors:
                moved = float(np.abs(self.scores(encoded, predictor) - golden[predictor]).max(initial=0.0))
                if not moved <= GOLDEN_TOLERANCE:
                    raise BundleError(
                        "With the libraries installed now, the saved model no longer gives the answers it gave when it "
                        "was trained (off by {moved}). Train it again, or install the versions named in its manifest.",
                        moved=moved,
                    )

    def _known(self, predictor: str) -> None:
        if predictor not in self.manifest.families:
            raise NotFound("This run has no predictor “{name}”.", name=predictor)

    @cached_property
    def _background(self) -> Encoded:
        with np.load(self.folder / "background.npz") as kept:
            return {kind: kept[kind] for kind in kept.files}
