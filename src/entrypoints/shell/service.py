"""The service behind both transports, HTTP and WebSocket."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from parlour.adapters.config import Settings, take_over
from parlour.domain.access import Ended
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import Changes
from parlour.domain.messages import Committed, DamagedLogs, LogEvent, Mark, Marked, Posted
from parlour.domain.sync import Connected, LogQuery, Snapshot, SnapshotRequest
from parlour.domain.users import PresenceChoice, User
from parlour.entrypoints.policy import policy_from, with_policy
from parlour.entrypoints.shell.dependencies import Dependencies
from parlour.entrypoints.shell.event_publisher import EventPublisher
from parlour.entrypoints.shell.hub import Hub
from parlour.entrypoints.shell.identities import Identities
from parlour.entrypoints.shell.lanes import DurableCommand, Lanes
from parlour.entrypoints.shell.locked_items import Done
from parlour.entrypoints.shell.log_reconciler import LogReconciler
from parlour.entrypoints.shell.membership_subscriber import MembershipSubscriber
from parlour.entrypoints.shell.notifier import Notifier
from parlour.entrypoints.shell.observer import ServiceObserver
from parlour.entrypoints.shell.own_presence import OwnPresence
from parlour.entrypoints.shell.presence_keeper import PresenceKeeper
from parlour.entrypoints.shell.presence_revoker import PresenceRevoker
from parlour.entrypoints.shell.pusher import Pusher
from parlour.entrypoints.shell.rate_limits import RateLimits
from parlour.entrypoints.shell.signals import ENDED_TOPIC, Published
from parlour.entrypoints.shell.supervisor import Supervisor
from parlour.entrypoints.wire.pages import EncodedPage
from parlour.entrypoints.wire.pushes import decode_choice

P = ParamSpec("P")
T = TypeVar("T")


class Service:
    """Runs use cases for many clients at once and publishes the events that they committed.

    Belongs to one event loop, between `start` and `stop`.
    """

    def __init__(
        self,
        dependencies: Dependencies,
        observer: ServiceObserver[DurableCommand[Any]] | None = None,
    ) -> None:
        self._observer = observer
        self.settings = dependencies.settings
        self.use = dependencies.use_cases
        self.storage = dependencies.storage
        self.refusals = dependencies.refusals
        self.pools = dependencies.pools
        self.bus = dependencies.bus
        self.limits = RateLimits(
            dependencies.settings.limits,
            local=dependencies.limiter,
            shared=dependencies.shared_limiter,
            workers=dependencies.pools.limits,
        )
        self.clock = dependencies.clock
        self.new_id = dependencies.new_id
        self.failed = dependencies.failed
        self.node: UUID = dependencies.new_id()
        self.supervisor = Supervisor(dependencies.failed)
        self.identities = Identities(self.use.authenticate, self.pools.queries, self.clock)
        self.publisher = EventPublisher(self.node)
        self.hub = Hub(self.bus, self.node)
        self.hub.on_ended = self.identities.forget
        self.hub.on_presence_chosen = self._presence_chosen
        self.hub.on_joined = self._joined
        self.hub.on_left = self._left
        self.hub.on_failed = dependencies.failed
        self.meters = self.hub.meters
        self.membership_subscriber = MembershipSubscriber(
            self.hub,
            self.pools.queries,
            list_topics=self.use.list_topics,
            failed=dependencies.failed,
        )
        self.presence_revoker = PresenceRevoker(
            self.hub,
            self.publisher,
            self.pools.queries,
            may_watch=self.use.may_watch,
            failed=dependencies.failed,
        )
        self.lanes = Lanes(
            dependencies,
            self.meters,
            execute=self._execute,
            committed=self._committed,
            marked=self._marked,
            observer=observer,
        )
        self.reconciler = LogReconciler.build(dependencies, self.hub, self.publisher)
        self.presence = PresenceKeeper.build(dependencies, self.hub, self.publisher)
        self.own_presence = OwnPresence(self.presence)
        self.pusher = Pusher.build(dependencies)
        self.notifier = Notifier.build(dependencies, self.hub, self.publish)
        self.notifier.on_pushes = self.pusher.wake_later
        self.is_draining = False

    # -- life ------------------------------------------------------------------------------

    async def start(self) -> None:
        """Connect the bus and start the background tasks."""
        await self.bus.start(self.hub)
        # Not awaited: a bus that is away must not hold up the start.
        self.supervisor.spawn(self.bus.follow([ENDED_TOPIC]))
        self.supervisor.keep("log_reconciler", self.reconciler.run, is_vital=True)
        self.supervisor.keep("presence", self.presence.run)
        self.supervisor.keep("notifier", self.notifier.run)
        if self.settings.push.enabled:
            self.supervisor.keep("pusher", self.pusher.run)

    async def stop(self) -> None:
        """Commit what waits, end the background tasks, close everything that was opened."""
        await self.lanes.drain()
        await self.notifier.drain()
        await self.presence.release_all()
        await self.supervisor.stop()
        await self.bus.close()
        await self.pools.close()
        self.storage.close()
        if self._observer is not None:
            await self._observer.close()

    @property
    def damaged(self) -> DamagedLogs:
        """The conversations that this node refuses to write to."""
        return self.use.execute_commands.damaged

    def reconfigure(self, settings: Settings) -> None:
        """Apply those of *settings* that may change while the service runs."""
        self.settings = take_over(self.settings, settings)
        self.limits.reconfigure(self.settings.limits)
        self.use = with_policy(self.use, policy_from(self.settings))

    # -- reading and changing ----------------------------------------------------------------

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a use case in a worker; raise its refusals, or `Overloaded`."""
        return await self.pools.queries.run(work, *args, **kwargs)

    async def run_hashing(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a use case that hashes a password; raise its refusals, or `Overloaded`.

        Hashing is slow on purpose; its own workers keep it from delaying anything else.
        """
        return await self.pools.passwords.run(work, *args, **kwargs)

    def submit(self, command: DurableCommand[T], done: Done[T]) -> None:
        """Commit a command with the next batch of its lane; raise `Overloaded`.

        Commands of one conversation share a lane, whatever their kind: they are decided and
        committed in the order of submission, and published in that order.
        """
        self.lanes.of(command).submit(command, done)

    async def execute(self, command: DurableCommand[T]) -> T:
        """Commit a command as `submit` does; return its result, raise its refusal."""
        result: T = await self.lanes.of(command).ask(command)
        return result

    async def mark(self, mark: Mark) -> int:
        """Commit a read mark; return the number up to which the user has read."""
        return await self.lanes.marks.ask(mark)

    async def mark_all(self, marks: Sequence[Mark]) -> None:
        """Commit read marks; those that are refused as `NotFound` or `Invalid` are ignored.

        Raises `Unavailable` or `Overloaded` where some of them could not be committed.
        """
        waiting = (self.lanes.marks.ask(mark) for mark in marks)
        for outcome in await asyncio.gather(*waiting, return_exceptions=True):
            if isinstance(outcome, BaseException) and not isinstance(outcome, NotFound | Invalid):
                raise outcome

    async def choose_presence(self, user: UserId, choice: PresenceChoice) -> User:
        """Commit how *user* wants to be seen by others; return the user as it now is."""
        chosen, changes = await self.run(self.use.choose_presence, user, choice)
        self.publish(changes)
        return chosen

    def connect_clients(self, token: str) -> Awaitable[Connected]:
        """Authenticate a token and list the user's conversations; raise `Unauthenticated`."""
        return self.lanes.connects.ask(token)

    def take_snapshot(self, request: SnapshotRequest) -> Awaitable[Snapshot]:
        """Read what a client needs to begin or to resume; raise `Unauthenticated`."""
        return self.lanes.snapshots.ask(request)

    def read_log(self, query: LogQuery) -> Awaitable[EncodedPage]:
        """Read the log of a conversation after an offset; raise the refusal."""
        return self.lanes.logs.ask(query)

    # -- publishing --------------------------------------------------------------------------

    def publish(self, changes: Changes) -> None:
        """Publish the events that a use case committed."""
        self.hub.publish(
            *map(self.publisher.event, changes.events),
            *map(self.publisher.private, changes.private),
        )

    def publish_profile(self, user: User) -> None:
        """Show those who watch *user* the name that they have now."""
        self.hub.publish(self.publisher.profile(user))

    def disconnect(self, ended: Ended) -> None:
        """Close the sockets of devices that were logged out, and forget their tokens.

        This node does so at once, the others as soon as they receive the signal.
        """
        self.hub.publish(*self.publisher.ended(ended))

    def publish_typing(self, conversation: ConversationId, user: UserId, *, on: bool) -> None:
        """Show the other members that *user* types, or stopped typing."""
        self.hub.publish(self.publisher.typing(conversation, user, on=on))

    def _execute(self, commands: Sequence[DurableCommand[Any]]) -> Committed:
        # Looked up each time: `reconfigure` replaces the use cases.
        return self.use.execute_commands(commands)

    def _committed(self, committed: Committed) -> None:
        posted = [each for each in committed.outcomes if isinstance(each, Posted)]
        if self._observer is None:
            self._publish_entries(committed.events)
        else:
            self._observer.publishing(committed.events, self._publish_entries)
        if committed.private:
            self.hub.publish(*self._signals(self.publisher.private, committed.private))
        self.notifier.enqueue(each.message for each in posted)
        self.notifier.enqueue_changes(committed.changes)
        self._count(posted)

    def _publish_entries(self, entries: Sequence[LogEvent]) -> int:
        """Publish entries of logs; return to how many sockets of this node."""
        before = self.hub.delivered
        self.hub.publish(*self._signals(self.publisher.entry, entries))
        return self.hub.delivered - before

    def _signals(
        self, encode: Callable[[T], Published], events: Iterable[T]
    ) -> Iterator[Published]:
        for event in events:
            try:
                yield encode(event)
            except Exception as error:  # noqa: BLE001 - one bad event must not hide the others
                self.failed(error)

    def _count(self, posted: Sequence[Posted]) -> None:
        new = [each.message.at for each in posted if not each.replayed]
        self.meters.replayed += len(posted) - len(new)
        self.meters.posted += len(new)
        if new:
            # The messages of a transaction have the same time.
            took = (self.clock() - new[0]).total_seconds()
            self.meters.delivery_seconds.observe(max(0.0, took), len(new))

    def _marked(self, marked: Marked) -> None:
        self.publish(marked.changes)
        self.hub.publish(*self.publisher.receipts(marked.receipts))

    def _presence_chosen(self, user: UserId, frame: bytes) -> None:
        self.own_presence.choose(user, decode_choice(frame))

    def _left(self, user: UserId) -> None:
        if self.hub.watching.is_concerned(user, self.hub.sockets_of(user)):
            self.supervisor.spawn(self.presence_revoker.revoke(user))

    def _joined(self, user: UserId, conversation: ConversationId) -> None:
        self.supervisor.spawn(self.membership_subscriber.subscribe(user, conversation))
