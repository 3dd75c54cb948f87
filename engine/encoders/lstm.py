"""The textbook network for texts: embedding and LSTM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.encoders._base import TextEncoder, length_of, vocabulary_of
from engine.spec import setting

if TYPE_CHECKING:
    from engine.inputs.text import Text


class LSTM(TextEncoder):
    """Reads piece by piece and remembers (Hochreiter & Schmidhuber 1997); both ways after Schuster & Paliwal 1997."""

    encoder: Literal["lstm"] = "lstm"
    known: int = vocabulary_of(10_000)
    length: int = length_of(100)
    width: int = setting(64, "Embedding width", "How many learned numbers stand for each piece.", ge=2, le=1024)
    units: int = setting(64, "Units", "How much it can remember.", ge=4, le=2048)
    directions: Literal["one", "both"] = setting(
        "both", "Directions", "One reads from the beginning; both also reads from the end, which takes twice the time."
    )

    title: ClassVar[str] = "Embedding and LSTM"
    advice: ClassVar[str] = "Choose it when the order of words matters and there are thousands of short texts."

    def features(self, tokens: Any, column: Text) -> Any:
        """See the contract."""
        from keras import layers

        reader: Any = layers.LSTM(self.units)
        if self.directions == "both":
            reader = layers.Bidirectional(reader)
        return reader(layers.Embedding(column.codes, self.width, mask_zero=True)(tokens))
