"""Compares production and candidate on feedback that was held back, as people judge: mistakes more often than not.

Knows how both are asked; how they are compared, `engine.judged` knows.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from engine.comparison import tested_rows
from engine.errors import UserError
from engine.judged import apart, compare_judged
from engine.results import Comparison, Heard
from engine.table.frames import read_frame
from engine.table.pictures import located
from services import keys, results
from services.house import House
from services.serving import client
from storage.queries.judged import judged
from storage.records import Prediction, Run, Version

SILENT = 400  # answers that nobody judged, which both give anew: enough to know how often they differ

log = logging.getLogger(__name__)


def compared(home: House, version: Version, held: pd.Index[int], sides: Mapping[str, Run]) -> Comparison | None:
    """Both on the rows `held` back; None when there are none that both can be tested on."""
    if held.empty or version.table_key is None:
        return None
    frame = read_frame(home.files.path(version.table_key), rows=list(held))
    pictures = home.files.path(keys.pictures(version.dataset))
    tables = {}
    for side, run in sides.items():
        manifest = results.manifest_of(run)
        asked = located(frame, manifest.table, pictures)[[column.name for column in manifest.inputs]]
        rows = pa.Table.from_pandas(asked, preserve_index=False).combine_chunks()  # texts are read in several pieces
        answers = client.answer(run.bundle_key or "", rows.to_batches()[0]).to_pandas()
        tables[side] = tested_rows(manifest.targets["model"], frame[run.target], answers)
    with home.database.read() as session:
        said = judged(session, version.id, limit=SILENT)
    heard = Heard(answers=said.answers, wrong=said.wrong, right=said.right)
    found = compare_judged(tables, said.wrong_rows, heard, _differences(list(sides.values()), said.silent))
    return found if found.rows else None


def _differences(sides: Sequence[Run], silent: Sequence[Prediction]) -> np.ndarray:
    """How far the answers of both (rows,) are apart where nobody judged; none where these rows cannot be asked now."""
    found = []
    try:
        for run in {each.run for each in silent}:
            rows = [each.row for each in silent if each.run == run]
            pictures = keys.run_pictures(run)
            asked = (client.ask(client.Asked(side.bundle_key or "", pictures), rows) for side in sides)
            one, other = (pd.Series([each.answer["answer"] for each in answers]) for answers in asked)
            found.append(apart(one, other))
    except UserError as error:
        log.info("Answers that nobody judged do not help to compare: %s", error)
        return np.zeros(0)
    return np.concatenate(found) if found else np.zeros(0)
