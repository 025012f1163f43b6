"""The service: what both doors, HTTP and WebSocket, ask for."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from parlour.adapters.config import Settings, take_over
from parlour.domain.access import Ended
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import Changes, Event, LogEntry, PrivateEvent
from parlour.domain.messages import Committed, Mark, Marked, Message, Posted
from parlour.domain.sync import Connected, LogQuery, Snapshot, SnapshotRequest
from parlour.entrypoints.policy import policy_from, with_policy
from parlour.entrypoints.shell.background_tasks import (
    make_follower,
    make_notifier,
    make_presence_keeper,
    make_pusher,
)
from parlour.entrypoints.shell.committer import Done
from parlour.entrypoints.shell.dependencies import Dependencies
from parlour.entrypoints.shell.event_publisher import EventPublisher
from parlour.entrypoints.shell.hub import Hub
from parlour.entrypoints.shell.identities import Identities
from parlour.entrypoints.shell.lanes import DurableCommand, Lanes
from parlour.entrypoints.shell.membership_subscriber import MembershipSubscriber
from parlour.entrypoints.shell.observing import ServiceObserver
from parlour.entrypoints.shell.rate_limits import RateLimits
from parlour.entrypoints.shell.signals import Published
from parlour.entrypoints.shell.supervisor import Supervisor
from parlour.entrypoints.wire.pages import EncodedPage

P = ParamSpec("P")
T = TypeVar("T")


class Service:
    """Runs the use cases for many clients at once and tells what came of them.

    Lives on one event loop, between `start` and `stop`.
    """

    def __init__(
        self,
        parts: Dependencies,
        observer: ServiceObserver[DurableCommand[Any]] | None = None,
    ) -> None:
        self._observer = observer
        self.settings = parts.settings
        self.use = parts.use_cases
        self.storage = parts.storage
        self.pools = parts.pools
        self.bus = parts.bus
        self.limits = RateLimits(
            parts.settings.limits,
            local=parts.limiter,
            shared=parts.shared_limiter,
            workers=parts.pools.limits,
        )
        self.clock = parts.clock
        self.new_id = parts.new_id
        self.failed = parts.failed
        self.node: UUID = parts.new_id()
        self.supervisor = Supervisor(parts.failed)
        self.identities = Identities(self.use.authenticate, self.pools.queries, self.clock)
        self.announcer = EventPublisher(self.node)
        self.hub = Hub(self.bus, self.node)
        self.hub.on_joined = self._joined
        self.hub.on_failed = parts.failed
        self.meters = self.hub.meters
        self.joiner = MembershipSubscriber(
            self.hub, self.pools.queries, list_topics=self.use.list_topics, failed=parts.failed
        )
        self.lanes = Lanes(
            parts,
            self.meters,
            execute=self._execute,
            committed=self._committed,
            marked=self._marked,
            observer=observer,
        )
        self.follower = make_follower(parts, self.hub, self.announcer)
        self.presence = make_presence_keeper(parts, self.hub, self.announcer)
        self.pusher = make_pusher(parts)
        self.notifier = make_notifier(parts, self.hub, self.tell)
        self.notifier.on_pushes = self.pusher.soon
        self.is_draining = False

    # -- life ------------------------------------------------------------------------------

    async def start(self) -> None:
        """Join the bus and begin to follow the logs."""
        await self.bus.start(self.hub)
        self.supervisor.keep("follower", self.follower.run, is_vital=True)
        self.supervisor.keep("presence", self.presence.run)
        self.supervisor.keep("notifier", self.notifier.run)
        if self.settings.push.enabled:
            self.supervisor.keep("pusher", self.pusher.run)

    async def stop(self) -> None:
        """Commit what waits, leave the bus, free the threads."""
        await self.lanes.drained()
        await self.notifier.drained()
        await self.presence.leave()
        await self.supervisor.stop()
        await self.bus.close()
        await self.pools.close()
        self.storage.close()
        if self._observer is not None:
            await self._observer.close()

    def reconfigure(self, settings: Settings) -> None:
        """Go on with *settings*, in what may change while the service runs."""
        self.settings = take_over(self.settings, settings)
        self.limits.reconfigure(self.settings.limits)
        self.use = with_policy(self.use, policy_from(self.settings))

    # -- reading and changing ----------------------------------------------------------------

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a use case in a worker; raise its refusals, or `Overloaded`."""
        return await self.pools.queries.run(work, *args, **kwargs)

    async def run_hashing(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a use case that hashes a password; raise its refusals, or `Overloaded`.

        Those are slow on purpose: with workers of their own they keep nobody else waiting.
        """
        return await self.pools.passwords.run(work, *args, **kwargs)

    def submit(self, command: DurableCommand[T], done: Done[T]) -> None:
        """Commit a command with the next batch of its lane; raise `Overloaded`.

        Commands of one conversation share a lane, whatever their kind: they are decided and
        committed in the order they came, and members are told in that order.
        """
        self.lanes.of(command).submit(command, done)

    async def execute(self, command: DurableCommand[T]) -> T:
        """Do as `submit` and wait for the commit; return the result, raise the refusal."""
        result: T = await self.lanes.of(command).ask(command)
        return result

    async def mark(self, mark: Mark) -> int:
        """Move a watermark and wait for the commit; return up to where the user has read."""
        return await self.lanes.marks.ask(mark)

    async def mark_all(self, marks: Sequence[Mark]) -> None:
        """Move watermarks and wait for the commit; marks that make no sense are passed over.

        Raises `Unavailable` or `Overloaded` where some of them could not be committed.
        """
        waiting = (self.lanes.marks.ask(mark) for mark in marks)
        for outcome in await asyncio.gather(*waiting, return_exceptions=True):
            if isinstance(outcome, BaseException) and not isinstance(outcome, NotFound | Invalid):
                raise outcome

    def connect_clients(self, token: str) -> Awaitable[Connected]:
        """Tell who comes with an access token, and what they follow; raise `Unauthenticated`."""
        return self.lanes.arrivals.ask(token)

    def take_snapshot(self, wish: SnapshotRequest) -> Awaitable[Snapshot]:
        """Read what somebody needs to begin or to resume; raise `Unauthenticated`."""
        return self.lanes.snapshots.ask(wish)

    def read_log(self, question: LogQuery) -> Awaitable[EncodedPage]:
        """Read the log of a conversation beyond an offset; raise the refusal."""
        return self.lanes.logs.ask(question)

    # -- telling -----------------------------------------------------------------------------

    def tell(self, changes: Changes) -> None:
        """Tell everybody concerned what a use case committed."""
        self.hub.tell(
            *map(self.announcer.event, changes.events),
            *map(self.announcer.private, changes.private),
        )

    def end(self, ended: Ended) -> None:
        """Close the sockets of devices that may no longer act, on every node."""
        self.identities.forget(ended)
        self.hub.tell(*self.announcer.ended(ended))

    def type(self, conversation: ConversationId, user: UserId, *, on: bool) -> None:
        """Tell the other members that *user* types, or stopped."""
        self.hub.tell(self.announcer.typing(conversation, user, on=on))

    def _execute(self, commands: Sequence[DurableCommand[Any]]) -> Committed:
        # Looked up each time: `reconfigure` replaces the use cases.
        return self.use.execute_commands(commands)

    def _committed(self, committed: Committed) -> None:
        posted = [each for each in committed.outcomes if isinstance(each, Posted)]
        if self._observer is None:
            self._publish(committed.events)
        else:
            self._observer.publishing(committed.events, self._publish)
        if committed.private:
            self.hub.tell(*self._announced(committed.private))
        self.notifier.offer(each.message for each in posted)
        self._count(posted)

    def _publish(self, entries: Sequence[LogEntry]) -> int:
        """Tell everybody concerned; return how many sockets of this node that were."""
        before = self.hub.delivered
        self.hub.tell(*self._announced(entries))
        return self.hub.delivered - before

    def _announced(self, entries: Iterable[LogEntry | PrivateEvent]) -> Iterator[Published]:
        for entry in entries:
            try:
                if isinstance(entry, Message):
                    yield self.announcer.message(entry)
                elif isinstance(entry, Event):
                    yield self.announcer.event(entry)
                elif isinstance(entry, PrivateEvent):
                    yield self.announcer.private(entry)
            except Exception as error:  # noqa: BLE001 - one bad event, many good ones
                self.failed(error)

    def _count(self, posted: Sequence[Posted]) -> None:
        new = [each.message.at for each in posted if not each.replayed]
        self.meters.replayed += len(posted) - len(new)
        self.meters.posted += len(new)
        if new:
            # One transaction, one time.
            took = (self.clock() - new[0]).total_seconds()
            self.meters.delivery_seconds.observe(max(0.0, took), len(new))

    def _marked(self, marked: Marked) -> None:
        self.tell(marked.changes)
        self.hub.tell(*self.announcer.receipts(marked.receipts))

    def _joined(self, user: UserId, conversation: ConversationId) -> None:
        self.supervisor.spawn(self.joiner.join(user, conversation))
