"""The requests over HTTP: retried where that is harmless, in pages where there is much."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from parlour.entrypoints.client import api
from parlour.entrypoints.client.api import Api, device
from parlour.entrypoints.client.errors import NoAnswer, Refused
from parlour.entrypoints.client.http import Http

BUSY = Refused("rate_limited", "slow down", temporary=True, retry_after=0.01)
OLD = Refused("token_expired", "too old")


class Books(Http):
    """Refuses what the test says, then answers."""

    def __init__(self, *troubles: Exception, answer: Any = None) -> None:
        self.troubles = list(troubles)
        self.answer = answer
        self.asked: list[str] = []
        self.tokens: list[str | None] = []

    async def request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        token: str | None = None,
    ) -> Any:
        self.asked.append(path)
        self.tokens.append(token)
        await asyncio.sleep(0)
        if self.troubles:
            raise self.troubles.pop(0)
        return self.answer(path) if callable(self.answer) else self.answer


def api_on(books: Books) -> Api:
    async def token(fresh: bool) -> str:
        return "fresh" if fresh else "old"

    return Api(books, token)


async def test_an_expired_token_is_replaced_once() -> None:
    books = Books(OLD, answer={"conversation": "c"})
    assert await api_on(books).head("c") == {"conversation": "c"}
    assert books.tokens == ["old", "fresh"]

    with pytest.raises(Refused, match="too old"):
        await api_on(Books(OLD, OLD)).head("c")


async def test_a_rate_limited_request_is_sent_again() -> None:
    books = Books(BUSY, OLD, BUSY, answer={"conversation": "c"})
    await api_on(books).head("c")

    assert len(books.asked) == 4


async def test_rate_limited_requests_end_after_ten_attempts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api, "MIN_WAIT", 0)
    with pytest.raises(NoAnswer):
        await api_on(Books(*[BUSY] * 10)).head("c")


@pytest.mark.parametrize("code", ["not_found", "conflict", "unavailable"])
async def test_any_other_refusal_is_the_answer(code: str) -> None:
    books = Books(Refused(code, "no", temporary=code == "unavailable"))
    with pytest.raises(Refused):
        await api_on(books).leave("c", "me")

    assert len(books.asked) == 1


async def test_users_are_requested_in_pages_of_a_hundred() -> None:
    def people(path: str) -> Any:
        ids = parse_qs(urlsplit(path).query)["ids"][0].split(",")
        return {"users": [{"id": each} for each in ids]}

    books = Books(answer=people)
    found = await api_on(books).users(f"user-{number}" for number in range(250))

    assert len(books.asked) == 3
    assert len({who["id"] for who in found}) == 250


async def test_members_come_page_by_page() -> None:
    def page(path: str) -> Any:
        cursor = parse_qs(urlsplit(path).query).get("cursor", ["0"])[0]
        following = {"next": str(int(cursor) + 1)} if cursor < "2" else {}
        return {"members": [{"user": f"user-{cursor}"}], **following}

    members = await api_on(Books(answer=page)).members("c")

    assert [member["user"] for member in members] == ["user-0", "user-1", "user-2"]


async def test_a_handle_is_escaped_in_the_path() -> None:
    books = Books(answer={"id": "u"})
    await api_on(books).user("../devices?x=1")

    assert books.asked == ["/v1/users/..%2Fdevices%3Fx%3D1"]


def test_the_device_description_keeps_to_the_limits() -> None:
    assert 0 < len(device()["name"]) <= 64
    assert 0 < len(device()["platform"]) <= 64
