"""A message as pages show it: its content, and what happened to it since."""

from datetime import timedelta
from typing import Any

import attrs
import msgspec

from parlour.domain.kernel.ids import ConversationId
from parlour.domain.messages import (
    Flag,
    Forwarded,
    ReactionSummary,
    SeenMessage,
    VoteSummary,
)
from parlour.entrypoints.wire.views import view_seen
from tests.support import builders as b
from tests.support.fakes import START

LATER = START + timedelta(minutes=1)
SINCE = {"forwarded", "edited_at", "recalled", "pinned", "reactions", "votes"}


def shown(seen: SeenMessage) -> dict[str, Any]:
    """Return the JSON of a message."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(view_seen(seen)))
    return plain


def test_a_message_to_which_nothing_happened_has_no_field_about_it() -> None:
    assert not SINCE & shown(SeenMessage(message=b.message(1))).keys()


def test_an_edited_and_pinned_message_says_so() -> None:
    edited = attrs.evolve(b.message(1), revision=2, edited_at=LATER, flags=Flag.PINNED)

    view = shown(SeenMessage(message=edited))

    assert (view["revision"], view["edited_at"]) == (2, "2026-01-02T03:05:05.678901Z")
    assert view["pinned"] is True


def test_nothing_is_left_of_a_recalled_message_but_where_it_was() -> None:
    recalled = b.message(3, "canary", reply_to=1, mentions=(b.BOB,)).without_content(b.BOB, LATER)

    view = shown(SeenMessage(message=recalled))

    assert view["recalled"] == {"by": str(b.BOB), "at": "2026-01-02T03:05:05.678901Z"}
    assert (view["kind"], view["body"]) == ("", {})
    assert not {"reply_to", "mentions", "pinned"} & view.keys()
    assert "canary" not in str(view)


def test_reactions_and_votes_name_the_reader_only_where_the_reader_took_part() -> None:
    bobs = ReactionSummary(emoji="👍", count=2, users=(b.BOB, b.CAROL), mine=False)
    own = ReactionSummary(emoji="🎉", count=1, users=(b.ALICE,), mine=True)
    votes = VoteSummary(counts=(1, 0), voters=1, mine=(0,))

    view = shown(SeenMessage(message=b.message(1), reactions=(bobs, own), votes=votes))

    assert view["reactions"] == [
        {"emoji": "👍", "count": 2, "users": [str(b.BOB), str(b.CAROL)]},
        {"emoji": "🎉", "count": 1, "users": [str(b.ALICE)], "mine": True},
    ]
    assert view["votes"] == {"counts": [1, 0], "voters": 1, "mine": [0]}
    others = VoteSummary(counts=(1, 0), voters=1, mine=None)
    assert "mine" not in shown(SeenMessage(message=b.message(1), votes=others))["votes"]


def test_where_a_message_was_forwarded_from_is_shown_to_those_who_may_see_it_there() -> None:
    elsewhere = ConversationId(b.id_of("elsewhere"))
    origin = Forwarded(by=b.CAROL, at=START, conversation=elsewhere, seq=7)
    message = attrs.evolve(b.message(1), forwarded=origin)
    author = {"by": str(b.CAROL), "at": "2026-01-02T03:04:05.678901Z"}

    assert shown(SeenMessage(message=message))["forwarded"] == author
    assert shown(SeenMessage(message=message, shows_origin=True))["forwarded"] == {
        **author,
        "conversation": str(elsewhere),
        "seq": 7,
    }
