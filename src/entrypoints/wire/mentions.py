"""The mentions of a message: what a request may name, and how those that count are shown."""

from typing import Annotated

from msgspec import Meta

from parlour.domain.messages import EVERYONE, MAX_MENTIONS, Content

Mentions = Annotated[
    list[Annotated[str, Meta(max_length=36)]],
    Meta(max_length=MAX_MENTIONS, description="Users or `all`, besides those in the text."),
]


def view_mentions(content: Content) -> list[str] | None:
    """Return the mentions of a message, None where there are none."""
    if not content.mentions_anybody:
        return None
    everyone = [EVERYONE] if content.mentions_all else []
    return [*map(str, content.mentions), *everyone]
