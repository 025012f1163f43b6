"""What a client knows, as immutable values: `State`, and a `Conversation` for each log."""

from collections.abc import Mapping

import attrs

from parlour.entrypoints.client.gap import GapBuffer
from parlour.entrypoints.client.message_changes import find_message
from parlour.entrypoints.client.models import ConversationHead, Event, Marks, Presence, User


@attrs.frozen(kw_only=True)
class Conversation:
    """What is known of one conversation.

    The head and the log follow the events separately, because a newer head may come alone: `tail`
    is the position of the head, `log` that of `events` (None while the log is not loaded).
    `marks` are those of the other members; `left` says that this user is not a member any more.
    `hidden` messages, and those up to the `seq` `cleared`, are kept from this user alone.
    """

    head: ConversationHead
    tail: GapBuffer[Event]
    log: GapBuffer[Event] | None = None
    events: tuple[Event, ...] = ()
    marks: Mapping[str, Marks] = attrs.field(factory=dict)
    left: bool = False
    hidden: frozenset[int] = frozenset()
    cleared: int = 0

    def shows(self, event: Event) -> bool:
        """Whether this user still wants to see an event."""
        return event.seq is None or not (event.seq <= self.cleared or event.seq in self.hidden)

    def find(self, seq: int) -> Event | None:
        """Return a message that is loaded, by its number."""
        return find_message(self.events, seq)

    @property
    def is_loaded(self) -> bool:
        """Whether the events are kept, not the head alone."""
        return self.log is not None

    @property
    def applied(self) -> int:
        """The offset up to which the log is complete; 0 while it is not loaded."""
        return self.log.applied if self.log else 0

    @property
    def position(self) -> int:
        """The offset up to which both the head and the log are complete."""
        return min(self.tail.applied, self.log.applied) if self.log else self.tail.applied

    @property
    def gap(self) -> int | None:
        """The offset after which events are missing; None where none are."""
        has_gap = self.tail.has_gap or (
            self.log is not None and (self.log.has_gap or self.log.applied < self.tail.applied)
        )
        return self.position if has_gap and not self.left else None

    @property
    def first_seq(self) -> int:
        """The `seq` of the first message loaded; 0 where there is none."""
        return next((event.seq for event in self.events if event.seq), 0)

    @property
    def last_seq(self) -> int:
        """The `seq` of the last message loaded; 0 where there is none."""
        return next((event.seq for event in reversed(self.events) if event.seq), 0)


@attrs.frozen(kw_only=True)
class State:
    """Everything that a client knows.

    `keeps_logs` loads the log of every conversation from its first event; otherwise a log is
    loaded from the newest page when it is needed. `chosen` is how this user chose to be seen by
    others, on all devices; None while that is not known. `cursor` is where `sync.me` goes on,
    `private_offset` the last private event applied (0: none yet). `typing` maps conversation and
    user to the end of the indicator, in seconds of the client's clock. `skipped` counts events of
    unknown kinds.
    """

    me: User | None = None
    chosen: Presence | None = None
    keeps_logs: bool = False
    cursor: str | None = None
    private_offset: int = 0
    conversations: Mapping[str, Conversation] = attrs.field(factory=dict)
    users: Mapping[str, User] = attrs.field(factory=dict)
    presence: Mapping[str, Presence] = attrs.field(factory=dict)
    typing: Mapping[tuple[str, str], float] = attrs.field(factory=dict)
    skipped: int = 0

    @property
    def my_id(self) -> str:
        """The id of the user of this client; empty where it is not known."""
        return self.me.id if self.me else ""

    def lookalikes_of(self, user: str) -> list[User]:
        """Return the other known users whose handle or name looks like that of a user."""
        known = self.users.get(user)
        looks = set(known.skeletons) if known else set()
        return [
            other
            for other in self.users.values()
            if other.id != user and not looks.isdisjoint(other.skeletons)
        ]

    def typing_in(self, conversation: str, now: float) -> list[str]:
        """Return the ids of the users who are typing in a conversation."""
        return [
            user
            for (typed_in, user), until in self.typing.items()
            if typed_in == conversation and until > now
        ]
