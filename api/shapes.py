"""What travels to and from a model over HTTP, and how it is made of what services give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from engine.answers import PROBABILITY_OF
from engine.events import Note
from engine.results import HeatMap, MarkedText
from services.asking import Asked, Explained
from services.describing import Description
from services.feedback import Feedback
from services.predictions import Prediction
from services.settings import Settings

Finite = Annotated[float, Field(allow_inf_nan=False)]
Whole = Annotated[int, BeforeValidator(lambda n: int(n) if isinstance(n, float) and n.is_integer() else n)]
"""To JSON, 3.0 is a whole number too."""


class Sent(BaseModel):
    """What is sent is taken as it is: no text for a number, nothing that has no name here."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Rows(Sent):
    """Rows to answer: in each, values by the names of the columns. What is not known is null, or left out.

    A picture is the base64 of its file.
    """

    rows: list[dict[str, Any]] = Field(min_length=1)


class Judgement(Sent):
    """What is said of an answer. `correct` is an answer that the model can give: a class, a number, or labels.

    `[]` says that none of the labels is right.
    """

    prediction: Whole = Field(ge=1, lt=2**31, description="The id that came with the answer.")
    verdict: Literal["right", "wrong"]
    correct: str | int | Finite | list[str] | None = None
    comment: str = Field("", max_length=10_000)


class Answer(BaseModel):
    """The answer to one row. `prediction` is its id, by which feedback is given.

    Of a class, `probability` is how sure it is; of a number, `low` to `high` holds the truth 90 times in 100. Of
    labels, `answer` is the list of those that are given. Probabilities are calibrated.
    """

    prediction: int
    answer: str | float | list[str]
    probability: float | None = None
    probabilities: dict[str, float] | None = None
    low: float | None = None
    high: float | None = None


class Reply(BaseModel):
    """Which version of the model answered, under which number of a request; `notes` say what was odd about the rows."""

    request_id: str
    model: str
    version: int
    notes: list[str]


class Answers(Reply):
    """An answer for each row, in their order."""

    answers: list[Answer]


class Reason(BaseModel):
    """What a column added to the answer, and the standard error of that."""

    column: str
    value: float
    error: float


class Word(BaseModel):
    """The letters `start` to `end` of a text; with `effect` > 0 they speak for the answer."""

    column: str
    text: str
    start: int
    end: int
    effect: float


class Heat(BaseModel):
    """How much each cell of a grid over a picture speaks for the answer, line by line."""

    column: str
    cells: list[list[float]]


class Explanation(Reply):
    """Why a row gets its answer: `base` + all `columns` = `value`.

    That is the probability of the class or label `of`, or the number. `base` is the average over training rows.
    """

    of: str | None = None
    base: float
    value: float
    columns: list[Reason]
    words: list[Word]
    pictures: list[Heat]
    method: str


class Kept(BaseModel):
    """Feedback, as it is kept until its review."""

    request_id: str
    feedback: int
    prediction: int
    verdict: Literal["right", "wrong"]
    correct: str | None = None


class Limits(BaseModel):
    """How much a request may hold, and how many are taken in a minute."""

    rows: int
    megabytes: int
    per_minute: int


class About(BaseModel):
    """The model as it answers now: `row` is the JSON Schema of a row, `example` a real one."""

    request_id: str
    model: str
    version: int
    target: str
    answer: str
    classes: list[str]
    columns: list[dict[str, Any]]
    row: dict[str, Any]
    example: dict[str, Any]
    limits: Limits


def answers(request_id: str, asked: Asked) -> Answers:
    """What `asking.predict` found."""
    return Answers(
        request_id=request_id,
        model=asked.model,
        version=asked.version,
        notes=_said(asked.notes),
        answers=[_answer(each, asked.labels(each)) for each in asked.made],
    )


def explanation(request_id: str, found: Explained) -> Explanation:
    """What `asking.explain` found."""
    return Explanation(
        request_id=request_id,
        model=found.model,
        version=found.version,
        notes=_said(found.notes),
        of=found.columns.of,
        base=found.columns.base,
        value=found.columns.answer,
        columns=[Reason(column=each.name, value=each.value, error=each.error) for each in found.columns.columns],
        words=[word for text in found.texts for word in _words(text)],
        pictures=[_heat(each) for each in found.pictures],
        method=str(found.columns.method),
    )


def kept(request_id: str, said: Feedback) -> Kept:
    """What `asking.say` kept."""
    about = said.prediction or 0
    return Kept(request_id=request_id, feedback=said.id, prediction=about, verdict=said.verdict, correct=said.correct)


def about(request_id: str, found: Description, settings: Settings) -> About:
    """What `describing.describe` found."""
    return About(
        request_id=request_id,
        model=found.model,
        version=found.version,
        target=found.target,
        answer=found.answer,
        classes=list(found.classes),
        columns=list(found.columns),
        row=found.row,
        example=found.example,
        limits=Limits(rows=settings.api_rows, megabytes=settings.api_mb, per_minute=settings.api_per_minute),
    )


def _answer(made: Prediction, labels: Sequence[str] | None) -> Answer:
    given = made.answer
    each = {n.removeprefix(PROBABILITY_OF): share for n, share in given.items() if n.startswith(PROBABILITY_OF)}
    return Answer(
        prediction=made.id,
        answer=given["answer"] if labels is None else list(labels),
        probability=given.get("probability"),
        probabilities=each or None,
        low=given.get("low"),
        high=given.get("high"),
    )


def _words(marked: MarkedText) -> list[Word]:
    return [
        Word(
            column=marked.column,
            text=marked.text[part.start : part.end],
            start=part.start,
            end=part.end,
            effect=part.effect,
        )
        for part in marked.parts
    ]


def _heat(found: HeatMap) -> Heat:
    return Heat(column=found.column, cells=[list(line) for line in found.cells])


def _said(notes: Sequence[Note]) -> list[str]:
    return [str(note) for note in notes]
