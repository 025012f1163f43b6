"""The client's address, from the connection and the X-Forwarded-For of trusted proxies."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address

UNKNOWN = "unknown"


def client_of(
    peer: str | None, forwarded_for: Sequence[str], trusted_proxies: tuple[str, ...]
) -> str:
    """Return the rate-limit key of the client: its IPv4 address, or the /64 of its IPv6 address.

    *forwarded_for* holds the X-Forwarded-For headers in their order. Each proxy appends whom it
    heard, so the right-most address that is no trusted proxy is the client; what stands to its
    left anybody can have written.
    """
    found = _parse(peer or "")
    if found is None:
        return UNKNOWN
    hops = [hop.strip() for header in forwarded_for for hop in header.split(",")]
    while hops and _is_trusted(found, trusted_proxies):
        before = _parse(hops.pop())
        if before is None:
            break
        found = before
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, 64), strict=False))
    return str(found)


def is_trusted(peer: str, trusted_proxies: tuple[str, ...]) -> bool:
    """Return whether the *peer* of a connection is a trusted proxy."""
    if not trusted_proxies:
        return False
    found = _parse(peer)
    return found is not None and _is_trusted(found, trusted_proxies)


def _is_trusted(address: Address, trusted_proxies: tuple[str, ...]) -> bool:
    return any(address in network for network in _networks(trusted_proxies))


@lru_cache(maxsize=8)
def _networks(names: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(name, strict=False) for name in names)


def _parse(raw: str) -> Address | None:
    """Parse an address, with or without a port; an IPv4-mapped IPv6 address is IPv4."""
    text = raw.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
