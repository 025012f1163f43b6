"""Nobody sees a text once it was taken back or replaced, nor one from before they joined."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import httpx
import pytest

from parlour.adapters.config.settings_backends import Sqlite, StorageSettings
from parlour.domain.conversations import AddMembers
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.logs import Cursor
from tests.support.site import SETTINGS, Guest, Serve, Site
from tests.support.socket_client import Frame, SocketClient
from tests.support.storages import new_sqlite

CANARY = "canary"


@pytest.fixture(params=["memory", "sqlite"])
async def site(
    serve: Serve, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Site]:
    """A node, once for each way to keep messages in a process."""
    if request.param == "sqlite":
        new_sqlite(tmp_path / "parlour.db").close()
    storage = StorageSettings(backend=request.param, sqlite=Sqlite(path=tmp_path / "parlour.db"))
    async with serve(attrs.evolve(SETTINGS, storage=storage)) as site:
        yield site


def pages(room: str) -> Iterator[str]:
    """Give every address that shows messages, or what is said of them."""
    conversation = f"/v1/conversations/{room}"
    messages = f"{conversation}/messages"
    for position in ("", "?before=9", "?after=0", "?around=2", "?seqs=1,2,3"):
        yield messages + position
    for seq in (1, 2, 3):
        yield f"{messages}/{seq}"
        yield f"{messages}/{seq}/revisions"
        yield f"{messages}/{seq}/reactions"
    yield from (f"{conversation}/pins", conversation, "/v1/conversations", "/v1/notifications")
    yield from (f"{conversation}/events?after={after}" for after in range(9))
    yield "/v1/sync"
    yield f"/v1/sync?cursor={Cursor(0)}"


async def shown(site: Site, who: Guest, room: str) -> str:
    """Return all that a user can get over HTTP."""
    headers = {"Authorization": f"Bearer {who.token}"}
    async with httpx.AsyncClient(base_url=site.url, headers=headers, trust_env=False) as client:
        answers = [await client.get(path) for path in pages(room)]
    assert {answer.status_code for answer in answers} <= {200, 404}
    return "\n".join(answer.text for answer in answers)


async def told(who: Guest, room: str) -> str:
    """Return all that a user gets on a new socket."""
    client = await who.connect()
    requests: list[Frame] = [{"type": "conversations"}]
    requests += [{"type": "sync", "conversation": room, "after": after} for after in range(9)]
    requests.append({"type": "sync.me", "cursor": str(Cursor(0))})
    answers = [await client.ask(request) for request in requests]
    return str([client.welcome, *answers])


async def everywhere(site: Site, people: tuple[Guest, ...], room: str) -> dict[str, str]:
    """Return what each can get, by handle."""
    return {who.handle: await shown(site, who, room) + await told(who, room) for who in people}


async def prepared(site: Site, alice: Guest, bob: Guest, room: str) -> SocketClient:
    """Let Alice say what she will regret, and Bob answer it, react to it and pin it."""
    one, other = await alice.connect(), await bob.connect()
    await one.say(room, f"@bob the first {CANARY}")
    await one.ask(edit(room, f"@bob the second {CANARY}"))
    await other.say(room, "what do you mean?", reply_to=1)
    place = {"conversation": room, "seq": 1}
    await other.ask({"type": "reaction.set", **place, "emoji": "👍", "on": True})
    await other.ask({"type": "pin.set", **place, "on": True})
    await site.service.notifier.drain()
    found = await everywhere(site, (alice, bob), room)
    assert all(text.count(CANARY) > 10 for text in found.values()), "else nothing is tested"
    return one


def edit(room: str, text: str) -> Frame:
    """Return the request that edits the first message."""
    return {"type": "message.edit", "conversation": room, "seq": 1, "body": {"text": text}}


async def test_a_recalled_text_is_nowhere(site: Site, alice: Guest, bob: Guest, room: str) -> None:
    one = await prepared(site, alice, bob, room)
    live = await bob.connect()

    answer = await one.ask({"type": "message.recall", "conversation": room, "seq": 1})
    assert answer["type"] == "ok"
    found = await everywhere(site, (alice, bob), room)
    await live.hears("event", kind="message.recalled")
    await site.service.notifier.drain()
    await one.say(room, "never mind")
    await live.hears("event", kind="message.posted")

    assert {who: text.count(CANARY) for who, text in found.items()} == {"alice": 0, "bob": 0}
    assert CANARY not in str(live.frames)
    later = await everywhere(site, (alice, bob), room)
    assert CANARY not in str(later)


async def test_a_replaced_text_is_in_its_revisions_alone(
    site: Site, alice: Guest, bob: Guest, room: str
) -> None:
    one = await prepared(site, alice, bob, room)
    live = await bob.connect()

    assert (await one.ask(edit(room, "@bob nothing")))["type"] == "ok"
    headers = {"Authorization": f"Bearer {bob.token}"}
    async with httpx.AsyncClient(base_url=site.url, headers=headers, trust_env=False) as client:
        texts: dict[str, Any] = {
            path: (await client.get(path)).text
            for path in pages(room)
            if not path.endswith("/revisions")
        }

    assert [path for path, text in texts.items() if CANARY in text] == []
    assert CANARY not in await told(bob, room)
    await live.hears("event", kind="message.edited")
    assert CANARY not in str(live.frames)


@pytest.mark.parametrize("reader", ["the reader", "a new device"])
async def test_an_offline_device_learns_of_the_recall_when_it_returns(
    site: Site, alice: Guest, bob: Guest, room: str, reader: str
) -> None:
    one = await prepared(site, alice, bob, room)
    away = await bob.connect()
    cursor = away.welcome["cursor"]
    await away.close()
    await one.ask({"type": "message.recall", "conversation": room, "seq": 1})

    back = await bob.connect(**({"cursor": cursor} if reader == "the reader" else {}))
    (head,) = back.welcome["heads"]
    page = await back.ask({"type": "sync", "conversation": room, "after": 0})

    assert page["last"] == head["offset"]
    kinds = [each["kind"] for each in page["events"]]
    assert kinds[-1] == "message.recalled"
    assert CANARY not in str((back.welcome, page))


async def test_an_edit_of_a_message_from_before_somebody_joined_tells_them_nothing(
    site: Site, alice: Guest, bob: Guest
) -> None:
    carol = site.person("carol")
    room = alice.create_group("Tea", bob)
    one, other = await alice.connect(), await bob.connect()
    await one.say(room, "before")
    joining = AddMembers(
        actor=alice.user, conversation=ConversationId(UUID(room)), users=[carol.user]
    )
    await site.service.execute(joining)
    newcomer = await carol.connect()
    answer = await one.ask(edit(room, f"a {CANARY} for old members"))
    await newcomer.hears("event", offset=answer["offset"])

    assert CANARY not in str(newcomer.frames)
    assert CANARY not in await told(carol, room)
    assert CANARY not in await shown(site, carol, room)
    for client in (other, newcomer):
        (live,) = client.heard("event", kind="message.edited")
        assert (live["data"]["kind"], live["data"]["body"]) == ("", {})
    assert CANARY in await told(bob, room)
    assert CANARY in await shown(site, bob, room)
