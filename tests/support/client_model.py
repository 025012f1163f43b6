"""A model of a client: what it shows after a snapshot, and how events change that."""

from contextlib import suppress
from typing import Any

import attrs

from parlour.domain.conversations.events import (
    ConversationChanged,
    ConversationCreated,
    ConversationJoined,
    ConversationLeft,
    MemberAdded,
    MemberChanged,
    MemberRemoved,
    SettingsChanged,
)
from parlour.domain.events import encode_payload
from parlour.domain.kernel.errors import NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.time import rfc3339
from parlour.domain.logs import Event, PrivateEvent
from parlour.domain.messages import (
    Flag,
    MessageEdited,
    MessagePosted,
    MessageRecalled,
    PageWindow,
    PinSet,
    PollVoted,
    ReactionSet,
    ReadMoved,
    SeenMessage,
)
from parlour.domain.messages.life import MAX_NAMED
from parlour.domain.presence import PresenceChanged
from parlour.domain.sync import Head
from parlour.domain.users import PresenceChoice
from parlour.domain.users.events import DisplayNameChanged, ProfileChanged
from tests.support.world import World


@attrs.define
class RoomView:
    """A conversation as a member sees it."""

    offset: int
    title: str | None
    members: dict[UserId, str]
    messages: dict[int, dict[str, Any]]

    @classmethod
    def fresh(cls, world: World, viewer: UserId, room: ConversationId) -> "RoomView":
        """Load everything that *viewer* may see."""
        head = world.do.get_head(viewer, room)
        members = world.do.list_members(viewer, room).members
        messages, after = dict[int, dict[str, Any]](), 0
        while True:
            page = world.do.page_history(viewer, room, PageWindow(after=after), 7)
            messages |= {seen.message.seq: shown(seen) for seen in page.messages}
            if not page.more_after:
                break
            after = page.messages[-1].message.seq
        title = head.conversation.title
        return cls(
            offset=head.conversation.offset,
            title=title.value if title else None,
            members={member.user: member.role.value for member, _ in members},
            messages=messages,
        )

    def apply(self, event: Event) -> None:
        """Apply *event*, which must be the next one."""
        assert event.offset == self.offset + 1
        self.offset = event.offset
        match event.payload:
            case MessagePosted() as posted:
                assert event.seq not in self.messages
                said = encode_payload(posted)
                self.messages[event.seq] = {"by": event.by, "at": event.at, **said, **NOTHING}
            case (
                MessageEdited(seq=seq)
                | MessageRecalled(seq=seq)
                | ReactionSet(seq=seq)
                | PinSet(seq=seq)
                | PollVoted(seq=seq)
            ):
                # Who joined later than a message does not see it.
                if (message := self.messages.get(seq)) and "recalled" not in message:
                    self.messages[seq] = after_event(message, event)
            case ConversationCreated(title=title, members=members):
                self.title = title.value if title else None
                self.members = {each.user: each.role.value for each in members}
            case ConversationChanged(title=changed):
                self.title = changed.value
            case MemberAdded(user=user, role=role) | MemberChanged(user=user, role=role):
                self.members[user] = role.value
            case MemberRemoved(user=user):
                del self.members[user]
            case unknown:
                raise AssertionError(unknown)


NOTHING: dict[str, Any] = {"pinned": False, "reactions": {}, "votes": None}
"""What is beside a message that was just posted."""


def shown(seen: SeenMessage) -> dict[str, Any]:
    """Return the shown part of a message."""
    message = seen.message
    return {
        "by": message.sender,
        "at": message.at,
        **message.data(),
        "pinned": bool(message.flags & Flag.PINNED),
        "reactions": {each.emoji: (each.count, each.users) for each in seen.reactions},
        "votes": (seen.votes.counts, seen.votes.voters) if seen.votes else None,
    }


def after_event(message: dict[str, Any], event: Event) -> dict[str, Any]:
    """Return a message after an event about it."""
    match event.payload:
        case MessageEdited() as edited:
            said = encode_payload(edited)
            kept = {key: message[key] for key in message if key != "mentions"}
            return kept | {key: said[key] for key in said if key != "seq"}
        case MessageRecalled():
            who = {"by": str(event.by), "at": rfc3339(event.at)}
            kept = {key: message[key] for key in ("by", "at", "revision")}
            return {**kept, "kind": "", "body": {}, "recalled": who, **NOTHING}
        case ReactionSet(emoji=emoji, on=on, count=count):
            reactions = dict(message["reactions"])
            _, users = reactions.get(emoji, (0, ()))
            users = tuple(user for user in users if user != event.by)
            if on and len(users) < MAX_NAMED:
                users = (*users, event.by)
            reactions[emoji] = (count, users)
            return message | {
                "reactions": {each: reactions[each] for each in reactions if reactions[each][0]}
            }
        case PinSet(on=on):
            return message | {"pinned": on}
        case PollVoted(counts=counts, voters=voters):
            return message | {"votes": (counts, voters) if voters else None}
    raise AssertionError(event.payload)


OWN_SETTINGS = ("muted_until", "pinned", "marked_unread")


@attrs.define
class OwnView:
    """The user's own settings: name, presence, and marks, mute and pin of each conversation."""

    offset: int
    name: str
    presence: PresenceChoice
    rooms: dict[ConversationId, dict[str, Any]]

    @classmethod
    def fresh(cls, world: World, viewer: UserId, offset: int) -> "OwnView":
        """Load everything of *viewer*, whose log is at *offset*."""
        heads, before = list[Head](), None
        while True:
            page = world.do.list_heads(viewer, limit=2, before=before)
            heads += page.heads
            before = page.next
            if before is None:
                break
        user = world.do.get_user(viewer)
        return cls(
            offset=offset,
            name=user.display_name.value,
            presence=user.presence,
            rooms={head.conversation.id: own(head) for head in heads},
        )

    def apply(self, event: PrivateEvent, world: World) -> None:
        """Apply *event*; the head of a new conversation is loaded."""
        assert event.offset == self.offset + 1
        self.offset = event.offset
        match event.payload:
            case ProfileChanged(display_name=name) | DisplayNameChanged(display_name=name):
                self.name = name.value
            case PresenceChanged(state=state, text=text):
                self.presence = PresenceChoice(state, text)
            case ConversationJoined(conversation=room):
                with suppress(NotFound):  # left again since
                    self.rooms[room] = own(world.do.get_head(event.user, room))
            case ConversationLeft(conversation=room):
                self.rooms.pop(room, None)
            case ReadMoved(conversation=room, seq=seq):
                # A mark of an earlier membership may arrive after the head of the current one.
                if room in self.rooms:
                    read = max(self.rooms[room]["read"], seq)
                    self.rooms[room] |= {"read": read, "marked_unread": False}
            case SettingsChanged(conversation=room) as changed:
                if room in self.rooms:
                    data = encode_payload(changed)
                    self.rooms[room] |= {key: data[key] for key in OWN_SETTINGS}
            case unknown:
                raise AssertionError(unknown)


def own(head: Head) -> dict[str, Any]:
    """Return the user's own settings in a head."""
    until = head.member.muted_until
    return {
        "read": head.member.read_up_to,
        "muted_until": rfc3339(until) if until else None,
        "pinned": head.member.pinned,
        "marked_unread": head.member.marked_unread,
    }
