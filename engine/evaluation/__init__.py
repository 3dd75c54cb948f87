"""Evaluates a run on test rows that it had never seen. Knows targets and scores, not the models that gave them."""

from __future__ import annotations

from engine.evaluation.evaluating import evaluate

__all__ = ["evaluate"]
