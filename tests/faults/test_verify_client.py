"""The clients of `parlour verify` record what they were not able to receive any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from parlour.entrypoints.verify import Expectations, judge
from parlour.entrypoints.verify.account import Account
from parlour.entrypoints.verify.client import RecordingClient
from parlour.entrypoints.verify.participants import Participants
from parlour.entrypoints.verify.recorder import Actor, Recorder
from tests.support.concurrency import until
from tests.support.scripted_service import Frame, Guest, scripted
from tests.support.site import serving_with
from tests.support.socket_client import connected as connected_socket


class LoggedIn(Account):
    """An account that has a token already."""

    async def token(self, *, fresh: bool = False) -> str:
        return "a-token"


async def registered(url: str, *handles: str) -> list[Account]:
    """Register accounts at a node."""
    accounts = [Account([url], handle, f"password of {handle}", Recorder()) for handle in handles]
    for account in accounts:
        await account.register()
    return accounts


@asynccontextmanager
async def connected(client: RecordingClient) -> AsyncIterator[None]:
    """Keep a client connected."""
    running = asyncio.create_task(client.run())
    try:
        await until(lambda: client.connection.is_online)
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def changed(participants: Participants, recorder: Recorder, how: str) -> None:
    """Let the guest join or leave, and write it down as a run does."""
    owner, guest, group = participants.owner, participants.accounts[2], participants.group
    path = f"/v1/conversations/{group}/members"
    changing = recorder.begin(
        Actor(owner.handle, owner.id), how, {"conversation": group, "member": guest.id}
    )
    if how == "join":
        await owner.ask("POST", path, {"users": [guest.id]})
    else:
        await owner.ask("DELETE", f"{path}/{guest.id}")
    changing.ok(Actor(owner.handle, owner.id), offset=await end_of(participants))


async def end_of(participants: Participants) -> int:
    """Return the offset of the last event of the group."""
    head: dict[str, int] = await participants.owner.ask(
        "GET", f"/v1/conversations/{participants.group}"
    )
    return head["offset"]


async def test_a_client_that_missed_its_removal_and_its_return_is_no_fault() -> None:
    """Its own last message it learns from the answer; what others said before, never."""
    recorder = Recorder()
    async with serving_with(lambda _service: None) as url:
        participants = Participants(await registered(url, "owner", "other", "guest"), recorder)
        owner, _, guest = participants.accounts
        await participants.open_group()
        await changed(participants, recorder, "join")
        speaker = RecordingClient("owner/0", owner, [url], recorder)
        away = RecordingClient("guest/0", guest, [url], recorder)
        async with connected(speaker):
            async with connected(away):
                await away.send(participants.group, "the first", seconds=30)
            await speaker.send(participants.group, "not heard by the guest", seconds=30)
            # Committed, but the answer is lost with the line: it is sent again with its key.
            saying = asyncio.create_task(away.send(participants.group, "the last", seconds=30))
            await until(lambda: recorder.records[-1].kind == "invoke")
            async with connected_socket(url, await guest.token()) as line:
                key = recorder.records[-1].args["key"]
                await line.say(participants.group, "the last", key=key)
            await changed(participants, recorder, "leave")
            await changed(participants, recorder, "join")
            end = await end_of(participants)
            async with connected(away):
                assert await saying
                await until(lambda: away.log(participants.group).applied >= end)

    assert not judge(recorder.records, Expectations(sends=3)).faults


async def test_a_sync_that_a_lost_connection_interrupted_is_done_on_the_next_one() -> None:
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
        account = LoggedIn([url], "ada", "a password", Recorder())
        async with connected(RecordingClient("ada/0", account, [url], Recorder())):
            await until(lambda: len(asked) == 2)

    assert [(each["type"], each["conversation"], each["after"]) for each in asked] == [
        ("sync", "lobby", 0)
    ] * 2
