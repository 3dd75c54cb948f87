"""A run as one HTML file to hand in: words, charts, tables and recipe, readable without a network or this server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plotly.offline import get_plotlyjs

from engine.results import Evaluation
from pages.components.charts import classes, labels, numbers, ranking
from pages.components.charts.comparing import against_simpler
from pages.components.charts.learning import Point, loss_curve
from pages.components.charts.reasons import importance
from pages.components.charts.show import CONFIG, Chart
from pages.components.charts.style import LIGHT, Ground
from pages.components.charts.threshold import threshold
from pages.components.outcome import metrics_table
from pages.components.sheet import Rows, sheet
from pages.components.words import _, say


@dataclass(frozen=True)
class Subject:
    """What the report is about. All plain text."""

    title: str
    caption: str
    recipe: str  # YAML
    notes: str = ""


def charts_of(evaluation: Evaluation, points: Sequence[Point], ground: Ground) -> Iterator[Chart]:
    """Every chart that this evaluation has, in reading order."""
    yield against_simpler(evaluation, ground)
    if evaluation.importance is not None and evaluation.importance.columns:
        yield importance(evaluation.importance, ground)
    if points:
        yield loss_curve(points, ground)
    if (report := evaluation.classes) is not None:
        yield classes.confusion(report.confusion, ground)
        yield classes.calibration(report.reliability, ground)
        yield ranking.roc(report.roc, ground)
        yield ranking.precision_recall(report.precision_recall, ground)
        if report.thresholds is not None:
            yield threshold(report.thresholds, report.thresholds.cheapest(), ground)
    if (told := evaluation.labels) is not None:
        yield labels.label_scores(told, ground)
        yield classes.calibration(told.reliability, ground)
    if (figures := evaluation.numbers) is not None:
        yield numbers.predicted_true(figures.predicted_true, figures.coverage, ground, target=evaluation.target)
        yield numbers.residuals(figures.residuals, figures.misses, ground, target=evaluation.target)
        yield numbers.error_by_range(figures.by_range, ground, target=evaluation.target)


def report_html(subject: Subject, evaluation: Evaluation, points: Sequence[Point]) -> str:
    """The whole file. Plotly's program stands in it once, so that it opens anywhere."""
    verdict = evaluation.verdict
    notes = [verdict.guessing, verdict.simpler, *verdict.sentences, *evaluation.notes]
    charts = list(charts_of(evaluation, points, LIGHT))
    return sheet(
        "report",
        subject.title,
        subject.caption,
        notes=subject.notes,
        recipe=subject.recipe,
        headline=say(verdict.headline.text, verdict.headline.values),
        sentences=[say(note.text, note.values) for note in notes if note is not None],
        metrics=Rows.of(metrics_table(evaluation)),
        charts=[(chart, Rows.of(chart.table), _script(chart)) for chart in charts],
        plotly=get_plotlyjs(),
        words={
            "figures": _("All figures"), "table": _("Table"), "recipe": _("Recipe"), "charts": _("What can be seen"),
        },
    )  # fmt: skip


def _script(chart: Chart) -> str:
    """The figure as JSON that cannot end the script it stands in."""
    figure = chart.figure.to_json()
    return f"{{figure: {figure.replace('<', chr(92) + 'u003c')}, config: {_CONFIG}}}"


_CONFIG = "{" + ", ".join(f"{name}: {str(value).lower()}" for name, value in CONFIG.items()) + "}"
