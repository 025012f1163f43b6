"""Payloads of events become JSON and are read back; what is not known passes through."""

from datetime import UTC, datetime
from typing import Any

import pytest

from parlour.domain.conversations import ConversationKind, Role, Title
from parlour.domain.conversations.events import (
    ConversationChanged,
    ConversationCreated,
    ConversationJoined,
    ConversationLeft,
    FirstMember,
    MemberAdded,
    MemberRemoved,
    SettingsChanged,
)
from parlour.domain.events import (
    CONVERSATION_PAYLOADS,
    PRIVATE_PAYLOADS,
    decode_conversation_payload,
    decode_private_payload,
    encode_payload,
)
from parlour.domain.logs import Payload, UnknownPayload
from parlour.domain.messages import EVERYONE, MessagePosted
from parlour.domain.notifications.events import NotificationRead
from tests.support import builders as b
from tests.support.fakes import START

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

PAYLOADS: list[tuple[Payload, dict[str, Any]]] = [
    (
        ConversationCreated(
            kind=ConversationKind.GROUP,
            title=Title("Lobby"),
            members=(FirstMember(user=b.ALICE, role=Role.OWNER),),
        ),
        {
            "kind": "group",
            "title": "Lobby",
            "members": [{"user": str(b.ALICE), "role": "owner"}],
        },
    ),
    (
        ConversationCreated(kind=ConversationKind.DIRECT, title=None, members=()),
        {"kind": "direct", "title": None, "members": []},
    ),
    (
        MessagePosted(kind="text", body={"text": "hi"}, revision=1),
        {"kind": "text", "body": {"text": "hi"}, "revision": 1},
    ),
    (
        MessagePosted(kind="text", body={}, reply_to=3, mentions=(b.ALICE, EVERYONE), revision=2),
        {
            "kind": "text",
            "body": {},
            "reply_to": 3,
            "mentions": [str(b.ALICE), "all"],
            "revision": 2,
        },
    ),
    (
        SettingsChanged(conversation=b.LOBBY, muted_until=AT, pinned=False, marked_unread=False),
        {
            "conversation": str(b.LOBBY),
            "muted_until": "2026-01-02T03:04:05.000000Z",
            "pinned": False,
            "marked_unread": False,
        },
    ),
    (
        SettingsChanged(conversation=b.LOBBY, muted_until=None, pinned=True),
        {"conversation": str(b.LOBBY), "muted_until": None, "pinned": True},
    ),
    (NotificationRead(all=True), {"all": True}),
    (NotificationRead(ids=("a/1",)), {"ids": ["a/1"]}),
]


def decoded(payload: Payload, data: dict[str, Any]) -> Payload:
    decode = (
        decode_conversation_payload
        if type(payload) in CONVERSATION_PAYLOADS
        else decode_private_payload
    )
    return decode(payload.KIND, data)


@pytest.mark.parametrize(("payload", "data"), PAYLOADS)
def test_a_payload_becomes_json_and_is_read_back(payload: Payload, data: dict[str, Any]) -> None:
    assert encode_payload(payload) == data
    assert list(encode_payload(payload)) == list(data)
    assert decoded(payload, data) == payload


@pytest.mark.parametrize("everyone", [False, True])
@pytest.mark.parametrize("mentions", [(), (b.BOB, b.CAROL)])
@pytest.mark.parametrize("reply_to", [None, 1])
def test_a_message_says_the_same_with_and_without_its_event(
    *, everyone: bool, mentions: tuple[Any, ...], reply_to: int | None
) -> None:
    message = b.message(2, "hi", mentions=mentions, everyone=everyone, reply_to=reply_to)
    edited = message.edited(message.content, START)
    for each in (message, edited, edited.without_content(b.CAROL, START)):
        data = encode_payload(each.as_event().payload)
        assert list(each.data().items()) == list(data.items())


def test_an_unknown_kind_passes_through_untouched() -> None:
    data = {"b": [1, {"x": None}], "a": 1.5}
    for decode in (decode_conversation_payload, decode_private_payload):
        payload = decode("pet.fed", data)

        assert payload == UnknownPayload(kind="pet.fed", data=data)
        assert encode_payload(payload) == data
    event = b.event(1, "pet.fed", data=data)
    assert event.kind == "pet.fed"
    assert event.payload.ends_delivery_to() is None


def test_fields_of_a_newer_release_are_passed_on() -> None:
    data = {"user": str(b.BOB), "left": True, "reason": "moved"}
    payload = decode_conversation_payload("member.removed", data)

    assert isinstance(payload, MemberRemoved)
    assert payload.ends_delivery_to() == b.BOB
    assert encode_payload(payload) == data


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("member.added", {"user": str(b.BOB)}),
        ("member.added", {"user": str(b.BOB), "role": "wizard"}),
        ("member.added", {"user": str(b.BOB).upper(), "role": "member"}),
        ("member.added", {"user": 7, "role": "member"}),
        ("conversation.changed", {"title": ["Tea"]}),
        ("conversation.created", {"kind": "group", "title": None, "members": {}}),
        ("conversation.created", {"kind": "group", "title": None, "members": ["bob"]}),
        ("message.posted", {"kind": "text", "body": [], "revision": 1}),
        ("message.posted", {"kind": "text", "body": {}, "revision": True}),
        ("message.posted", {"kind": "text", "body": {}, "revision": 1, "mentions": ["nobody"]}),
    ],
)
def test_what_a_known_kind_cannot_say_passes_through_untouched(
    kind: str, data: dict[str, Any]
) -> None:
    payload = decode_conversation_payload(kind, data)

    assert payload == UnknownPayload(kind=kind, data=data)
    assert encode_payload(payload) == data


def test_an_optional_field_of_a_part_may_be_missing() -> None:
    data = {"kind": "group", "title": "Tea", "members": [{"user": str(b.BOB), "role": "owner"}]}

    assert decode_conversation_payload("conversation.created", data) == ConversationCreated(
        kind=ConversationKind.GROUP,
        title=Title("Tea"),
        members=(FirstMember(user=b.BOB, role=Role.OWNER),),
    )


def test_kinds_say_who_receives_the_conversation_from_then_on() -> None:
    added = MemberAdded(user=b.BOB, role=Role.MEMBER)
    joined, left = (
        ConversationJoined(conversation=b.LOBBY),
        ConversationLeft(conversation=b.LOBBY, removed=True),
    )
    muted = SettingsChanged(conversation=b.LOBBY, muted_until=AT, pinned=False)

    assert added.ends_delivery_to() is None
    assert MemberRemoved(user=b.BOB, left=True).ends_delivery_to() == b.BOB
    assert (joined.starts_delivery_of(), joined.ends_delivery_of()) == (b.LOBBY, None)
    assert (left.starts_delivery_of(), left.ends_delivery_of()) == (None, b.LOBBY)
    assert (muted.starts_delivery_of(), muted.ends_delivery_of()) == (None, None)


def test_every_kind_has_a_name_of_its_own_audience_and_says_what_it_means() -> None:
    in_conversations = {each.KIND for each in CONVERSATION_PAYLOADS}
    in_private = {each.KIND for each in PRIVATE_PAYLOADS}

    assert not in_conversations & in_private
    assert all(each.__doc__ for each in (*CONVERSATION_PAYLOADS, *PRIVATE_PAYLOADS))
    assert ConversationChanged(title=Title("x")).KIND in in_conversations
