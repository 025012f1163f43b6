"""Every rate limit of the service, for HTTP and the socket alike: keys, rates and who counts."""

import asyncio
from datetime import timedelta

from parlour.adapters.config.settings import LimitSettings
from parlour.domain.kernel.errors import Limited, Unavailable
from parlour.domain.kernel.ids import UserId
from parlour.domain.kernel.limits import Rate, RateLimiter
from parlour.entrypoints.shell.workers import Workers

SHARED_TIMEOUT = 0.5
"""Seconds that a caller waits for the shared limiter before this node decides alone."""


class RateLimits:
    """Counts what users and addresses do, and refuses what is over a limit.

    Frames and requests are counted by *local* on this node: they are many, and must not wait for
    the network. What guards accounts (log-ins, registrations, password changes) is counted for the
    whole deployment by *shared*, which runs in *workers*. While *shared* is away or slow, *local*
    decides; it counts along all the time, so that an outage gives nobody a fresh allowance on this
    node. Without *shared*, for a single process, *local* counts everything.

    Every method raises `Limited`, with `retry_after`, where its limit is reached.
    """

    def __init__(
        self,
        limits: LimitSettings,
        *,
        local: RateLimiter,
        shared: RateLimiter | None,
        workers: Workers,
    ) -> None:
        self._limits = limits
        self._local = local
        self._shared = shared
        self._workers = workers

    def reconfigure(self, limits: LimitSettings) -> None:
        """Apply new rates from now on; what was counted stays counted."""
        self._limits = limits

    # -- counted by this node ----------------------------------------------------------------

    def message(self, user: str, count: int = 1) -> None:
        """Count messages of a user, or changes; *user* is the hexadecimal id, as below.

        More than the burst of the rate count as the burst: they wait until all of it is there.
        """
        self._require_many(user, self._limits.messages, count)

    def conversation_message(self, conversation: str, count: int = 1) -> None:
        """Count messages in a conversation, or changes of some. Ask this only for members.

        A stranger must neither use up what the members may send nor learn how much they send.
        """
        self._require_many(conversation, self._limits.conversation_messages, count)

    def request(self, user: str) -> None:
        """Count a request of a user."""
        _require(self._local.take(f"asks:{user}", self._limits.requests))

    def anonymous_request(self, address: str) -> None:
        """Count a request of an unknown user by its address."""
        _require(self._local.take(f"address:{address}", self._limits.requests))

    def refusal(self, address: str) -> None:
        """Count a connection of an address that was refused before anybody logged in there."""
        _require(self._local.take(f"refused:{address}", self._limits.refusals))

    def typing(self, user: str) -> None:
        """Count a typing signal of a user."""
        _require(self._local.take(f"typing:{user}", self._limits.typing))

    def connection(self, user: str) -> None:
        """Count a socket that a user opens."""
        _require(self._local.take(f"connect:{user}", self._limits.connections))

    # -- counted by the whole deployment -----------------------------------------------------

    async def login(self, address: str, account: str) -> None:
        """Count an attempt to log in, from an address and to an account, existing or not."""
        limits = self._limits
        await self._take(f"login:address:{address}", limits.logins_per_address)
        account = account.strip().lower()[:64]
        await self._take(f"login:account:{account}", limits.logins_per_account)

    async def registration(self, address: str) -> None:
        """Count a registration from an address."""
        await self._take(f"register:{address}", self._limits.registrations)

    async def password_change(self, user: UserId) -> None:
        """Count an attempt to change a password: the old one could be guessed here, too."""
        await self._take(f"password:{user.hex}", self._limits.password_changes)

    def _require_many(self, key: str, rate: Rate, count: int) -> None:
        _require(self._local.take(key, rate, min(count, rate.burst)))

    async def _take(self, key: str, rate: Rate) -> None:
        if self._shared is not None:
            try:
                async with asyncio.timeout(SHARED_TIMEOUT):
                    wait = await self._workers.run(self._shared.take, key, rate)
            except (TimeoutError, Unavailable):
                pass  # the limiter logs its outages itself
            else:
                _require(wait)
                self._local.take(key, rate)
                return
        _require(self._local.take(key, rate))


def _require(wait: timedelta | None) -> None:
    if wait is not None:
        raise Limited(retry_after=wait)
