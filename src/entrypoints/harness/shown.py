"""What a device shows, as far as it was told."""

from abc import ABC, abstractmethod
from typing import Protocol
from uuid import UUID

from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.entrypoints.client.state import State
from parlour.entrypoints.harness.changes import MessagePlace
from parlour.entrypoints.harness.node import Frame


class HasId(Protocol):
    """A user, such as a `Person` of the harness."""

    id: UserId


class DeviceView(ABC):
    """Reads what a device knows from its state, and from the pushes that it got."""

    state: State
    frames: list[Frame]

    @abstractmethod
    def now(self) -> float:
        """Return the virtual time in seconds."""

    def shown(self, message: MessagePlace) -> Frame:
        """Return what is shown of a message: its content, reactions, votes; empty if nothing is.

        The fields are those of the message in HTTP pages.
        """
        known = self.state.conversations.get(str(message["conversation"]))
        events = known.events if known else ()
        return next((dict(each.data) for each in events if each.seq == message["seq"]), {})

    def texts(self, room: ConversationId) -> list[str]:
        """Return the texts that this device knows of a conversation, in order."""
        known = self.state.conversations.get(str(room))
        return [event.text for event in known.events if event.seq] if known else []

    def typing_in(self, room: ConversationId) -> set[UserId]:
        """Return who is shown as typing."""
        return {UserId(UUID(u)) for u in self.state.typing_in(str(room), self.now())}

    def receipt_of(self, room: ConversationId, who: HasId) -> tuple[int, int]:
        """Return what *who* is shown to have received and read, as told while this one looks."""
        marks = self.state.conversations[str(room)].marks.get(str(who.id))
        return (marks.received, marks.read) if marks else (0, 0)

    def presence_of(self, who: HasId) -> str | None:
        """Return the presence shown of *who*; None for a user who is not watched."""
        known = self.state.presence.get(str(who.id))
        return known.state if known else None

    @property
    def chosen_presence(self) -> str | None:
        """How the user chose to be seen, as far as this device knows."""
        return self.state.chosen.state if self.state.chosen else None

    def heard(self, kind: str) -> list[Frame]:
        """Return the pushes of one type that came since the device connected first."""
        return [frame for frame in self.frames if frame["type"] == kind]
