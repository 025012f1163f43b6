"""Edits, recalls, reactions, pins and votes over HTTP, and what is read of them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import attrs
import pytest

from parlour.adapters.config.settings_messages import MessageSettings
from parlour.domain.kernel.limits import Rate
from tests.support.http_service import LIMITS
from tests.support.http_talk import Talk, refusal, talking

POLL = {"question": "Tea?", "options": ["yes", "no"]}


@pytest.fixture
async def talk() -> AsyncIterator[Talk]:
    """Alice said something to Bob."""
    async with talking() as found:
        yield found


# -- edit -----------------------------------------------------------------------------------


async def test_an_edit_gives_a_message_another_text_and_revision(talk: Talk) -> None:
    edited = await talk.call("alice", "PATCH", "/messages/1", {"body": {"text": "tea at five"}})
    page = await talk.call("bob", "GET", "/messages")

    assert edited == {"offset": 3, "revision": 2, "replayed": False}
    assert page["as_of"] == 3
    (message,) = page["messages"]
    assert (message["body"], message["revision"]) == ({"text": "tea at five"}, 2)
    assert message["edited_at"]


async def test_an_edit_to_the_present_text_is_replayed(talk: Talk) -> None:
    body = {"body": {"text": "tea at five"}, "revision": 1}
    first = await talk.call("alice", "PATCH", "/messages/1", body)
    again = await talk.call("alice", "PATCH", "/messages/1", body)

    assert again == {**first, "replayed": True}


async def test_an_edit_of_another_revision_is_a_conflict_with_the_present_message(
    talk: Talk,
) -> None:
    await talk.call("alice", "PATCH", "/messages/1", {"body": {"text": "tea at five"}})

    late = await talk.ask(
        "alice", "PATCH", "/messages/1", {"body": {"text": "tea at six"}, "revision": 1}
    )

    assert refusal(late) == (409, "conflict")
    present = late.json()["message"]
    assert present == await talk.message(1)
    assert (present["body"]["text"], present["revision"]) == ("tea at five", 2)


async def test_an_edit_may_mention_somebody(talk: Talk) -> None:
    await talk.call("alice", "PATCH", "/messages/1", {"body": {"text": "tea, @bob?"}})

    assert (await talk.message(1))["mentions"] == [talk.people["bob"].id]


async def test_only_the_sender_may_edit_and_only_for_a_while(talk: Talk) -> None:
    body = {"body": {"text": "no tea"}}
    assert refusal(await talk.ask("bob", "PATCH", "/messages/1", body)) == (403, "forbidden")

    talk.http.clock.advance(timedelta(days=3))
    for name in ("alice", "bob"):
        talk.people[name] = await talk.http.log_in(name)
    assert refusal(await talk.ask("alice", "PATCH", "/messages/1", body)) == (403, "forbidden")


async def test_the_operator_sets_the_time_for_edits_and_recalls_while_the_service_runs(
    talk: Talk,
) -> None:
    service, body = talk.http.service, {"body": {"text": "no tea"}}
    minute = MessageSettings(edit_window=timedelta(minutes=1), recall_window=timedelta(minutes=1))
    endless = MessageSettings(edit_window=timedelta(0), recall_window=timedelta(0))
    talk.http.clock.advance(timedelta(minutes=2))

    service.reconfigure(attrs.evolve(service.settings, messages=minute))
    assert refusal(await talk.ask("alice", "PATCH", "/messages/1", body)) == (403, "forbidden")
    assert refusal(await talk.ask("alice", "DELETE", "/messages/1")) == (403, "forbidden")
    service.reconfigure(attrs.evolve(service.settings, messages=endless))
    assert (await talk.ask("alice", "PATCH", "/messages/1", body)).status_code == 200
    assert (await talk.ask("alice", "DELETE", "/messages/1")).status_code == 200


async def test_earlier_texts_are_listed_the_newest_first(talk: Talk) -> None:
    for text in ("tea at five", "tea at six"):
        await talk.call("alice", "PATCH", "/messages/1", {"body": {"text": text}})

    found = (await talk.call("bob", "GET", "/messages/1/revisions"))["revisions"]

    assert [(each["revision"], each["body"]["text"]) for each in found] == [
        (2, "tea at five"),
        (1, "tea at four"),
    ]
    assert {"at", "kind"} < found[0].keys()


# -- recall ---------------------------------------------------------------------------------


async def test_nothing_of_a_recalled_message_is_read_any_more(talk: Talk) -> None:
    await talk.call("alice", "PATCH", "/messages/1", {"body": {"text": "the canary sings"}})
    await talk.call("bob", "PUT", f"/messages/1/reactions/{quote('👍')}")
    await talk.call("bob", "PUT", "/pins/1")

    recalled = await talk.call("alice", "DELETE", "/messages/1")
    again = await talk.call("alice", "DELETE", "/messages/1")

    assert (recalled["replayed"], again["replayed"]) == (False, True)
    message = await talk.message(1)
    assert message["recalled"]["by"] == talk.people["alice"].id
    assert (message["kind"], message["body"]) == ("", {})
    assert not {"edited_at", "mentions", "reactions", "pinned"} & message.keys()
    assert (await talk.call("bob", "GET", "/pins"))["pins"] == []
    assert (await talk.call("bob", "GET", "/messages/1/revisions"))["revisions"] == []
    assert (await talk.call("bob", "GET", "/messages/1/reactions"))["reactions"] == []
    for path in ("/messages", "/messages?seqs=1", "/events", ""):
        text = (await talk.ask("bob", "GET", path)).text
        assert "canary" not in text, path
        assert "four" not in text, path
    last = (await talk.call("bob", "GET", ""))["last"]
    assert (last["recalled"], last["kind"], last["excerpt"]) == (True, "", "")
    assert (await talk.call("bob", "GET", ""))["unread"] == 0


async def test_nobody_but_its_sender_takes_a_message_of_a_direct_conversation_back(
    talk: Talk,
) -> None:
    assert refusal(await talk.ask("bob", "DELETE", "/messages/1")) == (403, "forbidden")


async def test_an_admin_of_a_group_takes_any_message_back(talk: Talk) -> None:
    alice, bob = talk.people["alice"], talk.people["bob"]
    group = await alice.create_group("Tea", bob)
    await bob.post(group, "rude")

    recalled = await alice.call("DELETE", f"/v1/conversations/{group}/messages/1")

    assert recalled == {"offset": 3, "replayed": False}


CHANGES = {
    "edit": ("PATCH", "/messages/1", {"body": {"text": "tea at five"}}),
    "react": ("PUT", f"/messages/1/reactions/{quote('👍')}", None),
    "take a reaction back": ("DELETE", f"/messages/1/reactions/{quote('👍')}", None),
    "pin": ("PUT", "/pins/1", None),
    "unpin": ("DELETE", "/pins/1", None),
    "vote": ("PUT", "/messages/1/vote", {"options": [0]}),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_each_change_counts_like_a_message(name: str) -> None:
    limits = attrs.evolve(LIMITS, messages=Rate(0.001, burst=2))
    async with talking(limits) as talk:
        await talk.ask("alice", *CHANGES[name])
        refused = await talk.ask("alice", *CHANGES[name])

    assert refusal(refused) == (429, "rate_limited")
    assert refused.json()["retry_after_ms"] > 0


@pytest.mark.parametrize("name", CHANGES)
async def test_a_recalled_message_changes_no_more(talk: Talk, name: str) -> None:
    await talk.call("alice", "DELETE", "/messages/1")

    assert refusal(await talk.ask("alice", *CHANGES[name])) == (404, "not_found")


@pytest.mark.parametrize("name", [*CHANGES, "recall"])
async def test_strangers_and_missing_messages_are_not_found(talk: Talk, name: str) -> None:
    method, path, body = CHANGES.get(name, ("DELETE", "/messages/1", None))
    stranger = await talk.ask("mallory", method, path, body)
    missing = await talk.ask("alice", method, path.replace("/1", "/99"), body)

    assert refusal(stranger) == (404, "not_found")
    assert refusal(missing) == (404, "not_found")
    assert [kind for kind, _ in await talk.events(2)] == []


# -- reactions ------------------------------------------------------------------------------


async def test_reactions_are_counted_and_named(talk: Talk) -> None:
    path = f"/messages/1/reactions/{quote('👍')}"
    first = await talk.call("bob", "PUT", path)
    again = await talk.call("bob", "PUT", path)
    second = await talk.call("alice", "PUT", path)

    assert first == {"offset": 3, "count": 1, "replayed": False}
    assert again == {"offset": 3, "count": 1, "replayed": True}
    assert second == {"offset": 4, "count": 2, "replayed": False}
    alice, bob = talk.people["alice"].id, talk.people["bob"].id
    assert (await talk.message(1))["reactions"] == [
        {"emoji": "👍", "count": 2, "users": [bob, alice], "mine": True}
    ]
    assert (await talk.events(2))[0] == (
        "reaction.set",
        {"seq": 1, "emoji": "👍", "on": True, "count": 1},
    )


async def test_a_reaction_is_taken_back_and_gone_at_the_last(talk: Talk) -> None:
    path = f"/messages/1/reactions/{quote('👍')}"
    await talk.call("bob", "PUT", path)

    back = await talk.call("bob", "DELETE", path)
    again = await talk.call("bob", "DELETE", path)

    assert back == {"offset": 4, "count": 0, "replayed": False}
    assert again == {"offset": 4, "count": 0, "replayed": True}
    assert "reactions" not in await talk.message(1)


@pytest.mark.parametrize("emoji", ["👍", "👩🏽‍🚀", "#️⃣", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", ":party-parrot:"])
async def test_an_emoji_stands_percent_encoded_in_the_path(talk: Talk, emoji: str) -> None:
    await talk.call("bob", "PUT", f"/messages/1/reactions/{quote(emoji, safe='')}")

    assert (await talk.message(1))["reactions"][0]["emoji"] == emoji


async def test_the_colons_of_a_name_may_stand_as_they_are(talk: Talk) -> None:
    await talk.call("bob", "PUT", "/messages/1/reactions/:party-parrot:")

    assert (await talk.message(1))["reactions"][0]["emoji"] == ":party-parrot:"


@pytest.mark.parametrize(
    "path",
    ["x", "%F0%9F%91%8D%F0%9F%91%8D", "%FF", "::", "%20", "%00", "a" * 65, "%25F0"],
    ids=["a letter", "two", "no text", "no name", "a space", "a null", "too long", "twice"],
)
async def test_what_is_no_emoji_is_invalid(talk: Talk, path: str) -> None:
    for method in ("PUT", "DELETE"):
        answer = await talk.ask("bob", method, f"/messages/1/reactions/{path}")
        assert refusal(answer) == (422, "invalid")
        assert answer.json()["errors"][0]["field"] == "emoji"
    asked = await talk.ask("bob", "GET", f"/messages/1/reactions?emoji={path}")
    assert refusal(asked) == (422, "invalid")


async def test_a_name_that_is_not_listed_any_more_can_only_be_taken_back(talk: Talk) -> None:
    path = "/messages/1/reactions/:party-parrot:"
    await talk.call("bob", "PUT", path)
    service = talk.http.service
    service.reconfigure(attrs.evolve(service.settings, messages=MessageSettings()))

    assert refusal(await talk.ask("alice", "PUT", path)) == (422, "invalid")
    who = await talk.call("alice", "GET", "/messages/1/reactions?emoji=:party-parrot:")
    assert [each["user"] for each in who["reactions"]] == [talk.people["bob"].id]
    assert (await talk.call("bob", "DELETE", path))["count"] == 0


async def test_a_message_has_at_most_twenty_emojis(talk: Talk) -> None:
    for number in range(20):
        await talk.call("bob", "PUT", f"/messages/1/reactions/{quote(chr(0x1F600 + number))}")

    beyond = await talk.ask("alice", "PUT", f"/messages/1/reactions/{quote('👍')}")
    known = await talk.ask("alice", "PUT", f"/messages/1/reactions/{quote(chr(0x1F600))}")

    assert refusal(beyond) == (409, "conflict")
    assert known.json()["count"] == 2


async def test_who_reacted_is_listed_in_pages(talk: Talk) -> None:
    for who, emoji in (("alice", "👍"), ("bob", "👍"), ("bob", "🎉")):
        await talk.call(who, "PUT", f"/messages/1/reactions/{quote(emoji)}")
    found, path = [], "/messages/1/reactions?limit=2"
    page = await talk.call("alice", "GET", path)
    found += page["reactions"]
    page = await talk.call("alice", "GET", f"{path}&cursor={page['next']}")
    found += page["reactions"]

    assert "next" not in page
    assert sorted((each["emoji"], each["user"]) for each in found) == sorted(
        (emoji, talk.people[who].id)
        for who, emoji in (("alice", "👍"), ("bob", "👍"), ("bob", "🎉"))
    )
    one = await talk.call("alice", "GET", f"/messages/1/reactions?emoji={quote('🎉')}")
    assert [each["user"] for each in one["reactions"]] == [talk.people["bob"].id]


# -- pins and votes -------------------------------------------------------------------------


async def test_pins_are_listed_the_last_pinned_first(talk: Talk) -> None:
    await talk.post("bob", "second")
    assert await talk.call("bob", "PUT", "/pins/2") == {"offset": 4, "replayed": False}
    assert await talk.call("bob", "PUT", "/pins/2") == {"offset": 4, "replayed": True}
    await talk.call("alice", "PUT", "/pins/1")

    found = await talk.call("bob", "GET", "/pins")

    assert [each["message"]["seq"] for each in found["pins"]] == [1, 2]
    assert found["pins"][0]["by"] == talk.people["alice"].id
    assert found["as_of"] == 5
    assert (await talk.message(1))["pinned"] is True
    assert await talk.call("bob", "DELETE", "/pins/1") == {"offset": 6, "replayed": False}
    assert "pinned" not in await talk.message(1)


async def test_votes_are_counted_and_may_be_changed_and_taken_back(talk: Talk) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    poll = await talk.ask(
        "alice", "POST", "/messages", {"kind": "poll", "body": POLL}, headers=key
    )
    assert poll.status_code == 201, poll.text
    path = "/messages/2/vote"

    assert await talk.call("bob", "PUT", path, {"options": [1]}) == {
        "offset": 4,
        "replayed": False,
    }
    await talk.call("bob", "PUT", path, {"options": [0]})
    assert (await talk.message(2))["votes"] == {"counts": [1, 0], "voters": 1, "mine": [0]}
    assert (await talk.message(2, "alice"))["votes"] == {"counts": [1, 0], "voters": 1}
    assert await talk.events(4) == [("poll.voted", {"seq": 2, "counts": [1, 0], "voters": 1})]
    await talk.call("bob", "PUT", path, {"options": []})
    assert "votes" not in await talk.message(2)


@pytest.mark.parametrize(
    ("options", "field"), [([2], "options"), ([0, 1], "options")], ids=["unknown", "too many"]
)
async def test_a_vote_must_fit_the_poll(talk: Talk, options: list[int], field: str) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    await talk.ask("alice", "POST", "/messages", {"kind": "poll", "body": POLL}, headers=key)

    answer = await talk.ask("bob", "PUT", "/messages/2/vote", {"options": options})

    assert refusal(answer) == (422, "invalid")
    assert answer.json()["errors"][0]["field"] == field


async def test_a_text_is_no_poll(talk: Talk) -> None:
    answer = await talk.ask("bob", "PUT", "/messages/1/vote", {"options": [0]})
    assert refusal(answer) == (422, "invalid")


# -- reading by number ----------------------------------------------------------------------


async def test_messages_are_read_by_their_numbers(talk: Talk) -> None:
    for number in range(2, 5):
        await talk.post("bob", str(number))

    page = await talk.call("bob", "GET", "/messages?seqs=4,1,1,99")

    assert [each["seq"] for each in page["messages"]] == [1, 4]
    assert page["as_of"] == 5
    assert refusal(await talk.ask("mallory", "GET", "/messages?seqs=1")) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("seqs=", "bad_request"),
        ("seqs=0", "bad_request"),
        ("seqs=1,", "bad_request"),
        ("seqs=1,x", "bad_request"),
        ("seqs=-1", "bad_request"),
        ("seqs=12345678901234567", "bad_request"),
        ("seqs=1&seqs=2", "bad_request"),
        ("seqs=1&before=2", "invalid"),
        ("seqs=" + ",".join(map(str, range(1, 52))), "invalid"),
    ],
    ids=lambda each: str(each)[:24],
)
async def test_numbers_that_cannot_be_read_are_refused(talk: Talk, query: str, code: str) -> None:
    assert refusal(await talk.ask("bob", "GET", f"/messages?{query}"))[1] == code


# -- bodies ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/messages/1", {}),
        ("/messages/1", {"body": "text"}),
        ("/messages/1", {"body": {"text": "x"}, "kind": "poll"}),
        ("/messages/1", {"body": {"text": "x"}, "revision": "1"}),
        ("/messages/1", {"body": {"text": "x"}, "revision": -1}),
        ("/messages/1/vote", {}),
        ("/messages/1/vote", {"options": 0}),
        ("/messages/1/vote", {"options": [True]}),
        ("/messages/1/vote", {"options": [-1]}),
        ("/messages/1/vote", {"options": [12]}),
        ("/messages/1/vote", {"options": [0] * 13}),
    ],
    ids=str,
)
async def test_a_body_with_wrong_fields_is_a_bad_request(talk: Talk, path: str, body: Any) -> None:
    method = "PUT" if path.endswith("vote") else "PATCH"
    assert refusal(await talk.ask("alice", method, path, body)) == (400, "bad_request")


@pytest.mark.parametrize("text", ["", " ", "x" * 8_001, 7, None], ids=lambda each: str(each)[:4])
async def test_a_new_text_obeys_the_rules_of_texts(talk: Talk, text: Any) -> None:
    answer = await talk.ask("alice", "PATCH", "/messages/1", {"body": {"text": text}})

    assert refusal(answer) == (422, "invalid")
    assert answer.json()["errors"][0]["field"] == "body.text"
