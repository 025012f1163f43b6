"""The clients of `parlour verify` write down what they could not come to know any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from parlour.entrypoints.verify import Expectations, judge
from parlour.entrypoints.verify.account import Account
from parlour.entrypoints.verify.cast import Cast
from parlour.entrypoints.verify.client import Client
from parlour.entrypoints.verify.journal import Actor, Journal
from tests.support.scripted_service import Frame, Guest, scripted
from tests.support.serving_here import serving_here
from tests.support.talking import Talker, people
from tests.support.waiting import until


class LoggedIn(Account):
    """An account that has a token already."""

    async def token(self, *, fresh: bool = False) -> str:
        return "a-token"


@asynccontextmanager
async def connected(client: Client) -> AsyncIterator[None]:
    """Keep a client connected."""
    running = asyncio.create_task(client.run())
    try:
        await until(lambda: client.is_up)
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def changed(cast: Cast, journal: Journal, how: str) -> None:
    """Let the guest join or leave, and write it down as a run does."""
    owner, guest, group = cast.owner, cast.accounts[2], cast.group
    path = f"/v1/conversations/{group}/members"
    changing = journal.begin(
        Actor(owner.handle, owner.id), how, {"conversation": group, "member": guest.id}
    )
    if how == "join":
        await owner.ask("POST", path, {"users": [guest.id]})
    else:
        await owner.ask("DELETE", f"{path}/{guest.id}")
    changing.ok(Actor(owner.handle, owner.id), offset=await end_of(cast))


async def end_of(cast: Cast) -> int:
    """Return the offset of the last event of the group."""
    head: dict[str, int] = await cast.owner.ask("GET", f"/v1/conversations/{cast.group}")
    return head["offset"]


async def test_a_membership_that_ended_and_began_again_while_the_client_was_away() -> None:
    """Its own last message it learns from the answer; what others said before, never."""
    journal = Journal()
    async with serving_here(lambda _service: None) as url:
        cast = Cast(await people(url, "owner", "other", "guest"), journal)
        owner, _, guest = cast.accounts
        await cast.open_group()
        await changed(cast, journal, "join")
        speaker = Client("owner/0", owner, [url], journal)
        away = Client("guest/0", guest, [url], journal)
        async with connected(speaker):
            async with connected(away):
                await away.say(cast.group, "the first", seconds=30)
            await speaker.say(cast.group, "not heard by the guest", seconds=30)
            # Committed, but the answer is lost with the line: it is sent again with its key.
            saying = asyncio.create_task(away.say(cast.group, "the last", seconds=30))
            await until(lambda: journal.records[-1].kind == "invoke")
            line = await Talker.enter(url, guest)
            await line.says(cast.group, "the last", key=journal.records[-1].args["key"])
            line.abort()
            await changed(cast, journal, "leave")
            await changed(cast, journal, "join")
            end = await end_of(cast)
            async with connected(away):
                assert await saying
                await until(lambda: away.room(cast.group).offset >= end)

    assert not judge(journal.records, Expectations(sends=3)).faults


async def test_what_a_lost_line_kept_from_being_read_is_read_on_the_next_one() -> None:
    """The second welcome tells only what changed since the first."""
    asked: list[Frame] = []

    async def promises_and_hangs_up(service: Guest) -> None:
        await service.welcome(heads=[{"conversation": "lobby", "offset": 3}])
        asked.append(await service.hear())
        await service.close(1001)

    async def tells_of_nothing(service: Guest) -> None:
        await service.welcome()
        asked.append(await service.hear())
        await service.gone()

    async with scripted(promises_and_hangs_up, tells_of_nothing) as url:
        account = LoggedIn([url], "ada", "a password", Journal())
        async with connected(Client("ada/0", account, [url], Journal())):
            await until(lambda: len(asked) == 2)

    assert [(each["type"], each["conversation"], each["after"]) for each in asked] == [
        ("sync", "lobby", 0)
    ] * 2
