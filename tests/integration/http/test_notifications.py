"""Who is told of what, over HTTP; and pushes, up to a browser that reads them."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from parlour.adapters.config.settings import Push
from tests.support.browsers import Browser, PushService
from tests.support.http import House, Person, open_house

DELAY = timedelta(seconds=3)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A service that may push to this machine."""
    async with open_house(push=Push(allow_private=True)) as opened:
        yield opened
        assert opened.failures == []


@pytest.fixture
async def lobby(house: House, alice: Person, bob: Person) -> str:
    """A group of Alice and Bob."""
    return await house.group(alice, bob)


async def mention(house: House, who: Person, conversation: str, *whom: str) -> int:
    answer = await house.ask(
        "POST",
        f"/v1/conversations/{conversation}/messages",
        who,
        json={"body": {"text": "come here"}, "mentions": list(whom)},
        headers={"Idempotency-Key": str(house.service.new_id())},
    )
    assert answer.status_code == 201, answer.text
    await house.service.notifier.drained()
    return int(answer.json()["seq"])


async def notices(house: House, who: Person) -> list[dict[str, Any]]:
    answer = await house.ask("GET", "/v1/notifications", who)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["notifications"]
    return found


async def subscribe(
    house: House, who: Person, browser: Browser, endpoint: str, *, preview: bool = False
) -> dict[str, Any]:
    answer = await house.ask(
        "POST",
        "/v1/push-subscriptions",
        who,
        json={"endpoint": endpoint, "keys": browser.keys, "preview": preview},
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def carry(house: House) -> None:
    """Let the delay pass and everything that is due be carried."""
    await house.service.notifier.drained()
    house.clock.advance(DELAY)
    while await house.service.pusher.carry():
        pass


class TestNotifications:
    async def test_tell_of_a_mention_and_of_nothing_else(
        self, house: House, alice: Person, bob: Person, lobby: str
    ) -> None:
        await house.say(alice, lobby, "nobody in particular")
        seq = await mention(house, alice, lobby, bob.id)

        (notice,) = await notices(house, bob)
        assert notice["id"] == f"{lobby}/{seq}"
        assert (notice["kind"], notice["by"], notice["excerpt"], notice["read"]) == (
            "mention", alice.id, "come here", False,
        )  # fmt: skip
        assert await notices(house, alice) == []
        events = (await house.ask("GET", "/v1/sync", bob)).json()
        assert events["heads"][0]["mentions"] == 1

    async def test_of_everybody_reach_all_but_the_sender(
        self, house: House, alice: Person, bob: Person, lobby: str
    ) -> None:
        await mention(house, bob, lobby, "all")

        assert len(await notices(house, alice)) == 1
        assert await notices(house, bob) == []

    async def test_are_not_made_where_one_muted_or_does_not_belong(
        self, house: House, alice: Person, bob: Person, lobby: str
    ) -> None:
        stranger = await house.person("stranger")
        muted = await house.ask(
            "PATCH",
            f"/v1/conversations/{lobby}/settings",
            bob,
            json={"muted_until": "2999-01-01T00:00:00Z"},
        )
        assert muted.status_code == 200
        await mention(house, alice, lobby, bob.id, stranger.id)

        assert await notices(house, bob) == []
        assert await notices(house, stranger) == []

    async def test_are_read_when_the_read_mark_passes(
        self, house: House, alice: Person, bob: Person, lobby: str
    ) -> None:
        seq = await mention(house, alice, lobby, bob.id)
        await house.ask("PUT", f"/v1/conversations/{lobby}/read", bob, json={"seq": seq})

        assert [notice["read"] for notice in await notices(house, bob)] == [True]

    @pytest.mark.parametrize("all_of_them", [True, False])
    async def test_can_be_marked_as_read(
        self, house: House, alice: Person, bob: Person, lobby: str, all_of_them: bool
    ) -> None:
        seqs = [await mention(house, alice, lobby, bob.id) for _ in range(2)]
        body = {"all": True} if all_of_them else {"ids": [f"{lobby}/{seqs[0]}", f"{lobby}/99"]}
        answer = await house.ask("PUT", "/v1/notifications", bob, json=body)

        assert answer.status_code == 204
        read = [notice["read"] for notice in await notices(house, bob)]
        assert read == ([True, True] if all_of_them else [False, True])

    async def test_are_gone_with_the_conversation(
        self, house: House, alice: Person, bob: Person, lobby: str
    ) -> None:
        await mention(house, alice, lobby, bob.id)
        await house.ask("DELETE", f"/v1/conversations/{lobby}/members/{bob.id}", alice)

        assert await notices(house, bob) == []

    async def test_come_page_by_page(
        self, house: House, alice: Person, bob: Person, lobby: str
    ) -> None:
        seqs = [await mention(house, alice, lobby, bob.id) for _ in range(3)]
        first = (await house.ask("GET", "/v1/notifications?limit=2", bob)).json()
        path = f"/v1/notifications?limit=2&cursor={first['next']}"
        rest = (await house.ask("GET", path, bob)).json()

        pages = [[notice["seq"] for notice in page["notifications"]] for page in (first, rest)]
        assert pages == [seqs[:0:-1], seqs[:1]]
        assert "next" not in rest


class TestPushes:
    async def test_tell_a_browser_where_and_nothing_more(
        self, house: House, alice: Person, bob: Person, talk: str
    ) -> None:
        browser = Browser.new()
        with PushService() as service:
            await subscribe(house, bob, browser, service.url())
            await house.say(alice, talk, "a secret")
            await carry(house)

            (got,) = service.got
            told = json.loads(browser.read(got.body))
            assert told == {"type": "message", "conversation": talk, "seq": 1}

    async def test_show_who_said_what_where_the_user_allows_it(
        self, house: House, alice: Person, bob: Person, lobby: str
    ) -> None:
        browser = Browser.new()
        with PushService() as service:
            await subscribe(house, bob, browser, service.url(), preview=True)
            await mention(house, alice, lobby, bob.id)
            await carry(house)

            told = json.loads(browser.read(service.got[0].body))
            assert (told["type"], told["title"], told["body"]) == (
                "mention", "alice – Lobby", "come here",
            )  # fmt: skip

    async def test_are_not_sent_for_what_was_read_meanwhile(
        self, house: House, alice: Person, bob: Person, talk: str
    ) -> None:
        with PushService() as service:
            await subscribe(house, bob, Browser.new(), service.url())
            await house.say(alice, talk)
            await house.service.notifier.drained()
            await house.ask("PUT", f"/v1/conversations/{talk}/read", bob, json={"seq": 1})
            await carry(house)

            assert service.got == []

    async def test_are_not_sent_to_a_device_that_logged_out(
        self, house: House, alice: Person, bob: Person, talk: str
    ) -> None:
        with PushService() as service:
            await subscribe(house, bob, Browser.new(), service.url())
            await house.say(alice, talk)
            await house.ask("POST", "/v1/auth/logout", bob)
            await carry(house)

            assert service.got == []

    async def test_end_where_the_push_service_knows_the_browser_no_more(
        self, house: House, alice: Person, bob: Person, talk: str
    ) -> None:
        with PushService(410) as service:
            await subscribe(house, bob, Browser.new(), service.url())
            await house.say(alice, talk)
            await carry(house)

            assert len(service.got) == 1
        listed = await house.ask("GET", "/v1/push-subscriptions", bob)
        assert listed.json() == {"subscriptions": []}

    async def test_are_tried_again_later_where_the_push_service_is_away(
        self, house: House, alice: Person, bob: Person, talk: str
    ) -> None:
        with PushService(503) as service:
            await subscribe(house, bob, Browser.new(), service.url())
            await house.say(alice, talk)
            await carry(house)
            await carry(house)
            assert len(service.got) == 1
            service.status = 201
            house.clock.advance(timedelta(seconds=15))
            await carry(house)
            await carry(house)
            assert len(service.got) == 2

    async def test_come_by_themselves(
        self, house: House, alice: Person, bob: Person, talk: str
    ) -> None:
        with PushService() as service:
            await subscribe(house, bob, Browser.new(), service.url())
            await house.say(alice, talk)
            await house.service.notifier.drained()
            house.clock.advance(DELAY)
            house.service.pusher.wake()
            async with asyncio.timeout(30):
                while not service.got:
                    await asyncio.sleep(0.01)
        assert len(service.got) == 1

    async def test_belong_to_whoever_subscribed_the_browser_last(
        self, house: House, alice: Person, bob: Person
    ) -> None:
        browser = Browser.new()
        await subscribe(house, alice, browser, "https://push.example.org/1")
        await subscribe(house, bob, browser, "https://push.example.org/1")

        ours = (await house.ask("GET", "/v1/push-subscriptions", alice)).json()
        theirs = (await house.ask("GET", "/v1/push-subscriptions", bob)).json()
        assert (len(ours["subscriptions"]), len(theirs["subscriptions"])) == (0, 1)

    async def test_are_bounded(self, house: House, alice: Person) -> None:
        for number in range(20):
            await subscribe(house, alice, Browser.new(), f"https://push.example.org/{number}")
        body = {"endpoint": "https://push.example.org/x", "keys": Browser.new().keys}
        answer = await house.ask("POST", "/v1/push-subscriptions", alice, json=body)

        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")

    @pytest.mark.parametrize(
        "endpoint",
        [
            "http://push.example.org/1", "ftp://push.example.org/", "https://", "https://a@b/",
            "https://push.example.org/\n", "file:///etc/passwd",
            "https://push.example.org/" + "x" * 1024,
        ],
    )  # fmt: skip
    async def test_go_to_https_alone(self, house: House, alice: Person, endpoint: str) -> None:
        body = {"endpoint": endpoint, "keys": Browser.new().keys}
        answer = await house.ask("POST", "/v1/push-subscriptions", alice, json=body)

        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")

    async def test_use_one_key_for_ever(self, house: House, alice: Person) -> None:
        keys = [(await house.ask("GET", "/v1/push-key", alice)).json() for _ in range(2)]

        assert keys[0] == keys[1]
        assert len(keys[0]["key"]) == 87


async def test_pushes_can_be_turned_off() -> None:
    async with open_house(push=Push(enabled=False)) as house:
        alice, bob = await house.person("alice"), await house.person("bob")
        body = {"endpoint": "https://push.example.org/1", "keys": Browser.new().keys}
        key = await house.ask("GET", "/v1/push-key", alice)
        made = await house.ask("POST", "/v1/push-subscriptions", alice, json=body)
        assert (key.status_code, made.status_code) == (404, 404)

        await mention(house, alice, await house.group(alice, bob), bob.id)
        assert len(await notices(house, bob)) == 1
