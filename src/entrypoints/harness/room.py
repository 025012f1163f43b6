"""What a device knows of one conversation."""

from uuid import UUID

from parlour.domain.kernel.ids import UserId
from parlour.entrypoints.harness.link import Frame

TYPING_SECONDS = 6.0
"""After so long without another word, nobody is shown as typing."""


class Room:
    """The log up to an offset, and the small signs beside it."""

    def __init__(self) -> None:
        self.offset = 0
        self.messages: dict[int, Frame] = {}
        self.receipts: dict[UserId, tuple[int, int]] = {}
        self._typing: dict[UserId, float] = {}

    @property
    def texts(self) -> list[str]:
        """The texts of the messages, in order."""
        return [self.messages[seq]["data"]["body"]["text"] for seq in sorted(self.messages)]

    def typing(self, now: float) -> set[UserId]:
        """Return who is shown as typing."""
        return {user for user, until in self._typing.items() if now < until}

    def hear(self, frame: Frame, now: float) -> bool:
        """Take a push; tell whether something is missing before it."""
        match frame["type"]:
            case "resync":
                return True
            case "event":
                return not self.apply(frame)
            case "receipt":
                self.receipts[_user(frame["user"])] = (frame["received"], frame["read"])
            case "typing":
                self._typing[_user(frame["user"])] = now + TYPING_SECONDS if frame["on"] else 0.0
        return False

    def apply(self, event: Frame) -> bool:
        """Take an event of the log; False where others are missing before it."""
        if event["offset"] > self.offset + 1:
            return False
        if event["offset"] == self.offset + 1:
            self.offset = event["offset"]
            if event["kind"] == "message.posted":
                self.messages[event["seq"]] = event
                self._typing.pop(_user(event["by"]), None)
        return True

    def sent(self, seq: int, offset: int, content: Frame) -> bool:
        """Take an own message that was acknowledged; False where others are missing before it."""
        self.messages[seq] = {"seq": seq, "data": {"kind": "text", **content}}
        if offset > self.offset + 1:
            return False
        self.offset = max(self.offset, offset)
        return True

    def begin_afresh(self, offset: int, newest: dict[int, Frame]) -> None:
        """Forget the log for its newest page."""
        self.offset = offset
        self.messages = newest


def _user(id_: str) -> UserId:
    return UserId(UUID(id_))
