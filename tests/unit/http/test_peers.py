"""Whose address counts."""

import pytest

from parlour.entrypoints.http.peers import UNKNOWN, client_of

PROXIES = ("10.0.0.0/8", "fd00::/8", "192.0.2.1")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.7", [], "198.51.100.7"),
        ("198.51.100.7", ["203.0.113.9"], "198.51.100.7"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["1.2.3.4, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["1.2.3.4", "203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["203.0.113.9, 10.9.9.9, 192.0.2.1"], "203.0.113.9"),
        ("10.0.0.1", ["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
        ("10.0.0.1", ["203.0.113.9:4711"], "203.0.113.9"),
        ("10.0.0.1", ["nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9, nonsense, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["unknown, _hidden"], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("fd00::1", ["::ffff:203.0.113.9"], "203.0.113.9"),
        ("2001:db8::1", [], "2001:db8::/64"),
        ("2001:db8:0:0:ffff::9", [], "2001:db8::/64"),
        ("fd00::1", ["[2001:db8:7::1]:443"], "2001:db8:7::/64"),
        ("", ["203.0.113.9"], UNKNOWN),
        (None, [], UNKNOWN),
        ("/run/parlour.sock", [], UNKNOWN),
    ],
)
def test_the_right_most_address_that_is_no_trusted_proxy_is_the_client(
    peer: str | None, forwarded: list[str], client: str
) -> None:
    assert client_of(peer, forwarded, PROXIES) == client


def test_without_trusted_proxies_nothing_that_is_said_counts() -> None:
    assert client_of("127.0.0.1", ["203.0.113.9"], ()) == "127.0.0.1"


def test_a_thousand_hops_are_read_to_the_first_that_is_not_ours() -> None:
    hops = ", ".join(["203.0.113.9", *["10.0.0.2"] * 1_000])
    assert client_of("10.0.0.1", [hops], PROXIES) == "203.0.113.9"
