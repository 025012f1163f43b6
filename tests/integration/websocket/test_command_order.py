"""Commands of all kinds and transports share commits and are published in the order they came."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import httpx
import pytest

from parlour.entrypoints.shell.group_commit import Lane
from tests.support.concurrency import until
from tests.support.shell import HeldWorkers
from tests.support.site import Guest, Site
from tests.support.socket_client import message


@pytest.fixture
async def http(site: Site, alice: Guest) -> AsyncIterator[httpx.AsyncClient]:
    """Alice over HTTP."""
    headers = {"Authorization": f"Bearer {alice.token}"}
    async with httpx.AsyncClient(base_url=site.url, headers=headers, trust_env=False) as client:
        yield client


def _waiting(lane: Lane[Any, Any, Any], count: int) -> bool:
    return len(lane) == count


async def test_messages_and_changes_of_a_group_keep_their_order(
    site: Site, alice: Guest, bob: Guest, http: httpx.AsyncClient
) -> None:
    carol = site.person("carol")
    room = alice.create_group("Tea", bob)
    one, other = await alice.connect(), await bob.connect()
    (lane,) = site.service.lanes.commands
    held = HeldWorkers()
    lane._workers = held
    first = await one.begin(message(room, "under way"))
    await until(lambda: held.waiting)
    changes = {
        1: ("PATCH", f"/v1/conversations/{room}", {"title": "Coffee"}),
        3: ("POST", f"/v1/conversations/{room}/members", {"users": [carol.id]}),
        5: ("PATCH", f"/v1/conversations/{room}/members/{bob.id}", {"role": "admin"}),
        7: ("DELETE", f"/v1/conversations/{room}/members/{carol.id}", None),
    }
    requests, sends = [], []
    for place in range(9):
        if place in changes:
            method, path, body = changes[place]
            requests.append(asyncio.create_task(http.request(method, path, json=body)))
        else:
            sends.append(await one.begin(message(room, str(place))))
        await until(partial(_waiting, lane, place + 1))
    await held.close()

    answers = [await one.answer(each) for each in (first, *sends)]
    assert [answer["offset"] for answer in answers] == [2, 3, 5, 7, 9, 11]
    assert [(await each).status_code for each in requests] == [200, 200, 200, 204]
    assert (lane.batches, lane.items) == (2, 10)
    await other.hears("event", offset=11)
    events = other.heard("event", conversation=room)
    assert [event["offset"] for event in events] == list(range(2, 12))
    assert [event["kind"] for event in events if event["kind"] != "message.posted"] == [
        "conversation.changed",
        "member.added",
        "member.changed",
        "member.removed",
    ]


async def test_a_message_after_a_removal_is_refused_in_the_same_commit(
    site: Site, alice: Guest, bob: Guest, http: httpx.AsyncClient
) -> None:
    room = alice.create_group("Tea", bob)
    one, other = await alice.connect(), await bob.connect()
    (lane,) = site.service.lanes.commands
    held = HeldWorkers()
    lane._workers = held
    under_way = await one.begin(message(room, "under way"))
    await until(lambda: held.waiting)
    in_time = await other.begin(message(room, "in time"))
    await until(lambda: len(lane) == 1)
    removal = asyncio.create_task(http.delete(f"/v1/conversations/{room}/members/{bob.id}"))
    await until(lambda: len(lane) == 2)
    too_late = await other.begin(message(room, "too late"))
    neighbour = await one.begin(message(room, "still here"))
    await until(lambda: len(lane) == 4)
    await held.close()

    assert (await other.answer(in_time))["offset"] == 3
    assert (await removal).status_code == 204
    assert (await other.answer(too_late))["code"] == "not_found"
    assert [(await one.answer(each))["offset"] for each in (under_way, neighbour)] == [2, 5]
