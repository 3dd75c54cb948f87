"""Networks that have seen millions of photos, and learn these from what they know."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from zlib import crc32

from engine.backbones import BACKBONES, LITE, load
from engine.encoders._base import ImageEncoder
from engine.spec import setting

if TYPE_CHECKING:
    from engine.inputs.image import Image


class Pretrained(ImageEncoder):
    """A backbone with the weights it learned elsewhere: first only what follows it learns, then all of it, gently."""

    encoder: Literal["pretrained"] = "pretrained"
    network: Literal[
        "efficientnet-lite0", "efficientnetv2b0", "mobilenetv3small", "mobilenetv2", "resnet50v2", "convnexttiny"
    ] = setting(LITE, "Network", "Its weights must lie in the server's folder of weights.")
    size: int | None = setting(
        128,
        "Picture size",
        "Pictures are brought to this width and height. These networks know photos of 224 pixels; smaller is faster.",
        unit="px",
        ge=32,
        le=1024,
    )

    title: ClassVar[str] = "Learned from photos before"
    advice: ClassVar[str] = "Choose it for photos when there are few of each class, some twenty and more."
    pretrained: ClassVar[bool] = True

    def features(self, pixels: Any, column: Image) -> Any:
        """See the contract."""
        from keras import layers

        if column.channels == 1:
            pixels = layers.Concatenate()([pixels, pixels, pixels])
        called = f"{self.network}-{crc32(column.name.encode())}"
        return BACKBONES[self.network].build((column.height, column.wide, 3), called)(pixels)

    def prime(self, network: Any, weights: Path | None) -> None:
        """See the contract."""
        for layer in network.layers:
            if layer.name.startswith(f"{self.network}-"):
                load(layer, self.network, weights or Path())
                _still(layer)


def _still(backbone: Any) -> None:
    """Batch normalisation keeps the averages of the photos: few pictures would give worse ones."""
    from keras import layers

    for layer in backbone.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
        elif hasattr(layer, "layers"):
            _still(layer)
