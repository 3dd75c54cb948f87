"""EfficientNet-Lite0 (Tan & Le 2019; Liu 2020): the network that its PyTorch weights fit, without its last layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import layers

EPSILON = 1e-3
# Blocks in a row, kernel, stride of the first, widening inside, filters.
STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
          (1, 3, 1, 6, 320))  # fmt: skip
VARIABLES = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}


def efficientnet_lite0(shape: tuple[int, int, int], called: str) -> keras.Model:
    """Pixels (height, width, 3), 0…1, to 1,280 features. Layers are called as in the file of weights."""
    entrance = keras.Input(shape)
    flow = layers.Rescaling(255 / 128, -127 / 128)(entrance)  # (x − 127) / 128 of bytes
    flow = _normal(layers.Conv2D(32, 3, 2, padding="same", use_bias=False, name="_conv_stem")(flow), "_bn0")
    number = 0
    for repeats, kernel, stride, widening, filters in STAGES:
        for repeat in range(repeats):
            flow = _block(flow, f"_blocks_{number}", kernel, stride if repeat == 0 else 1, widening, filters)
            number += 1
    flow = _normal(layers.Conv2D(1280, 1, use_bias=False, name="_conv_head")(flow), "_bn1")
    return keras.Model(entrance, layers.GlobalAveragePooling2D()(flow), name=called)


def from_torch(weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Arrays of the PyTorch file as the Keras layers take them, by “layer/variable”."""
    found = {}
    for name, array in weights.items():
        *parts, variable = name.split(".")
        layer = "_".join(parts)
        if layer == "_fc" or variable == "num_batches_tracked":
            continue
        if array.ndim == 4:  # (out, in, height, width); each filter of a depthwise one has a channel of its own
            order = (2, 3, 0, 1) if "depthwise" in layer else (2, 3, 1, 0)
            found[f"{layer}/kernel"] = array.transpose(order)
        else:
            found[f"{layer}/{VARIABLES[variable]}"] = array
    return found


def put_in(backbone: keras.Model, arrays: Mapping[str, np.ndarray]) -> None:
    """Gives the layers their arrays. Raises KeyError or ValueError when one is missing or of another shape."""
    for layer in backbone.layers:
        for variable in layer.variables:
            variable.assign(arrays[f"{layer.name}/{variable.name}"])


def _block(flow: Any, name: str, kernel: int, stride: int, widening: int, filters: int) -> Any:
    inside, channels = flow, flow.shape[-1]
    if widening > 1:
        wide = layers.Conv2D(channels * widening, 1, use_bias=False, name=f"{name}__expand_conv")
        inside = _normal(wide(inside), f"{name}__bn0")
    deep = layers.DepthwiseConv2D(kernel, stride, padding="same", use_bias=False, name=f"{name}__depthwise_conv")
    inside = _normal(deep(inside), f"{name}__bn1")
    inside = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}__project_conv")(inside)
    inside = layers.BatchNormalization(epsilon=EPSILON, name=f"{name}__bn2")(inside)
    return layers.Add()([flow, inside]) if stride == 1 and channels == filters else inside


def _normal(flow: Any, name: str) -> Any:
    return layers.ReLU(6.0)(layers.BatchNormalization(epsilon=EPSILON, name=name)(flow))
