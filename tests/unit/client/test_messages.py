"""Changes of messages: sent until they are answered, in order, the last one of each thing."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parlour.entrypoints.client.connection import Connection
from parlour.entrypoints.client.errors import NoAnswer, Refused
from parlour.entrypoints.client.messages import Messages
from parlour.entrypoints.client.models import Frame
from parlour.entrypoints.client.outbox import Outbox
from parlour.entrypoints.client.reconnect import Backoff
from parlour.entrypoints.client.sender import Sender, SendFailed

ANSWERS: dict[str, Frame] = {
    "message.send": {"seq": 9, "offset": 12},
    "message.edit": {"offset": 12, "revision": 2, "replayed": False},
    "message.forward": {"messages": [{"seq": 1, "offset": 11}, {"seq": 2, "offset": 12}]},
}


class Line(Connection):
    """A line that answers, except where a test says what happens instead."""

    def __init__(self) -> None:
        self.up = True
        self.trouble: list[Exception] = []
        self.asked: list[Frame] = []

    @property
    def is_online(self) -> bool:
        return self.up

    async def request(self, type_: str, **fields: Any) -> Frame:
        self.asked.append({"type": type_, **fields})
        await asyncio.sleep(0)
        if self.trouble:
            raise self.trouble.pop(0)
        return {"type": "ok", "offset": 12, "conversation": "garden", **ANSWERS.get(type_, {})}


class Scene:
    """What a user does, on a line of the test."""

    def __init__(self, path: Path) -> None:
        self.line = Line()
        self.outbox = Outbox(path)
        self.told: list[Frame] = []
        self.failed: list[SendFailed] = []
        self.sender = Sender(
            self.outbox,
            self.line,
            create=self.create,
            dispatch=self.told.append,
            failed=self.failed.append,
            backoff=Backoff(shortest=0.0),
        )
        self.messages = Messages(self.sender)

    async def create(self, user: str) -> str:
        raise AssertionError(user)

    async def settle(self) -> None:
        await asyncio.wait_for(self.sender.idle.wait(), 10)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path / "outbox.db")
    yield scene
    scene.outbox.close()


def do_everything(messages: Messages) -> None:
    messages.send("garden", "yes", reply_to=3)
    messages.post("garden", "poll", POLL, "Tea?")
    messages.edit("garden", 3, "better", revision=1)
    messages.recall("garden", 4)
    messages.react("garden", 5, "👍")
    messages.react("garden", 5, "❤️", on=False)
    messages.pin("garden", 6)
    messages.vote("garden", 7, [1, 0, 1])
    messages.hide("garden", [1, 2])
    messages.clear("garden", 2)
    messages.draft("garden", "not yet", reply_to=5)
    messages.forward("kitchen", [1, 2], "garden", merged=True)


POLL = {"question": "Tea?", "options": ["yes", "no"]}
EVERYTHING: list[Frame] = [
    {"type": "message.send", "body": {"text": "yes"}, "reply_to": 3},
    {
        "type": "message.send",
        "kind": "poll",
        "body": POLL,
    },
    {"type": "message.edit", "seq": 3, "body": {"text": "better"}, "revision": 1},
    {"type": "message.recall", "seq": 4},
    {"type": "reaction.set", "seq": 5, "emoji": "👍", "on": True},
    {"type": "reaction.set", "seq": 5, "emoji": "❤️", "on": False},
    {"type": "pin.set", "seq": 6, "on": True},
    {"type": "poll.vote", "seq": 7, "options": [0, 1]},
    {"type": "message.hide", "seqs": [1, 2]},
    {"type": "history.clear", "up_to": 2},
    {"type": "draft.set", "text": "not yet", "reply_to": 5},
    {
        "type": "message.forward",
        "from": "kitchen",
        "to": "garden",
        "seqs": [1, 2],
        "merged": True,
    },
]


def without_keys(frames: list[Frame]) -> list[Frame]:
    names = ("key", "conversation")
    return [{name: frame[name] for name in frame if name not in names} for frame in frames]


async def test_each_change_is_the_request_of_the_protocol(scene: Scene) -> None:
    do_everything(scene.messages)
    await scene.settle()

    assert without_keys(scene.line.asked) == EVERYTHING
    *others, forward = scene.line.asked
    assert {frame["conversation"] for frame in others} == {"garden"}
    assert "conversation" not in forward
    has_key = [frame["type"] for frame in scene.line.asked if "key" in frame]
    assert has_key == ["message.send", "message.send", "message.forward"]


async def test_everything_done_offline_is_sent_by_the_next_process(
    scene: Scene, tmp_path: Path
) -> None:
    scene.line.up = False
    do_everything(scene.messages)
    await asyncio.sleep(0)
    assert scene.line.asked == []

    later = Scene(tmp_path / "outbox.db")
    later.sender.flush()
    await later.settle()
    assert without_keys(later.line.asked) == EVERYTHING
    later.outbox.close()


@pytest.mark.parametrize("trouble", [NoAnswer("lost"), Refused("overloaded", "", temporary=True)])
async def test_a_change_is_sent_again_until_it_is_answered(
    scene: Scene, trouble: Exception
) -> None:
    scene.line.trouble = [trouble, trouble]
    scene.messages.react("garden", 5, "👍")
    await scene.settle()

    assert len(scene.line.asked) == 3
    assert scene.outbox.unsent() == []


async def test_a_refused_change_is_reported_and_the_next_one_sent(scene: Scene) -> None:
    scene.line.trouble = [Refused("conflict", "The message was changed meanwhile")]
    edited = scene.messages.edit("garden", 3, "better", revision=1)
    scene.messages.pin("garden", 3)
    await scene.settle()

    assert scene.failed == [SendFailed(edited, "The message was changed meanwhile")]
    assert [frame["type"] for frame in scene.line.asked] == ["message.edit", "pin.set"]


async def test_offline_only_the_last_word_about_a_thing_is_kept(scene: Scene) -> None:
    scene.line.up = False
    for text in ("one", "two"):
        scene.messages.edit("garden", 3, text, revision=1)
    for on in (True, False, True):
        scene.messages.react("garden", 3, "👍", on=on)
    scene.line.up = True
    scene.sender.flush()
    await scene.settle()

    assert without_keys(scene.line.asked) == [
        {"type": "message.edit", "seq": 3, "body": {"text": "two"}, "revision": 1},
        {"type": "reaction.set", "seq": 3, "emoji": "👍", "on": True},
    ]


async def test_an_edit_typed_while_another_is_on_its_way_is_no_conflict(scene: Scene) -> None:
    scene.messages.edit("garden", 3, "one", revision=1)
    await asyncio.sleep(0)
    assert len(scene.line.asked) == 1
    scene.messages.edit("garden", 3, "two", revision=1)
    scene.messages.edit("garden", 4, "of another", revision=1)
    await scene.settle()

    assert [frame["revision"] for frame in scene.line.asked] == [1, 2, 1]


async def test_what_an_answer_says_is_told_to_the_state(scene: Scene) -> None:
    scene.messages.send("garden", "yes", reply_to=3)
    scene.messages.recall("garden", 4)
    scene.messages.forward("kitchen", [1], "garden")
    scene.messages.hide("garden", [1])
    await scene.settle()

    posted, recalled, forwarded, hidden = scene.told
    assert (posted["type"], posted["text"], posted["reply_to"]) == ("posted", "yes", 3)
    acknowledged = {"type": "acknowledged", "conversation": "garden", "offset": 12}
    assert (recalled, forwarded) == (acknowledged, acknowledged)
    assert hidden == {"type": "acknowledged.me", "offset": 12}
