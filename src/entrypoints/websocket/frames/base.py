"""What all frames of the socket share: ids, numbers, and the bases of requests and answers."""

from typing import Annotated

from msgspec import Meta, Struct

Id = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Seq = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class Request(Struct, tag_field="type", kw_only=True, gc=False):
    """Base of the frames that get an answer with the same id."""

    id: Id


class Answer(Struct, tag_field="type", tag="ok", omit_defaults=True, gc=False):
    """The request is done; a durable one is committed."""

    id: int
