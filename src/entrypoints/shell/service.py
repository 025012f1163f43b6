"""The service: what both doors, HTTP and WebSocket, ask for."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import ParamSpec, TypeVar
from uuid import UUID

from adapters.config import Settings, take_over
from domain.access import Ended
from domain.kernel.broadcast import Bus
from domain.kernel.errors import DomainError, Invalid, NotFound
from domain.kernel.ids import ConversationId, IdSource, UserId
from domain.kernel.limits import RateLimiter
from domain.kernel.time import Clock
from domain.logs import Changes
from domain.messages import Draft, Mark, Marked, Message, Outcome, Posted
from domain.notifications import PushSender
from domain.sync import Arrival, Question, Snapshot, Wish
from entrypoints.policy import policy_of, rates_of, with_policy
from entrypoints.shell.announcing import Announcer
from entrypoints.shell.committer import Done, Lane
from entrypoints.shell.follower import Follower
from entrypoints.shell.hub import Hub
from entrypoints.shell.identities import Identities
from entrypoints.shell.notifier import Notifier
from entrypoints.shell.presence_keeper import PresenceKeeper
from entrypoints.shell.pusher import Pusher
from entrypoints.shell.supervisor import Supervisor
from entrypoints.shell.workers import Workers
from entrypoints.use_cases import Storage, UseCases
from entrypoints.wire.pages import EncodedPage, encode_page

P = ParamSpec("P")
T = TypeVar("T")
Asked = TypeVar("Asked")
Found = TypeVar("Found")

MOST_READ_TOGETHER = 64
"""Clients that arrive in one batch of queries."""

MOST_READERS = 10_000
"""Clients that may wait for their turn to arrive."""


class Service:
    """Runs the use cases for many clients at once and tells what came of them.

    Lives on one event loop, between `start` and `stop`.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        use_cases: UseCases,
        storage: Storage,
        workers: Workers,
        commit_workers: Workers,
        password_workers: Workers,
        presence_workers: Workers,
        push_workers: Workers,
        open_sender: Callable[[], PushSender],
        bus: Bus,
        limiter: RateLimiter,
        clock: Clock,
        new_id: IdSource,
        is_common_password: Callable[[str], bool],
        failed: Callable[[BaseException], None],
    ) -> None:
        self.settings = settings
        self.rates = rates_of(settings)
        self.use = use_cases
        self.storage = storage
        self.clock = clock
        self.new_id = new_id
        self.limiter = limiter
        self.is_common_password = is_common_password
        self.failed = failed
        self.node: UUID = new_id()
        self.bus = bus
        self.hub = Hub(bus, self.node)
        self.meters = self.hub.meters
        self.hub.on_joined = self._joined
        self.hub.on_failed = failed
        self.announcer = Announcer(self.node)
        self.identities = Identities(use_cases.authenticate, workers, clock)
        self.follower = Follower(
            self.hub,
            self.announcer,
            workers,
            log_ends=use_cases.log_ends,
            logs_after=use_cases.logs_after,
            members_among=use_cases.members_among,
            every=settings.delivery.head_check.total_seconds(),
            hold=settings.delivery.hold.total_seconds(),
            failed=failed,
        )
        self.presence = PresenceKeeper(
            self.hub,
            self.announcer,
            presence_workers,
            change=use_cases.change_presence,
            renew=use_cases.renew_presence,
            read=use_cases.read_presence,
            lease=settings.presence.lease,
            failed=failed,
        )
        self.notifier = Notifier(
            self.hub,
            workers,
            pick=use_cases.pick_messages,
            notify=use_cases.notify,
            tell=self.tell,
            failed=failed,
        )
        self.pusher = Pusher(
            workers,
            push_workers,
            open_sender=open_sender,
            take=use_cases.take_pushes,
            settle=use_cases.settle_pushes,
            delay=settings.push.delay,
            failed=failed,
        )
        self.notifier.on_pushes = self.pusher.soon
        commits = settings.commits
        self.lanes = [
            Lane[Draft, list[Outcome], Posted](
                use_cases.post_messages,
                commit_workers,
                outcomes=lambda outcomes: outcomes,
                committed=self._posted,
                failed=failed,
                most_in_batch=commits.batch,
                most_waiting=commits.queue,
                sizes=self.meters.batch_sizes,
                seconds=self.meters.commit_seconds,
            )
            for _ in range(commits.lanes)
        ]
        self.marks = Lane[Mark, Marked, int](
            use_cases.mark_watermarks,
            commit_workers,
            outcomes=lambda marked: marked.outcomes,
            committed=self._marked,
            failed=failed,
            most_in_batch=commits.batch,
            most_waiting=commits.queue,
        )
        # Clients arrive in crowds: they share queries as messages share commits.
        self.arrivals = _reading(use_cases.arrive, workers, failed)
        self.snapshots = _reading(use_cases.take_snapshots, workers, failed)
        self._logs = _reading(self._read_logs, workers, failed)
        self._workers = workers
        self._password_workers = password_workers
        self.pools = {
            "queries": workers,
            "commits": commit_workers,
            "passwords": password_workers,
            "presence": presence_workers,
            "pushes": push_workers,
        }
        self.supervisor = Supervisor(failed)
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
        for lane in self.lanes:
            await lane.drained()
        await self.marks.drained()
        await self.notifier.drained()
        await self.presence.leave()
        await self.supervisor.stop()
        await self.bus.close()
        for workers in self.pools.values():
            await workers.close()
        self.storage.close()

    def reconfigure(self, settings: Settings) -> None:
        """Go on with *settings*, in what may change while the service runs."""
        self.settings = take_over(self.settings, settings)
        self.rates = rates_of(self.settings)
        self.use = with_policy(self.use, policy_of(self.settings))

    # -- reading and changing ----------------------------------------------------------------

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a use case in a worker; raise its refusals, or `Overloaded`."""
        return await self._workers.run(work, *args, **kwargs)

    async def run_hashing(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a use case that hashes a password; raise its refusals, or `Overloaded`.

        Those are slow on purpose: with workers of their own they keep nobody else waiting.
        """
        return await self._password_workers.run(work, *args, **kwargs)

    def submit(self, draft: Draft, done: Done[Posted]) -> None:
        """Post a draft with the next commit of its lane; raise `Overloaded`.

        Drafts of one conversation share a lane: they are committed in the order they came.
        """
        self._lane_of(draft).submit(draft, done)

    async def post(self, draft: Draft) -> Posted:
        """Post a draft and wait for the commit; raise its refusal."""
        return await self._lane_of(draft).ask(draft)

    async def mark(self, mark: Mark) -> int:
        """Move a watermark and wait for the commit; return up to where the user has read."""
        return await self.marks.ask(mark)

    async def mark_all(self, marks: Sequence[Mark]) -> None:
        """Move watermarks and wait for the commit; marks that make no sense are passed over.

        Raises `Unavailable` or `Overloaded` where some of them could not be committed.
        """
        waiting = (self.marks.ask(mark) for mark in marks)
        for outcome in await asyncio.gather(*waiting, return_exceptions=True):
            if isinstance(outcome, BaseException) and not isinstance(outcome, NotFound | Invalid):
                raise outcome

    def arrive(self, token: str) -> Awaitable[Arrival]:
        """Tell who comes with an access token, and what they follow; raise `Unauthenticated`."""
        return self.arrivals.ask(token)

    def take_snapshot(self, wish: Wish) -> Awaitable[Snapshot]:
        """Read what somebody needs to begin or to resume; raise `Unauthenticated`."""
        return self.snapshots.ask(wish)

    def read_log(self, question: Question) -> Awaitable[EncodedPage]:
        """Read the log of a conversation beyond an offset; raise the refusal."""
        return self._logs.ask(question)

    def _read_logs(self, questions: Sequence[Question]) -> list[EncodedPage | DomainError]:
        encoded: dict[int, EncodedPage] = {}
        pages = self.use.read_logs(questions)
        for page in pages:
            if not isinstance(page, DomainError) and id(page) not in encoded:
                encoded[id(page)] = encode_page(page)
        return [page if isinstance(page, DomainError) else encoded[id(page)] for page in pages]

    def _lane_of(self, draft: Draft) -> Lane[Draft, list[Outcome], Posted]:
        return self.lanes[draft.conversation.int % len(self.lanes)]

    # -- telling -----------------------------------------------------------------------------

    def tell(self, changes: Changes) -> None:
        """Tell everybody concerned what a use case committed."""
        for event in changes.events:
            self.hub.tell(*self.announcer.event(event))
        for note in changes.private:
            self.hub.tell(*self.announcer.private(note))

    def end(self, ended: Ended) -> None:
        """Close the sockets of devices that may no longer act, on every node."""
        self.identities.forget(ended)
        for topic, signal in self.announcer.ended(ended):
            self.hub.tell(topic, signal)

    def type(self, conversation: ConversationId, user: UserId, *, on: bool) -> None:
        """Tell the other members that *user* types, or stopped."""
        self.hub.tell(*self.announcer.typing(conversation, user, on=on))

    def _posted(self, outcomes: Sequence[Outcome]) -> None:
        posted = [outcome for outcome in outcomes if isinstance(outcome, Posted)]
        for each in posted:
            try:
                # Replays too: the first try may have died between its commit and its telling.
                self._tell_message(each.message)
            except Exception as error:  # noqa: BLE001 - the head check tells the others
                self.failed(error)
        self.notifier.offer(each.message for each in posted)
        self._count(posted)

    def _tell_message(self, message: Message) -> None:
        self.hub.tell(*self.announcer.message(message))

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
        for topic, signal in self.announcer.receipts(marked.receipts):
            self.hub.tell(topic, signal)

    def _joined(self, user: UserId, conversation: ConversationId) -> None:
        self.supervisor.spawn(self._join(user, conversation))

    async def _join(self, user: UserId, conversation: ConversationId) -> None:
        """Let the sockets of *user* hear a conversation that they now belong to."""
        pause = 0.25
        while sockets := self.hub.sockets_of(user):
            try:
                await self.hub.attach(sockets, [conversation])
                private, ends = await self.run(self.use.topics_of, user)
            except Exception as error:  # noqa: BLE001 - reported, and tried again
                self.failed(error)
                await asyncio.sleep(pause)
                pause = min(5.0, pause * 2)
                continue
            for socket in sockets:
                self.hub.settle(socket, private, ends, [conversation])
                if self.hub.follows(socket, conversation):
                    socket.resync(conversation, "joined")
            return


def _reading(
    read: Callable[[Sequence[Asked]], list[Found | DomainError]],
    workers: Workers,
    failed: Callable[[BaseException], None],
) -> Lane[Asked, list[Found | DomainError], Found]:
    """Make a lane in which questions share queries."""
    return Lane(
        read,
        workers,
        outcomes=lambda found: found,
        committed=lambda _found: None,
        failed=failed,
        most_in_batch=MOST_READ_TOGETHER,
        most_waiting=MOST_READERS,
    )
