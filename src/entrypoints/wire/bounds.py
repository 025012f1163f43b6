"""Bounds of fields that both transports read; the domain has the exact rules."""

from typing import Annotated

from msgspec import Meta

Seqs = Annotated[
    list[Annotated[int, Meta(ge=1, le=2**53 - 1)]], Meta(min_length=1, max_length=100)
]
EmojiText = Annotated[str, Meta(min_length=1, max_length=64)]
Choice = Annotated[
    list[Annotated[int, Meta(ge=0, le=11)]],
    Meta(max_length=12, description="The index of each chosen option; none takes the vote back."),
]
