"""Words on the screen: each is found for its translators, wherever it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.drift import sentences
from engine.table.warnings import KNOWN_LATER, LEAKS
from locales.__main__ import FOLDERS, ROOT, collect
from locales.templates import Message, Sources
from services.access import WORDS
from services.faults import FAULTS


@pytest.fixture(scope="module")
def loam() -> Sources:
    return Sources(ROOT, FOLDERS)


def test_every_template_can_be_followed_to_its_words(loam: Sources) -> None:
    lost = [f"{module.path}:{line}" for module in loam.modules.values() for line in loam.untraced(module)]
    assert not lost, f"Their words stand where `make words` does not find them: {lost}"


def test_sentences_that_are_kept_under_a_name_are_collected(loam: Sources) -> None:
    catalogue = collect(loam)
    kept = [
        "Learning rate",
        sentences.SAME,
        sentences.BETWEEN,
        *sentences.SHIFTED.values(),
        *sentences.PARTS.values(),
        *WORDS.values(),
        *(fault.title for _kind, fault in FAULTS),
        *(leak + KNOWN_LATER for leak in LEAKS.values()),
        "“{column}” takes a picture, as base64.",
    ]
    assert [text for text in kept if text not in catalogue] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('raise BadKey("No {b}.", b=1)', ["No {b}."]),
        ('WAY = {"a": "One way.", "b": "Another."}\nNote(text=WAY[way])', ["One way.", "Another."]),
        ('def say_so():\n    both = "Here." if here else "There."\n    Note(text=both)', ["Here.", "There."]),
        ('def told(words):\n    return Note(text=words)\ntold("Told so.")', ["Told so."]),
        ('def wrong():\n    return "It is wrong."\nNote(text=wrong())', ["It is wrong."]),
        ("from said.other import FAR\n_(FAR)", ["Far away."]),
        ('plural("{n} day", "{n} days", n)', [("{n} day", "{n} days")]),
        ('kind: Literal["quick", "slow"] = setting("quick", "Kind", "")', ["Kind", "quick", "slow"]),
    ],
)
def test_words_are_found_where_they_stand(tmp_path: Path, source: str, found: list[Message]) -> None:
    sources = written(tmp_path, source)
    messages = [message for _line, message in sources.messages(sources.modules["said.here"])]
    assert sorted(messages, key=str) == sorted(found, key=str)
    assert [*sources.untraced(sources.modules["said.here"])] == []


@pytest.mark.parametrize(
    "source",
    [
        "for text in texts:\n    _(text)",
        "def told(words):\n    return Note(text=words)",
        'Note(text=f"{count} rows")',
        'Note(text="".join(words))',
        "raise BadKey(elsewhere())",
    ],
)
def test_words_that_cannot_be_found_are_told(tmp_path: Path, source: str) -> None:
    sources = written(tmp_path, source)
    assert len([*sources.untraced(sources.modules["said.here"])]) == 1


def written(folder: Path, source: str) -> Sources:
    """A program of two modules and an error."""
    (folder / "said").mkdir()
    (folder / "said" / "here.py").write_text(source, "utf8")
    (folder / "said" / "errors.py").write_text("class UserError(LoamError): ...\nclass BadKey(UserError): ...", "utf8")
    (folder / "said" / "other.py").write_text('FAR = "Far away."', "utf8")
    return Sources(folder, ["said"])
