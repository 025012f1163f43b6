"""Addresses to listen on: taken in every form, or refused with the way out."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from parlour.entrypoints.listening import CannotServe, address_of, listen


@pytest.fixture
def taken() -> Iterator[int]:
    with closing(listen("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_an_address_of_ipv6_is_taken_with_and_without_brackets(host: str) -> None:
    with closing(listen(host, 0)) as listener:
        assert listener.family == socket.AF_INET6
        assert address_of(listener).startswith("http://[::1]:")


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 300, "\udcff"])
def test_a_host_that_cannot_be_resolved_is_refused(host: str) -> None:
    with pytest.raises(CannotServe, match="no host name that can be resolved"):
        listen(host, 8000)


def test_a_port_that_is_taken_is_refused(taken: int) -> None:
    with pytest.raises(CannotServe, match=r"in use\. Choose another port"):
        listen("127.0.0.1", taken)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(CannotServe, match="address of this machine"):
        listen("192.0.2.1", 0)
