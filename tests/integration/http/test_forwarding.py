"""Forwarding messages over HTTP, each for itself or as one."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import attrs
import pytest

from parlour.domain.kernel.limits import Rate
from tests.support.http_service import LIMITS
from tests.support.http_talk import Talk, refusal, talking


@pytest.fixture
async def talk() -> AsyncIterator[Talk]:
    """Alice said something to Bob."""
    async with talking() as found:
        yield found


def forward(talk: Talk, *seqs: int, **more: Any) -> dict[str, Any]:
    """Return the body that forwards messages of *talk*."""
    return {"from": talk.id, "seqs": list(seqs), "key": str(uuid4()), **more}


async def test_messages_arrive_one_by_one_with_their_author(talk: Talk) -> None:
    await talk.post("bob", "gladly")
    group = await talk.group()
    answer = await group.ask("alice", "POST", "/forward", forward(talk, 2, 1))

    assert answer.status_code == 201
    assert answer.json() == {"messages": [{"seq": 1, "offset": 2}, {"seq": 2, "offset": 3}]}
    page = await group.call("alice", "GET", "/messages")
    assert [each["body"]["text"] for each in page["messages"]] == ["tea at four", "gladly"]
    origins = [each["forwarded"] for each in page["messages"]]
    assert [(each["by"], each["conversation"], each["seq"]) for each in origins] == [
        (talk.people["alice"].id, talk.id, 1),
        (talk.people["bob"].id, talk.id, 2),
    ]


async def test_the_same_key_again_posts_nothing_twice(talk: Talk) -> None:
    group, body = await talk.group(), forward(talk, 1)
    first = await group.ask("alice", "POST", "/forward", body)
    again = await group.ask("alice", "POST", "/forward", body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert len((await group.call("alice", "GET", "/messages"))["messages"]) == 1


async def test_merged_messages_are_one_bundle(talk: Talk) -> None:
    await talk.post("bob", "gladly")
    group, body = await talk.group(), forward(talk, 1, 2, merged=True)
    first = await group.ask("alice", "POST", "/forward", body)
    again = await group.ask("alice", "POST", "/forward", body)

    assert first.json() == again.json() == {"messages": [{"seq": 1, "offset": 2}]}
    (message,) = (await group.call("alice", "GET", "/messages"))["messages"]
    assert message["kind"] == "bundle"
    assert [(each["name"], each["text"]) for each in message["body"]["items"]] == [
        ("alice", "tea at four"),
        ("bob", "gladly"),
    ]


async def test_where_a_message_comes_from_is_hidden_from_those_who_do_not_see_it(
    talk: Talk,
) -> None:
    group = await talk.group("mallory")
    await group.call("alice", "POST", "/forward", forward(talk, 1))

    (message,) = (await group.call("mallory", "GET", "/messages"))["messages"]
    events = (await group.call("mallory", "GET", "/events"))["events"]

    assert message["forwarded"].keys() == {"by", "at"}
    assert talk.id not in str(events)


async def test_recalled_messages_are_left_out(talk: Talk) -> None:
    await talk.post("alice", "second")
    await talk.call("alice", "DELETE", "/messages/1")
    group = await talk.group()

    answer = await group.call("alice", "POST", "/forward", forward(talk, 1, 2))

    assert len(answer["messages"]) == 1
    alone = await group.ask("alice", "POST", "/forward", forward(talk, 1))
    assert refusal(alone) == (404, "not_found")


async def test_both_conversations_must_be_the_callers(talk: Talk) -> None:
    group = await talk.group("mallory")

    assert refusal(await group.ask("mallory", "POST", "/forward", forward(talk, 1))) == (
        404,
        "not_found",
    )
    assert refusal(await group.ask("bob", "POST", "/forward", forward(talk, 1))) == (
        404,
        "not_found",
    )
    missing = await group.ask("alice", "POST", "/forward", forward(talk, 1, 99))
    assert refusal(missing) == (404, "not_found")
    assert (await group.call("alice", "GET", "/messages"))["messages"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"seqs": []},
        {"seqs": [0]},
        {"seqs": ["1"]},
        {"seqs": list(range(1, 102))},
        {"key": "x"},
        {"merged": 1},
        {"from": None},
        {"to": str(uuid4())},
    ],
    ids=["none", "zero", "text", "too many", "no key", "no bool", "nowhere", "unknown field"],
)
async def test_a_body_with_wrong_fields_is_a_bad_request(
    talk: Talk, change: dict[str, Any]
) -> None:
    answer = await talk.ask("alice", "POST", "/forward", {**forward(talk, 1), **change})
    assert refusal(answer) == (400, "bad_request")


async def test_each_forwarded_message_counts() -> None:
    limits = attrs.evolve(LIMITS, messages=Rate(0.001, burst=4))
    async with talking(limits) as talk:
        await talk.post("bob", "gladly")
        answer = await talk.ask("alice", "POST", "/forward", forward(talk, 1, 2))
        again = await talk.ask("alice", "POST", "/forward", forward(talk, 1, 2))

    assert answer.status_code == 201
    assert refusal(again) == (429, "rate_limited")
