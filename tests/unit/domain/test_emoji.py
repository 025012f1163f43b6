"""Which texts are one emoji, and which of them are the same one."""

import json
import unicodedata
from typing import Any

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from parlour.domain.kernel.errors import Invalid
from parlour.domain.messages.emoji import MAX_BYTES, Emoji
from tests.support.programs import ROOT

CASES: dict[str, Any] = json.loads((ROOT / "tests/cases/emoji.json").read_text("utf-8"))
EMOJI_STYLE = "\ufe0f"
# What emoji are made of, and what stands beside them in texts.
PARTS = [
    "👍",
    "❤",
    "👩",
    "🤝",
    "🇨",
    "🇳",
    "🏴",
    "1",
    "a",
    ":",
    "\u200d",
    "\ufe0e",
    "\ufe0f",
    "\u20e3",
]
PARTS += ["\U0001f3fb", "\U0001f3ff", "\U000e0067", "\U000e007f", "\ud83d"]


@pytest.mark.parametrize("text", CASES["valid"], ids=ascii)
def test_an_emoji_is_taken_as_it_is(text: str) -> None:
    assert Emoji.parse(text) == Emoji(text)


@pytest.mark.parametrize(("text", "qualified"), CASES["normalised"], ids=ascii)
def test_an_emoji_is_the_same_whatever_styles_the_keyboard_leaves_out(
    text: str, qualified: str
) -> None:
    assert Emoji.parse(text) == Emoji.parse(qualified) == Emoji(qualified)


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: str(case["name"]))
def test_anything_else_is_refused(case: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        Emoji.parse(case["text"])

    assert refused.value.field == "emoji"


def test_a_listed_name_between_colons_is_an_emoji() -> None:
    assert Emoji.parse(":parrot:", {"parrot"}) == Emoji(":parrot:")


@pytest.mark.parametrize("text", ["parrot", ":owl:", ":parrot", "parrot:", "::parrot::"])
def test_a_name_has_to_be_listed_and_to_stand_between_colons(text: str) -> None:
    with pytest.raises(Invalid):
        Emoji.parse(text, {"parrot"})


@pytest.mark.parametrize("letter", ["a", "é"])
def test_a_name_has_no_more_bytes_than_can_be_stored(letter: str) -> None:
    most = letter * ((MAX_BYTES - 2) // len(letter.encode()))
    names = {most, most + letter}

    assert Emoji.parse(f":{most}:", names).value == f":{most}:"
    with pytest.raises(Invalid, match="64 bytes"):
        Emoji.parse(f":{most}{letter}:", names)


def test_the_field_is_named_in_the_refusal() -> None:
    with pytest.raises(Invalid) as refused:
        Emoji.parse("a", field="reactions")

    assert refused.value.field == "reactions"


def test_every_emoji_character_that_python_knows_of_is_an_emoji() -> None:
    """Python's Unicode is older than the table, which is checked against it."""
    pictures = regex.compile(r"(?V1)[\p{Emoji}--\p{Emoji_Component}]")
    known = [
        character
        for character in map(chr, range(0x80, 0x20000))
        if pictures.match(character) and unicodedata.category(character) != "Cn"
    ]

    assert len(known) > 1300
    for character in known:
        value = Emoji.parse(character).value
        needs_style = not regex.match(r"\p{Emoji_Presentation}", character)
        assert value == character + EMOJI_STYLE * needs_style


@given(st.one_of(st.text(), st.lists(st.sampled_from(PARTS), max_size=12).map("".join)))
def test_whatever_is_taken_is_one_visible_character_that_is_taken_again(text: str) -> None:
    try:
        emoji = Emoji.parse(text)
    except Invalid:
        return

    assert Emoji.parse(emoji.value) == emoji
    assert emoji.value.replace(EMOJI_STYLE, "") == text.replace(EMOJI_STYLE, "")
    assert len(regex.findall(r"\X", emoji.value)) == 1
    assert len(emoji.value.encode()) <= MAX_BYTES
