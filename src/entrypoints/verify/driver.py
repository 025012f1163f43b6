"""Drives clients that make a history on a deployment: they chat, read, join, leave, reconnect."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import monotonic_ns
from typing import Any

import attrs

from parlour.entrypoints.client.errors import ClientError, Refused
from parlour.entrypoints.verify.account import Account
from parlour.entrypoints.verify.changing import Changer
from parlour.entrypoints.verify.client import RecordingClient
from parlour.entrypoints.verify.event_kinds import MEMBER_ADDED, MEMBER_REMOVED
from parlour.entrypoints.verify.final_reading import read_everything, seen_on_page
from parlour.entrypoints.verify.participants import Participants, gather_participants
from parlour.entrypoints.verify.recorder import Actor, Recorder
from parlour.entrypoints.verify.unauthorised_probe import probe

THREADS = 32


@attrs.frozen(kw_only=True)
class Plan:
    """The parameters of a run; times in seconds.

    `rate`: messages a second of one client. `window`: how many of them may be unacknowledged.
    `heal`: how long every client may take to receive everything at the end. `patience`: how long
    a message is sent again, and how long the final reading may take. `reconnects`: how long a
    socket lives, on average; 0 for as long as it can. `logins`: handles and passwords of accounts
    to use.
    """

    urls: tuple[str, ...]
    users: int = 4
    seconds: float = 20.0
    rate: float = 4.0
    window: int = 4
    heal: float = 60.0
    patience: float = 30.0
    reconnects: float = 4.0
    logins: tuple[tuple[str, str], ...] = ()


async def drive(
    plan: Plan, recorder: Recorder, during: Callable[[], Awaitable[None]] | None = None
) -> int:
    """Record a history; the chat goes on until *during*, which runs at the same time, has ended.

    Returns the nanoseconds of the monotonic clock at which the chat, and every fault, was over.
    Raises `ClientError` where the run cannot even begin.
    """
    participants = await gather_participants(plan.urls, plan.logins, plan.users, recorder)
    run = _Run(plan, participants, recorder)
    run.connect()
    try:
        await run.chat(during)
        ended = monotonic_ns()
        await run.wait_until_delivered()
        await read_everything(participants, recorder, seconds=plan.patience)
    finally:
        await run.close()
    return ended


def drive_alone(plan: Plan, recorder: Recorder) -> int:
    """Run `drive` on a loop of its own, with a thread for every HTTP request at the same time."""

    async def alone() -> int:
        with ThreadPoolExecutor(THREADS, thread_name_prefix="verify") as threads:
            asyncio.get_running_loop().set_default_executor(threads)
            return await drive(plan, recorder)

    return asyncio.run(alone())


def membership_after(
    before: tuple[bool, int], events: Iterable[dict[str, Any]], user: str
) -> tuple[bool, int]:
    """Return whether *user* is a member after *events*, and the offset that made it so.

    `before` is the same before the events. Other events that name the user, such as a change of
    their role, change nothing.
    """
    for event in events:
        kind = event["kind"]
        if kind in {MEMBER_ADDED, MEMBER_REMOVED} and event["data"]["user"] == user:
            before = (kind == MEMBER_ADDED, event["offset"])
    return before


class _Run:
    def __init__(self, plan: Plan, participants: Participants, recorder: Recorder) -> None:
        self._plan = plan
        self._all = participants
        self._recorder = recorder
        self._clients: list[RecordingClient] = []
        self._changers: dict[str, Changer] = {}
        self._running: list[asyncio.Task[None]] = []
        self._over = asyncio.Event()
        self._log_read = 0
        self._membership = (False, 0)

    def connect(self) -> None:
        """Connect all clients; the first user has a second device, on a different node."""
        urls = self._plan.urls
        for number, account in enumerate(self._all.accounts):
            for device in range(2 if number == 0 else 1):
                first = (number + device) % len(urls)
                name = f"{account.handle}/{device}"
                client = RecordingClient(
                    name, account, urls[first:] + urls[:first], self._recorder
                )
                self._clients.append(client)
                # One device of a user reacts, so that what they asked for last is known.
                self._changers[name] = Changer(
                    client,
                    self._all.canaries,
                    reacts=device == 0,
                    seconds=self._plan.patience,
                )
        self._running = [asyncio.create_task(client.run()) for client in self._clients]

    # -- the chat ----------------------------------------------------------------------------

    async def chat(self, during: Callable[[], Awaitable[None]] | None) -> None:
        """Let all clients do what users do, until the time is over and *during* has ended."""
        tasks = [
            asyncio.create_task(work(client))
            for client in self._clients
            for work in (
                self._send,
                self._change_messages,
                self._read_pages,
                self._reconnect,
                self._probe,
            )
        ]
        if self._all.guest is not None:
            tasks.append(asyncio.create_task(self._join_and_leave(self._all.guest)))
        try:
            await asyncio.gather(
                asyncio.sleep(self._plan.seconds), *([during()] if during else [])
            )
            self._over.set()
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _send(self, client: RecordingClient) -> None:
        sending: set[asyncio.Task[None]] = set()
        number, user = 0, client.account.id
        while not self._over.is_set():
            own = [each for each in self._all.members if self._all.is_member(user, each)]
            conversation = random.choice([*own, self._all.group])  # noqa: S311 - any
            # One alone, or several at once without waiting: their order must hold.
            for _ in range(random.choice((1, 1, 3))):  # noqa: S311 - any
                number += 1
                text = f"{client.name} says {number}: {self._all.canaries[conversation]}"
                sending.add(asyncio.create_task(self._say(client, conversation, text)))
            await self._pause(random.expovariate(self._plan.rate / 5 * 3))
            while len(sending) >= self._plan.window:
                _, sending = await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.gather(*sending)

    async def _say(self, client: RecordingClient, conversation: str, text: str) -> None:
        seq = await client.send(conversation, text, seconds=self._plan.patience)
        if seq is not None:
            self._changers[client.name].own.setdefault(conversation, []).append(seq)

    async def _change_messages(self, client: RecordingClient) -> None:
        user = client.account.id
        while not self._over.is_set():
            await self._pause(random.expovariate(self._plan.rate / 2))
            own = [each for each in self._all.members if self._all.is_member_at_end(user, each)]
            if own:
                conversation = random.choice(own)  # noqa: S311 - any
                await self._changers[client.name].change(conversation)

    async def _pause(self, seconds: float) -> None:
        """Wait, but not beyond the end of the chat."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)

    async def _read_pages(self, client: RecordingClient) -> None:
        while not self._over.is_set():
            await asyncio.sleep(random.uniform(0.3, 1.2))  # noqa: S311 - a pause
            conversation = random.choice(list(self._all.members))  # noqa: S311 - any
            args = {"conversation": conversation, "final": False}
            operation = self._recorder.begin(client.actor, "page", args)
            path = f"/v1/conversations/{conversation}/messages"
            try:
                page = await client.account.ask("GET", path)
            except ClientError as error:
                operation.failed(client.actor, is_sure=isinstance(error, Refused))
            else:
                operation.ok(client.actor, messages=list(map(seen_on_page, page["messages"])))
                # The last user marks nothing as read, so that much is unread at the end.
                if client.account is not self._all.accounts[-1]:
                    await client.read(conversation)

    async def _reconnect(self, client: RecordingClient) -> None:
        while self._plan.reconnects:
            await self._pause(random.expovariate(1 / self._plan.reconnects))
            if self._over.is_set():
                return
            await client.connection.hang_up(abort=random.random() < 0.5)  # noqa: S311 - either

    async def _probe(self, client: RecordingClient) -> None:
        user = client.account.id
        foreign = [
            each for each in self._all.members if not self._all.is_member_at_end(user, each)
        ]
        while foreign and not self._over.is_set():
            await self._pause(random.uniform(0.5, 1.5))  # noqa: S311 - a pause
            await probe(client, random.choice(foreign))  # noqa: S311 - any

    # -- the guest ---------------------------------------------------------------------------

    async def _join_and_leave(self, guest: Account) -> None:
        is_in = False
        while not self._over.is_set():
            is_in = await self._change(guest, joins=not is_in)
            await self._pause(random.uniform(0.5, 2.0))  # noqa: S311 - a pause
        # At the end the guest is a member, where the deployment is able to add one.
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._plan.patience
        while not is_in and loop.time() < deadline:
            is_in = await self._change(guest, joins=True)
            await asyncio.sleep(0.1)

    async def _change(self, guest: Account, *, joins: bool) -> bool:
        """Add or remove the guest; return whether they are a member now, as the log says."""
        owner, group = self._all.owner, self._all.group
        actor = Actor(owner.handle, owner.id)
        args = {"conversation": group, "member": guest.id}
        operation = self._recorder.begin(actor, "join" if joins else "leave", args)
        path = f"/v1/conversations/{group}/members"
        with suppress(ClientError):
            if joins:
                await owner.ask("POST", path, {"users": [guest.id]})
            else:
                await owner.ask("DELETE", f"{path}/{guest.id}")
        # Whether there was an answer or not: the log knows.
        try:
            is_in, offset = await self._read_membership(guest)
        except ClientError:
            operation.failed(actor, is_sure=False)
            return joins
        if is_in == joins:
            operation.ok(actor, offset=offset)
        else:
            operation.failed(actor, is_sure=False)
        return is_in

    async def _read_membership(self, guest: Account) -> tuple[bool, int]:
        """Return whether the guest is a member, and since which event."""
        while True:
            after = self._log_read
            path = f"/v1/conversations/{self._all.group}/events?after={after}&limit=200"
            page = await self._all.owner.insist("GET", path, seconds=self._plan.patience)
            self._membership = membership_after(self._membership, page["events"], guest.id)
            if page["events"]:
                self._log_read = page["events"][-1]["offset"]
            if not page["more"] or self._log_read <= after:
                return self._membership

    # -- the end -----------------------------------------------------------------------------

    async def wait_until_delivered(self) -> None:
        """Wait until all clients have received everything, or had the time to."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._plan.heal + 1.0
        ends = {}
        for conversation, members in self._all.members.items():
            path = f"/v1/conversations/{conversation}"
            head = await members[0].insist("GET", path, seconds=self._plan.patience)
            ends[conversation] = head["offset"]
        while loop.time() < deadline and not all(  # noqa: ASYNC110 - one look at many
            client.log(conversation).applied >= end
            for conversation, end in ends.items()
            for client in self._clients
            if self._all.is_member_at_end(client.account.id, conversation)
        ):
            await asyncio.sleep(0.05)

    async def close(self) -> None:
        """End all clients."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
