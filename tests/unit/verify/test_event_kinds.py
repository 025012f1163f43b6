"""`parlour verify` checks kinds of events that the service sends, and skips the others."""

from parlour.domain.events import CONVERSATION_PAYLOADS, PRIVATE_PAYLOADS
from parlour.domain.logs import ConversationPayload, PrivatePayload
from parlour.domain.messages import MessagePosted
from parlour.entrypoints.client.events import CONVERSATION_EVENTS, PRIVATE_EVENTS
from parlour.entrypoints.verify.event_kinds import CHECKED

KINDS = (*CONVERSATION_PAYLOADS, *PRIVATE_PAYLOADS)
FILE = "src/entrypoints/verify/event_kinds.py"


def test_every_checked_kind_is_sent_and_known_to_the_client() -> None:
    assert {each.KIND for each in KINDS} >= CHECKED, FILE
    assert CONVERSATION_EVENTS.keys() | PRIVATE_EVENTS.keys() >= CHECKED, FILE


def test_messages_and_every_kind_that_changes_what_is_delivered_are_checked() -> None:
    ends = ConversationPayload.ends_delivery_to
    starts = PrivatePayload.starts_delivery_of
    needed = {MessagePosted.KIND}
    needed |= {each.KIND for each in CONVERSATION_PAYLOADS if each.ends_delivery_to is not ends}
    needed |= {each.KIND for each in PRIVATE_PAYLOADS if each.starts_delivery_of is not starts}

    assert needed <= CHECKED, FILE
