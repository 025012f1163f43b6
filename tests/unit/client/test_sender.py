"""The sender: each message once, each conversation in order, whatever the connection does."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parlour.entrypoints.client.connection import Connection
from parlour.entrypoints.client.errors import NoAnswer, Refused
from parlour.entrypoints.client.models import Frame
from parlour.entrypoints.client.outbox import Outbox
from parlour.entrypoints.client.reconnect import Backoff
from parlour.entrypoints.client.sender import Sender, SendFailed
from parlour.entrypoints.client.unstarted import unstarted_id
from tests.support.scripted_service import until

BUSY = Refused("overloaded", "busy", temporary=True)


class Cut(NoAnswer):
    """The line goes while the request is on its way."""


class Line(Connection):
    """A line whose service stores each key once, and does first what the test says."""

    def __init__(self) -> None:
        self.up = True
        self.trouble: list[Exception | None] = []
        self.tried: list[str] = []
        self.stored: dict[str, tuple[str, str]] = {}

    @property
    def is_online(self) -> bool:
        return self.up

    async def request(self, type_: str, **fields: Any) -> Frame:
        assert type_ == "message.send"
        await asyncio.sleep(0)
        text = fields["body"]["text"]
        self.tried.append(text)
        trouble = self.trouble.pop(0) if self.trouble else None
        # A lost answer: the service has stored the message, and nobody knows.
        if trouble is None or isinstance(trouble, NoAnswer):
            self.stored.setdefault(fields["key"], (fields["conversation"], text))
        self.up = not isinstance(trouble, Cut)
        if trouble is not None:
            raise trouble
        seq = list(self.stored).index(fields["key"]) + 1
        names = {"conversation": fields["conversation"], "key": fields["key"]}
        return {"type": "ok", "seq": seq, "offset": seq, "at": "…", **names}

    def texts(self, conversation: str = "garden") -> list[str]:
        return [text for where, text in self.stored.values() if where == conversation]


class Scene:
    """A sender with its outbox, its line, and what it tells."""

    def __init__(self, path: Path, line: Line) -> None:
        self.outbox = Outbox(path)
        self.line = line
        self.posted: list[str] = []
        self.failed: list[SendFailed] = []
        self.created: list[str] = []
        self.creation_trouble: list[Exception] = []
        self.sender = Sender(
            self.outbox,
            line,
            create=self.create,
            dispatch=lambda frame: self.posted.append(frame["text"]),
            failed=self.failed.append,
            backoff=Backoff(shortest=0.0),
        )

    async def create(self, user: str) -> str:
        """Create the conversation with a user, as a client does."""
        self.created.append(user)
        if trouble := self.creation_trouble.pop(0) if self.creation_trouble else None:
            raise trouble
        self.outbox.move(unstarted_id(user), user)
        return user

    async def settle(self) -> None:
        await asyncio.wait_for(self.sender.idle.wait(), 10)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def scene(tmp_path: Path, line: Line) -> Iterator[Scene]:
    scene = Scene(tmp_path / "outbox.db", line)
    yield scene
    scene.outbox.close()


async def test_messages_are_stored_in_the_order_they_were_sent(scene: Scene, line: Line) -> None:
    texts = [f"line {number}" for number in range(20)]
    for text in texts:
        scene.sender.post("garden", text)
    await scene.settle()

    assert line.texts() == texts
    assert scene.posted == texts
    assert scene.outbox.unsent() == []


async def test_the_first_message_creates_its_conversation_once(scene: Scene, line: Line) -> None:
    scene.creation_trouble = [NoAnswer("lost"), BUSY]
    for text in ("one", "two"):
        scene.sender.post(unstarted_id("bob"), text)
    await scene.settle()

    assert line.texts("bob") == ["one", "two"]
    assert scene.created == ["bob"] * 3
    assert scene.outbox.unsent() == []


async def test_a_first_message_to_nobody_is_refused(scene: Scene, line: Line) -> None:
    scene.creation_trouble = [Refused("not_found", "Not found")]
    scene.sender.post(unstarted_id("bob"), "one")
    await scene.settle()

    assert [failed.message.text for failed in scene.failed] == ["one"]
    assert line.tried == []


async def test_a_retry_never_lets_a_later_message_pass(scene: Scene, line: Line) -> None:
    line.trouble = [BUSY, BUSY, None, BUSY]
    for text in ("one", "two", "three"):
        scene.sender.post("garden", text)
    await scene.settle()

    assert line.texts() == ["one", "two", "three"]
    assert line.tried == ["one", "one", "one", "two", "two", "three"]


async def test_after_a_lost_answer_the_same_key_is_sent_again(scene: Scene, line: Line) -> None:
    line.trouble = [NoAnswer("lost"), NoAnswer("lost")]
    scene.sender.post("garden", "once")
    await scene.settle()

    assert line.texts() == ["once"]
    assert line.tried == ["once"] * 3
    assert scene.posted == ["once"]


async def test_a_final_refusal_is_reported_and_the_next_message_sent(
    scene: Scene, line: Line
) -> None:
    line.trouble = [Refused("invalid", "too long")]
    scene.sender.post("garden", "much too long")
    scene.sender.post("garden", "short")
    await scene.settle()

    assert line.texts() == ["short"]
    assert [(each.message.text, each.reason) for each in scene.failed] == [
        ("much too long", "too long")
    ]


@pytest.mark.parametrize("code", ["unauthenticated", "token_expired"])
async def test_a_message_survives_a_session_that_has_ended(
    scene: Scene, line: Line, code: str
) -> None:
    line.trouble = [Refused(code, "log in")]
    scene.sender.post("garden", "patience")
    await scene.settle()

    assert line.texts() == ["patience"]
    assert scene.failed == []


async def test_without_a_connection_messages_wait_for_the_next_welcome(
    scene: Scene, line: Line
) -> None:
    line.up = False
    scene.sender.post("garden", "later")
    scene.sender.flush()
    await asyncio.sleep(0)
    assert line.tried == []
    assert not scene.sender.idle.is_set()

    line.up = True
    scene.sender.flush()
    await scene.settle()
    assert line.texts() == ["later"]


async def test_messages_wait_when_the_connection_is_lost_while_sending(
    scene: Scene, line: Line
) -> None:
    line.trouble = [None, Cut("lost")]
    scene.sender.post("garden", "one")
    scene.sender.post("garden", "two")
    await until(lambda: not line.up)
    assert not scene.sender.idle.is_set()

    line.up = True
    scene.sender.flush()
    await scene.settle()
    assert line.texts() == ["one", "two"]


async def test_a_rate_limited_conversation_does_not_delay_another(
    scene: Scene, line: Line
) -> None:
    line.trouble = [Refused("rate_limited", "slow down", temporary=True, retry_after=3600)]
    scene.sender.post("garden", "waits an hour")
    await until(lambda: line.tried == ["waits an hour"])
    scene.sender.post("kitchen", "at once")
    await until(lambda: scene.posted == ["at once"])

    await scene.sender.stop()
    assert [message.text for message in scene.outbox.unsent()] == ["waits an hour"]


async def test_unsent_messages_of_an_earlier_process_are_sent_first(
    tmp_path: Path, line: Line
) -> None:
    earlier = Outbox(tmp_path / "shared.db")
    earlier.add("garden", "from before")
    earlier.close()
    scene = Scene(tmp_path / "shared.db", line)
    scene.sender.post("garden", "from now")
    await scene.settle()

    assert line.texts() == ["from before", "from now"]
    scene.outbox.close()


async def test_two_processes_of_one_account_store_each_message_once(
    tmp_path: Path, line: Line
) -> None:
    scenes = [Scene(tmp_path / "shared.db", line) for _ in range(2)]
    for number in range(5):
        scenes[0].outbox.add("garden", f"line {number}")
    for scene in scenes:
        scene.sender.flush()
    await asyncio.gather(*(scene.settle() for scene in scenes))

    assert line.texts() == [f"line {number}" for number in range(5)]
    for scene in scenes:
        scene.outbox.close()
