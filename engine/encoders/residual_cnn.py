"""The default network for pictures: compact, with a way around each block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.encoders._base import ImageEncoder
from engine.layers import MOMENTUM
from engine.spec import setting

if TYPE_CHECKING:
    from engine.inputs.image import Image


class ResidualCNN(ImageEncoder):
    """Stages of residual blocks, each stage at half the resolution of the one before (He et al. 2016)."""

    encoder: Literal["residual cnn"] = "residual cnn"
    width: int = setting(32, "Width", "Filters of the first stage; each later stage has twice as many.", ge=4, le=512)
    stages: int = setting(3, "Stages", "How often the resolution is halved.", ge=1, le=6)

    title: ClassVar[str] = "Compact residual network"
    advice: ClassVar[str] = "Choose it for most pictures when there are hundreds of each class."

    def features(self, pixels: Any, column: Image) -> Any:
        """See the contract."""
        from keras import layers

        def normal(flow: Any) -> Any:
            return layers.BatchNormalization(momentum=MOMENTUM)(flow)

        flow = normal(layers.Conv2D(self.width, 3, padding="same", use_bias=False)(pixels))
        for stage in range(self.stages):
            filters = self.width << stage
            inside = layers.Activation("relu")(flow)
            inside = normal(layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False)(inside))
            inside = layers.Activation("relu")(inside)
            inside = normal(layers.Conv2D(filters, 3, padding="same", use_bias=False)(inside))
            around = layers.Conv2D(filters, 1, use_bias=False)(layers.AveragePooling2D(2, padding="same")(flow))
            flow = layers.Add()([inside, around])
        return layers.GlobalAveragePooling2D()(layers.Activation("relu")(flow))
