"""The quick network for texts: a bag of words and of their neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.encoders._base import TextEncoder
from engine.spec import setting

if TYPE_CHECKING:
    from engine.inputs.text import Text


class NGrams(TextEncoder):
    """The mean of learned numbers for each piece and each run of neighbours (fastText, Joulin et al. 2016)."""

    encoder: Literal["n-grams"] = "n-grams"
    neighbours: int = setting(2, "Neighbours", "Runs of so many pieces at most count as pieces too.", ge=1, le=4)
    width: int = setting(64, "Embedding width", "How many learned numbers stand for each piece.", ge=1, le=1024)

    title: ClassVar[str] = "Words and their neighbours"
    advice: ClassVar[str] = "Choose it first: it is quick, and strong wherever single words tell much."

    def features(self, tokens: Any, column: Text) -> Any:
        """See the contract."""
        from engine.layers.texts import BagOfNGrams

        return BagOfNGrams(codes=column.codes, neighbours=self.neighbours, width=self.width)(tokens)
