"""Prevents server-side request forgery (SSRF) through push endpoints that users supply."""

import ipaddress
import socket
from collections.abc import Sequence


class ForbiddenAddress(OSError):
    """A host name resolves to an address that is not public."""


def resolve_public(host: str, port: int, *, allow_private: bool = False) -> Sequence[str]:
    """Resolve *host* to its addresses; raise `ForbiddenAddress` where one of them is not public.

    Connect to one of these addresses and do not resolve the name again, because a second answer
    may differ (DNS rebinding). Raises `OSError` where the name cannot be resolved.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allow_private:
        for address in addresses:
            if not _is_public(address):
                raise ForbiddenAddress(f"{host} is not a public address")
    return addresses


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    inner = None
    if isinstance(parsed, ipaddress.IPv6Address):
        # An IPv4 address inside of an IPv6 address: mapped, 6to4, Teredo, NAT64.
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo or (None, None))[1]
        if parsed in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
    if inner is not None:
        return inner.is_global and not inner.is_multicast
    return parsed.is_global and not parsed.is_multicast
