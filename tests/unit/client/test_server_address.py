"""The address of the service: what is accepted, and what would be insecure."""

import pytest

from parlour.entrypoints.client.errors import ClientError
from parlour.entrypoints.client.http import read_server


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://Chat.Example.org/?x=1#y", "https://chat.example.org"),
        ("https://example.org/Chat", "https://example.org/Chat"),
        ("localhost:8000/chat/", "http://localhost:8000/chat"),
        ("https://example.org/tools/chat/?x=1", "https://example.org/tools/chat"),
    ],
)
def test_an_address_is_scheme_host_port_and_path(raw: str, read: str) -> None:
    assert read_server(raw) == read


@pytest.mark.parametrize(
    "raw",
    ["", "ftp://127.0.0.1", "http://", "http://host:port", "http://bob@127.0.0.1", "http://[::1"],
)
def test_anything_else_is_refused_with_an_example(raw: str) -> None:
    with pytest.raises(ClientError, match=r"https://chat\.example\.org"):
        read_server(raw)


def test_http_to_another_machine_needs_the_insecure_option() -> None:
    with pytest.raises(ClientError, match="in the clear"):
        read_server("http://chat.example.org")

    assert read_server("http://chat.example.org", insecure=True) == "http://chat.example.org"
