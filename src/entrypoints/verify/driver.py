"""Clients that make a history on a running deployment: they talk, read, come, go and come back."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import monotonic_ns
from typing import Any

import attrs

from parlour.entrypoints.cli.chat.problems import ChatError, NoAnswer, Refused
from parlour.entrypoints.verify.account import Account
from parlour.entrypoints.verify.cast import Cast, gather_cast
from parlour.entrypoints.verify.client import Client
from parlour.entrypoints.verify.journal import Actor, Journal
from parlour.entrypoints.verify.prying import pry

THREADS = 32


@attrs.frozen(kw_only=True)
class Plan:
    """How a run goes; times in seconds.

    `rate`: messages a second of one client. `window`: how many of them it has outstanding.
    `heal`: how long everybody may take to hear at the end. `patience`: how long a message is tried
    again, and how long the final reading may take. `reconnects`: how long a socket
    lives, on average; 0 for as long as it can. `logins`: handles and passwords of accounts to use.
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
    plan: Plan, journal: Journal, during: Callable[[], Awaitable[None]] | None = None
) -> int:
    """Write a history; *during* runs beside the talk, which goes on until it has ended.

    Returns the nanoseconds of the monotonic clock at which the talk, and every fault, was over.
    Raises `ChatError` where the run cannot even begin.
    """
    cast = await gather_cast(plan.urls, plan.logins, plan.users, journal)
    run = _Run(plan, cast, journal)
    await run.begin()
    try:
        await run.talk(during)
        ended = monotonic_ns()
        await run.settle()
        await run.read_everything()
    finally:
        await run.close()
    return ended


def drive_alone(plan: Plan, journal: Journal) -> int:
    """Do as `drive` on a loop of its own, with a thread for every request under way."""

    async def alone() -> int:
        with ThreadPoolExecutor(THREADS, thread_name_prefix="verify") as threads:
            asyncio.get_running_loop().set_default_executor(threads)
            return await drive(plan, journal)

    return asyncio.run(alone())


class _Run:
    def __init__(self, plan: Plan, cast: Cast, journal: Journal) -> None:
        self._plan = plan
        self._cast = cast
        self._journal = journal
        self._clients: list[Client] = []
        self._running: list[asyncio.Task[None]] = []
        self._over = asyncio.Event()
        self._log = 0
        self._standing = (False, 0)

    # -- the beginning -----------------------------------------------------------------------

    async def begin(self) -> None:
        """Connect everybody; the first one has a second device, and that on a different node."""
        urls = self._plan.urls
        for number, account in enumerate(self._cast.accounts):
            for device in range(2 if number == 0 else 1):
                turned = urls[device:] + urls[:device]
                name = f"{account.handle}/{device}"
                self._clients.append(Client(name, account, turned, self._journal))
        self._running = [asyncio.create_task(client.run()) for client in self._clients]

    # -- the talk ----------------------------------------------------------------------------

    async def talk(self, during: Callable[[], Awaitable[None]] | None) -> None:
        """Let everybody do what people do, until the time is over and *during* has ended."""
        busy = [
            asyncio.create_task(work)
            for client in self._clients
            for work in (
                self._speak(client),
                self._look(client),
                self._wander(client),
                self._pry(client),
            )
        ]
        if self._cast.guest is not None:
            busy.append(asyncio.create_task(self._come_and_go(self._cast.guest)))
        try:
            await asyncio.gather(
                asyncio.sleep(self._plan.seconds), *([during()] if during else [])
            )
            self._over.set()
            await asyncio.gather(*busy)
        finally:
            for task in busy:
                task.cancel()

    async def _speak(self, client: Client) -> None:
        talking: set[asyncio.Task[bool]] = set()
        number, user = 0, client.actor.user
        while not self._over.is_set():
            rooms = [each for each in self._cast.members if self._cast.belongs(user, each)]
            conversation = random.choice([*rooms, self._cast.group])  # noqa: S311 - any
            # One alone, or several at once without waiting: their order must hold.
            for _ in range(random.choice((1, 1, 3))):  # noqa: S311 - any
                number += 1
                text = f"{client.name} says {number}: {self._cast.canaries[conversation]}"
                saying = client.say(conversation, text, seconds=self._plan.patience)
                talking.add(asyncio.create_task(saying))
            await self._pause(random.expovariate(self._plan.rate / 5 * 3))
            while len(talking) >= self._plan.window:
                _, talking = await asyncio.wait(talking, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.gather(*talking)

    async def _pause(self, seconds: float) -> None:
        """Wait, but not beyond the end of the talk."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)

    async def _look(self, client: Client) -> None:
        account = self._cast.account_of(client.actor.user)
        while not self._over.is_set():
            await asyncio.sleep(random.uniform(0.3, 1.2))  # noqa: S311 - a pause
            conversation = random.choice(list(self._cast.members))  # noqa: S311 - any
            what = {"conversation": conversation, "final": False}
            looking = self._journal.begin(client.actor, "page", what)
            try:
                page = await account.ask("GET", f"/v1/conversations/{conversation}/messages")
            except ChatError as problem:
                looking.failed(client.actor, surely=isinstance(problem, Refused))
            else:
                looking.ok(client.actor, messages=[_shown(each) for each in page["messages"]])
                await client.read(conversation)

    async def _wander(self, client: Client) -> None:
        while self._plan.reconnects:
            pause = random.expovariate(1 / self._plan.reconnects)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), pause)
                return
            await client.hang_up(rudely=random.random() < 0.5)  # noqa: S311 - either

    async def _pry(self, client: Client) -> None:
        user = client.actor.user
        foreign = [each for each in self._cast.members if not self._cast.follows(user, each)]
        account = self._cast.account_of(user)
        while foreign and not self._over.is_set():
            await self._pause(random.uniform(0.5, 1.5))  # noqa: S311 - a pause
            await pry(client, account, random.choice(foreign))  # noqa: S311 - any

    async def _come_and_go(self, guest: Account) -> None:
        inside = False
        while not self._over.is_set():
            inside = await self._change(guest, joins=not inside)
            await self._pause(random.uniform(0.5, 2.0))  # noqa: S311 - a pause
        # At the end the guest is inside, where the deployment is able to let anybody in.
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._plan.patience
        while not inside and loop.time() < deadline:
            inside = await self._change(guest, joins=True)
            await asyncio.sleep(0.1)

    async def _change(self, guest: Account, *, joins: bool) -> bool:
        """Let the guest in or out; return whether they are in now, as the log says."""
        what = {"conversation": self._cast.group, "member": guest.id}
        actor = Actor(self._cast.owner.handle, self._cast.owner.id)
        changing = self._journal.begin(actor, "join" if joins else "leave", what)
        path = f"/v1/conversations/{self._cast.group}/members"
        with suppress(ChatError):
            if joins:
                await self._cast.owner.ask("POST", path, {"users": [guest.id]})
            else:
                await self._cast.owner.ask("DELETE", f"{path}/{guest.id}")
        # Whatever the answer was, or was not: the log knows.
        try:
            is_in, offset = await self._stands(guest)
        except ChatError:
            changing.failed(actor, surely=False)
            return joins
        if is_in == joins:
            changing.ok(actor, offset=offset)
        else:
            changing.failed(actor, surely=False)
        return is_in

    async def _stands(self, guest: Account) -> tuple[bool, int]:
        """Return whether the guest belongs to the group, and since which event."""
        while True:
            known = self._log
            page = await self._cast.owner.insist(
                "GET",
                f"/v1/conversations/{self._cast.group}/events?after={known}&limit=200",
                seconds=self._plan.patience,
            )
            for event in page["events"]:
                self._log = event["offset"]
                if event["data"].get("user") == guest.id:
                    self._standing = (event["kind"] == "member.added", event["offset"])
            if not page["more"] or self._log <= known:
                return self._standing

    # -- the end -----------------------------------------------------------------------------

    async def settle(self) -> None:
        """Wait until everybody has heard everything, or had the time to."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._plan.heal + 1.0
        ends = {}
        for conversation, members in self._cast.members.items():
            head = await members[0].insist(
                "GET", f"/v1/conversations/{conversation}", seconds=self._plan.patience
            )
            ends[conversation] = head["offset"]
        while loop.time() < deadline and not all(  # noqa: ASYNC110 - one look at many
            client.rooms[conversation].offset >= end if conversation in client.rooms else not end
            for conversation, end in ends.items()
            for client in self._clients
            if self._cast.follows(client.actor.user, conversation)
        ):
            await asyncio.sleep(0.05)

    async def read_everything(self) -> None:
        """Let every member read every conversation, from the beginning to the end."""
        for conversation, members in self._cast.members.items():
            guests = (
                [self._cast.guest] if self._cast.guest and conversation == self._cast.group else []
            )
            for member in (*members, *guests):
                actor = Actor(member.handle, member.id)
                what = {"conversation": conversation, "final": True}
                reading = self._journal.begin(actor, "page", what)
                try:
                    found = await member.whole_history(conversation, seconds=self._plan.patience)
                except (NoAnswer, Refused) as problem:
                    reading.failed(actor, surely=isinstance(problem, Refused))
                else:
                    reading.ok(actor, messages=[_shown(each) for each in found])

    async def close(self) -> None:
        """End every client."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


def _shown(message: dict[str, Any]) -> dict[str, Any]:
    shown = {name: message[name] for name in ("seq", "offset", "key", "by")}
    return {**shown, "text": message["body"]["text"]}
