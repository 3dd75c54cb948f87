"""The contract of an encoder: how a network reads a column that is more than an amount or a word."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.augmentation import Augmentation
from engine.spec import Spec, setting

if TYPE_CHECKING:
    from engine.inputs.image import Image
    from engine.inputs.text import Text


class Tokens(Spec):
    """How texts become codes: what they are cut into, how many pieces are `known` at most, how many of a text are read.

    `in_order`: pieces one after the other; else a bag of pieces and of runs of up to `neighbours` of them (None:
    found out by the script).
    """

    pieces: Literal["words", "subwords"]
    known: int
    length: int
    in_order: bool = True
    neighbours: int | None = None


class Frame(Spec):
    """The size that pictures are brought to, in pixels; None is the usual size of the training pictures."""

    size: int | None


class Encoder(Spec, ABC):
    """An encoder's own settings; its instance builds the layers. Columns of its kind are each read by layers of their
    own.
    """

    encoder: str

    title: ClassVar[str]
    advice: ClassVar[str]  # one sentence: when to choose it
    pretrained: ClassVar[bool] = False  # it brings weights that were learned elsewhere

    @property
    @abstractmethod
    def reading(self) -> Spec:
        """All that the encoded arrays follow from; other settings can be changed without encoding again."""

    def prime(self, network: Any, weights: Path | None) -> None:
        """Gives the built network what was learned elsewhere, from a folder of weights.

        Most encoders learn from nothing and leave it as it is. Raises BadRecipe when the weights are not there.
        """


def vocabulary_of(pieces: int) -> Any:
    """The setting `known` of an encoder of texts, with its usual value."""
    return setting(pieces, "Vocabulary", "How many different pieces are told apart at most.", ge=100, le=200_000)


def length_of(pieces: int, most: int = 4096) -> Any:
    """The setting `length` of an encoder of texts, with its usual value."""
    return setting(pieces, "Length", "Pieces of each text that are read; the rest is left out.", ge=4, le=most)


class TextEncoder(Encoder):
    """Reads a text from its tokens."""

    pieces: Literal["words", "subwords"] = setting(
        "words",
        "Pieces",
        "What a text is cut into: words (in scripts without spaces, such as Chinese, characters), or parts of words "
        "learned from the training texts, which also serve words never seen.",
    )
    known: int = vocabulary_of(20_000)
    length: int = length_of(256)

    @property
    def reading(self) -> Tokens:
        """See the contract."""
        return Tokens(pieces=self.pieces, known=self.known, length=self.length)

    @abstractmethod
    def features(self, tokens: Any, column: Text) -> Any:
        """Codes (batch, column.length) int32 to features (batch, n). 0 fills up. Imports Keras inside."""


class ImageEncoder(Encoder):
    """Reads a picture from its pixels."""

    size: int | None = setting(
        None,
        "Picture size",
        "Pictures are brought to this width and height. Empty: the usual size of the training pictures, 224 at most.",
        unit="px",
        ge=8,
        le=1024,
    )

    augmentation: Augmentation = Augmentation()

    @property
    def reading(self) -> Frame:
        """See the contract."""
        return Frame(size=self.size)

    @abstractmethod
    def features(self, pixels: Any, column: Image) -> Any:
        """Pixels (batch, height, width, channels) float32, 0…1, to features (batch, n). Imports Keras inside."""
