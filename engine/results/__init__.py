"""What an evaluation and an explanation say: frozen records without NaN, saved as JSON, drawn by pages.

Knows nothing of how the figures are made, see engine/evaluation, engine/explanation.py and engine/comparison.py.

    Evaluation ── metrics by predictor · differences · verdict · best, worst and uncertain rows · importance
               ├─ classes: ClassReport    confusion · roc · precision_recall · reliability · thresholds
               ├─ labels: LabelReport     each label · reliability
               └─ numbers: NumberReport   predicted_true · residuals · by_range · coverage · misses
    Contributions, MarkedText, HeatMap   why one row got its answer
    Comparison                           runs on the rows that they have in common
    DriftReport                          how far the rows that a model is asked about are from its training rows
    Quality                              how good its answers were by what people said of them

Sentences are `engine.events.Note`: an English template and its values, with figures already written out ("11,200").
Intervals hold 95 times in 100, unless said otherwise. They are None where there are too few rows to say.
"""

from __future__ import annotations

from engine.results.classes import (
    ClassReport,
    ClassScore,
    Confusion,
    Counts,
    Curve,
    LabelReport,
    LabelScore,
    Reliability,
    ReliabilityBin,
    ThresholdChoice,
    Thresholds,
)
from engine.results.comparing import ComparedRun, Comparison, Heard
from engine.results.drift import Bar, ColumnDrift, DriftReport, Side
from engine.results.evaluation import Evaluation
from engine.results.numbers import Coverage, Histogram, Misses, NumberReport, PredictedTrue, RangeError
from engine.results.quality import Judgement, Quality
from engine.results.reasons import (
    ColumnImportance,
    Contribution,
    Contributions,
    HeatMap,
    Importance,
    MarkedPart,
    MarkedText,
)
from engine.results.rows import RowResult, Suspect, Suspects
from engine.results.scores import Difference, Metric, Outcome, PredictorName, Verdict

__all__ = [
    "Bar", "ClassReport", "ClassScore", "ColumnDrift", "ColumnImportance", "ComparedRun", "Comparison", "Confusion",
    "Contribution", "Contributions", "Counts", "Coverage", "Curve", "Difference", "DriftReport", "Evaluation", "Heard",
    "HeatMap", "Histogram", "Importance", "Judgement", "LabelReport", "LabelScore", "MarkedPart", "MarkedText",
    "Metric", "Misses", "NumberReport", "Outcome", "PredictedTrue", "PredictorName", "Quality", "RangeError",
    "Reliability", "ReliabilityBin", "RowResult", "Side", "Suspect", "Suspects", "ThresholdChoice", "Thresholds",
    "Verdict",
]  # fmt: skip
