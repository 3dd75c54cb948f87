"""The small Transformer for texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.encoders._base import TextEncoder, length_of
from engine.spec import setting

if TYPE_CHECKING:
    from engine.inputs.text import Text


class Transformer(TextEncoder):
    """Every piece looks at every other one (Vaswani et al. 2017); normalised before each step (Xiong et al. 2020)."""

    encoder: Literal["transformer"] = "transformer"
    length: int = length_of(128, most=1024)  # what places attend to grows with its square
    width: int = setting(64, "Width", "How many learned numbers stand for each piece.", ge=4, le=1024)
    heads: int = setting(4, "Heads", "In how many ways at once pieces look at each other.", ge=1, le=32)
    blocks: int = setting(2, "Blocks", "How many rounds of looking, one after the other.", ge=1, le=24)
    dropout: float = setting(
        0.2, "Dropout", "The share of numbers left out at random in each step, against learning by heart.", ge=0, lt=1,
        step=0.05,
    )  # fmt: skip

    title: ClassVar[str] = "Small Transformer"
    advice: ClassVar[str] = "Choose it for tens of thousands of texts in which words far apart belong together."

    def features(self, tokens: Any, column: Text) -> Any:
        """See the contract."""
        from keras import layers

        from engine.layers.texts import AttentionMask, MaskedMean, Positions

        flow = Positions()(layers.Embedding(column.codes, self.width)(tokens))
        flow = layers.Dropout(self.dropout)(flow)
        mask = AttentionMask()(tokens)
        for _ in range(self.blocks):
            inside = layers.LayerNormalization()(flow)
            looking = layers.MultiHeadAttention(self.heads, max(1, self.width // self.heads), dropout=self.dropout)
            flow = layers.Add()([flow, looking(inside, inside, attention_mask=mask)])
            inside = layers.Dense(2 * self.width, activation="gelu")(layers.LayerNormalization()(flow))
            inside = layers.Dropout(self.dropout)(layers.Dense(self.width)(inside))
            flow = layers.Add()([flow, inside])
        return MaskedMean()(layers.LayerNormalization()(flow), tokens)
