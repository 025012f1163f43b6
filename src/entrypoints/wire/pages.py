"""Pages of a log, encoded once for all clients that asked for the same page."""

from collections.abc import Iterable
from typing import Any

import attrs
import msgspec

from parlour.domain.logs import Cursor
from parlour.domain.sync import EventPage, PrivatePage
from parlour.entrypoints.wire.views import view_event, view_private

MAX_PAGE_BYTES = 64 * 1024
"""Encoded events of one page in bytes; a page holds one event at least."""

_encode = msgspec.json.Encoder().encode


@attrs.frozen
class EncodedPage:
    """A page, and its events encoded as a JSON array."""

    page: EventPage
    events: msgspec.Raw


def encode_page(page: EventPage) -> EncodedPage:
    """Encode as many events of *page* as fit `MAX_PAGE_BYTES`; `more` where some are left out."""
    events = _encode([view_event(event) for event in page.events])
    if len(events) > MAX_PAGE_BYTES:
        page = bounded_page(page)
        events = _encode([view_event(event) for event in page.events])
    return EncodedPage(page, msgspec.Raw(events))


def bounded_page(page: EventPage) -> EventPage:
    """Return *page* with as many events as fit `MAX_PAGE_BYTES`, and `more` if some do not."""
    fitting = _fitting(view_event(event) for event in page.events)
    if fitting == len(page.events):
        return page
    return attrs.evolve(page, events=page.events[:fitting], more=True)


def bounded_private_page(page: PrivatePage) -> PrivatePage:
    """Return *page* with as many events as fit `MAX_PAGE_BYTES`, its cursor after the last."""
    fitting = _fitting(view_private(event) for event in page.events)
    if fitting == len(page.events):
        return page
    events = page.events[:fitting]
    cursor = Cursor(events[-1].offset, page.cursor.conversations)
    return attrs.evolve(page, events=events, cursor=cursor, more=True)


def _fitting(views: Iterable[Any]) -> int:
    """Return how many of the first *views* fit a page, encoded as an array; one at least."""
    size, count = 1, 0
    for view in views:
        size += len(_encode(view)) + 1
        if count and size > MAX_PAGE_BYTES:
            break
        count += 1
    return count
