"""
Checks of single values: each raises ValueError with a text that follows the name of the key.

Rules between several keys are in `rules`.
"""

import ipaddress
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import SplitResult, urlsplit

from parlour.adapters.config.problems import said
from parlour.adapters.config.units import duration, format_duration, format_size, size
from parlour.domain.kernel.limits import Rate

Check = Callable[[Any], None]

_MAX_RATE = 1_000_000


def within(low: float, high: float) -> Check:
    """Accept numbers from `low` to `high`, both included."""
    return _between(low, high, str)


def lasting(shortest: str, longest: str) -> Check:
    """Accept durations from `shortest` to `longest`, both included."""
    return _between(duration(shortest), duration(longest), format_duration)


def sized(smallest: str, largest: str) -> Check:
    """Accept sizes from `smallest` to `largest`, both included."""
    return _between(size(smallest), size(largest), format_size)


def _between(low: Any, high: Any, say: Callable[[Any], str]) -> Check:
    def check(value: Any) -> None:
        if not low <= value <= high:
            raise ValueError(f"must be between {say(low)} and {say(high)}, not {say(value)}")

    return check


def sustainable(rate: Rate) -> None:
    """Accept rates of up to a million a second, with a burst of up to a million."""
    if not (0 < rate.per_second <= _MAX_RATE and 1 <= rate.burst <= _MAX_RATE):
        raise ValueError(f"must allow 1 to {_MAX_RATE} at once and at most {_MAX_RATE} a second")


def named_or_factory(*names: str) -> Check:
    """Accept one of the names, or `package.module:factory` of a custom backend."""

    def check(value: str) -> None:
        if value not in names and not re.fullmatch(r"\w+(\.\w+)*:\w+", value):
            known = ", ".join(f'"{name}"' for name in names)
            raise ValueError(
                f'must be one of {known} or "package.module:factory", not {said(value)}'
            )

    return check


def matching(pattern: str, described: str) -> Check:
    """Accept text that matches the whole pattern; `described` names it in the error."""

    def check(value: str) -> None:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"must be {described}, not {said(value)}")

    return check


HOST = matching(r"[^\s/]+", "a host name or an address")
"""Accepts a host name or an address."""


def redis_address(value: str) -> None:
    """Accept an address of Redis; the error does not repeat it, as it may hold a password."""
    if not re.fullmatch(r"(rediss?|unix)://\S+", value) or _parts(value) is None:
        raise ValueError("must be an address such as redis://127.0.0.1:6379/0")


def real_origins(values: tuple[str, ...]) -> None:
    """Accept origins as browsers send them: scheme, host, and a port that is not the default."""
    for value in values:
        parts = _parts(value)
        if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(
                f'must hold origins such as "https://chat.example.org", not {said(value)}'
            )
        if "*" in value:
            raise ValueError(f"must name each origin in full: {said(value)} lets strangers in")
        if value != f"{parts.scheme}://{parts.netloc}".lower() or "@" in value:
            raise ValueError(
                "must hold origins of scheme, host and port alone, in lower case: "
                f"{said(value)} says more"
            )
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError(f"must hold https origins beyond this machine, not {said(value)}")


def _parts(url: str) -> SplitResult | None:
    """Parse an address; None where its host or port is malformed."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def narrow_networks(values: tuple[str, ...]) -> None:
    """Accept addresses and networks, except the whole Internet."""
    for value in values:
        try:
            network = ipaddress.ip_network(value)
        except ValueError:
            raise ValueError(
                f'must hold addresses or networks such as "10.0.0.0/8", not {said(value)}'
            ) from None
        if network.prefixlen == 0:
            raise ValueError(f"must name the proxies, and {said(value)} trusts everybody")


def emoji_names(values: tuple[str, ...]) -> None:
    """Accept names of custom emojis: with their colons they fit the 64 bytes of a reaction."""
    for value in values:
        if not re.fullmatch(r"[a-z0-9_+-]{1,62}", value):
            raise ValueError(
                "must hold names of at most 62 lower-case letters, digits, _, + and -, "
                f'such as "party-parrot", not {said(value)}'
            )


def is_loopback(host: str) -> bool:
    """Return whether a host can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
