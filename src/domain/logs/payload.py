"""The payload of an event: one class for each kind, declared by the concept that owns the kind.

`parlour.domain.events` lists the kinds, `parlour.domain.logs.codec` turns payloads into JSON and
back. How to add a kind is shown in docs/how-to/add-an-event.md.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self

import attrs

from parlour.domain.kernel.ids import ConversationId, UserId

Json = Mapping[str, Any]
"""A JSON object: strings, numbers, booleans, None, lists and mappings."""

_NOTHING: Json = MappingProxyType({})


@attrs.frozen(kw_only=True)
class Payload:
    """What one event says.

    A subclass is a kind of event. Its fields have the names of the JSON fields and types of the
    domain; a field with a default is left out of the JSON while it has that default. The first
    line of its docstring is what the protocol reference says of the kind.

    `KIND` is the name on the wire and in storage, `SINCE` the level of the protocol that brought
    it, `REPLACED_BY` the kind that clients of a newer level listen to instead.
    """

    KIND: ClassVar[str]
    SINCE: ClassVar[int] = 1
    REPLACED_BY: ClassVar[str | None] = None

    unknown_fields: Json = attrs.field(default=_NOTHING, repr=False)
    """JSON fields that a newer release wrote and this one does not know; they are passed on."""

    def stored(self) -> Self:
        """Return what the log keeps of the event.

        A kind that shows something which may be changed or taken back later keeps which thing
        that is, and leaves out what it says: readers of the log fill in what it says now.
        """
        return self


@attrs.frozen(kw_only=True)
class ConversationPayload(Payload):
    """A kind of event in the log of a conversation: every member receives it."""

    def ends_delivery_to(self) -> UserId | None:
        """Return the user who receives nothing of the conversation after this event."""
        return None


@attrs.frozen(kw_only=True)
class PrivatePayload(Payload):
    """A kind of event in the private log of a user: all devices of that user receive it."""

    def starts_delivery_of(self) -> ConversationId | None:
        """Return the conversation that the user receives from now on."""
        return None

    def ends_delivery_of(self) -> ConversationId | None:
        """Return the conversation that the user receives no longer."""
        return None

    def changes_presence(self) -> bool:
        """Return whether others see the user's presence in another way from now on."""
        return False


@attrs.frozen(kw_only=True)
class UnknownPayload(ConversationPayload, PrivatePayload):
    """An event of a kind that this release does not know, kept as it was stored.

    A newer release may have written it during a rolling upgrade. Clients count and skip kinds that
    they do not know, so it is passed on to them untouched.
    """

    kind: str
    data: Json


def kind_of(payload: Payload) -> str:
    """Return the kind of *payload* as it is named on the wire."""
    return payload.kind if isinstance(payload, UnknownPayload) else payload.KIND


def described(text: str) -> dict[str, str]:
    """Return the metadata of an attrs field that the protocol reference explains as *text*."""
    return {"description": text}
