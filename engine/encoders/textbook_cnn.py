"""The textbook network for pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from engine.encoders._base import ImageEncoder
from engine.spec import setting

if TYPE_CHECKING:
    from engine.inputs.image import Image


KERNEL = 3  # pixels


class TextbookCNN(ImageEncoder):
    """Convolution, pooling, convolution, pooling, dense (after LeNet-5, LeCun et al. 1998)."""

    encoder: Literal["textbook cnn"] = "textbook cnn"
    filters: tuple[Annotated[int, Field(ge=1, le=2048)], ...] = setting(
        (32, 64),
        "Filters",
        "Filters of each convolution, from first to last, separated by commas; as many as the pictures' size allows.",
        min_length=1,
        max_length=32,
    )
    units: int = setting(128, "Units", "Units of the dense layer at the end.", ge=4, le=4096)

    title: ClassVar[str] = "Textbook convolutional network"
    advice: ClassVar[str] = "Choose it for small, simple pictures such as digits, or to compare with a textbook."

    def features(self, pixels: Any, column: Image) -> Any:
        """See the contract."""
        from keras import layers

        for filters in self.filters:
            if min(pixels.shape[1:3]) < KERNEL:
                break  # nothing is left of the picture to look at
            pixels = layers.Conv2D(filters, KERNEL, activation="relu")(pixels)
            pixels = layers.MaxPooling2D()(pixels) if min(pixels.shape[1:3]) > 1 else pixels
        return layers.Dense(self.units, activation="relu")(layers.Flatten()(pixels))
