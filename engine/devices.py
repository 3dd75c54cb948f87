"""Which device a run computes on, and why not the GPU. Asks the driver, not Keras, until a run really computes.

Knows nothing of who gets which GPU: the launcher of a run gives it one through `CUDA_VISIBLE_DEVICES`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import MutableMapping

from engine.events import Note

DRIVER_SECONDS = 10


def gpus() -> tuple[str, ...]:
    """Names of the NVIDIA GPUs that the driver shows, in its order; empty without a driver.

    `CUDA_VISIBLE_DEVICES` is respected as far as it lists indices: an empty one hides all.
    """
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    query = [program, "--query-gpu=name", "--format=csv,noheader"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=DRIVER_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    names = [line.strip() for line in answer.stdout.splitlines() if line.strip()]
    return _visible(names, os.environ.get("CUDA_VISIBLE_DEVICES"))


def settle(environment: MutableMapping[str, str]) -> None:
    """Settings for a process that computes beside others, unless somebody chose otherwise. Libraries read them when
    they are loaded.

    GPU memory is taken as it is needed, not all at once: the trainer and others must fit beside each other. Threads
    that wait leave the cores to the pages. TensorFlow gets a thread more than there are cores: with as many, Linux at
    times keeps two of them on one core for seconds, and convolutions take twice as long.
    """
    usual = {
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        "OMP_WAIT_POLICY": "passive",
        "TF_NUM_INTRAOP_THREADS": str((os.cpu_count() or 1) + 1),
    }
    for name, value in usual.items():
        environment.setdefault(name, value)


def device(*, neural: bool = True) -> Note:
    """The device this process computes on, as a sentence. Imports Keras when there is a GPU and a network to fit.

    `neural`: whether the recipe's family is a network at all.
    """
    if not neural:
        return Note(text="CPU, because this method does not use a GPU.")
    if os.environ.get("CUDA_VISIBLE_DEVICES") == "":
        return Note(text="CPU, because the GPU is switched off by “CUDA_VISIBLE_DEVICES”.")
    names = gpus()
    if not names:
        return Note(text="CPU, because this machine shows no NVIDIA GPU.")
    import keras

    if not keras.distribution.list_devices("gpu"):
        return Note(
            text="CPU, because {backend} was installed without GPU support although there is one ({name}). "
            "The README says how to add it.",
            values={"backend": keras.backend.backend(), "name": names[0]},
        )
    return Note(text="GPU used: {name}", values={"name": names[0]})


def _visible(names: list[str], listed: str | None) -> tuple[str, ...]:
    if listed is None:
        return tuple(names)
    indices = [int(part) for part in listed.split(",") if part.strip().isdigit()]
    if not indices and listed.strip():  # names GPUs by UUID: as many as are listed
        return tuple(names[: len(listed.split(","))])
    return tuple(names[i] for i in indices if i < len(names))
