"""Messages and what they may contain; `seq` numbers them 1, 2, 3, … in each conversation."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

import attrs

from parlour.domain.kernel.errors import Conflict, DomainError, Invalid
from parlour.domain.kernel.graphemes import cut_text
from parlour.domain.kernel.ids import ConversationId, SendKey, SessionId, UserId, parse_uuid
from parlour.domain.kernel.time import rfc3339
from parlour.domain.logs import Event
from parlour.domain.messages.events import Mention, MessageEdited, MessagePosted, Origin, Recalled
from parlour.domain.messages.kinds import BUILT_IN, TEXT, Kinds, shown_text_of
from parlour.domain.messages.markdown import plain_text

MAX_MENTIONS = 50
EXCERPT_LENGTH = 140
MAX_NUMBER = 2**53 - 1
"""The largest integer that JavaScript represents exactly."""

EVERYONE: Literal["all"] = "all"

MessageNumber = tuple[ConversationId, int]
"""The conversation and the seq of a message."""


class Flag:
    """Bits of `Message.flags`: what is stored about a message beside it."""

    REACTIONS: Final = 1
    PINNED: Final = 2
    VOTES: Final = 4
    RECALLED: Final = 8


class IdempotencyMismatch(Conflict):
    """The key of this send was used before with other content."""

    code = "idempotency_mismatch"
    title = "This key was used for another message"


@attrs.frozen(kw_only=True)
class Content:
    """The content of a message.

    `mentions` holds users in order; `mentions_all` mentions every member. In a request they are
    those that the client named; in a message those that count (see `mentions.resolve_mentions`).
    """

    kind: str
    body: Mapping[str, Any]
    reply_to: int | None = None
    mentions: tuple[UserId, ...] = ()
    mentions_all: bool = False

    @classmethod
    def parse(
        cls,
        *,
        body: Mapping[str, Any],
        kind: str = TEXT,
        reply_to: int | None = None,
        mentions: Sequence[str] = (),
        kinds: Kinds = BUILT_IN,
    ) -> "Content":
        """Check what a client sent, as one of the *kinds* that are accepted.

        Raises:
            UnsupportedKind: there is no such kind, or it is not for clients to post.
            Invalid, TooLarge: the body, the reply or a mention is not acceptable.
        """
        body = kinds.check(kind, body)
        if reply_to is not None and not 1 <= reply_to <= MAX_NUMBER:
            raise Invalid("is not the number of a message", field="reply_to")
        if not mentions or kind != TEXT:
            return cls(kind=kind, body=body, reply_to=reply_to)
        if len(mentions) > MAX_MENTIONS:
            raise Invalid(f"must name at most {MAX_MENTIONS}", field="mentions")
        users = dict.fromkeys(
            UserId(parse_uuid(name, "mentions")) for name in mentions if name != EVERYONE
        )
        return cls(
            kind=kind,
            body=body,
            reply_to=reply_to,
            mentions=tuple(users),
            mentions_all=EVERYONE in mentions,
        )

    def is_same_as(self, other: "Content") -> bool:
        """Whether two requests ask for the same message. What they say of mentions is left out.

        The service decides who is mentioned, and that may change until a request is repeated.
        """
        return (self.kind, self.body, self.reply_to) == (other.kind, other.body, other.reply_to)

    @property
    def may_mention(self) -> bool:
        """Whether anything in the request may be a mention; only texts mention anybody."""
        if self.kind != TEXT:
            return False
        return "@" in self.body["text"] or self.mentions_all or bool(self.mentions)

    @property
    def mentions_anybody(self) -> bool:
        """Whether users, or all members, are mentioned."""
        return self.mentions_all or bool(self.mentions)

    @property
    def excerpt(self) -> str:
        """The beginning of what is shown of it as one line, at most `EXCERPT_LENGTH` code points.

        It has no marks, and never cuts a character as people see it (a grapheme cluster) apart.
        """
        beginning = cut_text(shown_text_of(self.kind, self.body).lstrip(), EXCERPT_LENGTH * 4)
        if self.kind == TEXT:
            beginning = plain_text(beginning)
        return cut_text(" ".join(beginning.split()), EXCERPT_LENGTH).rstrip()


@attrs.frozen(kw_only=True)
class Forwarded:
    """Where a forwarded message comes from: its author, and when and where it was said."""

    by: UserId
    at: datetime
    conversation: ConversationId
    seq: int


NOTHING = Content(kind="", body={})
"""What is left of a message that was recalled."""


@attrs.frozen(kw_only=True)
class Message:
    """A committed message. Its number, offset, key and sender never change.

    `revision` counts its contents, beginning with 1. A message that was recalled has the content
    `NOTHING` for ever.
    """

    conversation: ConversationId
    seq: int
    offset: int
    sender: UserId
    session: SessionId | None
    key: SendKey
    at: datetime
    content: Content
    revision: int = 1
    edited_at: datetime | None = None
    recalled: Recalled | None = None
    forwarded: Forwarded | None = None
    flags: int = 0

    @property
    def number(self) -> MessageNumber:
        """Its conversation and seq."""
        return self.conversation, self.seq

    @property
    def is_changed(self) -> bool:
        """Whether it is not what its sender posted."""
        return self.revision > 1 or self.recalled is not None

    def edited(self, content: Content, at: datetime) -> "Message":
        """Return the message with another content; it stays a reply to the same message."""
        content = attrs.evolve(content, reply_to=self.content.reply_to)
        return attrs.evolve(self, content=content, revision=self.revision + 1, edited_at=at)

    def without_content(self, by: UserId, at: datetime) -> "Message":
        """Return what is left after *by* recalled the message."""
        return attrs.evolve(
            self,
            content=NOTHING,
            edited_at=None,
            recalled=Recalled(by=by, at=at),
            forwarded=None,
            flags=Flag.RECALLED,
        )

    def flagged(self, flag: int, *, on: bool) -> "Message":
        """Return the message with a bit of `flags` set or cleared."""
        return attrs.evolve(self, flags=self.flags | flag if on else self.flags & ~flag)

    def as_edit(self) -> MessageEdited:
        """Return what an event says of the content that the message has now."""
        content = self.content
        everyone: tuple[Mention, ...] = (EVERYONE,) if content.mentions_all else ()
        return MessageEdited(
            seq=self.seq,
            kind=content.kind,
            body=content.body,
            mentions=(*content.mentions, *everyone),
            revision=self.revision,
            edited_at=self.edited_at,
            recalled=self.recalled,
        )

    def as_event(self) -> Event:
        """Return the message as an event of the log of its conversation."""
        content = self.content
        everyone: tuple[Mention, ...] = (EVERYONE,) if content.mentions_all else ()
        payload = MessagePosted(
            kind=content.kind,
            body=content.body,
            reply_to=content.reply_to,
            mentions=(*content.mentions, *everyone),
            revision=self.revision,
            edited_at=self.edited_at,
            recalled=self.recalled,
            forwarded=self._origin,
        )
        return Event(
            conversation=self.conversation,
            offset=self.offset,
            by=self.sender,
            at=self.at,
            payload=payload,
            seq=self.seq,
            key=self.key,
            session=self.session,
        )

    def data(self) -> dict[str, Any]:
        """Return the JSON of the payload of `as_event`, without making either.

        This runs for each message that is posted or read from a log. A test holds both ways to the
        same JSON.
        """
        content = self.content
        data: dict[str, Any] = {"kind": content.kind, "body": content.body}
        if content.reply_to is not None:
            data["reply_to"] = content.reply_to
        if content.mentions_anybody:
            everyone = [EVERYONE] if content.mentions_all else []
            data["mentions"] = [*map(str, content.mentions), *everyone]
        data["revision"] = self.revision
        if self.edited_at is not None:
            data["edited_at"] = rfc3339(self.edited_at)
        if self.recalled is not None:
            data["recalled"] = {"by": str(self.recalled.by), "at": rfc3339(self.recalled.at)}
        if self.forwarded is not None:
            data["forwarded"] = {"by": str(self.forwarded.by), "at": rfc3339(self.forwarded.at)}
        return data

    @property
    def _origin(self) -> Origin | None:
        # Members need not see the conversation that it comes from.
        origin = self.forwarded
        return Origin(by=origin.by, at=origin.at) if origin is not None else None


LogEvent = Event | Message
"""What the log of a conversation holds. A message is an event, and is not stored as one again."""


@attrs.frozen
class Posted:
    """A committed message; `replayed` if an earlier send with the same key posted it."""

    message: Message
    replayed: bool


Outcome = Posted | DomainError
"""The result of one item of a batch; an error of one item leaves the others alone."""


@attrs.frozen(kw_only=True)
class Mark:
    """A request to move watermarks of a user up to a seq; None leaves one as it is."""

    conversation: ConversationId
    user: UserId
    read: int | None = None
    received: int | None = None
    private: bool = False


@attrs.frozen(kw_only=True)
class Receipt:
    """The public watermarks of a member after they moved; `members` is the size of the group."""

    conversation: ConversationId
    user: UserId
    received: int
    read: int
    members: int
