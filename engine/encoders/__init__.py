"""The encoders of texts and of pictures. A new one is a file here and a line below; the first is the default."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.encoders._base import Encoder, Frame, ImageEncoder, TextEncoder, Tokens
from engine.encoders.lstm import LSTM
from engine.encoders.ngrams import NGrams
from engine.encoders.pretrained import Pretrained
from engine.encoders.residual_cnn import ResidualCNN
from engine.encoders.text_cnn import TextCNN
from engine.encoders.textbook_cnn import TextbookCNN
from engine.encoders.transformer import Transformer

TEXT_ENCODERS: dict[str, type[TextEncoder]] = {
    "n-grams": NGrams,
    "convolution": TextCNN,
    "lstm": LSTM,
    "transformer": Transformer,
}
IMAGE_ENCODERS: dict[str, type[ImageEncoder]] = {
    "residual cnn": ResidualCNN,
    "textbook cnn": TextbookCNN,
    "pretrained": Pretrained,
}

AnyTextEncoder = Annotated[NGrams | TextCNN | LSTM | Transformer, Field(discriminator="encoder")]
AnyImageEncoder = Annotated[ResidualCNN | TextbookCNN | Pretrained, Field(discriminator="encoder")]

__all__ = [
    "IMAGE_ENCODERS", "LSTM", "TEXT_ENCODERS", "AnyImageEncoder", "AnyTextEncoder", "Encoder", "Frame", "ImageEncoder",
    "NGrams", "ResidualCNN", "TextCNN", "TextEncoder", "Tokens", "Transformer",
]  # fmt: skip
