"""Logging in at a terminal: what is asked, and what is told."""

from typing import Any

import pytest

from parlour.entrypoints.cli.chat.log_in import Questions, ensure_tokens
from parlour.entrypoints.client.api import AuthApi
from parlour.entrypoints.client.errors import ClientError, Refused
from parlour.entrypoints.client.http import Http
from parlour.entrypoints.client.tokens import MemoryTokenStorage, Tokens

WRONG = Refused("unauthenticated", "Handle or password is wrong")
ISSUED = {
    "user": {"id": "a", "handle": "alice", "display_name": "Alice"},
    "device": "d",
    "access_token": "pla_a",
    "access_expires_at": "2030-01-01T00:00:00Z",
    "refresh_token": "plr_a",
    "refresh_expires_at": "2030-02-01T00:00:00Z",
}


class Service(Http):
    """A service that knows no password; *registration* is None where it does not say."""

    def __init__(self, registration: str | None, taken: bool = False) -> None:
        super().__init__("http://127.0.0.1:1")
        self.registration = registration
        self.taken = taken

    async def request(self, method: str, path: str, *_body: Any, **_more: Any) -> Any:
        if (method, path) == ("GET", "/v1/service"):
            if self.registration is None:
                raise Refused("not_found", "There is no such thing")
            return {"registration": self.registration}
        if path == "/v1/auth/login":
            raise WRONG
        if self.taken:
            raise Refused("handle_taken", "This handle is taken")
        return ISSUED


class Person(Questions):
    """Somebody who registers where they are asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def password(self, handle: str, *, is_new: bool) -> str:
        return "quiet otters juggle lamps"

    def may_register(self, handle: str) -> bool:
        self.asked.append(handle)
        return True


async def log_in(service: Service, person: Person) -> Tokens:
    auth = AuthApi(service)
    tokens = Tokens(MemoryTokenStorage(), auth)
    await ensure_tokens("alice", tokens, auth, person, register=False)
    return tokens


@pytest.mark.parametrize("registration", ["open", None])
async def test_where_registration_is_open_an_unknown_user_is_asked(
    registration: str | None,
) -> None:
    person = Person()
    tokens = await log_in(Service(registration), person)

    assert person.asked == ["alice"]
    assert tokens.is_logged_in


async def test_where_registration_is_closed_nobody_is_asked() -> None:
    person = Person()
    with pytest.raises(Refused, match="Handle or password is wrong"):
        await log_in(Service("closed"), person)

    assert person.asked == []


async def test_a_wrong_password_of_an_existing_account_is_named() -> None:
    with pytest.raises(ClientError, match="alice has an account, and this is not its password"):
        await log_in(Service("open", taken=True), Person())
