"""Access tokens: kept in a store, refreshed in time, by one process at once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from parlour.entrypoints.client.api import AuthApi
from parlour.entrypoints.client.errors import LoggedOut, Refused

EARLY = timedelta(seconds=60)
"""How long before its end an access token is replaced."""

MIN_USE = timedelta(seconds=20)
"""How long an access token is used at least."""


class TokenStorage(Protocol):
    """Keeps the tokens of one account, perhaps for several processes."""

    def load_tokens(self) -> dict[str, Any] | None:
        """Return the tokens, None where there are none."""
        ...

    def save_tokens(self, tokens: Mapping[str, Any]) -> None:
        """Replace the tokens: all of them or none."""
        ...

    def forget_tokens(self) -> None:
        """Remove the tokens."""
        ...

    def locked(self) -> AbstractAsyncContextManager[None]:
        """Keep other processes from refreshing meanwhile; raises `NoAnswer` after a long wait."""
        ...


class MemoryTokenStorage(TokenStorage):
    """Keeps the tokens for this process alone."""

    def __init__(self) -> None:
        self._tokens: dict[str, Any] | None = None

    def load_tokens(self) -> dict[str, Any] | None:
        return self._tokens

    def save_tokens(self, tokens: Mapping[str, Any]) -> None:
        self._tokens = dict(tokens)

    def forget_tokens(self) -> None:
        self._tokens = None

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        yield


def now_utc() -> datetime:
    """Return the time of this machine."""
    return datetime.now(UTC)


class Tokens:
    """The tokens of one account, refreshed when they are due."""

    def __init__(
        self, store: TokenStorage, auth: AuthApi, clock: Callable[[], datetime] = now_utc
    ) -> None:
        self._store = store
        self._auth = auth
        self._clock = clock
        self._kept = store.load_tokens()
        self._lock = asyncio.Lock()

    @property
    def user(self) -> Mapping[str, Any]:
        """The user that the tokens belong to; raises `LoggedOut`."""
        if self._kept is None:
            raise LoggedOut
        user: Mapping[str, Any] = self._kept["user"]
        return user

    @property
    def is_logged_in(self) -> bool:
        """Whether there are tokens; the service may have ended them since."""
        return self._kept is not None

    def keep(self, tokens: Mapping[str, Any]) -> None:
        """Keep the tokens of a log-in, a registration or a refresh."""
        kept = {**(self._kept or {}), **tokens}
        life = datetime.fromisoformat(kept["access_expires_at"]) - self._clock()
        # Where the clock of this machine is wrong, the service says when a token has expired.
        renew_in = max(life - EARLY, life / 2, MIN_USE)
        kept["renew_at"] = (self._clock() + renew_in).isoformat()
        self._store.save_tokens(kept)
        self._kept = kept

    async def access(self, *, fresh: bool = False) -> str:
        """Return an access token that is good for a while; *fresh*: another one than the last.

        Raises:
            LoggedOut: only a password can give one.
            Refused, NoAnswer: the service cannot give one now.
        """
        async with self._lock:
            if self._kept is None:
                raise LoggedOut
            if fresh or self._is_due(self._kept):
                await self._refresh(self._kept["access_token"])
            return str(self._kept["access_token"])

    def renews_in(self) -> float:
        """Return the seconds until the access token should be replaced."""
        return self._due_in(self._kept) if self._kept is not None else 0.0

    def forget(self) -> None:
        """Keep no tokens any more; those of a later log-in stay in the store."""
        stored = self._store.load_tokens()
        if stored and self._kept and stored["refresh_token"] == self._kept["refresh_token"]:
            self._store.forget_tokens()
        self._kept = None

    def _due_in(self, kept: Mapping[str, Any]) -> float:
        until = datetime.fromisoformat(kept["renew_at"]) - self._clock()
        return max(0.0, until.total_seconds())

    def _is_due(self, kept: Mapping[str, Any]) -> bool:
        return self._due_in(kept) == 0.0

    async def _refresh(self, old: str) -> None:
        """Refresh, unless another process has done it meanwhile.

        A refresh token can be used once: used by two processes it would end the device.
        """
        async with self._store.locked():
            kept = self._store.load_tokens()
            if kept is not None and (kept["access_token"] == old or self._is_due(kept)):
                try:
                    self.keep(await self._auth.refresh(kept["refresh_token"]))
                    return
                except Refused as refusal:
                    if refusal.temporary:
                        raise
                    self._store.forget_tokens()
                    kept = None
            self._kept = kept
        if kept is None:
            raise LoggedOut
