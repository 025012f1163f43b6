"""Callers that are cancelled anywhere in their request: nobody else is affected."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest

from parlour.adapters.config.settings_backends import Mysql, StorageSettings
from parlour.adapters.config.values import Secret
from tests.support.addresses import Database
from tests.support.concurrency import cancel_at_wait, until
from tests.support.fault_proxy import FaultProxy
from tests.support.http_client import PASSWORD, HttpUser
from tests.support.http_service import HttpService, http_service
from tests.support.storages import mysql_storage

Ask = Callable[[], Coroutine[Any, Any, Any]]

MOST = 200
"""No request waits so often."""


@pytest.fixture
async def http(database: Database) -> AsyncIterator[HttpService]:
    """A service with one connection for writing and one for reading, over a slow line."""
    with closing(mysql_storage(database)) as storage:
        storage.migrate()
    async with FaultProxy(database.server.port) as line:
        line.down.latency = 0.002
        mysql = Mysql(
            host="127.0.0.1",
            port=line.port,
            user=database.server.user,
            password=Secret(database.server.password),
            database=database.name,
            pool=2,
        )
        async with http_service(storage=StorageSettings(backend="mysql", mysql=mysql)) as opened:
            yield opened
            assert opened.failures == []


async def cancelled_everywhere(http: HttpService, ask: Ask, check: Ask) -> int:
    """Cancel a request at its first wait, its second, …; *check* after each; return how many."""
    for turn in range(1, MOST):
        if not await cancel_at_wait(ask(), turn):
            return turn - 1
        await check()
        await until(lambda: is_idle(http))
    raise AssertionError("it waits for ever")


def is_idle(http: HttpService) -> bool:
    """Tell whether every connection is back in its pool."""
    storage: Any = http.service.storage
    return all(pool.used == 0 for pool in storage.pool_usage().values())


async def test_the_answer_to_a_cancelled_request_goes_to_nobody_else(http: HttpService) -> None:
    """The answer to one user's query never reaches another one, and no connection is lost."""
    alice, bob = await http.register("alice"), await http.register("bob")
    room = await alice.open_direct(bob)
    await alice.post(room, "for the two of us")

    async def both_see_themselves() -> None:
        for who in (bob, alice):
            http.service.identities._cache.clear()  # asks the database again who it is
            me = (await http.ask("GET", "/v1/me", who)).json()
            assert (me["id"], me["handle"]) == (who.id, who.handle)

    paths = ("/v1/me", "/v1/conversations", f"/v1/conversations/{room}/messages")
    for path in paths:

        def ask(path: str = path) -> Coroutine[Any, Any, Any]:
            http.service.identities._cache.clear()
            return http.ask("GET", path, alice)

        assert await cancelled_everywhere(http, ask, both_see_themselves) >= 2


async def test_a_cancelled_send_stores_the_message_once(http: HttpService) -> None:
    alice, bob = await http.register("alice"), await http.register("bob")
    room = await alice.open_direct(bob)
    keys: list[str] = []

    def send(key: str, who: HttpUser = alice) -> Coroutine[Any, Any, Any]:
        path = f"/v1/conversations/{room}/messages"
        headers = {"Idempotency-Key": key}
        return http.ask("POST", path, who, json={"body": {"text": key}}, headers=headers)

    def ask() -> Coroutine[Any, Any, Any]:
        keys.append(str(uuid4()))
        return send(keys[-1])

    async def again() -> None:
        answer = await send(keys[-1])
        assert answer.status_code in {200, 201}, answer.text

    assert await cancelled_everywhere(http, ask, again) >= 2
    page = await http.ask("GET", f"/v1/conversations/{room}/messages?limit=100", bob)
    assert [each["key"] for each in page.json()["messages"]] == keys


async def test_a_cancelled_connection_attempt_keeps_nobody_out(http: HttpService) -> None:
    await http.register("alice")
    await http.register("bob")
    body = {"handle": "alice", "password": PASSWORD}

    async def bob_gets_in() -> None:
        assert (await http.log_in("bob")).handle == "bob"

    def ask() -> Coroutine[Any, Any, Any]:
        return http.ask("POST", "/v1/auth/login", json=body)

    assert await cancelled_everywhere(http, ask, bob_gets_in) >= 2
