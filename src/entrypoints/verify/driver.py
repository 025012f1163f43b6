"""Clients that make a history on a running deployment: they talk, read, come, go and come back."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from secrets import token_hex, token_urlsafe
from time import monotonic_ns
from typing import Any

import attrs

from entrypoints.cli.chat.problems import ChatError, NoAnswer, Refused
from entrypoints.verify.account import Account
from entrypoints.verify.canaries import new_canary
from entrypoints.verify.client import Client
from entrypoints.verify.journal import Actor, Journal
from entrypoints.verify.prying import pry

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
    run = _Run(plan, journal)
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
    def __init__(self, plan: Plan, journal: Journal) -> None:
        self._plan = plan
        self._journal = journal
        self._accounts: list[Account] = []
        self._clients: list[Client] = []
        self._running: list[asyncio.Task[None]] = []
        self._members: dict[str, list[Account]] = {}
        self._canaries: dict[str, str] = {}
        self._group = ""
        self._over = asyncio.Event()
        self._log = 0
        self._standing = (False, 0)

    @property
    def _owner(self) -> Account:
        return self._accounts[0]

    @property
    def _guest(self) -> Account | None:
        """Who comes and goes."""
        return self._accounts[2] if len(self._accounts) > 2 else None

    @property
    def _stranger(self) -> Account | None:
        """Who never belongs to the group."""
        return self._accounts[3] if len(self._accounts) > 3 else None

    # -- the beginning -----------------------------------------------------------------------

    async def begin(self) -> None:
        plan = self._plan
        run = token_hex(4)
        if plan.logins:
            self._accounts = [Account(plan.urls, *login, self._journal) for login in plan.logins]
            for account in self._accounts:
                await account.token()
        else:
            for number in range(plan.users):
                handle = f"verify-{run}-{number}"
                account = Account(plan.urls, handle, token_urlsafe(24), self._journal)
                await _patiently(account.register)
                self._accounts.append(account)
        await self._open_conversations()
        for number, account in enumerate(self._accounts):
            # The first one has a second device, and that a different node.
            for device in range(2 if number == 0 else 1):
                turned = plan.urls[device:] + plan.urls[:device]
                name = f"{account.handle}/{device}"
                self._clients.append(Client(name, account, turned, self._journal))
        self._running = [asyncio.create_task(client.run()) for client in self._clients]

    async def _open_conversations(self) -> None:
        outside = {self._guest, self._stranger}
        invited = [each for each in self._accounts[1:] if each not in outside]
        canary = new_canary()
        body = {
            "kind": "group",
            "title": f"Verify {canary}",
            "members": [each.id for each in invited],
        }
        made = await self._owner.ask("POST", "/v1/conversations", body)
        self._group = made["conversation"]
        self._begins(self._group, [self._owner, *invited], canary)
        if not self._plan.logins:
            # Direct conversations of people who had others before would show what is not ours.
            for one, other in zip(self._accounts[::2], self._accounts[1::2], strict=False):
                body = {"kind": "direct", "user": other.id}
                made = await one.ask("POST", "/v1/conversations", body)
                self._begins(made["conversation"], [one, other], new_canary())

    def _begins(self, conversation: str, members: list[Account], canary: str) -> None:
        self._members[conversation] = members
        self._canaries[conversation] = canary
        actor = Actor(self._owner.handle, self._owner.id)
        self._journal.note(actor, "canary", {"conversation": conversation}, {"canary": canary})
        for member in members:
            what = {"conversation": conversation, "member": member.id}
            self._journal.begin(actor, "join", what).ok(actor, offset=0)

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
        if self._guest is not None:
            busy.append(asyncio.create_task(self._come_and_go(self._guest)))
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
        number = 0
        while not self._over.is_set():
            rooms = [each for each, members in self._members.items() if _has(members, client)]
            conversation = random.choice([*rooms, self._group])  # noqa: S311 - any
            # One alone, or several at once without waiting: their order must hold.
            for _ in range(random.choice((1, 1, 3))):  # noqa: S311 - any
                number += 1
                text = f"{client.name} says {number}: {self._canaries[conversation]}"
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
        account = self._account_of(client)
        while not self._over.is_set():
            await asyncio.sleep(random.uniform(0.3, 1.2))  # noqa: S311 - a pause
            conversation = random.choice(list(self._members))  # noqa: S311 - any
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
        foreign = [each for each in self._members if not self._follows(each, client)]
        account = self._account_of(client)
        while foreign and not self._over.is_set():
            await self._pause(random.uniform(0.5, 1.5))  # noqa: S311 - a pause
            await pry(client, account, random.choice(foreign))  # noqa: S311 - any

    def _account_of(self, client: Client) -> Account:
        return next(each for each in self._accounts if each.id == client.actor.user)

    async def _come_and_go(self, guest: Account) -> None:
        inside = False
        while not (self._over.is_set() and inside):
            inside = await self._change(guest, joins=not inside)
            await asyncio.sleep(random.uniform(0.5, 2.0))  # noqa: S311 - a pause

    async def _change(self, guest: Account, *, joins: bool) -> bool:
        """Let the guest in or out; return whether they are in now, as the log says."""
        what = {"conversation": self._group, "member": guest.id}
        actor = Actor(self._owner.handle, self._owner.id)
        changing = self._journal.begin(actor, "join" if joins else "leave", what)
        path = f"/v1/conversations/{self._group}/members"
        with suppress(ChatError):
            if joins:
                await self._owner.ask("POST", path, {"users": [guest.id]})
            else:
                await self._owner.ask("DELETE", f"{path}/{guest.id}")
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
            page = await self._owner.insist(
                "GET",
                f"/v1/conversations/{self._group}/events?after={known}&limit=200",
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
        for conversation, members in self._members.items():
            head = await members[0].insist(
                "GET", f"/v1/conversations/{conversation}", seconds=self._plan.patience
            )
            ends[conversation] = head["offset"]
        while loop.time() < deadline and not all(  # noqa: ASYNC110 - one look at many
            client.rooms[conversation].offset >= end if conversation in client.rooms else not end
            for conversation, end in ends.items()
            for client in self._clients
            if self._follows(conversation, client)
        ):
            await asyncio.sleep(0.05)

    def _follows(self, conversation: str, client: Client) -> bool:
        guest = self._guest
        mine = _has(self._members[conversation], client)
        is_guest = guest is not None and guest.id == client.actor.user
        return mine or (conversation == self._group and is_guest)

    async def read_everything(self) -> None:
        """Let every member read every conversation, from the beginning to the end."""
        for conversation, members in self._members.items():
            guests = [self._guest] if self._guest and conversation == self._group else []
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


async def _patiently(work: Callable[[], Awaitable[None]]) -> None:
    """Do what may be refused for coming too often."""
    while True:
        try:
            await work()
        except Refused as refusal:
            if not refusal.temporary:
                raise
            await asyncio.sleep(max(0.1, refusal.retry_after))
        else:
            return


def _has(members: list[Account], client: Client) -> bool:
    return any(each.id == client.actor.user for each in members)


def _shown(message: dict[str, Any]) -> dict[str, Any]:
    shown = {name: message[name] for name in ("seq", "offset", "key", "by")}
    return {**shown, "text": message["body"]["text"]}
