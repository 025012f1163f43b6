"""The emoji of a request, the same in a frame of the socket and in an address over HTTP."""

from collections.abc import Collection

from parlour.domain.messages import Emoji


def read_emoji(raw: str, custom: Collection[str], *, is_new: bool = False) -> Emoji:
    """Return the emoji that a client named; raise `Invalid` for what is none.

    A new reaction may have a name of *custom*. Any name may be taken back, or asked for: it may be
    one that the operator does not list any more.
    """
    return Emoji.parse(raw, custom if is_new else {raw[1:-1]})
