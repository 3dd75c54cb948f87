"""The convolutional network for texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from engine.encoders._base import TextEncoder
from engine.spec import setting

if TYPE_CHECKING:
    from engine.inputs.text import Text


class TextCNN(TextEncoder):
    """Filters slide along the text; the strongest answer of each counts, wherever it was (Kim 2014)."""

    encoder: Literal["convolution"] = "convolution"
    width: int = setting(64, "Embedding width", "How many learned numbers stand for each piece.", ge=2, le=1024)
    sizes: tuple[Annotated[int, Field(ge=1, le=4096)], ...] = setting(
        (3, 4, 5),
        "Filter sizes",
        "How many neighbouring pieces a filter sees, separated by commas.",
        min_length=1,
        max_length=32,
    )
    filters: int = setting(64, "Filters", "How many filters there are of each size.", ge=1, le=2048)
    dropout: float = setting(
        0.5, "Dropout", "The share of answers left out at random in each step, against learning by heart.", ge=0, lt=1,
        step=0.05,
    )  # fmt: skip

    title: ClassVar[str] = "1-D convolution"
    advice: ClassVar[str] = "Choose it for tens of thousands of texts in which short phrases tell much."

    def features(self, tokens: Any, column: Text) -> Any:
        """See the contract."""
        from keras import layers

        from engine.layers.texts import Blank

        flow = Blank()(layers.Embedding(column.codes, self.width)(tokens), tokens)
        strongest = [
            layers.GlobalMaxPooling1D()(layers.Conv1D(self.filters, size, padding="same", activation="relu")(flow))
            for size in self.sizes
        ]
        joined = layers.Concatenate()(strongest) if len(strongest) > 1 else strongest[0]
        return layers.Dropout(self.dropout)(joined)
