"""Which pages may open a socket."""

import pytest

from parlour.entrypoints.websocket.origins import Origins

LOCAL = Origins(tuple, host="127.0.0.1", behind_tls=False)
PUBLIC = Origins(lambda: ("https://app.example",), host="127.0.0.1", behind_tls=True)


class TestOrigins:
    @pytest.mark.parametrize(
        ("origin", "host"),
        [
            ("http://127.0.0.1:8000", "127.0.0.1:8000"),
            ("http://localhost:8000", "localhost:8000"),
            ("http://localhost", "localhost"),
            ("http://[::1]:8000", "[::1]:8000"),
            ("http://[::1]", "[::1]"),
            ("http://localhost", "localhost:80"),  # a proxy may name the port of the scheme
            ("http://localhost:80", "localhost"),
            ("http://LOCALHOST:8000", "localhost:8000"),
            ("http://localhost:8000", "LocalHost:8000"),
            ("http://[0:0:0:0:0:0:0:1]:8000", "[::1]:8000"),
            (None, "127.0.0.1:8000"),
            (None, None),
        ],
    )
    def test_let_the_own_page_in(self, origin: str | None, host: str | None) -> None:
        assert LOCAL.allow(origin, host)

    @pytest.mark.parametrize(
        ("origin", "host"),
        [
            ("https://evil.example", "127.0.0.1:8000"),
            ("http://evil.example:8000", "evil.example:8000"),  # a name pointed at this machine
            ("http://localhost:8001", "localhost:8000"),
            ("http://127.0.0.1", "127.0.0.1:8000"),
            ("http://127.0.0.1:8000", "localhost:8000"),
            ("https://localhost:8000", "localhost:8000"),
            ("http://localhost:8000.evil.example", "localhost:8000"),
            ("http://localhost.evil.example:8000", "localhost.evil.example:8000"),
            ("http://evil.example@localhost:8000", "localhost:8000"),
            ("http://localhost:8000:80", "localhost:8000"),
            ("http://localhost:99999999", "localhost:99999999"),
            ("http://[::2]:8000", "[::2]:8000"),
            ("http://[::1::]:8000", "[::1::]:8000"),
            ("http://localhost%20:8000", "localhost%20:8000"),
            ("http://localhost:8000/", "localhost:8000"),
            ("http://lоcalhost:8000", "localhost:8000"),  # a Cyrillic о
            ("null", "localhost:8000"),
            ("", "localhost:8000"),
            ("file://", "localhost:8000"),
            ("http://localhost:8000", None),
            ("http://", ""),
        ],
    )
    def test_keep_other_pages_out(self, origin: str, host: str | None) -> None:
        assert not LOCAL.allow(origin, host)

    def test_know_the_address_that_is_listened_on(self) -> None:
        for host in ("127.0.0.5", "fd00::5", "fe80::5%eth0"):
            shown = f"[{host}]:8000" if ":" in host else f"{host}:8000"

            assert Origins(tuple, host=host, behind_tls=False).allow(f"http://{shown}", shown)

    def test_are_listed_exactly(self) -> None:
        assert PUBLIC.allow("https://app.example", "chat.example")
        assert PUBLIC.allow("https://APP.example:443", "chat.example")
        for near in (
            "http://app.example",
            "https://app.example:444",
            "https://app.example.evil.example",
            "https://xapp.example",
            "HTTP://app.example:443",
        ):
            assert not PUBLIC.allow(near, "chat.example")

    def test_are_the_public_name_behind_tls(self) -> None:
        assert PUBLIC.allow("https://chat.example", "chat.example")
        assert not PUBLIC.allow("http://chat.example", "chat.example")
        assert not PUBLIC.allow("http://localhost:8000", "localhost:8000")

    def test_are_the_public_name_whatever_port_a_proxy_adds(self) -> None:
        for host in ("chat.example:443", "chat.example:80", "Chat.Example"):
            assert PUBLIC.allow("https://chat.example", host)
        for host in ("chat.example:8443", "evil.example:443", "chat.example:443:80"):
            assert not PUBLIC.allow("https://chat.example", host)
        assert PUBLIC.allow("https://chat.example:8443", "chat.example:8443")

    @pytest.mark.parametrize("zone", ["%eth0", "%25eth0"])
    def test_know_an_address_with_its_zone(self, zone: str) -> None:
        """Browsers send no zone; other clients do (RFC 6874)."""
        here = Origins(tuple, host="fe80::5%eth0", behind_tls=False)

        assert here.allow("http://[fe80::5]:8000", f"[fe80::5{zone}]:8000")
        assert not here.allow("http://[fe80::6]:8000", f"[fe80::5{zone}]:8000")
