"""One example of every body about messages, heads and events, made of the very types."""

from datetime import UTC, datetime
from uuid import UUID

from msgspec import Struct

from parlour.domain.kernel.time import rfc3339
from parlour.domain.messages import MessagePosted, ReadMoved
from parlour.entrypoints.http import schemas_changes, schemas_messages
from parlour.entrypoints.http.reference.event_examples import (
    TALK,
    conversation_event,
    private_event,
)
from parlour.entrypoints.wire import views

_ALICE = UUID("01942f6e-31c4-7b6a-9d2e-5f1a7c3b8e01")
_BOB = UUID("01942f6e-52d8-7c1f-8a47-2b9e6d4c1f02")
_KEY = UUID("01942f71-9b3e-7d08-8f64-1e5a3c7b9d05")
_AT = rfc3339(datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC))
_CURSOR = "MgoxNzY3MzIzMDQ1Njc4OTAx"

_MESSAGE = views.MessageView(
    conversation=TALK,
    seq=121,
    offset=132,
    by=_ALICE,
    at=_AT,
    key=_KEY,
    kind="text",
    body={"text": "hi @bob"},
    revision=1,
    mentions=[str(_BOB)],
    reactions=[views.ReactionView("👍", 1, [_BOB])],
)
HEAD = views.HeadView(
    conversation=TALK,
    kind="direct",
    title="Bob",
    members=2,
    seq=121,
    offset=132,
    read=118,
    received=120,
    unread=2,
    mentions=0,
    pinned=False,
    role="member",
    peer=_BOB,
    last=views.LastView(121, _ALICE, _AT, "text", "hi @bob"),
    draft=views.DraftView("see you", _AT),
)
_EVENT = views.view_event(
    conversation_event(MessagePosted(kind="text", body={"text": "hi @bob"}, revision=1))
)
_NOTE = views.view_private(private_event(ReadMoved(conversation=TALK, seq=118)))

MESSAGE_BODIES: tuple[Struct, ...] = (
    HEAD,
    schemas_messages.NewMessage(body={"text": "hi @bob"}, mentions=[str(_BOB)]),
    views.PostedView(TALK, 121, 132, _AT, _KEY, False),
    _MESSAGE,
    schemas_messages.MessagesView([_MESSAGE], True, False, 134),
    schemas_changes.MessageChange(body={"text": "hi @bob!"}, revision=1),
    schemas_changes.EditedView(133, 2, False),
    schemas_changes.ChangedView(134, False),
    schemas_changes.ReactedView(135, 2, False),
    schemas_changes.ReactionsView([schemas_changes.ReactorView(_BOB, "👍", _AT)], _CURSOR),
    schemas_changes.VoteChange([0]),
    schemas_changes.RevisionsView([schemas_changes.RevisionView(1, "text", {"text": "hi"}, _AT)]),
    schemas_changes.HiddenMessages([119, 120]),
    schemas_changes.HistoryLimit(120),
    schemas_changes.DraftText("see you"),
    schemas_changes.OwnOffsetView(9),
    schemas_changes.NewForward(from_=TALK, seqs=[121], key=_KEY),
    schemas_changes.ForwardedMessagesView([views.PlaceView(7, 9)]),
    schemas_changes.PinsView([schemas_changes.PinView(_BOB, _AT, _MESSAGE)], 134),
    schemas_messages.ReadMark(121),
    schemas_messages.ReceivedMark(121),
    schemas_messages.SeqView(121),
    schemas_messages.ReceiptsView([views.ReceiptView(_BOB, 121, 120)]),
    schemas_messages.EventsView([_EVENT], 132, False, False),
    schemas_messages.SyncView(_CURSOR, [HEAD], False, [_NOTE], False, False),
)
"""The examples."""
