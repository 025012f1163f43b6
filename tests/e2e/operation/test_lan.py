"""`parlour serve --lan`: a phone of the same network opens the service over TLS."""

import hashlib
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from websockets.asyncio.client import connect

from tests.support.http_client import HttpClient
from tests.support.nodes import Node
from tests.support.processes import free_port
from tests.support.programs import Program


class LanNode(Node):
    """A node that serves the local network as well."""

    def __init__(self) -> None:
        self.lan_port = free_port()
        super().__init__({"STORAGE__BACKEND": "memory"})

    def command(self) -> tuple[Program, Sequence[str]]:
        program, words = super().command()
        return program, [*words, "--lan", str(self.lan_port)]

    @property
    def lan_url(self) -> str:
        return f"https://127.0.0.1:{self.lan_port}"


@pytest.fixture(scope="module")
def node() -> Iterator[LanNode]:
    with LanNode() as node:
        yield node


def trusting() -> ssl.SSLContext:
    """Return what a browser uses after its user has accepted the warning."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def certificate_of(node: LanNode) -> bytes:
    with (
        socket.create_connection(("127.0.0.1", node.lan_port)) as plain,
        trusting().wrap_socket(plain) as tls,
    ):
        found = tls.getpeercert(binary_form=True)
    assert found is not None
    return found


def test_prints_the_address_to_open_and_the_fingerprint_of_the_warning(node: LanNode) -> None:
    fingerprint = hashlib.sha256(certificate_of(node)).digest().hex(":").upper()

    assert re.search(rf"open https://[\d.]+:{node.lan_port}$", node.log, re.MULTILINE)
    assert f"SHA-256 {fingerprint}" in node.log
    assert "will warn" in node.log


def test_the_certificate_is_for_this_machine_and_holds_for_a_day(node: LanNode) -> None:
    certificate = x509.load_der_x509_certificate(certificate_of(node))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    (shown,) = re.findall(rf"https://([\d.]+):{node.lan_port}", node.log)

    assert ip_address(shown) in names.get_values_for_type(x509.IPAddress)
    left = certificate.not_valid_after_utc - datetime.now(UTC)
    assert timedelta(0) < left <= timedelta(days=1)


async def test_the_page_logs_in_and_chats_over_tls(node: LanNode) -> None:
    http = HttpClient(node.lan_url)
    answer = await http.ask(
        "POST",
        "/v1/auth/register",
        json={"handle": "alice", "password": "quiet otters juggle lamps", "cookie": True},
        headers={"Origin": node.lan_url},
    )
    alice = http.user(answer.json())
    address = f"wss://127.0.0.1:{node.lan_port}/v1/ws"
    async with connect(
        address,
        ssl=trusting(),
        origin=node.lan_url,  # type: ignore[arg-type]
        subprotocols=["parlour.v1"],  # type: ignore[list-item]
        proxy=None,
    ) as opened:
        await opened.send(f'{{"type":"hello","id":1,"v":1,"token":"{alice.token}"}}')
        welcome = str(await opened.recv())

    assert "Secure" in answer.headers["set-cookie"]
    assert "strict-transport-security" not in answer.headers
    assert '"type":"welcome"' in welcome
