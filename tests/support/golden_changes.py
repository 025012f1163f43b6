"""The golden frames about what happens to a message after it was posted."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import attrs

from parlour.domain.kernel.ids import SendKey
from parlour.domain.messages import Draft, RevisionConflict
from parlour.domain.sync import Head
from parlour.entrypoints.websocket import frames
from parlour.entrypoints.websocket.codec import encode, encode_error
from parlour.entrypoints.wire.errors import problem
from parlour.entrypoints.wire.views import PlaceView
from tests.support import builders as b
from tests.support.fakes import START

Frame = dict[str, Any]


def requests() -> Iterator[tuple[str, Frame]]:
    """Give what clients ask for."""
    place: Frame = {"id": 13, "conversation": str(b.LOBBY), "seq": 121}
    edit = {"type": "message.edit", **place, "body": {"text": "hi @bob!"}}
    yield "message.edit", edit
    yield "message.edit of what was seen", {**edit, "revision": 1, "mentions": [str(b.CAROL)]}
    yield "message.recall", {"type": "message.recall", **place}
    yield "reaction.set", {"type": "reaction.set", **place, "emoji": "👍🏽", "on": True}
    custom = {"type": "reaction.set", **place, "emoji": ":party-parrot:", "on": False}
    yield "reaction.set, taken back", custom
    yield "pin.set", {"type": "pin.set", **place, "on": True}
    yield "poll.vote", {"type": "poll.vote", **place, "options": [0, 2]}
    yield "poll.vote, taken back", {"type": "poll.vote", **place, "options": []}
    yield from _own_requests()


def _own_requests() -> Iterator[tuple[str, Frame]]:
    lobby, key = str(b.LOBBY), str(b.id_of("the key of a request"))
    forward = {"type": "message.forward", "id": 14, "from": lobby, "to": str(b.KITCHEN)}
    forward |= {"seqs": [120, 121], "key": key}
    yield "message.forward", forward
    yield "message.forward as one", {**forward, "merged": True}
    place: Frame = {"id": 15, "conversation": lobby}
    yield "message.hide", {"type": "message.hide", **place, "seqs": [119, 121]}
    yield "history.clear", {"type": "history.clear", **place, "up_to": 121}
    draft = {"type": "draft.set", **place, "text": "see you", "reply_to": 121}
    yield "draft.set", draft
    yield "draft.set, taken away", {"type": "draft.set", **place, "text": None}


def answers() -> Iterator[tuple[str, bytes]]:
    """Give what the service answers."""
    edited = frames.Edited(id=13, offset=137, revision=2, replayed=False)
    yield "ok to message.edit", encode(edited)
    changed = frames.Changed(id=13, offset=137, replayed=False)
    yield "ok to message.recall, pin.set, poll.vote", encode(changed)
    changed.replayed = True
    yield "ok to what was so already", encode(changed)
    yield (
        "ok to message.hide, history.clear, draft.set",
        encode(frames.OwnChanged(id=15, offset=9)),
    )
    places = [PlaceView(7, 9), PlaceView(8, 10)]
    yield "ok to message.forward", encode(frames.Forwarded(id=14, messages=places))
    yield "ok to reaction.set", encode(frames.Reacted(id=13, offset=137, count=2, replayed=False))


def drafted(head: Head) -> Head:
    """Return a head with a draft, whose last message was recalled."""
    assert head.last is not None
    room, user = head.member.conversation, head.member.user
    draft = Draft(user=user, conversation=room, text="see you", reply_to=121, at=START)
    return attrs.evolve(head, last=head.last.without_content(b.BOB, START), draft=draft)


def errors() -> Iterator[tuple[str, bytes]]:
    """Give the refusals with a message."""
    key = SendKey(b.id_of("the key of a message"))
    message = b.message(121, "hi @bob!", mentions=(b.BOB,), offset=132, key=key)
    edited = attrs.evolve(message, revision=2, edited_at=START + timedelta(minutes=1))
    yield "error: the message was changed", encode_error(13, problem(RevisionConflict(edited)))
