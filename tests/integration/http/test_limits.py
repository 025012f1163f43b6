"""Rate limits over HTTP."""

from datetime import timedelta
from typing import Any

import attrs
import httpx
import pytest

from parlour.adapters.config.settings import Server
from parlour.domain.kernel.limits import Rate
from tests.support.http_client import PASSWORD
from tests.support.http_service import LIMITS, HttpService, http_service

LOGIN = "/v1/auth/login"
THREE = Rate(3 / 60, burst=3)
FEW = attrs.evolve(
    LIMITS,
    logins_per_account=THREE,
    logins_per_address=THREE,
    registrations=THREE,
    password_changes=THREE,
)


def _refused(answer: httpx.Response) -> bool:
    if answer.status_code != 429:
        return False
    problem = answer.json()
    assert problem["code"] == "rate_limited"
    assert problem["temporary"] is True
    assert problem["retry_after_ms"] > 0
    assert int(answer.headers["retry-after"]) * 1000 >= problem["retry_after_ms"]
    return True


async def test_requests_of_a_user_are_limited() -> None:
    limits = attrs.evolve(LIMITS, requests=Rate(1, burst=5))
    async with http_service(limits=limits) as http:
        alice = await http.register("alice")
        bob = await http.register("bob")
        answers = [await http.ask("GET", "/v1/me", alice) for _ in range(6)]
        assert [_refused(answer) for answer in answers] == [False] * 5 + [True]
        assert answers[-1].json()["retry_after_ms"] == 1000
        assert (await http.ask("GET", "/v1/me", bob)).status_code == 200
        http.clock.advance(timedelta(seconds=1))
        assert (await http.ask("GET", "/v1/me", alice)).status_code == 200


async def test_devices_of_a_user_share_one_limit() -> None:
    limits = attrs.evolve(LIMITS, requests=Rate(1, burst=5))
    async with http_service(limits=limits) as http:
        alice = await http.register("alice")
        again = await http.log_in("alice")
        answers = [
            await http.ask("GET", "/v1/me", who) for who in (alice, again, alice, again, alice)
        ]
        assert not any(map(_refused, answers))
        assert _refused(await http.ask("GET", "/v1/me", again))


async def test_requests_without_a_token_are_counted_by_address() -> None:
    limits = attrs.evolve(LIMITS, requests=Rate(1, burst=5))
    async with http_service(limits=limits) as http:
        body = {"refresh_token": "plr_x"}
        answers = [await http.ask("POST", "/v1/auth/refresh", json=body) for _ in range(6)]
        assert [_refused(answer) for answer in answers] == [False] * 5 + [True]


async def test_invalid_tokens_are_counted_by_address() -> None:
    limits = attrs.evolve(LIMITS, requests=Rate(1, burst=5))
    async with http_service(limits=limits) as http:
        answers = [
            await http.ask("GET", "/v1/me", headers={"Authorization": f"Bearer pla_{n}"})
            for n in range(6)
        ]
        assert [answer.status_code for answer in answers] == [401] * 5 + [429]


async def test_failed_log_ins_to_an_account_are_limited_over_all_addresses() -> None:
    server = Server(trusted_proxies=("127.0.0.1",))
    async with http_service(limits=FEW, server=server) as http:
        victim = await http.ask(
            "POST",
            "/v1/auth/register",
            json={"handle": "victim", "password": PASSWORD},
            headers={"X-Forwarded-For": "192.0.2.200"},
        )
        for handle in ("victim", "Victim", " VICTIM "):
            answer = await _guess(http, handle, f"198.51.100.{len(handle)}")
            assert answer.status_code == 401
        assert _refused(await _guess(http, "victim", "203.0.113.9"))
        # The same for a handle that nobody has: the limit tells nothing.
        for n in range(3):
            assert (await _guess(http, "nobody1", f"198.51.101.{n}")).status_code == 401
        assert _refused(await _guess(http, "nobody1", "203.0.113.10"))
        # And whoever is logged in stays so.
        refresh = {"refresh_token": victim.json()["refresh_token"]}
        assert (await http.ask("POST", "/v1/auth/refresh", json=refresh)).status_code == 200


async def test_failed_log_ins_of_an_address_are_limited_over_all_accounts() -> None:
    async with http_service(limits=FEW) as http:
        answers = [await _guess(http, f"user{n}") for n in range(4)]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
        http.clock.advance(timedelta(seconds=20))
        assert (await _guess(http, "user9")).status_code == 401


async def test_forwarded_addresses_of_untrusted_clients_are_ignored() -> None:
    async with http_service(limits=FEW) as http:
        spoofed = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP")
        answers = [
            await http.ask(
                "POST",
                LOGIN,
                json={"handle": f"user{n}", "password": "no such word"},
                headers=dict.fromkeys(spoofed, f"203.0.113.{n}"),
            )
            for n in range(4)
        ]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429]


async def test_behind_a_trusted_proxy_each_client_has_an_address_of_its_own() -> None:
    server = Server(trusted_proxies=("127.0.0.0/8",))
    async with http_service(limits=FEW, server=server) as http:
        for n in range(4):
            # What the client made up stands to the left of what the proxy saw.
            answer = await _guess(http, f"user{n}", f"203.0.113.{n}, 198.51.100.7")
            assert (answer.status_code == 429) == (n == 3)
        assert (await _guess(http, "other", "198.51.100.8")).status_code == 401


async def test_registrations_of_an_address_are_limited() -> None:
    async with http_service(limits=FEW) as http:
        for n in range(3):
            await http.register(f"user{n}")
        body = {"handle": "user4", "password": PASSWORD}
        assert _refused(await http.ask("POST", "/v1/auth/register", json=body))


async def test_attempts_at_the_old_password_are_limited() -> None:
    async with http_service(limits=FEW) as http:
        alice = await http.register("alice")
        body = {"old_password": "no such word", "new_password": "seven red kites sleep"}
        answers = [await http.ask("POST", "/v1/auth/password", alice, json=body) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429]


@pytest.mark.parametrize("of", ["messages", "conversation_messages"])
async def test_messages_are_counted_by_sender_and_by_conversation(of: str) -> None:
    few: dict[str, Any] = {of: Rate(1, burst=4)}
    async with http_service(limits=attrs.evolve(LIMITS, **few)) as http:
        alice, bob = await http.register("alice"), await http.register("bob")
        talk, other = await alice.open_direct(bob), await alice.create_group("Lobby", bob)
        for who in (alice, alice, alice, alice):
            await who.post(talk, "hi")
        by_sender = of == "messages"
        assert _refused(await _say(http, alice, talk))
        assert _refused(await _say(http, alice, other)) == by_sender
        assert _refused(await _say(http, bob, talk)) != by_sender


async def test_non_members_neither_consume_nor_see_the_limit_of_a_conversation() -> None:
    limits = attrs.evolve(LIMITS, conversation_messages=Rate(1, burst=2))
    async with http_service(limits=limits) as http:
        alice, mallory = await http.register("alice"), await http.register("mallory")
        talk = await alice.open_direct(alice)
        answers = [await _say(http, mallory, talk) for _ in range(5)]
        assert (await _say(http, alice, talk)).status_code == 201
        assert (await _say(http, alice, talk)).status_code == 201
        assert _refused(await _say(http, alice, talk))
        answers += [await _say(http, mallory, talk) for _ in range(5)]
        assert {answer.status_code for answer in answers} == {404}


async def test_a_refused_message_was_not_posted() -> None:
    limits = attrs.evolve(LIMITS, messages=Rate(1, burst=1))
    async with http_service(limits=limits) as http:
        alice = await http.register("alice")
        talk = await alice.open_direct(alice)
        assert (await _say(http, alice, talk)).status_code == 201
        assert _refused(await _say(http, alice, talk))
        head = (await http.ask("GET", f"/v1/conversations/{talk}", alice)).json()
        assert head["seq"] == 1


async def _say(http: HttpService, who: object, talk: str) -> httpx.Response:
    return await http.ask(
        "POST",
        f"/v1/conversations/{talk}/messages",
        who,  # type: ignore[arg-type]
        json={"body": {"text": "hi"}},
        headers={"Idempotency-Key": str(http.service.new_id())},
    )


async def _guess(http: HttpService, handle: str, forwarded: str | None = None) -> httpx.Response:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    body = {"handle": handle, "password": "no such word"}
    return await http.ask("POST", LOGIN, json=body, headers=headers)
