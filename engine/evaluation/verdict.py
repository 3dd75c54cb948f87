"""Says in words how good a run is, honestly: beside guessing, beside a simpler method, with the size of the test.

Every sentence is a template and its values, so that pages can translate it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from engine.answers import Answers, ClassAnswers
from engine.evaluation.figures import decimals_for, in_unit, per_hundred
from engine.evaluation.intervals import FEWEST_ROWS
from engine.evaluation.scoring import Scored
from engine.events import Note
from engine.metrics import METRICS
from engine.results import Metric, Outcome, Verdict

TELLS_APART = 0.55  # ROC area from which, at the low end of its interval, probabilities are of use


class Headline(NamedTuple):
    """The headline, and a shorter one for lists."""

    text: str
    title: str


class Sayings(NamedTuple):
    """A sentence for each Outcome."""

    better: str
    alike: str
    worse: str
    unknown: str


HEADLINES = {
    "accuracy": Headline(text="Right {value} times in 100 ({low}–{high}).", title="Right {value} times in 100"),
    "micro_f1": Headline(
        text="Its labels match {value} times in 100 ({low}–{high}).", title="Labels match {value} times in 100"
    ),
    "mae": Headline(text="Off by {value} on average ({low}–{high}).", title="Off by {value} on average"),
}

GUESSING = {
    "accuracy": Sayings(
        "Always answering “{answer}” would be right {value} times in 100.",
        "That is about as often as always answering “{answer}” would be right: {value} times in 100.",
        "That is worse than always answering “{answer}”, which would be right {value} times in 100.",
        "Always answering “{answer}” would be right {value} times in 100. "
        "The test rows are too few to tell whether the model is better.",
    ),
    "micro_f1": Sayings(
        "Always answering “{answer}” would match {value} times in 100.",
        "That is about as often as always answering “{answer}” would match: {value} times in 100.",
        "That is worse than always answering “{answer}”, which would match {value} times in 100.",
        "Always answering “{answer}” would match {value} times in 100. "
        "The test rows are too few to tell whether the model is better.",
    ),
    "mae": Sayings(
        "Always answering the average would be off by {value}.",
        "That is about as far off as always answering the average: {value}.",
        "That is worse than always answering the average, which would be off by {value}.",
        "Always answering the average would be off by {value}. "
        "The test rows are too few to tell whether the model is better.",
    ),
}

SIMPLER = {
    "accuracy": Sayings(
        "Better than the simpler method, gradient boosting, which is right {value} times in 100.",
        "About as good as the simpler method, gradient boosting, which is right {value} times in 100.",
        "Worse than the simpler method, gradient boosting, which is right {value} times in 100. "
        "You can use that one for predictions instead.",
        "Gradient boosting, the simpler method, is right {value} times in 100. "
        "The test rows are too few to tell which is better.",
    ),
    "micro_f1": Sayings(
        "Better than the simpler method, gradient boosting, which matches {value} times in 100.",
        "About as good as the simpler method, gradient boosting, which matches {value} times in 100.",
        "Worse than the simpler method, gradient boosting, which matches {value} times in 100. "
        "You can use that one for predictions instead.",
        "Gradient boosting, the simpler method, matches {value} times in 100. "
        "The test rows are too few to tell which is better.",
    ),
    "mae": Sayings(
        "Better than the simpler method, gradient boosting, which is off by {value}.",
        "About as good as the simpler method, gradient boosting, which is off by {value}.",
        "Worse than the simpler method, gradient boosting, which is off by {value}. "
        "You can use that one for predictions instead.",
        "Gradient boosting, the simpler method, is off by {value}. The test rows are too few to tell which is better.",
    ),
}

WEIGHTED_SUM = {  # where the simpler method is not gradient boosting
    "accuracy": Sayings(
        "Better than the simpler method, a weighted sum of words or pixels, which is right {value} times in 100.",
        "About as good as the simpler method, a weighted sum of words or pixels, which is right {value} times in 100.",
        "Worse than the simpler method, a weighted sum of words or pixels, which is right {value} times in 100. "
        "You can use that one for predictions instead.",
        "A weighted sum of words or pixels, the simpler method, is right {value} times in 100. "
        "The test rows are too few to tell which is better.",
    ),
    "mae": Sayings(
        "Better than the simpler method, a weighted sum of words or pixels, which is off by {value}.",
        "About as good as the simpler method, a weighted sum of words or pixels, which is off by {value}.",
        "Worse than the simpler method, a weighted sum of words or pixels, which is off by {value}. "
        "You can use that one for predictions instead.",
        "A weighted sum of words or pixels, the simpler method, is off by {value}. "
        "The test rows are too few to tell which is better.",
    ),
    "micro_f1": Sayings(
        "Better than the simpler method, a weighted sum of words or pixels, which matches {value} times in 100.",
        "About as good as the simpler method, a weighted sum of words or pixels, which matches {value} times in 100.",
        "Worse than the simpler method, a weighted sum of words or pixels, which matches {value} times in 100. "
        "You can use that one for predictions instead.",
        "A weighted sum of words or pixels, the simpler method, matches {value} times in 100. "
        "The test rows are too few to tell which is better.",
    ),
}


def verdict(scored: Scored, headline: str, rows: int, guess: Answers) -> Verdict:
    """`headline` is the metric that decides; `guess` is what guessing answers, the same in every row."""
    found = {name: _named(metrics, headline) for name, metrics in scored.metrics.items()}
    outcomes = {each.second: each.outcome for each in scored.differences if each.metric == headline}
    written = figures(headline, found, {name for name, each in outcomes.items() if each in {"better", "worse"}})
    full, short = HEADLINES[headline]
    value = {"value": written["model"]}
    interval = {name: written[name] for name in ("low", "high") if name in written}
    always = {"answer": guess.given()[0]} if guess.choices else {}
    positive = guess.classes[1] if isinstance(guess, ClassAnswers) and len(guess.classes) == 2 else ""
    guessing = Note(text=getattr(GUESSING[headline], outcomes["guess"]), values={"value": written["guess"]} | always)
    simpler = None
    if "baseline" in outcomes:
        simpler = Note(text=getattr(SIMPLER[headline], outcomes["baseline"]), values={"value": written["baseline"]})
    return Verdict(
        headline=Note(text=full if interval else short, values=value | interval),
        short=Note(text=short, values=value),
        against_guess=outcomes["guess"],
        against_baseline=outcomes.get("baseline"),
        guessing=guessing,
        simpler=simpler,
        sentences=tuple(_sentences(scored, outcomes["guess"], rows, positive)),
    )


def beside_weighted_sum(said: Verdict, headline: str) -> Verdict:
    """The same verdict, where the baseline is a weighted sum instead of gradient boosting."""
    if said.simpler is None or said.against_baseline is None:
        return said
    text = getattr(WEIGHTED_SUM[headline], said.against_baseline)
    return said.model_copy(update={"simpler": Note(text=text, values=said.simpler.values)})


def figures(headline: str, found: Mapping[str, Metric], apart: Collection[str]) -> dict[str, str]:
    """The headline metric of each, and low and high of the model's interval, with sensible digits.

    `apart` names those that the model is said to be better or worse than: they must not look the same.
    """
    model = found["model"]
    values = {name: metric.value for name, metric in found.items()}
    if model.low is not None and model.high is not None:
        values |= {"low": model.low, "high": model.high}
    width = values.get("high", 0.0) - values.get("low", 0.0)
    if METRICS[headline].scale == "share":
        others = [found[name].value for name in apart]
        decimals = decimals_for([metric.value for metric in found.values()], width, others)
        return {name: per_hundred(share, decimals) for name, share in values.items()}
    written = dict(zip(values, in_unit(list(values.values()), width), strict=True))
    if written["model"] in {written[name] for name in apart}:
        written = dict(zip(values, in_unit(list(values.values()), width / 10), strict=True))
    return written


def _sentences(scored: Scored, against_guess: Outcome, rows: int, positive: str) -> list[Note]:
    """What else must be said."""
    said = [Note(text="Tested on {rows} rows that it had never seen.", values={"rows": f"{rows:,}"})]
    if rows == 1:
        said = [Note(text="Tested on a single row that it had never seen.")]
    if rows < FEWEST_ROWS:
        said.append(Note(text="That is very little: other rows could give quite another result."))
    said += _found_and_right(scored.metrics["model"])
    area = next((metric for metric in scored.metrics["model"] if metric.name == "roc_auc"), None)
    if positive and against_guess in {"alike", "worse"} and area and area.low is not None and area.low > TELLS_APART:
        text = (
            "Its answers are right no more often than guessing, yet its probabilities tell rows apart: a row with "
            "“{positive}” gets a higher one than a row without it {times} times in 100. "
            "Go by its probabilities to make use of that: “Mistakes” shows from which one on."
        )
        times = {"positive": positive, "times": per_hundred(area.value, 0)}
        said.append(Note(text=text, values=times))
    return said


def _found_and_right(metrics: tuple[Metric, ...]) -> list[Note]:
    """What a match of labels is made of."""
    shares = {metric.name: per_hundred(metric.value, 0) for metric in metrics}
    if "micro_precision" not in shares:
        return []
    text = "Of 100 labels that it gives, {right} are right; of 100 that rows have, it finds {found}."
    return [Note(text=text, values={"right": shares["micro_precision"], "found": shares["micro_recall"]})]


def _named(metrics: tuple[Metric, ...], name: str) -> Metric:
    return next(metric for metric in metrics if metric.name == name)
