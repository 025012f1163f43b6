"""The headless client cuts and folds texts as the service does."""

import json
from typing import Any

import pytest

from parlour.entrypoints.client.text import fold_case
from tests.support.chat_log import after, here, known, pushed, write
from tests.support.programs import ROOT

CASES: list[dict[str, Any]] = json.loads((ROOT / "tests/cases/excerpts.json").read_text("utf-8"))
SEARCHES = json.loads((ROOT / "tests/cases/folding.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_an_excerpt_cuts_no_character_apart(case: dict[str, Any]) -> None:
    text, excerpt = ("".join(piece * n for piece, n in case[key]) for key in ("text", "excerpt"))
    (event,) = log = write(["reply"])
    event["data"]["body"]["text"] = text
    last = here(after([pushed(event)], known(log, 0))).head.last

    assert last is not None
    assert last.excerpt == excerpt


@pytest.mark.parametrize(("typed", "name"), SEARCHES["same"])
def test_a_search_finds_a_name_however_it_is_typed(typed: str, name: str) -> None:
    assert fold_case(typed) == fold_case(name)


@pytest.mark.parametrize(("typed", "name"), SEARCHES["different"])
def test_a_search_distinguishes_other_names(typed: str, name: str) -> None:
    assert fold_case(typed) != fold_case(name)
