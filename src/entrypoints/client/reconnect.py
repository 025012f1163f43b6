"""
When to connect again: what the close codes of the protocol ask for, and how long to wait.

Full jitter as in "Exponential Backoff And Jitter" (Brooker, AWS Architecture Blog, 2015), so that
the clients of a node that died come back spread out.
"""

import random
from collections.abc import Callable

import attrs

from parlour.entrypoints.client.errors import ConnectionEnded

LOST = 1006
"""The code for a socket that broke without a close frame (RFC 6455, section 7.4.1)."""

MOVED = 0
"""No code of the protocol: this client left a draining node at the moment it was given."""

TOKEN_EXPIRED = 4005
UNAUTHENTICATED = 4501
SESSION_REVOKED = 4504

_REASONS = {
    4500: "the service did not understand this client",
    4501: "you are no longer logged in here",
    4502: "the service refuses you",
    4503: "the service speaks another version of the protocol",
    4504: "this device was logged out",
    4505: "you have too many connections",
    4506: "the service received no hello in time",
}


def is_final(code: int) -> bool:
    """Return whether a close code forbids another try; 4500 to 4599 do, also future ones."""
    return 4500 <= code < 4600


def reason_of(code: int) -> str:
    """Return in words why the service wants no other try."""
    return _REASONS.get(code, f"the service closed the connection ({code})")


@attrs.frozen
class Backoff:
    """Random waits from *shortest* seconds to a bound that doubles up to *longest*."""

    shortest: float = 0.5
    longest: float = 30.0
    chance: Callable[[], float] = random.random

    def delay(self, attempt: int) -> float:
        """Return the seconds to wait before try number *attempt*; 0 is the first after a loss."""
        bound: float = min(self.longest, self.shortest * 2 ** min(attempt + 1, 16))
        return self.shortest + self.chance() * (bound - self.shortest)


@attrs.define
class ReconnectPolicy:
    """Decides after each end of a connection when to try again, and whether with a new token.

    A connection that lasted *steady* seconds was good: the next loss counts as a first one.
    """

    backoff: Backoff = attrs.field(factory=Backoff)
    steady: float = 10.0
    wants_fresh_token: bool = False
    _attempt: int = 0

    def delay_after(self, code: int, lasted: float) -> float:
        """Return the seconds to wait after a connection that lasted *lasted* seconds.

        Raises:
            ConnectionEnded: the service wants no other try.
        """
        # A token may have been revoked since it was made; only a refusal of a fresh one is final.
        is_stale = code == UNAUTHENTICATED and not self.wants_fresh_token
        if is_final(code) and not is_stale:
            raise ConnectionEnded(code, reason_of(code))
        if lasted > self.steady:
            self._attempt = 0
        at_once = is_stale or (code in (TOKEN_EXPIRED, MOVED) and self._attempt == 0)
        delay = 0.0 if at_once else self.backoff.delay(self._attempt)
        self.wants_fresh_token = is_stale or code == TOKEN_EXPIRED
        self._attempt += 1
        return delay
