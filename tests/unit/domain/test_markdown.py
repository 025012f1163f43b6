"""Texts without marks: the cases that the page shows, too, and texts made to be slow."""

import json
import random
import time
from typing import Any

import pytest

from parlour.domain.messages.links import find_links
from parlour.domain.messages.markdown import plain_text
from parlour.domain.messages.model import Content
from tests.support.programs import ROOT

CASES: list[dict[str, Any]] = json.loads((ROOT / "tests/cases/markdown.json").read_text("utf-8"))

HOSTILE = {
    "stars": "*",
    "openings": "*a ",
    "pairs": "*a* ",
    "all marks": "*_~|",
    "code": "`a",
    "wide code": "``a` ",
    "fences": "```",
    "closed fences": "```a````",
    "links": "[a](https://b.c) ",
    "broken links": "[a](https://a.b/(",
    "brackets": "[",
    "backslashes": "\\",
    "quotes": "> > > > ",
    "quoted lines": "> a\n",
    "lists": "- a\n",
    "nested lists": "  - a\n",
    "empty lines": "\n",
    "addresses": "https://a.b*",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_text_without_marks_is_what_the_page_shows(case: dict[str, Any]) -> None:
    assert plain_text(case["text"]) == case["plain"]


def test_an_excerpt_has_no_marks_and_hides_spoilers() -> None:
    def excerpt(text: str, kind: str = "text") -> str:
        return Content(kind=kind, body={"text": text}).excerpt

    assert excerpt("**Hi**,\n- _you_\n- ||all||") == "Hi, • you • ▒▒▒"
    assert excerpt("**" + "word " * 40) == ("**" + "word " * 40)[:140].rstrip()
    assert excerpt("**Hi**", kind="example.note") == "**Hi**"


def test_random_marks_never_lose_a_letter() -> None:
    pieces = [
        *"*_~`\\[]()>-.@#:/\n\t   abcé谢😀^",
        "**",
        "~~",
        "***",
        "\n> ",
        "\n- ",
        "\n  - ",
        "a*b",
    ]
    draw = random.Random(7)
    for _ in range(2_000):
        text = "".join(draw.choices(pieces, k=draw.randrange(40))).replace("```", "``")
        letters = [each for each in text if each.isalnum()]
        assert [each for each in plain_text(text) if each.isalnum()] == letters, text


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_the_marks_of_any_text_are_read_in_linear_time(piece: str) -> None:
    text = (piece * 8_000)[:8_000]
    start = time.process_time()
    plain_text(text)
    assert time.process_time() - start < 2


def test_links_are_found_from_an_index_on() -> None:
    text = "https://a.b https://c.d"
    assert [text[start:end] for start, end in find_links(text, 5)] == ["https://c.d"]
