"""A handshake is answered where HTTP is parsed only if everything about it is plainly right."""

import pytest

from parlour.entrypoints.websocket.upgrade import Handshake, Header

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
GOOD: list[Header] = [
    (b"host", b"chat.example"),
    (b"upgrade", b"websocket"),
    (b"connection", b"keep-alive, Upgrade"),
    (b"sec-websocket-version", b"13"),
    (b"sec-websocket-key", KEY),
]


def read(*more: Header) -> Handshake:
    """Read a good handshake with *more* headers."""
    handshake = Handshake.read([*GOOD, *more])
    assert handshake is not None
    return handshake


def without(name: bytes) -> list[Header]:
    """Return the headers of a good handshake but for one."""
    return [header for header in GOOD if header[0] != name]


class TestReading:
    def test_finds_where_it_comes_from(self) -> None:
        handshake = read((b"origin", b"https://app.example"))

        assert (handshake.origin, handshake.host) == ("https://app.example", "chat.example")

    def test_knows_that_no_page_asked(self) -> None:
        assert read().origin is None

    @pytest.mark.parametrize("name", [b"sec-websocket-version", b"sec-websocket-key"])
    def test_misses_what_is_not_there(self, name: bytes) -> None:
        assert Handshake.read(without(name)) is None

    @pytest.mark.parametrize("version", [b"8", b"013", b"13, 8", b""])
    def test_takes_no_other_version(self, version: bytes) -> None:
        headers = without(b"sec-websocket-version")

        assert Handshake.read([*headers, (b"sec-websocket-version", version)]) is None

    @pytest.mark.parametrize(
        "key", [b"", KEY[4:], KEY + KEY, KEY[:-1], b"=" + KEY[1:], b"!" + KEY[1:], KEY + b"\n"]
    )
    def test_takes_no_key_but_one_of_sixteen_bytes(self, key: bytes) -> None:
        headers = without(b"sec-websocket-key")

        assert Handshake.read([*headers, (b"sec-websocket-key", key)]) is None

    @pytest.mark.parametrize(
        "header",
        [
            (b"sec-websocket-key", KEY),
            (b"sec-websocket-version", b"13"),
            (b"host", b"chat.example"),
            (b"upgrade", b"h2c"),
        ],
    )
    def test_takes_nothing_that_is_said_twice(self, header: Header) -> None:
        assert Handshake.read([*GOOD, header]) is None

    def test_takes_no_two_origins(self) -> None:
        origins = [(b"origin", b"https://evil.example"), (b"origin", b"https://app.example")]

        assert Handshake.read([*GOOD, *origins]) is None


class TestAnswer:
    def test_is_that_of_the_standard(self) -> None:
        """RFC 6455 section 1.3 has this key and what belongs to it."""
        assert read().answer([(b"date", b"today")]) == (
            b"HTTP/1.1 101 Switching Protocols\r\n"
            b"Upgrade: websocket\r\n"
            b"Connection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
            b"date: today\r\n\r\n"
        )

    @pytest.mark.parametrize(
        "offers",
        [
            [(b"sec-websocket-protocol", b"parlour.v1")],
            [(b"sec-websocket-protocol", b"other.v2,parlour.v1 ")],
            [(b"sec-websocket-protocol", b"x"), (b"sec-websocket-protocol", b"parlour.v1")],
        ],
    )
    def test_agrees_on_the_protocol_that_both_speak(self, offers: list[Header]) -> None:
        handshake = read(*offers)

        assert not handshake.is_unsupported
        assert handshake.answer([]).endswith(b"\r\nSec-WebSocket-Protocol: parlour.v1\r\n\r\n")

    def test_names_no_protocol_that_was_not_offered(self) -> None:
        other = read((b"sec-websocket-protocol", b"other.v2, parlour.v12"))

        assert (other.is_unsupported, read().is_unsupported) == (True, False)
        assert b"Protocol:" not in other.answer([]) + read().answer([])
