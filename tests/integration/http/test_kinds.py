"""Messages of other kinds than text, and of the kinds that an operator adds."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from parlour.adapters.config.settings_messages import MessageSettings
from tests.support.http_client import HttpUser
from tests.support.http_service import HttpService, http_service

ORDER = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "teas": {"type": "integer", "minimum": 1}},
    "required": ["text", "teas"],
}


async def post(
    http: HttpService, who: HttpUser, conversation: str, kind: str, body: Any
) -> httpx.Response:
    """Post a message of a kind."""
    return await http.ask(
        "POST",
        f"/v1/conversations/{conversation}/messages",
        who,
        json={"kind": kind, "body": body},
        headers={"Idempotency-Key": str(uuid4())},
    )


class TestBuiltInKinds:
    @pytest.mark.parametrize(
        "case",
        [
            ("poll", {"question": "Tea?", "options": ["yes", "no"]}, "📊 Tea?"),
            ("location", {"latitude": 48.2, "longitude": 16.4, "title": "Café"}, "📍 Café"),
            ("contact", {"user": "0191d3c0-0000-7000-8000-000000000001"}, "👤"),
        ],
        ids=lambda case: case[0],
    )
    async def test_are_shown_in_pages_and_lists(
        self,
        http: HttpService,
        alice: HttpUser,
        bob: HttpUser,
        talk: str,
        case: tuple[str, Any, str],
    ) -> None:
        kind, body, excerpt = case
        answer = await post(http, alice, talk, kind, body)
        (message,) = await bob.history(talk)
        head = await bob.head(talk)

        assert answer.status_code == 201
        assert (message["kind"], message["body"]) == (kind, body)
        assert (head["last"]["kind"], head["last"]["excerpt"]) == (kind, excerpt)
        assert head["unread"] == 1

    @pytest.mark.parametrize("kind", ["bundle", "voice", "call", "order"])
    async def test_are_the_only_ones_that_clients_may_post(
        self, http: HttpService, alice: HttpUser, talk: str, kind: str
    ) -> None:
        answer = await post(http, alice, talk, kind, {"title": "x", "items": []})

        assert (answer.status_code, answer.json()["code"]) == (422, "unsupported_kind")


class TestKindsOfAnOperator:
    async def test_are_checked_by_their_schema(self, tmp_path: Path) -> None:
        schema = tmp_path / "order.json"
        schema.write_text(json.dumps(ORDER))
        async with http_service(messages=MessageSettings(kinds={"order": schema})) as http:
            alice = await http.register("alice")
            notes = await alice.open_direct(alice)
            body = {"text": "two teas, please", "teas": 2}
            taken = await post(http, alice, notes, "order", body)
            refused = await post(http, alice, notes, "order", {**body, "teas": 0})
            (message,) = await alice.history(notes)
            head = await alice.head(notes)

        assert taken.status_code == 201
        assert (message["kind"], message["body"]) == ("order", body)
        assert head["last"]["excerpt"] == "two teas, please"
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
        assert refused.json()["errors"][0]["field"] == "body.teas"
