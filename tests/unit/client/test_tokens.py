"""Tokens are refreshed in time, once, and by one process at a time."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from parlour.entrypoints.cli.chat.account_files import AccountFiles
from parlour.entrypoints.client.api import AuthApi
from parlour.entrypoints.client.errors import LoggedOut, NoAnswer, Refused
from parlour.entrypoints.client.http import Http
from parlour.entrypoints.client.tokens import Tokens
from tests.support.fakes import ManualClock

LIFE = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)


class Issuer(AuthApi):
    """Gives the next pair for the present refresh token, and ends the device for any other."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(Http("http://127.0.0.1:9"))
        self._clock = clock
        self.given = 0
        self.asked: list[str] = []
        self.trouble: Callable[[], Exception] | None = None

    def pair(self) -> dict[str, Any]:
        self.given += 1
        return {
            "user": {"id": "a", "handle": "alice", "display_name": "Alice"},
            "access_token": f"access-{self.given}",
            "access_expires_at": (self._clock() + LIFE).isoformat(),
            "refresh_token": f"refresh-{self.given}",
        }

    async def refresh(self, refresh_token: str) -> Any:
        self.asked.append(refresh_token)
        await asyncio.sleep(0)
        if self.trouble is not None:
            raise self.trouble()
        if refresh_token != f"refresh-{self.given}":
            raise Refused("unauthenticated", "used before")
        return self.pair()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def issuer(clock: ManualClock) -> Issuer:
    return Issuer(clock)


@pytest.fixture
def account(tmp_path: Path) -> AccountFiles:
    return AccountFiles.at(tmp_path, "http://127.0.0.1:8000", "alice")


@pytest.fixture
def tokens(account: AccountFiles, issuer: Issuer, clock: ManualClock) -> Tokens:
    tokens = Tokens(account, issuer, clock)
    tokens.keep(issuer.pair())
    return tokens


async def test_a_token_is_used_until_a_minute_before_its_end(
    tokens: Tokens, clock: ManualClock
) -> None:
    clock.advance(LIFE - 2 * MINUTE)
    assert await tokens.access() == "access-1"

    clock.advance(MINUTE)
    assert await tokens.access() == "access-2"


async def test_a_fresh_token_is_another_one(tokens: Tokens) -> None:
    assert await tokens.access(fresh=True) == "access-2"


async def test_concurrent_requests_for_a_token_share_one_refresh(
    tokens: Tokens, issuer: Issuer, clock: ManualClock
) -> None:
    clock.advance(LIFE)
    found = await asyncio.gather(*(tokens.access() for _ in range(10)))

    assert set(found) == {"access-2"}
    assert issuer.asked == ["refresh-1"]


async def test_two_processes_never_use_the_same_refresh_token(
    tokens: Tokens, account: AccountFiles, issuer: Issuer, clock: ManualClock
) -> None:
    other = Tokens(account, issuer, clock)
    clock.advance(LIFE)
    found = await asyncio.gather(tokens.access(), other.access())

    assert set(found) == {"access-2"}
    assert issuer.asked == ["refresh-1"]


async def test_tokens_survive_the_process(
    tokens: Tokens, account: AccountFiles, issuer: Issuer, clock: ManualClock
) -> None:
    await tokens.access(fresh=True)
    later = Tokens(account, issuer, clock)

    assert await later.access() == "access-2"
    assert later.user["handle"] == "alice"


async def test_a_refused_refresh_ends_the_session(
    tokens: Tokens, account: AccountFiles, issuer: Issuer
) -> None:
    issuer.trouble = lambda: Refused("unauthenticated", "no")
    with pytest.raises(LoggedOut):
        await tokens.access(fresh=True)

    assert account.load_tokens() is None
    with pytest.raises(LoggedOut):
        await tokens.access()
    with pytest.raises(LoggedOut):
        _ = tokens.user


@pytest.mark.parametrize(
    "trouble", [Refused("overloaded", "busy", temporary=True), NoAnswer("down")]
)
async def test_a_temporary_failure_keeps_the_session(
    tokens: Tokens, issuer: Issuer, trouble: Exception
) -> None:
    issuer.trouble = lambda: trouble
    with pytest.raises(type(trouble)):
        await tokens.access(fresh=True)

    issuer.trouble = None
    assert await tokens.access(fresh=True) == "access-2"


def test_forget_keeps_the_tokens_of_a_later_log_in(
    tokens: Tokens, account: AccountFiles, issuer: Issuer, clock: ManualClock
) -> None:
    Tokens(account, issuer, clock).keep(issuer.pair())
    tokens.forget()
    assert account.load_tokens() is not None
    assert not tokens.is_logged_in

    later = Tokens(account, issuer, clock)
    later.forget()
    assert account.load_tokens() is None


async def test_a_log_out_by_another_process_is_noticed(
    tokens: Tokens, account: AccountFiles
) -> None:
    account.forget_tokens()

    with pytest.raises(LoggedOut):
        await tokens.access(fresh=True)


async def test_a_wrong_local_clock_does_not_refresh_all_the_time(
    tokens: Tokens, issuer: Issuer, clock: ManualClock
) -> None:
    pair = issuer.pair()
    tokens.keep({**pair, "access_expires_at": (clock() - timedelta(hours=3)).isoformat()})

    assert await tokens.access() == pair["access_token"]
    assert tokens.renews_in() == pytest.approx(20)
