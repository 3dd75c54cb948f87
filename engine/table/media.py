"""Facts about texts and pictures: how long, how large, in which script, and which are there more than once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from engine.errors import BadFile
from engine.spec import Spec
from engine.table.keeping import sizes
from engine.table.paths import part_of
from engine.table.pictures import measure
from engine.table.scripts import script_shares

LOOKED_AT = 5_000  # texts whose letters are told apart
BEGINNING = 2_000  # characters of each
MOST_SIZES = 6


class Counted(Spec):
    """Something, and in how many rows it is."""

    label: str
    count: int


class Repeats(Spec):
    """Rows that hold exactly what another row holds.

    `rows` repeat an earlier row. `across` are validation and test rows that hold what a training row holds; None
    where no column says which part a row belongs to.
    """

    rows: int
    across: int | None = None


class TextFacts(Spec):
    """Lengths are in characters, over all `rows` that have a text; `scripts` are shares of letters in `looked_at`."""

    rows: int
    median: float
    longest: int
    scripts: dict[str, float]
    looked_at: int
    repeats: Repeats


class PictureFacts(Spec):
    """Sizes are in pixels, “width × height”; the most frequent ones are counted, `others` counts the rest."""

    rows: int
    sizes: tuple[Counted, ...]
    others: int
    smallest: tuple[int, int]
    largest: tuple[int, int]
    grey: int
    repeats: Repeats


def text_facts(values: pa.Array, parts: pa.Array | None) -> TextFacts:
    """Facts on texts, of which at least one is there. `parts` is what a column says of each row's part."""
    present = values.drop_null()
    lengths = np.asarray(pc.utf8_length(present))
    step = max(1, len(present) // LOOKED_AT)
    looked_at = present.take(pa.array(np.arange(0, len(present), step)))
    return TextFacts(
        rows=len(present),
        median=float(np.median(lengths)),
        longest=int(lengths.max()),
        scripts=script_shares(pc.utf8_slice_codeunits(looked_at, 0, BEGINNING).to_pylist()),
        looked_at=len(looked_at),
        repeats=_repeats(values, parts),
    )


def picture_facts(values: pa.Array, parts: pa.Array | None, folder: Path) -> PictureFacts:
    """Facts on pictures, of which at least one is there; `folder` holds them."""
    references = pd.Series(values.drop_null().to_pylist())
    found = _measured(references, folder).reindex(references)
    named = found["width"].astype(str) + " × " + found["height"].astype(str)
    counts = named.value_counts()
    area = (found["width"] * found["height"]).to_numpy()
    pairs = found[["width", "height"]].to_numpy()
    return PictureFacts(
        rows=len(found),
        sizes=tuple(Counted(label=str(size), count=int(n)) for size, n in counts.head(MOST_SIZES).items()),
        others=int(counts.iloc[MOST_SIZES:].sum()),
        smallest=tuple(pairs[area.argmin()].tolist()),
        largest=tuple(pairs[area.argmax()].tolist()),
        grey=int((found["channels"] == 1).sum()),
        repeats=_repeats(values, parts),
    )


def _measured(references: pd.Series[str], folder: Path) -> pd.DataFrame:
    """Sizes by reference; what is not known from when pictures were kept is measured, 0 × 0 if that fails."""
    known = sizes(folder)
    fresh = {}
    for reference in references[~references.isin(known.index)].unique():
        try:
            fresh[reference] = measure(folder / reference)
        except BadFile:
            fresh[reference] = (0, 0, 1)
    added = pd.DataFrame.from_dict(fresh, orient="index", columns=list(known.columns))
    return pd.concat([known, added]).astype(int) if fresh else known


def _repeats(values: pa.Array, parts: pa.Array | None) -> Repeats:
    frame = pd.DataFrame({"value": values.to_pandas()})
    repeated = int(frame["value"].dropna().duplicated().sum())
    if parts is None:
        return Repeats(rows=repeated)
    words = pd.Series(parts.to_pandas()).map(lambda word: part_of(word) if isinstance(word, str) else None)
    learned = frame["value"][words == "train"].dropna()
    across = frame["value"].isin(learned) & words.isin(["validation", "test"])
    return Repeats(rows=repeated, across=int(across.sum()))
