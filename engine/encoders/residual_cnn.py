"""The default network for pictures: compact, with a way around each block."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.encoders._base import ImageEncoder
from engine.layers import MOMENTUM
from engine.spec import setting

if TYPE_CHECKING:
    from engine.inputs.image import Image

SMALLEST = 3  # pixels that are left of a side after the last stage, at least
POOLED = 16  # pixels of a side, from which on the first layer's answers are pooled
# The first layer takes in large pictures at a half or a quarter of their resolution: side in pixels → stride.
STRIDES = ((128, 4), (48, 2), (0, 1))


class ResidualCNN(ImageEncoder):
    """Stages of residual blocks, each stage at half the resolution of the one before (He et al. 2016)."""

    encoder: Literal["residual cnn"] = "residual cnn"
    width: int = setting(
        32, "Width", "Filters of the first layer; each stage has twice as many as before.", ge=4, le=512
    )
    stages: int | None = setting(
        None,
        "Stages",
        "How often the resolution is halved. Empty: until pictures are some three to six pixels wide.",
        ge=1,
        le=6,
    )

    title: ClassVar[str] = "Compact residual network"
    advice: ClassVar[str] = "Choose it for most pictures when there are hundreds of each class."

    def features(self, pixels: Any, column: Image) -> Any:
        """See the contract."""
        from keras import layers

        side = min(column.height, column.wide)
        stride = next(stride for least, stride in STRIDES if side >= least)
        flow = layers.Conv2D(self.width, 2 * stride + 1, strides=stride, padding="same", use_bias=False)(pixels)
        left = side / stride
        if left >= POOLED:  # brings more than another block for the same work; pooled first, less is to be normalised
            flow, left = layers.MaxPooling2D(2, padding="same")(flow), left / 2
        flow = _normal(flow)
        for stage in range(self.stages or max(1, int(math.log2(left / SMALLEST)))):
            flow = _block(flow, self.width << (stage + 1))
        return layers.GlobalAveragePooling2D()(layers.Activation("relu")(flow))


def _block(flow: Any, filters: int) -> Any:
    """Half the resolution: two convolutions, and a way around them."""
    from keras import layers

    inside = layers.Activation("relu")(flow)
    inside = _normal(layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False)(inside))
    inside = layers.Activation("relu")(inside)
    inside = _normal(layers.Conv2D(filters, 3, padding="same", use_bias=False)(inside))
    around = layers.Conv2D(filters, 1, use_bias=False)(layers.AveragePooling2D(2, padding="same")(flow))
    return layers.Add()([inside, around])


def _normal(flow: Any) -> Any:
    from keras import layers

    return layers.BatchNormalization(momentum=MOMENTUM)(flow)
