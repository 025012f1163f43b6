"""Pushes are encrypted as in the example of RFC 8291, and signed as in RFC 8292."""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from parlour.adapters.push import VapidKey, encrypt
from parlour.adapters.push.encryption import MAX_PLAIN
from tests.support.push_service import PushReceiver

# RFC 8291, appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
RECEIVER = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)

# RFC 8292, section 2.4.
TOKEN = (
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAi"
    "OjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HL"
    "GkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA"
)
TOKEN_KEY = (
    "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"
)


def octets(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def key_of(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(octets(text), "big"), ec.SECP256R1())


def verify(token: str, key: str) -> dict[str, object]:
    """Return the claims of a token; raise `InvalidSignature`."""
    signed, _, signature = token.rpartition(".")
    raw = octets(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), octets(key))
    public.verify(encode_dss_signature(r, s), signed.encode(), ec.ECDSA(SHA256()))
    claims: dict[str, object] = json.loads(octets(signed.partition(".")[2]))
    return claims


def test_a_push_is_encrypted_as_in_the_example_of_the_rfc() -> None:
    body = encrypt(PLAIN, octets(POINT), octets(SECRET), salt=octets(SALT), key=key_of(SENDER))

    assert body == octets(BODY)
    assert PushReceiver(key_of(RECEIVER), octets(SECRET)).read(body) == PLAIN


def test_two_encryptions_of_a_push_differ() -> None:
    browser = PushReceiver.new()
    bodies = {encrypt(b"hi", browser.point, browser.secret) for _ in range(8)}

    assert len(bodies) == 8
    assert {browser.read(body) for body in bodies} == {b"hi"}


def test_a_push_larger_than_a_record_is_refused() -> None:
    browser = PushReceiver.new()
    body = encrypt(b"x" * MAX_PLAIN, browser.point, browser.secret)

    assert len(body) <= 4096
    assert browser.read(body) == b"x" * MAX_PLAIN
    with pytest.raises(ValueError, match="at most"):
        encrypt(b"x" * (MAX_PLAIN + 1), browser.point, browser.secret)


def test_a_key_that_is_no_point_of_the_curve_is_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        encrypt(b"hi", b"\x04" + bytes(64), bytes(16))


def test_the_service_signs_as_in_the_example_of_the_rfc() -> None:
    example = verify(TOKEN, TOKEN_KEY)
    now = datetime.fromtimestamp(int(str(example["exp"])) - 12 * 3600, UTC)
    key = VapidKey.load(VapidKey.make())
    header = key.authorization("https://push.example.net", "mailto:push@example.com", now)
    scheme, _, rest = header.partition(" ")
    token, _, public = rest.removeprefix("t=").partition(", k=")

    assert (scheme, public) == ("vapid", key.public)
    assert token.rpartition(".")[0] == TOKEN.rpartition(".")[0]
    assert verify(token, key.public) == example
    with pytest.raises(InvalidSignature):
        verify(token, TOKEN_KEY)


def test_a_stored_key_is_loaded_again() -> None:
    kept = VapidKey.make()

    assert VapidKey.load(kept).public == VapidKey.load(kept).public
    assert len(octets(VapidKey.load(kept).public)) == 65
    with pytest.raises(ValueError, match=r"."):
        VapidKey.load(b"no key")
