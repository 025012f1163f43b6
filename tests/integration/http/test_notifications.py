"""Notifications over HTTP, and web pushes as a browser decrypts them."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from parlour.adapters.config.settings import PushSettings
from tests.support.http_client import HttpUser
from tests.support.http_service import HttpService, http_service
from tests.support.push_service import PushReceiver, PushService

DELAY = timedelta(seconds=3)


@pytest.fixture
async def http() -> AsyncIterator[HttpService]:
    """A service that may push to this machine."""
    async with http_service(push=PushSettings(allow_private=True)) as opened:
        yield opened
        assert opened.failures == []


@pytest.fixture
async def lobby(http: HttpService, alice: HttpUser, bob: HttpUser) -> str:
    """A group of Alice and Bob."""
    return await alice.create_group("Lobby", bob)


async def mention(http: HttpService, who: HttpUser, conversation: str, *whom: str) -> int:
    answer = await http.ask(
        "POST",
        f"/v1/conversations/{conversation}/messages",
        who,
        json={"body": {"text": "come here"}, "mentions": list(whom)},
        headers={"Idempotency-Key": str(http.service.new_id())},
    )
    assert answer.status_code == 201, answer.text
    await http.service.notifier.drain()
    return int(answer.json()["seq"])


async def notices(http: HttpService, who: HttpUser) -> list[dict[str, Any]]:
    answer = await http.ask("GET", "/v1/notifications", who)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["notifications"]
    return found


async def subscribe(
    http: HttpService,
    who: HttpUser,
    browser: PushReceiver,
    endpoint: str,
    *,
    preview: bool = False,
) -> dict[str, Any]:
    answer = await http.ask(
        "POST",
        "/v1/push-subscriptions",
        who,
        json={"endpoint": endpoint, "keys": browser.keys, "preview": preview},
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def carry(http: HttpService) -> None:
    """Let the delay pass and everything that is due be carried."""
    await http.service.notifier.drain()
    http.clock.advance(DELAY)
    while await http.service.pusher.send_due():
        pass


class TestNotifications:
    async def test_are_created_for_mentions_only(
        self, http: HttpService, alice: HttpUser, bob: HttpUser, lobby: str
    ) -> None:
        await alice.post(lobby, "nobody in particular")
        seq = await mention(http, alice, lobby, bob.id)

        (notice,) = await notices(http, bob)
        assert notice["id"] == f"{lobby}/{seq}"
        assert (notice["kind"], notice["by"], notice["excerpt"], notice["read"]) == (
            "mention", alice.id, "come here", False,
        )  # fmt: skip
        assert await notices(http, alice) == []
        events = (await http.ask("GET", "/v1/sync", bob)).json()
        assert events["heads"][0]["mentions"] == 1

    async def test_of_a_mention_of_everyone_reach_all_but_the_sender(
        self, http: HttpService, alice: HttpUser, bob: HttpUser, lobby: str
    ) -> None:
        await mention(http, alice, lobby, "all")

        assert len(await notices(http, bob)) == 1
        assert await notices(http, alice) == []

    async def test_are_not_created_for_muting_users_and_non_members(
        self, http: HttpService, alice: HttpUser, bob: HttpUser, lobby: str
    ) -> None:
        stranger = await http.register("stranger")
        muted = await http.ask(
            "PATCH",
            f"/v1/conversations/{lobby}/settings",
            bob,
            json={"muted_until": "2999-01-01T00:00:00Z"},
        )
        assert muted.status_code == 200
        await mention(http, alice, lobby, bob.id, stranger.id)

        assert await notices(http, bob) == []
        assert await notices(http, stranger) == []

    async def test_are_taken_back_with_a_recalled_message(
        self, http: HttpService, alice: HttpUser, bob: HttpUser, lobby: str
    ) -> None:
        start = (await bob.call("GET", "/v1/sync"))["cursor"]
        seq = await mention(http, alice, lobby, bob.id)
        await alice.call("DELETE", f"/v1/conversations/{lobby}/messages/{seq}")
        await http.service.notifier.drain()
        events = (await bob.call("GET", f"/v1/sync?cursor={start}"))["events"]

        assert await notices(http, bob) == []
        assert [(event["kind"], event["data"].get("excerpt")) for event in events] == [
            ("notification.added", ""),
            ("notification.removed", None),
        ]
        assert events[1]["data"] == {"ids": [f"{lobby}/{seq}"]}

    async def test_follow_the_edits_of_their_message(
        self, http: HttpService, alice: HttpUser, bob: HttpUser, lobby: str
    ) -> None:
        await alice.post(lobby, "somebody come here")
        shown = []
        for text in ("come here, @bob", "@bob, stay", "all is well"):
            edit = {"body": {"text": text}}
            await alice.call("PATCH", f"/v1/conversations/{lobby}/messages/1", edit)
            await http.service.notifier.drain()
            shown.append([notice["excerpt"] for notice in await notices(http, bob)])

        assert shown == [["come here, @bob"], ["@bob, stay"], []]

    async def test_are_read_when_the_read_mark_passes(
        self, http: HttpService, alice: HttpUser, bob: HttpUser, lobby: str
    ) -> None:
        seq = await mention(http, alice, lobby, bob.id)
        await http.ask("PUT", f"/v1/conversations/{lobby}/read", bob, json={"seq": seq})

        assert [notice["read"] for notice in await notices(http, bob)] == [True]

    @pytest.mark.parametrize("all_of_them", [True, False])
    async def test_can_be_marked_as_read(
        self, http: HttpService, alice: HttpUser, bob: HttpUser, lobby: str, all_of_them: bool
    ) -> None:
        seqs = [await mention(http, alice, lobby, bob.id) for _ in range(2)]
        body = {"all": True} if all_of_them else {"ids": [f"{lobby}/{seqs[0]}", f"{lobby}/99"]}
        answer = await http.ask("PUT", "/v1/notifications", bob, json=body)

        assert answer.status_code == 204
        read = [notice["read"] for notice in await notices(http, bob)]
        assert read == ([True, True] if all_of_them else [False, True])

    async def test_are_not_listed_after_the_membership_ended(
        self, http: HttpService, alice: HttpUser, bob: HttpUser, lobby: str
    ) -> None:
        await mention(http, alice, lobby, bob.id)
        await http.ask("DELETE", f"/v1/conversations/{lobby}/members/{bob.id}", alice)

        assert await notices(http, bob) == []

    async def test_are_listed_page_by_page(
        self, http: HttpService, alice: HttpUser, bob: HttpUser, lobby: str
    ) -> None:
        seqs = [await mention(http, alice, lobby, bob.id) for _ in range(3)]
        first = (await http.ask("GET", "/v1/notifications?limit=2", bob)).json()
        path = f"/v1/notifications?limit=2&cursor={first['next']}"
        rest = (await http.ask("GET", path, bob)).json()

        pages = [[notice["seq"] for notice in page["notifications"]] for page in (first, rest)]
        assert pages == [seqs[:0:-1], seqs[:1]]
        assert "next" not in rest


class TestPushes:
    async def test_contain_the_conversation_and_no_text_by_default(
        self, http: HttpService, alice: HttpUser, bob: HttpUser, talk: str
    ) -> None:
        browser = PushReceiver.new()
        with PushService() as service:
            await subscribe(http, bob, browser, service.url())
            await alice.post(talk, "a secret")
            await carry(http)

            (got,) = service.got
            told = json.loads(browser.read(got.body))
            assert told == {"type": "message", "conversation": talk, "seq": 1}

    async def test_contain_sender_and_text_where_the_user_allows_it(
        self, http: HttpService, alice: HttpUser, bob: HttpUser, lobby: str
    ) -> None:
        browser = PushReceiver.new()
        with PushService() as service:
            await subscribe(http, bob, browser, service.url(), preview=True)
            await mention(http, alice, lobby, bob.id)
            await carry(http)

            told = json.loads(browser.read(service.got[0].body))
            assert (told["type"], told["title"], told["body"]) == (
                "mention", "alice – Lobby", "come here",
            )  # fmt: skip

    async def test_are_not_sent_for_what_was_read_meanwhile(
        self, http: HttpService, alice: HttpUser, bob: HttpUser, talk: str
    ) -> None:
        with PushService() as service:
            await subscribe(http, bob, PushReceiver.new(), service.url())
            await alice.post(talk, "hi")
            await http.service.notifier.drain()
            await http.ask("PUT", f"/v1/conversations/{talk}/read", bob, json={"seq": 1})
            await carry(http)

            assert service.got == []

    async def test_are_not_sent_for_what_was_recalled_meanwhile(
        self, http: HttpService, alice: HttpUser, bob: HttpUser, talk: str
    ) -> None:
        with PushService() as service:
            await subscribe(http, bob, PushReceiver.new(), service.url(), preview=True)
            await alice.post(talk, "a secret", "hi")
            await http.service.notifier.drain()
            await alice.call("DELETE", f"/v1/conversations/{talk}/messages/1")
            await carry(http)

            assert len(service.got) == 1

    async def test_are_not_sent_to_a_device_that_logged_out(
        self, http: HttpService, alice: HttpUser, bob: HttpUser, talk: str
    ) -> None:
        with PushService() as service:
            await subscribe(http, bob, PushReceiver.new(), service.url())
            await alice.post(talk, "hi")
            await http.ask("POST", "/v1/auth/logout", bob)
            await carry(http)

            assert service.got == []

    async def test_end_where_the_push_service_reports_the_subscription_gone(
        self, http: HttpService, alice: HttpUser, bob: HttpUser, talk: str
    ) -> None:
        with PushService(410) as service:
            await subscribe(http, bob, PushReceiver.new(), service.url())
            await alice.post(talk, "hi")
            await carry(http)

            assert len(service.got) == 1
        listed = await http.ask("GET", "/v1/push-subscriptions", bob)
        assert listed.json() == {"subscriptions": []}

    async def test_are_retried_while_the_push_service_is_unavailable(
        self, http: HttpService, alice: HttpUser, bob: HttpUser, talk: str
    ) -> None:
        with PushService(503) as service:
            await subscribe(http, bob, PushReceiver.new(), service.url())
            await alice.post(talk, "hi")
            await carry(http)
            await carry(http)
            assert len(service.got) == 1
            service.status = 201
            http.clock.advance(timedelta(seconds=15))
            await carry(http)
            await carry(http)
            assert len(service.got) == 2

    async def test_are_sent_without_a_request(
        self, http: HttpService, alice: HttpUser, bob: HttpUser, talk: str
    ) -> None:
        with PushService() as service:
            await subscribe(http, bob, PushReceiver.new(), service.url())
            await alice.post(talk, "hi")
            await http.service.notifier.drain()
            http.clock.advance(DELAY)
            http.service.pusher.wake()
            async with asyncio.timeout(30):
                while not service.got:
                    await asyncio.sleep(0.01)
        assert len(service.got) == 1

    async def test_go_to_the_user_who_subscribed_the_browser_last(
        self, http: HttpService, alice: HttpUser, bob: HttpUser
    ) -> None:
        browser = PushReceiver.new()
        await subscribe(http, alice, browser, "https://push.example.org/1")
        await subscribe(http, bob, browser, "https://push.example.org/1")

        ours = (await http.ask("GET", "/v1/push-subscriptions", alice)).json()
        theirs = (await http.ask("GET", "/v1/push-subscriptions", bob)).json()
        assert (len(ours["subscriptions"]), len(theirs["subscriptions"])) == (0, 1)

    async def test_are_bounded(self, http: HttpService, alice: HttpUser) -> None:
        for number in range(20):
            await subscribe(http, alice, PushReceiver.new(), f"https://push.example.org/{number}")
        body = {"endpoint": "https://push.example.org/x", "keys": PushReceiver.new().keys}
        answer = await http.ask("POST", "/v1/push-subscriptions", alice, json=body)

        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")

    @pytest.mark.parametrize(
        "endpoint",
        [
            "http://push.example.org/1", "ftp://push.example.org/", "https://", "https://a@b/",
            "https://push.example.org/\n", "file:///etc/passwd",
            "https://push.example.org/" + "x" * 1024,
        ],
    )  # fmt: skip
    async def test_are_sent_to_https_only(
        self, http: HttpService, alice: HttpUser, endpoint: str
    ) -> None:
        body = {"endpoint": endpoint, "keys": PushReceiver.new().keys}
        answer = await http.ask("POST", "/v1/push-subscriptions", alice, json=body)

        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")

    async def test_keep_the_vapid_key(self, http: HttpService, alice: HttpUser) -> None:
        keys = [(await http.ask("GET", "/v1/push-key", alice)).json() for _ in range(2)]

        assert keys[0] == keys[1]
        assert len(keys[0]["key"]) == 87


async def test_pushes_can_be_turned_off() -> None:
    async with http_service(push=PushSettings(enabled=False)) as http:
        alice, bob = await http.register("alice"), await http.register("bob")
        body = {"endpoint": "https://push.example.org/1", "keys": PushReceiver.new().keys}
        key = await http.ask("GET", "/v1/push-key", alice)
        made = await http.ask("POST", "/v1/push-subscriptions", alice, json=body)
        assert (key.status_code, made.status_code) == (404, 404)

        await mention(http, alice, await alice.create_group("Lobby", bob), bob.id)
        assert len(await notices(http, bob)) == 1
