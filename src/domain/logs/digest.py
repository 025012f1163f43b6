"""A digest of how far many logs are, from which those that moved since can be found."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

import attrs

from parlour.domain.kernel.ids import ConversationId

MAX_BUCKETS = 64
"""More would not fit in a cursor, which has at most 512 characters."""

_BYTES = 4
_MODULUS = 1 << 8 * _BYTES
_LOW = (1 << 64) - 1
_MIX = 0x9E3779B97F4A7C15
"""2^64 over the golden ratio: spreads ids that differ in few bits (Knuth, TAOCP 6.4)."""


@attrs.frozen
class OffsetDigest:
    """The last offsets of a user's conversations, summed up in buckets.

    An id belongs to one bucket, which holds the sum of the offsets and of a number made of each
    id, modulo 2^32. Offsets only grow, so a log that moved changes its bucket, whatever a clock
    says; so does a conversation that is new to the user, or that they left. The other
    conversations of the same bucket cannot be distinguished from the one that moved; of up to 16
    conversations nearly each has a bucket of its own.
    """

    sums: tuple[int, ...]

    @classmethod
    def of(
        cls, offsets: Mapping[ConversationId, int], buckets: int | None = None
    ) -> "OffsetDigest":
        """Sum up *offsets*; without *buckets*, in a power of two above four times their number."""
        size = buckets or min(MAX_BUCKETS, 1 << (4 * len(offsets)).bit_length())
        sums = [0] * size
        for conversation, offset in offsets.items():
            mixed = _mixed(conversation)
            sums[mixed % size] += (mixed >> 32) + offset
        return cls(tuple(each % _MODULUS for each in sums))

    def moved(self, offsets: Mapping[ConversationId, int]) -> list[ConversationId]:
        """Return the conversations that moved since, and those that share a bucket with one."""
        size = len(self.sums)
        now = OffsetDigest.of(offsets, size).sums
        changed = {at for at in range(size) if now[at] != self.sums[at]}
        return [each for each in offsets if _mixed(each) % size in changed] if changed else []

    @classmethod
    def parse(cls, raw: str) -> "OffsetDigest":
        """Read the text form; raise `ValueError` where it was not made by `str(digest)`."""
        data = urlsafe_b64decode(raw.encode("ascii") + b"=" * (-len(raw) % 4))
        if not data or len(data) % _BYTES or len(data) > MAX_BUCKETS * _BYTES:
            raise ValueError(raw)
        starts = range(0, len(data), _BYTES)
        found = cls(tuple(int.from_bytes(data[at : at + _BYTES]) for at in starts))
        if str(found) != raw:  # the decoder skips characters that it does not know
            raise ValueError(raw)
        return found

    def __str__(self) -> str:
        data = b"".join(each.to_bytes(_BYTES) for each in self.sums)
        return urlsafe_b64encode(data).rstrip(b"=").decode()


def _mixed(conversation: ConversationId) -> int:
    """Return 64 bits of an id: the upper half is summed up, the lower half finds the bucket."""
    mixed = (conversation.int & _LOW) * _MIX & _LOW
    return mixed ^ mixed >> 32
