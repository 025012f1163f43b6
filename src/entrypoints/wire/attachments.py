"""The files of a message, the same in a frame of the socket and in a request over HTTP."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from parlour.domain.kernel.errors import NotFound

Attachments = Annotated[list[str], Meta(max_length=50, description="Reserved; must be empty.")]


def refuse_attachments(named: Sequence[str]) -> None:
    """Raise `NotFound` where a message names a file: the service keeps none."""
    if named:
        raise NotFound("There is no such file")
