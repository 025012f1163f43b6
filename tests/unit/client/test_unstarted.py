"""Direct conversations before their first message."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from parlour.entrypoints.client.api import AuthApi
from parlour.entrypoints.client.client import Client
from parlour.entrypoints.client.errors import NoAnswer, Refused
from parlour.entrypoints.client.http import Http
from parlour.entrypoints.client.outbox import Outbox
from parlour.entrypoints.client.tokens import MemoryTokenStorage, Tokens
from parlour.entrypoints.client.unstarted import current_id, unstarted_id

BOB = {"id": "bob-id", "handle": "bob", "display_name": "Bob"}
ALICE = {"id": "alice-id", "handle": "alice", "display_name": "Alice"}
TOKENS = {
    "user": ALICE,
    "device": "d",
    "access_token": "pla_a",
    "access_expires_at": "2999-01-01T00:00:00Z",
    "refresh_token": "plr_a",
    "refresh_expires_at": "2999-02-01T00:00:00Z",
}
TALK = {
    "conversation": "talk",
    "kind": "direct",
    "title": "Bob",
    "members": 2,
    "seq": 0,
    "offset": 1,
    "peer": "bob-id",
}


class Service(Http):
    """A service that knows Bob; `asked` are the requests to it."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1")
        self.asked: list[str] = []
        self.is_up = True
        self.exists = False

    async def request(self, method: str, path: str, *_body: Any, **_more: Any) -> Any:
        self.asked.append(f"{method} {path}")
        if not self.is_up:
            raise NoAnswer("down")
        if path == "/v1/users/bob":
            return BOB
        if method == "POST" or (self.exists and "/direct/" in path):
            self.exists = True
            return TALK
        raise Refused("not_found", "There is no such thing")


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def client(service: Service) -> AsyncIterator[Client]:
    tokens = Tokens(MemoryTokenStorage(), AuthApi(service))
    tokens.keep(TOKENS)
    client = Client(service, tokens, Outbox())
    yield client
    client.outbox.close()


async def test_finding_a_user_creates_nothing(client: Client, service: Service) -> None:
    key = await client.find_direct("bob")

    assert key == unstarted_id("bob-id")
    assert client.state.conversations[key].head.title == "Bob"
    assert not any(each.startswith("POST") for each in service.asked)
    handles = [member["handle"] for member in await client.members(key)]
    assert handles == ["bob", "alice"]
    assert await client.load(key) == {"bob-id", "alice-id"}


async def test_an_existing_conversation_is_found(client: Client, service: Service) -> None:
    service.exists = True

    assert await client.find_direct("bob") == "talk"
    service.asked.clear()
    assert await client.find_direct("bob") == "talk"
    assert service.asked == ["GET /v1/users/bob"]


async def test_a_known_user_can_be_written_to_without_a_connection(
    client: Client, service: Service
) -> None:
    service.is_up = False
    with pytest.raises(NoAnswer):
        await client.find_direct("bob")
    client.dispatch({"type": "users", "users": [BOB]})

    assert await client.find_direct("bob") == unstarted_id("bob-id")


async def test_unsent_messages_move_to_the_conversation_that_the_other_began(
    client: Client,
) -> None:
    key = await client.find_direct("bob")
    client.send(key, "one")
    client.dispatch({"type": "heads", "heads": [TALK]})
    client.send("talk", "two")

    assert key not in client.state.conversations
    assert current_id(client.state, key) == "talk"
    assert [message.text for message in client.outbox.unsent("talk")] == ["one", "two"]
