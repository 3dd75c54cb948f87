"""Model card: one HTML file that says what a model is, what it rests on and how far it may be trusted.

Its parts follow Mitchell et al. 2019, “Model Cards for Model Reporting”.
"""

from __future__ import annotations

import pandas as pd

from engine.recipe import Recipe, Split
from engine.results import Evaluation
from pages.components.models.history import in_words
from pages.components.models.titles import version_title
from pages.components.outcome import class_table, metrics_table
from pages.components.run_words import score_in_words
from pages.components.sheet import Rows, sheet
from pages.components.words import NONE, _, exact, kind_title, number, percent, say
from services.models import ModelView, Standing


def card_html(view: ModelView, evaluation: Evaluation) -> str:
    """The whole file. `evaluation` is that of the version that answers."""
    model, now = view.model, view.production
    recipe, verdict = Recipe.model_validate(now.run.recipe), evaluation.verdict
    notes = [verdict.guessing, verdict.simpler, *verdict.sentences, *evaluation.notes]
    return sheet(
        "card",
        model.name,
        _("Model card · version {n} answers · by {who} · {when}").format(
            n=now.version.number, who=model.owner_name, when=exact(now.version.created)
        ),
        headline=say(verdict.headline.text, verdict.headline.values),
        sentences=[say(note.text, note.values) for note in notes if note is not None],
        notes=now.run.notes,
        use=_use(view, evaluation),
        origin=_origin(now, recipe),
        columns=Rows.of(_columns(recipe)),
        metrics=Rows.of(metrics_table(evaluation)),
        classes=Rows.of(class_table(evaluation.classes)) if evaluation.classes is not None else None,
        versions=Rows.of(pd.DataFrame([_version(view, each) for each in view.versions])),
        changes=Rows.of(_changes(view)),
        recipe=recipe.to_yaml(),
        words={
            "use": _("What it is for"), "origin": _("What it learned from"), "figures": _("How good it is"),
            "tested": _("Measured on {n} test rows that it had never seen.").format(n=number(evaluation.rows)),
            "classes": _("For each answer"), "versions": _("Versions"), "history": _("History"),
            "recipe": _("Recipe"),
        },
    )  # fmt: skip


def _use(view: ModelView, evaluation: Evaluation) -> list[str]:
    """What it answers, and where its answers do not hold."""
    said = [_("It predicts {target} from the columns below, for rows like those that it learned from.")]
    if evaluation.classes is not None:
        said.append(_("It can give the answers {answers}, and says how sure it is of each."))
    elif evaluation.numbers is not None:
        said.append(_("It gives a number, and a range that holds the true one about 90 times in 100."))
    said.append(
        _(
            "Of rows unlike those – other people, another time, another way to measure – these figures say nothing: "
            "test it there before you rely on it."
        )
    )
    names = evaluation.classes.classes if evaluation.classes is not None else ()
    answers = ", ".join(f"“{each.name}”" for each in names)
    return [each.format(target=f"“{view.model.target}”", answers=answers) for each in said]


def _origin(now: Standing, recipe: Recipe) -> list[str]:
    run, parts = now.run, recipe.split
    data = _("The data set “{name}”, version {n}. The run that learned from it is called “{run}”.")
    return [
        data.format(name=run.dataset_name, n=number(run.version_number), run=run.name),
        _parted(parts),
    ]


def _parted(split: Split) -> str:
    shares = {"validation": percent(split.validation), "test": percent(split.test)}
    if split.method == "given":
        return _("The column “{column}” says which rows trained and which tested.").format(column=split.column)
    if split.method == "time":
        return _("The latest {test} of the rows tested, by “{column}”; {validation} steered the training.").format(
            column=split.column, **shares
        )
    if split.method == "group":
        return _(
            "{test} of the rows tested and {validation} steered the training; rows of one “{column}” stayed together."
        ).format(column=split.column, **shares)
    return _("{test} of the rows, drawn at random, tested; {validation} steered the training.").format(**shares)


def _columns(recipe: Recipe) -> pd.DataFrame:
    return pd.DataFrame([{_("Column"): each.name, _("Kind"): kind_title(each.kind)} for each in recipe.inputs])


def _version(view: ModelView, standing: Standing) -> dict[str, str]:
    number_, model = standing.version.number, view.model
    places = {model.production: _("production"), model.candidate: _("candidate")}
    return {
        _("Version"): version_title(number_),
        _("Place"): places.get(number_, NONE),
        _("Added"): exact(standing.version.created),
        _("By"): standing.version.owner_name,
        _("Result"): score_in_words(standing.run),
    }


def _changes(view: ModelView) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {_("When"): exact(each.created), _("What"): in_words(each), _("Why"): each.why or NONE}
            for each in view.changes
        ]
    )
