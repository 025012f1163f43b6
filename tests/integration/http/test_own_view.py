"""What one user alone sees over HTTP: a draft, no hidden messages, no cleared history."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.http_talk import Talk, refusal, talking


@pytest.fixture
async def talk() -> AsyncIterator[Talk]:
    """Alice said something to Bob."""
    async with talking() as found:
        yield found


async def texts(talk: Talk, who: str) -> list[str]:
    """Return the texts that somebody sees."""
    page = await talk.call(who, "GET", "/messages")
    return [each["body"]["text"] for each in page["messages"]]


async def test_hidden_messages_are_gone_for_one_user_alone(talk: Talk) -> None:
    await talk.post("bob", "gladly")
    first = await talk.call("bob", "POST", "/messages/hide", {"seqs": [2, 1, 1]})
    again = await talk.call("bob", "POST", "/messages/hide", {"seqs": [1]})

    assert first == again
    assert await texts(talk, "bob") == []
    assert await texts(talk, "alice") == ["tea at four", "gladly"]
    assert refusal(await talk.ask("bob", "GET", "/messages/1")) == (404, "not_found")
    assert (await talk.call("bob", "GET", "/messages?seqs=1,2"))["messages"] == []
    assert "last" not in await talk.call("bob", "GET", "")
    hidden = {"conversation": talk.id, "seqs": [1, 2]}
    assert ("message.hidden", hidden) in await talk.own_events("bob")
    assert "message.hidden" not in dict(await talk.own_events("alice"))


async def test_a_cleared_history_is_gone_for_one_user_alone(talk: Talk) -> None:
    await talk.post("alice", "are you there?")
    await talk.post("alice", "hello?")
    first = await talk.call("bob", "PUT", "/clear", {"up_to": 2})
    again = await talk.call("bob", "PUT", "/clear", {"up_to": 1})

    assert first == again
    assert await texts(talk, "bob") == ["hello?"]
    assert await texts(talk, "alice") == ["tea at four", "are you there?", "hello?"]
    assert (await talk.call("bob", "GET", ""))["unread"] == 1
    cleared = {"conversation": talk.id, "up_to": 2}
    assert ("history.cleared", cleared) in await talk.own_events("bob")


async def test_a_draft_is_in_the_head_of_its_user_alone(talk: Talk) -> None:
    draft = {"text": "the canary si", "reply_to": 1}
    first = await talk.call("bob", "PUT", "/draft", draft)
    again = await talk.call("bob", "PUT", "/draft", draft)

    assert first == again
    found = (await talk.call("bob", "GET", ""))["draft"]
    assert {**draft, "at": found["at"]} == found
    assert "draft" not in await talk.call("alice", "GET", "")
    changed = {"conversation": talk.id, **draft}
    assert ("draft.changed", changed) in await talk.own_events("bob")

    await talk.call("bob", "DELETE", "/draft")
    assert "draft" not in await talk.call("bob", "GET", "")
    assert "canary" not in str(await talk.own_events("bob"))
    assert (await talk.ask("bob", "DELETE", "/draft")).status_code == 200


@pytest.mark.parametrize("text", [None, "", "  "])
async def test_an_empty_draft_is_none(talk: Talk, text: str | None) -> None:
    await talk.call("bob", "PUT", "/draft", {"text": "tea"})
    await talk.call("bob", "PUT", "/draft", {"text": text})

    assert "draft" not in await talk.call("bob", "GET", "")


REQUESTS: dict[str, tuple[str, str, Any]] = {
    "hide": ("POST", "/messages/hide", {"seqs": [1]}),
    "clear": ("PUT", "/clear", {"up_to": 1}),
    "draft": ("PUT", "/draft", {"text": "tea"}),
    "no draft": ("DELETE", "/draft", None),
}


@pytest.mark.parametrize("name", REQUESTS)
async def test_strangers_find_nothing(talk: Talk, name: str) -> None:
    assert refusal(await talk.ask("mallory", *REQUESTS[name])) == (404, "not_found")


async def test_a_message_that_is_not_there_cannot_be_hidden(talk: Talk) -> None:
    answer = await talk.ask("bob", "POST", "/messages/hide", {"seqs": [1, 99]})

    assert refusal(answer) == (404, "not_found")
    assert await texts(talk, "bob") == ["tea at four"]


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("hide", {"seqs": []}, "bad_request"),
        ("hide", {"seqs": [0]}, "bad_request"),
        ("hide", {"seqs": list(range(1, 102))}, "bad_request"),
        ("hide", {}, "bad_request"),
        ("clear", {"up_to": 0}, "invalid"),
        ("clear", {"up_to": -1}, "bad_request"),
        ("clear", {"up_to": 2**53}, "bad_request"),
        ("clear", {"up_to": "1"}, "bad_request"),
        ("draft", {}, "bad_request"),
        ("draft", {"text": 1}, "bad_request"),
        ("draft", {"text": "x" * 8_001}, "invalid"),
        ("draft", {"text": "\0"}, "invalid"),
        ("draft", {"text": "x", "reply_to": 0}, "invalid"),
        ("draft", {"text": "x", "kind": "text"}, "bad_request"),
    ],
    ids=lambda each: str(each)[:20],
)
async def test_what_cannot_be_is_refused(talk: Talk, name: str, body: Any, code: str) -> None:
    method, path, _ = REQUESTS[name]
    assert refusal(await talk.ask("bob", method, path, body))[1] == code
