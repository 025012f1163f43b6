"""All kinds of events: the registry, and reading what is stored."""

from parlour.domain.events.registry import (
    CONVERSATION_PAYLOADS,
    PRIVATE_PAYLOADS,
    decode_conversation_payload,
    decode_private_payload,
)
from parlour.domain.logs.codec import encode as encode_payload

__all__ = [
    "CONVERSATION_PAYLOADS",
    "PRIVATE_PAYLOADS",
    "decode_conversation_payload",
    "decode_private_payload",
    "encode_payload",
]
