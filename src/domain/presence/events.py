"""The kinds of events that are about presence."""

from typing import ClassVar

import attrs

from parlour.domain.logs import PrivatePayload, described
from parlour.domain.users import ChosenState, PresenceChoice


@attrs.frozen(kw_only=True)
class PresenceChanged(PrivatePayload):
    """The user chose how others see them, for all devices."""

    KIND: ClassVar[str] = "presence.changed"
    SINCE: ClassVar[int] = 4

    state: ChosenState
    text: str | None = attrs.field(default=None, metadata=described("shown beside the state"))

    @classmethod
    def of(cls, choice: PresenceChoice) -> "PresenceChanged":
        """Return the payload of *choice*."""
        return cls(state=choice.state, text=choice.text)

    def changes_presence(self) -> bool:
        return True
