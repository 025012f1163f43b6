"""What a service is made of: the container chooses it, the service uses it."""

from collections.abc import Callable

import attrs

from parlour.adapters.config import Settings
from parlour.domain.kernel.broadcast import Bus
from parlour.domain.kernel.ids import IdSource
from parlour.domain.kernel.limits import RateLimiter
from parlour.domain.kernel.time import Clock
from parlour.domain.notifications import PushSender
from parlour.entrypoints.shell.storage_refusals import StorageRefusals
from parlour.entrypoints.shell.workers import Workers
from parlour.entrypoints.use_cases import Storage, UseCases


@attrs.frozen(kw_only=True)
class Pools:
    """The worker pools of a service, one for each kind of work: a slow kind delays no other."""

    queries: Workers
    commits: Workers
    passwords: Workers
    """Hashes passwords, which is slow on purpose."""
    presence: Workers
    pushes: Workers
    limits: Workers
    """Asks the shared rate limiter."""

    def named(self) -> dict[str, Workers]:
        """Return all pools by name."""
        return attrs.asdict(self, recurse=False)

    async def close(self) -> None:
        """Finish the work that runs and take no more."""
        for workers in self.named().values():
            await workers.close()


@attrs.frozen(kw_only=True)
class Dependencies:
    """Everything that a service gets from outside."""

    settings: Settings
    use_cases: UseCases
    storage: Storage
    refusals: StorageRefusals
    pools: Pools
    bus: Bus
    limiter: RateLimiter
    """Counts for this node alone."""
    shared_limiter: RateLimiter | None
    """Counts for all nodes together; None where there is no other."""
    clock: Clock
    new_id: IdSource
    open_sender: Callable[[], PushSender]
    """Makes the sender of pushes with the key of this service, which is kept in the storage."""
    failed: Callable[[BaseException], None]
    """Reports errors that are no refusals."""
