"""What finished runs found out, read from their bundles. Asks no permission itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel, ValidationError

from engine import comparison
from engine.bundle import Manifest
from engine.errors import BundleError, NotFound, UserError
from engine.recipe import Recipe
from engine.results import Comparison, Evaluation
from engine.targets.labels import SeveralOfMany
from services import access
from services.house import house
from storage.queries import progress, runs
from storage.records import Run, RunPoint

FEWEST, MOST = 2, 5


@dataclass(frozen=True)
class Difference:
    """A setting that is not the same in all runs: its title, and its value in each run, in their order."""

    title: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class RunComparison:
    """Runs side by side: the metrics on common test rows, how the recipes differ, curves by label."""

    runs: tuple[Run, ...]
    comparison: Comparison
    differences: tuple[Difference, ...]
    curves: dict[str, tuple[RunPoint, ...]]


def run_of(run_id: int) -> Run:
    """The run. Raises NotFound."""
    with house().database.read() as session:
        found = runs.get(session, run_id)
    if found is None:
        raise NotFound(access.WORDS["run"])
    return found


def bundle_of(run: Run) -> Path:
    """The folder of its saved model. Raises NotFound while there is none."""
    if run.bundle_key is None:
        raise NotFound("“{name}” has no finished model yet.", name=run.name)
    return house().files.path(run.bundle_key)


def manifest_of(run: Run) -> Manifest:
    """What its saved model is made of. Raises NotFound, BundleError."""
    return manifest_in(bundle_of(run), run.name)


def manifest_in(bundle: Path, name: str) -> Manifest:
    """What the saved model in a folder, that of the run or model `name`, is made of. Raises BundleError."""
    try:
        return _manifest_in(bundle)
    except (OSError, ValidationError) as error:
        raise BundleError("The saved model of “{name}” cannot be read.", name=name) from error


@lru_cache(maxsize=16)
def _manifest_in(bundle: Path) -> Manifest:
    return Manifest.model_validate_json((bundle / "manifest.json").read_bytes())


def choices_of(manifest: Manifest) -> tuple[tuple[str, ...], str, dict[str, float]]:
    """What this model can answer; where an answer holds several labels, what stands between them, and from which
    probability on each predictor gives one.
    """
    labelled = {name: each for name, each in manifest.targets.items() if isinstance(each, SeveralOfMany)}
    separator = labelled["model"].separator if labelled else ""
    return manifest.targets["model"].choices, separator, {name: each.threshold for name, each in labelled.items()}


def evaluation_of(run: Run) -> Evaluation:
    """How good it is. Raises NotFound while it is not finished."""
    try:
        return Evaluation.model_validate_json((bundle_of(run) / "evaluation.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise BundleError("The evaluation of “{name}” cannot be read.", name=run.name) from error


def test_rows_of(run: Run) -> pd.DataFrame:
    """Each test row's truth and answer."""
    return _test_rows_in(bundle_of(run))


def _test_rows_in(bundle: Path) -> pd.DataFrame:
    return pd.read_parquet(bundle / "test_rows.parquet")


def compare(compared: Sequence[Run], labels: Sequence[str] = ()) -> RunComparison:
    """Two to five finished runs side by side; without `labels` they go by their names."""
    if not FEWEST <= len(compared) <= MOST:
        raise UserError("Choose two to five runs to compare.")
    labels = list(labels) or _labels(compared)
    bundles = tuple((label, bundle_of(run)) for label, run in zip(labels, compared, strict=True))
    if len({run.answer for run in compared}) > 1 or len({run.target for run in compared}) > 1:
        raise UserError("These runs predict different things, so that they cannot be compared.")
    found = _compared(bundles, one_dataset=len({run.dataset for run in compared}) == 1)
    with house().database.read() as session:
        curves = {label: tuple(progress.points(session, r.id)) for label, r in zip(labels, compared, strict=True)}
    recipes = [Recipe.model_validate(run.recipe) for run in compared]
    return RunComparison(tuple(compared), found, differences(recipes), curves)


@lru_cache(maxsize=32)
def _compared(bundles: tuple[tuple[str, Path], ...], *, one_dataset: bool) -> Comparison:
    """Kept for a while: a page asks again with every click, and what a bundle holds never changes."""
    tables = {label: _test_rows_in(bundle) for label, bundle in bundles}
    return comparison.compare(tables) if one_dataset else comparison.apart(tables)


def differences(recipes: Sequence[Recipe]) -> tuple[Difference, ...]:
    """The settings in which the recipes differ, by the titles that forms give them."""
    flat = [dict(_flat(recipe)) for recipe in recipes]
    settings = dict.fromkeys(setting for each in flat for setting in each)
    lines = ((title, tuple(each.get((place, title)) for each in flat)) for place, title in settings)
    return tuple(Difference(title, values) for title, values in lines if any(v != values[0] for v in values))


def _labels(compared: Sequence[Run]) -> list[str]:
    """The runs' names, with their numbers where two have one name."""
    names = [run.name for run in compared]
    return [f"{run.name} ({run.id})" if names.count(run.name) > 1 else run.name for run in compared]


def _flat(spec: BaseModel, place: str = "") -> list[tuple[tuple[str, str], Any]]:
    """Every setting of a spec and the specs in it: where it stands and its title (two may have one title), value."""
    found: list[tuple[tuple[str, str], Any]] = []
    for name, field in type(spec).model_fields.items():
        value = getattr(spec, name)
        title = field.title or name.capitalize()
        if isinstance(value, BaseModel):
            found += _flat(value, name)
        elif name == "inputs":
            found.append(((place, "Columns"), ", ".join(column.name for column in value)))
        elif name not in ("format", "name"):  # the name of an effort says no more than its seconds
            found.append(((place, title), ", ".join(map(str, value)) if isinstance(value, tuple) else value))
    return found
