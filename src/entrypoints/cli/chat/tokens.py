"""Tokens that hold: kept on disk, refreshed in time, shared by all processes of an account."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from parlour.entrypoints.cli.chat.account import Account
from parlour.entrypoints.cli.chat.api import Entrance
from parlour.entrypoints.cli.chat.problems import ChatError, Refused

EARLY = timedelta(seconds=60)
"""How long before its end an access token is replaced."""

SOONEST = timedelta(seconds=20)
"""How long an access token is used at least."""


class LoggedOut(ChatError):
    """There are no tokens, or the service knows them no more."""

    def __init__(self) -> None:
        super().__init__("You are not logged in on this machine")


def now_utc() -> datetime:
    """Tell the time of this machine."""
    return datetime.now(UTC)


class Tokens:
    """The tokens of one account on this machine."""

    def __init__(
        self, account: Account, entrance: Entrance, clock: Callable[[], datetime] = now_utc
    ) -> None:
        self._account = account
        self._entrance = entrance
        self._clock = clock
        self._kept = account.load_tokens()
        self._one_at_a_time = asyncio.Lock()

    @property
    def user(self) -> Mapping[str, Any]:
        """The user that the tokens stand for; raise `LoggedOut`."""
        if self._kept is None:
            raise LoggedOut
        user: Mapping[str, Any] = self._kept["user"]
        return user

    @property
    def are_there(self) -> bool:
        """Tell whether somebody is logged in, as far as this machine knows."""
        return self._kept is not None

    def keep(self, tokens: Mapping[str, Any]) -> None:
        """Keep the tokens of a log-in, a registration or a refresh."""
        kept = {**(self._kept or {}), **tokens}
        life = _moment(kept["access_expires_at"]) - self._clock()
        # Where the clock of this machine is wrong, the service says when a token is over.
        renew_in = max(life - EARLY, life / 2, SOONEST)
        kept["renew_at"] = (self._clock() + renew_in).isoformat()
        self._account.save_tokens(kept)
        self._kept = kept

    async def access(self, *, fresh: bool = False) -> str:
        """Return an access token that holds for a while; *fresh*: another one than the last.

        Raises:
            LoggedOut: there is none to be had without a password.
            Refused, NoAnswer: the service cannot give one now.
        """
        async with self._one_at_a_time:
            if self._kept is None:
                raise LoggedOut
            if fresh or self._is_due(self._kept):
                await self._take_turn(self._kept["access_token"])
            return str(self._kept["access_token"])

    def renews_in(self) -> float:
        """Return the seconds until the access token should be replaced."""
        if self._kept is None:
            return 0.0
        return max(0.0, (_moment(self._kept["renew_at"]) - self._clock()).total_seconds())

    def forget(self) -> None:
        """Keep no tokens any more; those of a later log-in stay."""
        on_disk = self._account.load_tokens()
        if on_disk and self._kept and on_disk["refresh_token"] == self._kept["refresh_token"]:
            self._account.forget_tokens()
        self._kept = None

    def _is_due(self, kept: Mapping[str, Any]) -> bool:
        return self._clock() >= _moment(kept["renew_at"])

    async def _take_turn(self, old: str) -> None:
        """Refresh, unless another process has done it meanwhile.

        A refresh token serves once: used by two processes it would end the device.
        """
        async with self._account.locked():
            kept = self._account.load_tokens()
            if kept is not None and (kept["access_token"] == old or self._is_due(kept)):
                try:
                    self.keep(await self._entrance.refresh(kept["refresh_token"]))
                    return
                except Refused as refusal:
                    if refusal.temporary:
                        raise
                    self._account.forget_tokens()
                    kept = None
            self._kept = kept
        if kept is None:
            raise LoggedOut


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
