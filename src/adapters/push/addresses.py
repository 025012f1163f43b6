"""Where a push may go: users name endpoints, and must not make us knock at our own doors."""

import ipaddress
import socket
from collections.abc import Sequence


class ForbiddenAddress(OSError):
    """A name leads to an address that is not public."""


def reachable(host: str, port: int, *, allow_private: bool = False) -> Sequence[str]:
    """Return the addresses of *host*; raise `ForbiddenAddress` where one of them is not public.

    Whoever connects uses one of these, and does not ask for the name again: the second answer may
    be another one. Raises `OSError` where there is no such name.
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
        # An IPv4 address in the clothes of IPv6: mapped, 6to4, Teredo, NAT64.
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo or (None, None))[1]
        if parsed in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
    if inner is not None:
        return inner.is_global and not inner.is_multicast
    return parsed.is_global and not parsed.is_multicast
