"""Bundles asked in a process of their own, which has seen nothing of how they were learned."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

PROGRAM = """
import json, sys
from pathlib import Path
import pandas as pd
from engine.bundle import Bundle
answers = {}
for folder, rows in zip(sys.argv[1::2], sys.argv[2::2]):
    bundle, asked = Bundle.open(Path(folder)), pd.read_parquet(rows)
    answers[folder] = {name: bundle.answer(asked, name).frame().iloc[:, -1].tolist() for name in bundle.predictors}
print(json.dumps(answers))
"""

Answers = dict[Path, dict[str, np.ndarray]]


def ask_elsewhere(asked: Mapping[Path, pd.DataFrame], folder: Path) -> Answers:
    """The last column of `Answers.frame` for the rows of each bundle, by predictor. One new process opens them all.

    `folder` takes the rows on their way.
    """
    command = [sys.executable, "-c", PROGRAM]
    for number, (bundle, rows) in enumerate(asked.items()):
        rows.to_parquet(folder / f"{number}.parquet")
        command += [str(bundle), str(folder / f"{number}.parquet")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout.splitlines()[-1])
    return {Path(bundle): {name: np.array(each) for name, each in found.items()} for bundle, found in said.items()}
