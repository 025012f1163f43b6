"""Tokens cannot be guessed, and a repeated refresh gives the same successor."""

import hashlib
import re

import pytest

from parlour.adapters.security import TokenSecrets

secrets = TokenSecrets()


@pytest.mark.parametrize(("kind", "prefix"), [("access", "pla_"), ("refresh", "plr_")])
def test_a_token_names_its_kind_and_holds_256_bits(kind: str, prefix: str) -> None:
    token = secrets.token(kind)

    assert re.fullmatch(prefix + r"[A-Za-z0-9_-]{43}", token)
    assert secrets.token(kind) != token


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(KeyError):
        secrets.token("other")


def test_salts_are_sixteen_bytes_that_do_not_repeat() -> None:
    assert len(secrets.salt()) == 16
    assert secrets.salt() != secrets.salt()


class TestSuccessor:
    token = secrets.token("refresh")
    salt = secrets.salt()

    def test_is_a_token_of_the_same_kind(self) -> None:
        successor = secrets.successor(self.token, self.salt)

        assert re.fullmatch(r"plr_[A-Za-z0-9_-]{43}", successor)
        assert successor != self.token

    def test_is_the_same_on_every_node(self) -> None:
        assert secrets.successor(self.token, self.salt) == TokenSecrets().successor(
            self.token, self.salt
        )

    def test_depends_on_the_token_and_the_salt(self) -> None:
        successor = secrets.successor(self.token, self.salt)

        assert secrets.successor(self.token, secrets.salt()) != successor
        assert secrets.successor(secrets.token("refresh"), self.salt) != successor


class TestDigest:
    def test_is_the_sha256_of_the_whole_token(self) -> None:
        assert secrets.digest("pla_é") == hashlib.sha256("pla_é".encode()).digest()

    def test_of_text_that_is_no_token_is_no_error(self) -> None:
        assert len(secrets.digest("\ud800")) == 32
        assert len(secrets.digest("")) == 32
