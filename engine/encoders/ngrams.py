"""The quick network for texts: a bag of words and of their neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.encoders._base import TextEncoder, Tokens, length_of
from engine.spec import setting

if TYPE_CHECKING:
    from engine.inputs.text import Text


class NGrams(TextEncoder):
    """The sum of learned numbers for each piece and each run of neighbours, the rarer ones louder.

    fastText's bag (Joulin et al. 2016) with the weights of TF-IDF (Spärck Jones 1972; Salton & Buckley 1988). Only
    runs that several training texts hold have numbers of their own, which begin at zero: what was hardly ever seen
    says nothing.
    """

    encoder: Literal["n-grams"] = "n-grams"
    known: int = setting(
        30_000,
        "Vocabulary",
        "How many different pieces, and how many runs, are told apart.",
        ge=100,
        le=200_000,
    )
    length: int = length_of(1024, most=16_384)
    neighbours: int | None = setting(
        None,
        "Neighbours",
        "Runs of so many pieces at most count as pieces too. Empty: 2 for words, 3 for characters.",
        ge=1,
        le=4,
    )
    width: int = setting(16, "Width", "How many learned numbers stand for each piece.", ge=1, le=1024)
    dropout: float = setting(
        0.0,
        "Dropout",
        "The share of a text's numbers left out at random in each step. Much of it keeps a network from knowing rows "
        "by their words, where other columns tell the answer too.",
        ge=0,
        lt=1,
        step=0.05,
    )

    title: ClassVar[str] = "Words and their neighbours"
    advice: ClassVar[str] = "Choose it first: it is quick, and strong wherever single words tell much."

    @property
    def reading(self) -> Tokens:
        """See the contract."""
        return Tokens(
            pieces=self.pieces, known=self.known, length=self.length, in_order=False, neighbours=self.neighbours
        )

    def features(self, tokens: Any, column: Text) -> Any:
        """See the contract."""
        from keras.layers import Dropout

        from engine.layers.texts import Bag

        bag = Bag(codes=column.codes, width=self.width)
        features = bag(tokens)
        bag.rarity.assign(column.rarity)
        return Dropout(self.dropout)(features) if self.dropout else features
