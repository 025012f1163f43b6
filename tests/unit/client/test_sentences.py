"""The service's errors as whole sentences, for every code and field that it has."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from parlour.entrypoints.client.errors import Refused
from parlour.entrypoints.client.sentences import CODES, FIELDS

REGISTRY: Any = json.loads(
    (Path(__file__).parents[3] / "docs/reference/errors.json").read_text("utf-8")
)
FRAGMENT = "must have at most 7 characters"


def refusal(code: str, field: str | None = None) -> Refused:
    errors = {"errors": [{"field": field, "message": FRAGMENT}]} if field else {}
    said = {"title": "This is not possible", "detail": f"{field or ''} {FRAGMENT}".strip()}
    return Refused.read({"code": code, **said, **errors})


@pytest.mark.parametrize("code", REGISTRY["codes"])
def test_every_code_has_a_sentence_with_every_field(code: str) -> None:
    assert code in CODES
    for field in (None, *REGISTRY["fields"]):
        said = str(refusal(code, field))
        assert re.fullmatch(r"[A-Z1-9].{9,}[^.:]", said), (field, said)
        assert FRAGMENT not in said


def test_fields_that_people_fill_in_have_their_rule() -> None:
    assert set(FIELDS) <= set(REGISTRY["fields"])
    for field, limits in REGISTRY["limits"].items():
        for limit in limits.values():
            assert f"{limit:,}" in FIELDS[field]


def test_the_service_says_which_of_several_reasons_it_has() -> None:
    closed = {"code": "forbidden", "title": "Registration is closed"}
    assert str(Refused.read(closed)) == "Registration is closed"
    full = {"code": "conflict", "title": "Full", "detail": "A group has at most 7 members"}
    assert str(Refused.read(full)) == "A group has at most 7 members"


def test_the_service_says_what_became_of_something_that_is_not_found() -> None:
    gone = {"code": "not_found", "title": "Not found", "detail": "The message was taken back"}
    assert str(Refused.read(gone)) == "The message was taken back"
    assert str(Refused.read({"code": "not_found", "title": "Not found"})) == CODES["not_found"]


def test_a_code_of_a_newer_service_is_told_in_its_own_words() -> None:
    assert str(Refused.read({"code": "new", "title": "The moon is full"})) == "The moon is full"
    assert str(Refused.read({"code": "new", "title": "moon"})) == "The service refused this"
