"""The compiled function of a bundle's network by itself (TensorFlow): one row that is encoded already, in one process.

    python -m benchmarks.bare BUNDLE

Prints the seconds that each call took, as one line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import keras
import numpy as np

from engine.bundle import Bundle
from engine.golden import golden_rows
from engine.network import NetworkPredictor

CALLS, WARM = 3000, 500


def main(folder: Path) -> None:
    """Asks it again and again."""
    bundle = Bundle.open(folder)
    network = NetworkPredictor.load(folder / "model").network
    encoded = bundle.encode(golden_rows(folder, bundle.manifest.table).iloc[:1])
    tensors = {kind: keras.ops.convert_to_tensor(array) for kind, array in encoded.items()}
    network.make_predict_function()
    answer, took = network.predict_function, []
    for _ in range(CALLS):
        began = time.perf_counter()
        np.asarray(answer([(tensors,)]))
        took.append(time.perf_counter() - began)
    print(json.dumps({"took": sorted(took[WARM:])}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
