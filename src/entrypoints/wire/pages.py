"""Pages of a log, encoded once for all clients that asked for the same page."""

import attrs
import msgspec

from parlour.domain.sync import EventPage
from parlour.entrypoints.wire.views import view_event

_encode = msgspec.json.Encoder().encode


@attrs.frozen
class EncodedPage:
    """A page, and its events encoded as a JSON array."""

    page: EventPage
    events: msgspec.Raw


def encode_page(page: EventPage) -> EncodedPage:
    """Encode the events of *page*."""
    return EncodedPage(page, msgspec.Raw(_encode([view_event(event) for event in page.events])))
