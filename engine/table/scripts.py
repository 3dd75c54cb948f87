"""Which scripts texts are written in, told by their letters. Knows no languages."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

SCRIPTS = (
    "Latin", "Greek", "Cyrillic", "Hebrew", "Arabic", "Indic", "Thai", "Chinese", "Japanese", "Korean",
)  # fmt: skip
KANA = 0.1  # of Chinese signs and kana: from this share of kana on, the signs are Japanese

# The first letter of a block, and the script of the letters from there up to the next line; "" is none.
_BLOCKS: tuple[tuple[int, str], ...] = (
    (0x00, ""), (0x41, "Latin"), (0x5B, ""), (0x61, "Latin"), (0x7B, ""), (0xAA, "Latin"), (0xAB, ""), (0xC0, "Latin"),
    (0xD7, ""), (0xD8, "Latin"), (0xF7, ""), (0xF8, "Latin"), (0x2B0, ""), (0x370, "Greek"), (0x400, "Cyrillic"),
    (0x530, ""), (0x591, "Hebrew"), (0x600, "Arabic"), (0x700, ""), (0x750, "Arabic"), (0x780, ""), (0x8A0, "Arabic"),
    (0x900, "Indic"), (0xE00, "Thai"), (0xE80, ""), (0x1100, "Korean"), (0x1200, ""), (0x1C80, "Cyrillic"),
    (0x1C90, ""), (0x1E00, "Latin"), (0x1F00, "Greek"), (0x2000, ""), (0x2E80, "Chinese"), (0x3000, ""),
    (0x3005, "Chinese"), (0x3008, ""), (0x3041, "Japanese"), (0x3100, "Chinese"), (0x3130, "Korean"), (0x3190, ""),
    (0x31F0, "Japanese"), (0x3200, ""), (0x3400, "Chinese"), (0x4DC0, ""), (0x4E00, "Chinese"), (0xA000, ""),
    (0xA960, "Korean"), (0xA980, ""), (0xAC00, "Korean"), (0xD800, ""), (0xF900, "Chinese"), (0xFB00, "Latin"),
    (0xFB07, ""), (0xFB1D, "Hebrew"), (0xFB50, "Arabic"), (0xFE00, ""), (0xFE70, "Arabic"), (0xFF00, ""),
    (0xFF21, "Latin"), (0xFF3B, ""), (0xFF41, "Latin"), (0xFF5B, ""), (0xFF66, "Japanese"), (0xFFA0, "Korean"),
    (0xFFE0, ""), (0x20000, "Chinese"), (0x32000, ""),
)  # fmt: skip
_STARTS = np.array([start for start, _ in _BLOCKS], dtype=np.uint32)
_CODES = np.array([SCRIPTS.index(script) if script else len(SCRIPTS) for _, script in _BLOCKS])


def script_shares(texts: Iterable[str]) -> dict[str, float]:
    """The share of letters in each script that is there, largest first; empty when there are no letters."""
    raw = "".join(texts).encode("utf-32-le", errors="replace")
    blocks = np.searchsorted(_STARTS, np.frombuffer(raw, dtype=np.uint32), side="right") - 1
    counts = np.bincount(_CODES[blocks], minlength=len(SCRIPTS) + 1)[: len(SCRIPTS)].astype(np.float64)
    signs, kana = SCRIPTS.index("Chinese"), SCRIPTS.index("Japanese")
    if counts[kana] > KANA * (counts[signs] + counts[kana]):
        counts[kana] += counts[signs]
        counts[signs] = 0
    total = counts.sum()
    return {SCRIPTS[i]: float(counts[i] / total) for i in np.argsort(-counts, kind="stable") if counts[i]}
