"""What the close codes of the protocol ask a client to do, and how long it waits before."""

import random
from enum import Enum

LOST = 1006
"""What a socket that broke without a word counts as."""

TOKEN_EXPIRED = 4005
UNAUTHENTICATED = 4501
SESSION_REVOKED = 4504

_STOP = range(4500, 4600)
_REASONS = {
    4500: "the service did not understand this client",
    4501: "you are no longer logged in here",
    4502: "the service refuses you",
    4503: "the service speaks another version of the protocol",
    4504: "this device was logged out",
    4505: "you have too many connections",
    4506: "the service heard no greeting in time",
}

SHORTEST = 0.5
LONGEST = 30.0


class Action(Enum):
    """What to do after a close."""

    RECONNECT = "reconnect"
    REFRESH = "refresh"
    STOP = "stop"


def action_of(code: int) -> Action:
    """Return what *code* asks for.

    Reconnect after everything temporary, and after what networks and proxies close with
    (1001, 1006, 1012 …); stop where trying again is wrong.
    """
    if code == TOKEN_EXPIRED:
        return Action.REFRESH
    return Action.STOP if code in _STOP else Action.RECONNECT


def reason_of(code: int) -> str:
    """Return in words why the service wants no other try."""
    return _REASONS.get(code, f"the service closed the connection ({code})")


def pause(attempt: int) -> float:
    """Return the seconds to wait before try number *attempt*, drawn by chance."""
    return retry_delay(attempt, random.random())  # noqa: S311 - jitter, not a secret


def retry_delay(attempt: int, chance: float) -> float:
    """Return the seconds to wait before try number *attempt* (0 is the first after a loss).

    Full jitter: a random moment between half a second and a bound that doubles up to 30 s, so that
    the clients of a node that died come back spread out. *chance* is random in [0, 1).
    """
    bound: float = min(LONGEST, SHORTEST * 2 ** min(attempt + 1, 16))
    return SHORTEST + chance * (bound - SHORTEST)
