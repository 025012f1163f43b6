"""Kinds of messages: what a body may hold, what lists show of it, what searches find."""

import json
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.domain.kernel.errors import DomainError, Invalid, TooLarge
from parlour.domain.messages import Content, Kinds, UnsupportedKind
from parlour.domain.messages.bodies import MAX_DEPTH, MAX_VALUES, closes_at
from parlour.domain.messages.kinds import BUILT_IN, STORED, is_editable, search_text_of
from tests.support import builders as b
from tests.support.world import World, posted

PLACE = {"latitude": 48.2, "longitude": -16}
LUNCH = {"question": "Lunch?", "options": ["Noon", "One"]}
SOON = "2026-01-02T03:04:05+01:00"
BUNDLE = {"title": "Lobby", "items": [{"by": str(b.BOB), "name": "Bob", "text": "hi"}]}


def own(check: Any = dict) -> Kinds:
    """Return the built-in kinds and one of an operator."""
    return BUILT_IN.with_own({"order": check})


class TestBodies:
    @pytest.mark.parametrize(
        ("kind", "body", "stored"),
        [
            ("text", {"text": "hi", "color": "red"}, {"text": "hi"}),
            ("location", PLACE, {"latitude": 48.2, "longitude": -16.0}),
            (
                "location",
                {**PLACE, "title": " Café  Central ", "address": "", "zoom": 3},
                {**PLACE, "title": "Café Central"},
            ),
            ("location", {**PLACE, "latitude": 0, "address": None}, {**PLACE, "latitude": 0.0}),
            ("contact", {"user": b.BOB.hex, "name": "Bob"}, {"user": str(b.BOB)}),
            ("poll", {**LUNCH, "multiple": False, "votes": [3, 4]}, LUNCH),
            (
                "poll",
                {
                    **LUNCH,
                    "multiple": True,
                    "public": True,
                    "closes_at": "2026-01-02T03:04:05+01:00",
                },
                {
                    **LUNCH,
                    "multiple": True,
                    "public": True,
                    "closes_at": "2026-01-02T02:04:05.000000Z",
                },
            ),
            ("poll", {**LUNCH, "closes_at": None}, LUNCH),
        ],
        ids=["text", "place", "named", "zero", "contact", "poll", "open poll", "endless poll"],
    )
    def test_are_stored_without_what_the_kind_does_not_know(
        self, kind: str, body: dict[str, Any], stored: dict[str, Any]
    ) -> None:
        assert Content.parse(kind=kind, body=body).body == stored

    @pytest.mark.parametrize(
        ("kind", "body", "field"),
        [
            ("text", {"text": 7}, "body.text"),
            ("location", {**PLACE, "latitude": 90.1}, "body.latitude"),
            ("location", {**PLACE, "longitude": -180.1}, "body.longitude"),
            ("location", {**PLACE, "latitude": True}, "body.latitude"),
            ("location", {**PLACE, "latitude": "48"}, "body.latitude"),
            ("location", {**PLACE, "latitude": float("nan")}, "body.latitude"),
            ("location", {"latitude": 1}, "body.longitude"),
            ("location", {**PLACE, "title": ["x"]}, "body.title"),
            ("location", {**PLACE, "address": "x" * 257}, "body.address"),
            ("contact", {}, "body.user"),
            ("contact", {"user": "bob"}, "body.user"),
            ("poll", {"question": "Lunch?"}, "body.options"),
            ("poll", {**LUNCH, "options": ["Noon"]}, "body.options"),
            ("poll", {**LUNCH, "options": [str(n) for n in range(13)]}, "body.options"),
            ("poll", {**LUNCH, "options": ["Noon", " Noon"]}, "body.options"),
            ("poll", {**LUNCH, "options": ["Noon", ""]}, "body.options"),
            ("poll", {**LUNCH, "options": ["Noon", 1]}, "body.options"),
            ("poll", {**LUNCH, "question": None}, "body.question"),
            ("poll", {**LUNCH, "multiple": 1}, "body.multiple"),
            ("poll", {**LUNCH, "public": "yes"}, "body.public"),
            ("poll", {**LUNCH, "closes_at": "tomorrow"}, "body.closes_at"),
            ("poll", {**LUNCH, "closes_at": "2026-02-30T00:00:00Z"}, "body.closes_at"),
            ("poll", {**LUNCH, "closes_at": "0001-01-01T00:00:00+14:00"}, "body.closes_at"),
            ("poll", {**LUNCH, "closes_at": 1_767_225_600}, "body.closes_at"),
        ],
        ids=str,
    )
    def test_are_refused_with_the_field_that_is_wrong(
        self, kind: str, body: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            Content.parse(kind=kind, body=body)
        assert refusal.value.field == field

    def test_of_polls_say_when_they_close(self) -> None:
        ending = Content.parse(kind="poll", body={**LUNCH, "closes_at": "2026-01-02t03:04:05.5z"})
        closing = closes_at(ending.body)

        assert closing is not None
        assert closing.isoformat() == "2026-01-02T03:04:05.500000+00:00"
        assert closes_at(LUNCH) is None


class TestBoundsOfOperatorsKinds:
    @pytest.mark.parametrize(
        ("value", "error"),
        [
            ("x" * 32_768, TooLarge),
            ([0] * MAX_VALUES, TooLarge),
            ("a\x00b", Invalid),
            ("\ud800", Invalid),
            (2**53, Invalid),
            (-(2.0**60), Invalid),
            (float("inf"), Invalid),
            (float("nan"), Invalid),
            ({"x\x1b": 1}, Invalid),
        ],
        ids=["bytes", "values", "nul", "surrogate", "large", "small", "inf", "nan", "name"],
    )
    def test_are_held_before_the_operators_check_sees_a_body(
        self, value: object, error: type[DomainError]
    ) -> None:
        seen: list[object] = []
        with pytest.raises(error):
            Content.parse(kind="order", body={"of": value}, kinds=own(seen.append))
        assert seen == []

    def test_hold_bodies_of_any_depth(self) -> None:
        deep: Any = {}
        for _ in range(100_000):
            deep = {"in": deep}
        with pytest.raises(TooLarge):
            own().check("order", deep)
        level: Any = 1
        for _ in range(MAX_DEPTH - 1):
            level = {"in": level}

        assert own().check("order", level) == level

    def test_leave_ordinary_json_as_it_is(self) -> None:
        body = {"of": [1, 2.5, None, True, {"text": "two\nlines\t"}], "n": 2**53 - 1}

        assert own().check("order", body) == body


class TestKinds:
    @pytest.mark.parametrize("kind", ["hologram", "bundle", "voice", "call", "", "Text"])
    def test_of_others_are_not_supported(self, kind: str) -> None:
        with pytest.raises(UnsupportedKind):
            Content.parse(kind=kind, body=dict(BUNDLE))

    def test_of_an_operator_have_a_check_of_their_own(self) -> None:
        def check(body: Any) -> Any:
            if "of" not in body:
                raise Invalid("is missing", field="body.of")
            return body

        assert own(check).check("order", {"of": "tea"}) == {"of": "tea"}
        assert own(check).check("text", {"text": "hi"}) == {"text": "hi"}
        with pytest.raises(Invalid, match="is missing"):
            own(check).check("order", {})

    @pytest.mark.parametrize("name", ["text", "voice", "call", "bundle", "", "Order", "a b", "ä"])
    def test_of_an_operator_have_names_of_their_own(self, name: str) -> None:
        with pytest.raises(ValueError, match="has a kind named"):
            BUILT_IN.with_own({name: dict})

    def test_that_another_service_stored_are_taken_over(self) -> None:
        assert STORED.check("order", {"of": "tea"}) == {"of": "tea"}
        assert STORED.check("bundle", BUNDLE) == BUNDLE
        with pytest.raises(UnsupportedKind):
            STORED.check("An Order", {})

    @pytest.mark.parametrize(
        "body",
        [{}, {"title": "x"}, {"title": 1, "items": []}, {"title": "x", "items": ["hi"]}],
        ids=str,
    )
    def test_that_another_service_stored_have_their_form(self, body: dict[str, Any]) -> None:
        with pytest.raises(Invalid):
            STORED.check("bundle", body)

    def test_can_be_edited_where_they_are_texts(self) -> None:
        assert is_editable("text")
        assert not any(map(is_editable, ("poll", "bundle", "order", "")))


@pytest.mark.parametrize(
    ("kind", "body", "excerpt", "found"),
    [
        ("text", {"text": "hi\nyou"}, "hi you", "hi\nyou"),
        ("location", PLACE, "📍", ""),
        ("location", {**PLACE, "address": "Ring 1"}, "📍 Ring 1", "Ring 1"),
        ("location", {**PLACE, "title": "Café", "address": "Ring"}, "📍 Café", "Café\nRing"),
        ("contact", {"user": str(b.BOB)}, "👤", ""),
        ("poll", LUNCH, "📊 Lunch?", "Lunch?\nNoon\nOne"),
        ("bundle", BUNDLE, "🗂️ Lobby", "Lobby\nhi"),
        ("bundle", {"title": "Lobby", "items": [{"kind": "voice"}]}, "🗂️ Lobby", "Lobby"),
        ("order", {"text": "two teas"}, "two teas", "two teas"),
        ("order", {"text": 2}, "[order]", ""),
        ("", {}, "", ""),
    ],
    ids=str,
)
def test_lists_show_and_searches_find_what_a_kind_says(
    kind: str, body: dict[str, Any], excerpt: str, found: str
) -> None:
    assert Content(kind=kind, body=body).excerpt == excerpt
    assert search_text_of(kind, body) == found


def test_only_texts_mention_anybody(world: World) -> None:
    alice, bob = world.people("alice", "bob")
    group = world.group(alice, bob)
    asked = Content.parse(
        kind="poll", body={**LUNCH, "question": "@bob or @all?"}, mentions=[str(bob), "all"]
    )
    poll = world.draft(alice, group)
    said = world.draft(alice, group, "hi @bob")
    first, second = world.post(attrs.evolve(poll, content=asked), said)

    assert not posted(first).message.content.mentions_anybody
    assert posted(second).message.content.mentions == (bob,)


NAMES = (
    *("text", "title", "address", "user", "question", "options", "items"),
    *("latitude", "longitude", "multiple", "public", "closes_at"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
    | st.sampled_from([str(b.BOB), SOON, "tea"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)  # fmt: skip


@given(
    kind=st.sampled_from(["text", "location", "contact", "poll", "bundle", "order"]),
    body=st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), JSON, max_size=8),
)
def test_any_json_is_refused_or_stored_in_a_form_that_stays(
    kind: str, body: dict[str, Any]
) -> None:
    try:
        stored = STORED.check(kind, body)
    except (Invalid, TooLarge):
        return

    assert STORED.check(kind, json.loads(json.dumps(stored))) == stored
    content = Content(kind=kind, body=stored)
    assert len(content.excerpt) <= 140
    assert isinstance(search_text_of(kind, stored), str)
