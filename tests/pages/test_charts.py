"""Charts: each evaluation is drawn whole, on both grounds; names are text; the sentence says what the figures say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from engine.answers import PROBABILITY_OF
from engine.evaluation import evaluate
from engine.events import Note, Point
from engine.results import (
    ColumnImportance,
    ComparedRun,
    Comparison,
    Confusion,
    Contribution,
    Contributions,
    Difference,
    Evaluation,
    Histogram,
    Importance,
    Metric,
    Misses,
    Outcome,
    Quality,
)
from engine.results.quality import Judgement
from engine.table.columns import Column, Schema
from engine.table.facts import column_facts
from engine.targets import TARGETS
from pages.components.charts.answer import answer_bars, label_bars, what_if_classes, what_if_numbers
from pages.components.charts.classes import confusion
from pages.components.charts.comparing import dots, runs_together
from pages.components.charts.distribution import distribution, small_bars, spread_in_words
from pages.components.charts.judged import judged_over_time
from pages.components.charts.learning import curves_together, learning_finding, loss_curve
from pages.components.charts.numbers import residuals
from pages.components.charts.reasons import contributions
from pages.components.charts.show import Chart
from pages.components.charts.style import DARK, LIGHT, label
from pages.components.charts.traffic import answers_over_time
from pages.components.report import Subject, charts_of, report_html
from services.watching import Answered

NASTY = '</script><b>$x$</b> %{y} 中文 "q"'
ROWS = 120
NAMES = (NASTY, "no", "maybe")


def truth_of(kind: str, names: tuple[str, ...] = NAMES) -> pd.Series:
    chance = np.random.default_rng(0)
    if kind == "number":
        return pd.Series(chance.gamma(3, 60, 3 * ROWS))
    if kind == "labels":
        return pd.Series(
            [("; ".join(np.array(names)[row]) or "[]") for row in chance.random((3 * ROWS, len(names))) < 0.5]
        )
    names = names[: 2 if kind == "binary" else None]
    return pd.Series(np.array(names)[chance.integers(0, len(names), 3 * ROWS)])


def evaluation_of(kind: str, names: tuple[str, ...] = NAMES, target: str = NASTY) -> Evaluation:
    values, chance = truth_of(kind, names), np.random.default_rng(1)
    fitted = TARGETS[kind].fit(target, values)
    truth = fitted.encode(values)
    sure = {
        "binary": lambda: truth[:, None] * 3 - 1.5,
        "multiclass": lambda: np.eye(fitted.outputs)[truth] * 3,
        "labels": lambda: truth * 3 - 1.5,
        "number": lambda: truth[:, None] * 3.0,
    }[kind]()
    scores = {
        name: (sure / (3 if kind == "number" else 1) + chance.normal(0, noise, sure.shape)).astype("float32")
        for name, noise in (("model", 0.3), ("baseline", 0.6))
    }
    train, steer, test = slice(0, ROWS), slice(ROWS, 2 * ROWS), slice(2 * ROWS, 3 * ROWS)
    found = evaluate(
        {name: fitted.calibrate(truth[steer], each[steer]) for name, each in scores.items()},
        truth[test],
        {name: each[test] for name, each in scores.items()},
        row_ids=np.arange(ROWS),
        truth_train=truth[train],
        truth_validation=truth[steer],
        scores_validation={name: each[steer] for name, each in scores.items()},
    )
    columns = tuple(ColumnImportance(name=f"{NASTY} {i}", drop=0.1 / (i + 1), low=None, high=None) for i in range(20))
    importance = Importance(metric=found.headline, rows=ROWS, of=ROWS, repeats=2, complete=False, columns=columns)
    return found.model_copy(update={"importance": importance})


def points(best_at: int, count: int = 20) -> list[Point]:
    return [
        Point(
            step=i, epoch=i + 1, seconds=i, loss=1 / (i + 1), validation_loss=0.3 + abs(i - best_at) / 50, score=0.5,
            learning_rate=0.001, best=i <= best_at,
        )
        for i in range(count)
    ]  # fmt: skip


@pytest.fixture(scope="module", params=TARGETS)
def evaluation(request: pytest.FixtureRequest) -> Evaluation:
    return evaluation_of(request.param)


@pytest.mark.parametrize("ground", [LIGHT, DARK], ids=lambda ground: ground.name)
def test_every_chart_has_a_sentence_a_table_and_titled_axes(evaluation: Evaluation, ground: object) -> None:
    drawn: list[Chart] = list(charts_of(evaluation, points(5), ground))
    assert len({chart.key for chart in drawn}) == len(drawn) >= 5
    for chart in drawn:
        assert chart.finding.endswith((".", ")")), chart.key
        assert len(chart.table), chart.key
        layout = chart.figure.layout
        assert layout.xaxis.title.text or layout.yaxis.title.text, chart.key
        assert layout.paper_bgcolor is None, "the template's ground is transparent"


def letters(part: object) -> Iterator[str]:
    """Every text in a figure, as it stands there: its JSON spells “<” in another way."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for each in part.values():
            yield from letters(each)
    elif isinstance(part, list | tuple):
        for each in part:
            yield from letters(each)


def named_charts(name: str) -> Iterator[Chart]:
    """Every chart in which a name stands that a person gave."""
    for kind in TARGETS:
        found = evaluation_of(kind, (name, "no", "maybe"), target=name)
        yield from charts_of(found, points(5), LIGHT)
    columns = (Contribution(name=name, value=0.1, error=0.0),)
    yield contributions(
        Contributions(
            method=Note(text="Shapley values"), unit="probability", of=name, base=0.5, answer=0.6, columns=columns,
            background_rows=10, draws=10,
        ),
        LIGHT,
    )  # fmt: skip
    yield curves_together({name: points(5), "other": points(8)}, LIGHT)
    accuracy = Metric(name="accuracy", value=0.8, low=None, high=None, higher_is_better=True)
    yield dots("dots", {name: accuracy}, [LIGHT.model], LIGHT)
    yield answer_bars({name: 0.7, "no": 0.3}, LIGHT)
    yield label_bars({name: 0.7, "no": 0.3}, [name], LIGHT)
    moved = pd.DataFrame({"answer": [1.0, 2.0], "low": [0.0, 1.0], "high": [2.0, 3.0], PROBABILITY_OF + name: 0.5})
    yield what_if_numbers(name, [1, 2], moved, 1, name, LIGHT)
    yield what_if_classes(name, [name, "no"], moved, name, [name], LIGHT)
    (facts,) = column_facts(
        pd.DataFrame({name: [name, "no"] * 5}),
        Schema(columns=(Column(name=name, kind="category", read_as="category"),)),
    )
    yield distribution(facts, LIGHT)
    at = datetime(2026, 11, 22, tzinfo=UTC)
    yield answers_over_time({at: Answered(counts={name: 3})}, LIGHT, target=name)
    yield answers_over_time({at: Answered(rows=1, mean=2.0)}, LIGHT, target=name)


@pytest.mark.parametrize("name", ["<b>x</b>", "w" * 200])
def test_a_name_in_a_chart_is_short_text(name: str) -> None:
    for chart in named_charts(name):
        for text in letters(chart.figure.to_dict()):
            assert "<b>" not in text, (chart.key, text)
            assert "w" * 61 not in text, chart.key


def test_report_is_one_file_in_which_no_name_acts(evaluation: Evaluation) -> None:
    page = report_html(
        Subject(title=NASTY, caption=NASTY, recipe=f"target: {NASTY}", notes=NASTY), evaluation, points(5)
    )
    program = page.index("<body>")
    assert "<b>$x$" not in page[program:]
    assert page.count("Plotly.newPlot(") >= 5
    assert "src=" not in page[program:]
    assert "http://" not in page[program:].replace("http://www.w3.org", "")


def test_more_classes_than_have_a_line_of_their_own_are_drawn() -> None:
    evaluation = evaluation_of("multiclass", tuple(f"class {i}" for i in range(60)))
    charts = {chart.key: chart for chart in charts_of(evaluation, points(5), LIGHT)}
    mixed_up = charts["confusion"]
    ticks = mixed_up.figure.layout.xaxis.ticktext
    assert (len(ticks), ticks[-1]) == (51, "10 others")
    assert mixed_up.figure.layout.yaxis.ticktext == ticks
    assert mixed_up.table.shape == (51, 52)
    assert "true: 10 others" in mixed_up.figure.data[0].hovertext[-1][0]
    assert "10 others" in report_html(Subject(title="t", caption="c", recipe="r"), evaluation, points(5))


def test_mistakes_among_rare_classes_are_not_called_none() -> None:
    result = Confusion(classes=("a", "b"), counts=((3, 0, 0), (0, 2, 0), (0, 0, 5)), gathered=4)
    assert confusion(result, LIGHT).finding == "No test row of the 2 most frequent answers was answered wrongly."
    counts = ((3, 0, 0), (0, 2, 0), (2, 0, 5))
    said = confusion(result.model_copy(update={"counts": counts}), LIGHT).finding
    assert said == "The commonest mistake: “4 others” taken for “a”, 2 times."


def comparison(*outcomes: Outcome) -> Comparison:
    """Runs a, b, c, …, each a little better than the one before; `outcomes` of all but the first against it."""
    names = "abcd"[: len(outcomes) + 1]
    metrics = [
        Metric(name="accuracy", value=0.8 + i / 100, low=None, high=None, higher_is_better=True)
        for i in range(len(names))
    ]
    return Comparison(
        rows=ROWS,
        headline="accuracy",
        runs=tuple(ComparedRun(label=n, own_rows=ROWS, metrics=(m,)) for n, m in zip(names, metrics, strict=True)),
        differences=tuple(
            Difference(metric="accuracy", first=name, second="a", value=0.01, low=None, high=None, outcome=outcome)
            for name, outcome in zip(names[1:], outcomes, strict=True)
        ),
        sentences=(),
        enough=True,
    )


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        (("better",), "“b” does best in “Right answers”."),
        (("better", "alike"), "“b” does best in “Right answers”."),
        (("worse", "worse"), "“a” does best in “Right answers”."),
        (("alike", "unknown"), "No clear difference in “Right answers”."),
        (("worse", "alike"), "It is not clear which of them does best in “Right answers”."),
        (("better", "better"), "It is not clear which of them does best in “Right answers”."),
    ],
)
def test_a_run_is_said_to_do_best_only_where_the_rows_tell(outcomes: tuple[Outcome, ...], said: str) -> None:
    assert runs_together(comparison(*outcomes), "accuracy", LIGHT).finding == said


@pytest.mark.parametrize(
    ("misses", "said"),
    [
        (Misses(low=30, high=20), "Where it misses, it answers too low more often than too high: 60 times in 100."),
        (Misses(low=0, high=3), "Where it misses, it answers too high more often than too low: 100 times in 100."),
        (Misses(low=21, high=19), "It misses to both sides alike."),
        (Misses(low=0, high=0), "It misses no test row."),
        (None, "The bars left of 0 are answers that are too low, those right of it answers that are too high."),
    ],
)
def test_to_which_side_it_misses_is_counted_in_rows_not_in_bars(misses: Misses | None, said: str) -> None:
    bars = Histogram(edges=(-1.5, -0.5, 0.5, 1.5), counts=(0, 50, 0))
    assert residuals(bars, misses, LIGHT, target="x").finding == said


@pytest.mark.parametrize(
    ("best_at", "said"),
    [(19, "still gaining"), (8, "learn by heart")],
)
def test_learning_curve_says_what_happened(best_at: int, said: str) -> None:
    assert said in learning_finding(points(best_at), running=False)
    assert "best state so far" in learning_finding(points(best_at), running=True)


def test_a_run_that_stopped_because_nothing_was_gained_is_not_said_to_gain() -> None:
    assert "still gaining" not in learning_finding(points(183, 200), running=False)


def test_a_few_checks_are_not_said_to_show_that_nothing_is_gained() -> None:
    assert learning_finding(points(1, 3), running=False) == "The best state is from pass 2 of 3."


def test_a_method_that_settles_is_not_said_to_gain() -> None:
    settled = [point.model_copy(update={"learning_rate": 0.0}) for point in points(19)]
    assert learning_finding(settled, running=False) == "The state of the last pass, number 20, was kept."


def test_a_curve_without_points_is_drawn() -> None:
    assert loss_curve([], LIGHT).finding == "The curve begins after the first pass through the data."


def test_contributions_are_drawn_from_the_average_to_the_answer() -> None:
    columns = tuple(Contribution(name=f"c{i}", value=0.01 * (-1) ** i, error=0.0) for i in range(25))
    total = 0.5 + sum(each.value for each in columns)
    result = Contributions(
        method=Note(text="Shapley values"), unit="probability", of=NASTY, base=0.5, answer=total, columns=columns,
        background_rows=10, draws=10,
    )  # fmt: skip
    bars = contributions(result, LIGHT).figure.data[0]
    assert bars.base[0] == 50
    assert bars.base[-1] + bars.x[-1] == pytest.approx(100 * total)
    assert len(bars.x) == 11


def test_a_label_is_short_text() -> None:
    assert label("<b>x</b>") == "&lt;b&gt;x&lt;/b&gt;"
    assert label("a\nb" * 40, 10) == "a ba ba b…"


def test_small_pictures_show_a_scale_whole() -> None:
    frame = pd.DataFrame({"x": np.random.default_rng(0).normal(size=1000)})
    (facts,) = column_facts(frame, Schema(columns=(Column(name="x", kind="number", read_as="number"),)))
    assert sum(small_bars(facts)) == 1000


def test_that_a_row_has_no_label_is_said_in_words() -> None:
    cells = {"labels": ["a; b", "a", "b", "[]"] * 5, "words": ["a", "b", "c", "[]"] * 5}
    columns = tuple(Column(name=name, kind="category", read_as="category") for name in cells)
    labels, words = column_facts(pd.DataFrame(cells), Schema(columns=columns))
    assert "“none of the labels” 25 %" in spread_in_words(labels) + spread_in_words(words)
    assert "none of the labels" in distribution(labels, LIGHT).table["value"].tolist()
    assert "[]" in distribution(words, LIGHT).table["value"].tolist()


def test_single_judged_stretch_of_time_stands_in_the_middle_of_a_day() -> None:
    metric, at = (
        Metric(name="accuracy", value=0.6, low=0.4, high=0.8, higher_is_better=True),
        datetime(2026, 11, 22, 10, tzinfo=UTC),
    )
    times = (Judgement(name=3, rows=5, metric=metric),)
    quality = Quality(rows=5, known=5, headline="accuracy", metrics=(metric,), versions=(), times=times)
    chart = judged_over_time(quality, {3: at}, 0.8, LIGHT)
    assert chart is not None
    first, last = chart.figure.layout.xaxis.range
    assert last - first == timedelta(days=1)
    assert chart.figure.data[0].x[0] == first + (last - first) / 2
