"""`parlour verify` checks every kind of event that the service sends, or skips it on purpose."""

from parlour.domain.events import CONVERSATION_PAYLOADS, PRIVATE_PAYLOADS
from parlour.entrypoints.verify.event_kinds import CHECKED, SKIPPED


def test_every_kind_is_checked_or_skipped_on_purpose() -> None:
    sent = {each.KIND for each in (*CONVERSATION_PAYLOADS, *PRIVATE_PAYLOADS)}

    assert sent == CHECKED | SKIPPED, "src/entrypoints/verify/event_kinds.py"
    assert not CHECKED & SKIPPED
