"""Answers of a model that were given without a model: what is said about them needs no more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from services import models
from services.access import User
from services.house import House
from storage import tables
from storage.records import Model
from tests.services.models_there import a_data_set, a_finished_run


def a_model_of_numbers(home: House, user: User, name: str = "Prices") -> Model:
    """A model that answers with numbers."""
    run = a_finished_run(home, user, a_data_set(home, user), f"run of {name}", target="price", answer="number")
    return models.create(user, run.id, name)


def answers(home: House, user: User, model: Model, rows: int, **values: Any) -> range:
    """Gives as many answers in the model's name, all of them “7”; their ids."""
    version = models.model(user, model.id).production
    made = {
        "owner": user.id, "run": version.run.id, "predictor": "model", "bundle_hash": version.version.bundle_hash,
        "source": "api", "model": model.id, "version": version.version.number,
        "answer": {"answer": 7, "low": 5, "high": 9},
    }  # fmt: skip
    with home.database.write() as session:
        first = session.scalars(
            insert(tables.Prediction).returning(tables.Prediction.id, sort_by_parameter_order=True),
            [made | {"row": {"size": n}} | values for n in range(rows)],
        ).all()[0]
    return range(first, first + rows)
