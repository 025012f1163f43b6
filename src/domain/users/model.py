"""Users as others see them. Credentials are kept apart, in `parlour.domain.access`."""

import re
from datetime import datetime
from enum import StrEnum

import attrs

from parlour.domain.kernel.errors import Conflict, Invalid
from parlour.domain.kernel.ids import UserId
from parlour.domain.kernel.text import clean_line, fold_case

RESERVED = frozenset({
    "admin", "administrator", "all", "anyone", "everyone", "here", "me", "moderator", "nobody",
    "parlour", "root", "security", "service", "staff", "support", "system",
})  # fmt: skip


MAX_SEARCH_WORD = 64
"""The number of characters of a name that a search compares."""


class HandleTaken(Conflict):
    """Another user has this handle."""

    code = "handle_taken"
    title = "This handle is taken"


class UserRole(StrEnum):
    """What a user may do to the service as a whole."""

    USER = "user"
    ADMIN = "admin"


@attrs.frozen
class Handle:
    """The unique name of a user: lower-case ASCII, so that no two look alike."""

    MIN_LENGTH = 2
    MAX_LENGTH = 32
    _FORM = re.compile(r"[a-z0-9](?:[a-z0-9]|[._-](?=[a-z0-9]))*")

    value: str

    @classmethod
    def parse(cls, raw: str) -> "Handle":
        """Read a handle in any case; raise `Invalid` where it is malformed or reserved."""
        value = raw.strip().lower() if raw.isascii() else ""
        if not cls.MIN_LENGTH <= len(value) <= cls.MAX_LENGTH or not cls._FORM.fullmatch(value):
            raise Invalid(
                f"must be {cls.MIN_LENGTH} to {cls.MAX_LENGTH} letters and digits of ASCII, "
                "with single dots, dashes and underscores between them",
                field="handle",
            )
        if value in RESERVED:
            raise Invalid("is reserved", field="handle")
        return cls(value)

    def __str__(self) -> str:
        return self.value


SERVICE_HANDLE = Handle("parlour")
"""The handle of the service's own account; it is reserved, so nobody can have registered it."""


@attrs.frozen
class DisplayName:
    """The name that is displayed: one line of any script."""

    MAX_LENGTH = 64

    value: str

    @classmethod
    def parse(cls, raw: str) -> "DisplayName":
        """Read a display name; raise `Invalid` where nothing visible is left."""
        return cls(clean_line(raw, most=cls.MAX_LENGTH, field="display_name"))

    def __str__(self) -> str:
        return self.value


class ChosenState(StrEnum):
    """How a user wants to be shown to others while they are connected."""

    ONLINE = "online"
    BUSY = "busy"
    INVISIBLE = "invisible"


@attrs.frozen
class PresenceChoice:
    """The presence that a user chose, on all devices and until they choose another.

    `text` is a line that others see beside it, such as "in a meeting".
    """

    MAX_TEXT = 80

    state: ChosenState = ChosenState.ONLINE
    text: str | None = None

    @property
    def is_hidden(self) -> bool:
        """Whether others must not notice that the user is connected."""
        return self.state is ChosenState.INVISIBLE

    @classmethod
    def parse_text(cls, raw: str | None) -> str | None:
        """Read the text; None where it is empty. Raise `Invalid` where it cannot be displayed."""
        return clean_line(raw, most=cls.MAX_TEXT, field="text") if raw else None


@attrs.frozen(kw_only=True)
class User:
    """A user with an account."""

    id: UserId
    handle: Handle
    display_name: DisplayName
    role: UserRole = UserRole.USER
    disabled: bool = False
    created_at: datetime
    presence: PresenceChoice = PresenceChoice()

    def search_words(self) -> frozenset[str]:
        """Return the words that find this user."""
        return search_words(self.display_name.value, self.handle.value)


def search_words(name: str, handle: str) -> frozenset[str]:
    """Return the name, its words and the handle, as `search_key` makes them."""
    folded = fold_case(name)
    return frozenset(map(search_key, (*folded.split(), folded, handle)))


def search_key(text: str) -> str:
    """Return the beginning of *text* as searches compare it: folded, at most 64 characters."""
    return " ".join(fold_case(text).split())[:MAX_SEARCH_WORD]
