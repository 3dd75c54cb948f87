"""The predicting process, real: back after a kill without a lost question, and its errors arrive as they were."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from engine.errors import BundleError, NotFound
from engine.events import Wish
from engine.preparing import RunData
from engine.running import carry_out
from engine.table.columns import Schema
from services import keys, splits
from services.serving import client
from services.work.detached import SERVING
from tests.services.place import Place, process_of, recipe, wait_for

pytestmark = pytest.mark.slow

ROW = dict.fromkeys("abcd", 0.5)


def bundle(place: Place, folder: Path) -> str:
    """The key of a trained bundle."""
    version = place.version()
    how = recipe()
    data = RunData(
        table=place.home.files.path(version.table_key or ""),
        schema=Schema.model_validate(version.schema),
        parts=splits.membership(place.home, version, how),
        cache=folder / "cache",
    )
    outcome = carry_out(how, data, folder=folder / "run", emit=lambda _: None, wishes=lambda: Wish.GO_ON)
    key = keys.bundle(1, 1)
    with place.home.files.new(key) as target:
        outcome.bundle.rename(target)
    return key


def test_predicting_process_answers_and_loses_nothing_when_it_is_killed(place: Place, tmp_path: Path) -> None:
    key = bundle(place, tmp_path)
    model = client.Asked(key, keys.run_pictures(1))
    (first,) = client.ask(model, [ROW])
    assert list(first.answer) == ["answer", "probability", "probability of no", "probability of yes"]
    assert (first.answer["answer"], first.row, first.unread) == ("yes", ROW, ())

    random = np.random.default_rng(0).normal(size=(5000, 4))
    many = client.answer(key, pa.RecordBatch.from_arrays(list(random.T), list(ROW)))
    few = client.ask(model, [dict(zip(ROW, row, strict=True)) for row in random[:300].tolist()])
    assert many.num_rows == 5000
    assert many[:300].to_pylist() == [answered.answer for answered in few]

    why = client.explain(model, ROW)
    assert why.base + sum(column.value for column in why.columns) == pytest.approx(why.answer, abs=1e-3)

    with pytest.raises(NotFound, match="no predictor “baseline”"):
        client.ask(client.Asked(key, keys.run_pictures(1), "baseline"), [ROW])
    with pytest.raises(BundleError):
        client.ask(client.Asked("runs/99/bundle-1", keys.run_pictures(99)), [ROW])

    before = process_of(SERVING.pid(place.folder))
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(client.ask, model, [{**ROW, "a": float(i % 7)}]) for i in range(400)]
        wait_for(lambda: any(each.done() for each in asked))
        before.kill()
        answers = [each.result()[0] for each in asked]
    assert [answered.row["a"] for answered in answers] == [i % 7 for i in range(400)]
    assert client.ask(model, [ROW]) == [first]
    assert SERVING.pid(place.folder) != before.pid
