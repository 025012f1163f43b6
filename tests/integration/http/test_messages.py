"""Posting, reading, read marks, receipts and catching up over HTTP."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.http_client import HttpUser
from tests.support.http_service import HttpService


async def _post(
    http: HttpService, who: HttpUser, talk: str, body: Any, key: str | None = None
) -> httpx.Response:
    return await http.ask(
        "POST",
        f"/v1/conversations/{talk}/messages",
        who,
        json=body,
        headers={"Idempotency-Key": key or str(uuid4())},
    )


async def test_a_message_sent_again_with_its_key_is_returned_and_not_stored_again(
    http: HttpService, alice: HttpUser, talk: str
) -> None:
    key = str(uuid4())
    first = await _post(http, alice, talk, {"body": {"text": "hi"}}, key)
    assert first.status_code == 201
    http.clock.advance()
    again = await _post(http, alice, talk, {"body": {"text": "hi"}}, key)
    assert again.status_code == 200
    assert first.json() == {
        "conversation": talk,
        "seq": 1,
        "offset": 2,
        "at": "2026-01-02T03:04:05.678901Z",
        "key": key,
        "replayed": False,
    }
    assert again.json() == {**first.json(), "replayed": True}


async def test_a_key_with_another_content_is_refused(
    http: HttpService, alice: HttpUser, talk: str
) -> None:
    key = str(uuid4())
    await _post(http, alice, talk, {"body": {"text": "hi"}}, key)
    other = await _post(http, alice, talk, {"body": {"text": "ho"}}, key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")


async def test_the_same_key_of_another_user_is_another_message(
    http: HttpService, alice: HttpUser, bob: HttpUser, talk: str
) -> None:
    key = str(uuid4())
    first = await _post(http, alice, talk, {"body": {"text": "hi"}}, key)
    second = await _post(http, bob, talk, {"body": {"text": "ho"}}, key)
    assert (first.json()["seq"], second.json()["seq"]) == (1, 2)


async def test_ten_sends_with_one_key_at_once_are_one_message(
    http: HttpService, alice: HttpUser, talk: str
) -> None:
    key = str(uuid4())
    answers = await asyncio.gather(
        *(_post(http, alice, talk, {"body": {"text": "hi"}}, key) for _ in range(10))
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert {answer.json()["seq"] for answer in answers} == {1}


async def test_a_message_has_every_field_that_was_sent(
    http: HttpService, alice: HttpUser, bob: HttpUser, talk: str
) -> None:
    await bob.post(talk, "shall we?")
    key = str(uuid4())
    body = {"body": {"text": "@bob yes"}, "reply_to": 1, "mentions": [alice.id]}
    posted = await _post(http, alice, talk, body, key)
    assert posted.json()["mentions"] == [bob.id, alice.id]
    message = (await http.ask("GET", f"/v1/conversations/{talk}/messages/2", bob)).json()
    assert message == {
        "conversation": talk,
        "seq": 2,
        "offset": 3,
        "by": alice.id,
        "at": "2026-01-02T03:04:05.678901Z",
        "key": key,
        "kind": "text",
        "body": {"text": "@bob yes"},
        "revision": 1,
        "reply_to": 1,
        "mentions": [bob.id, alice.id],
    }
    head = (await http.ask("GET", f"/v1/conversations/{talk}", bob)).json()
    assert (head["unread"], head["mentions"], head["last"]["excerpt"]) == (1, 1, "@bob yes")


@pytest.mark.parametrize(
    ("query", "seqs", "more"),
    [
        ("limit=3", [8, 9, 10], (True, False)),
        ("before=4&limit=2", [2, 3], (True, True)),
        ("before=3&limit=2", [1, 2], (False, True)),
        ("after=8&limit=5", [9, 10], (True, False)),
        ("after=0&limit=2", [1, 2], (False, True)),
        ("around=5&limit=4", [3, 4, 5, 6], (True, True)),
        ("after=10", [], (True, False)),
    ],
)
async def test_a_page_starts_at_the_requested_position(
    http: HttpService, alice: HttpUser, query: str, seqs: list[int], more: tuple[bool, bool]
) -> None:
    talk = await alice.open_direct(alice)
    for n in range(10):
        await alice.post(talk, f"message {n}")
    page = (await http.ask("GET", f"/v1/conversations/{talk}/messages?{query}", alice)).json()
    assert [message["seq"] for message in page["messages"]] == seqs
    assert (page["more_before"], page["more_after"]) == more


async def test_two_positions_at_once_are_refused(
    http: HttpService, alice: HttpUser, talk: str
) -> None:
    path = f"/v1/conversations/{talk}/messages?before=3&after=1"
    answer = await http.ask("GET", path, alice)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_new_member_sees_only_later_messages(
    http: HttpService, alice: HttpUser, bob: HttpUser
) -> None:
    group = await alice.create_group("Lobby")
    await alice.post(group, "before the canary")
    members = f"/v1/conversations/{group}/members"
    await http.ask("POST", members, alice, json={"users": [bob.id]})
    await alice.post(group, "after")
    for path in ("messages", "messages?around=1", "events?after=0", "messages?after=0"):
        answer = await http.ask("GET", f"/v1/conversations/{group}/{path}", bob)
        assert answer.status_code == 200
        assert "canary" not in answer.text
    assert (await http.ask("GET", f"{members[:-8]}/messages/1", bob)).status_code == 404
    quoting = await _post(http, bob, group, {"body": {"text": "?"}, "reply_to": 1})
    assert quoting.status_code == 422


# -- marks ----------------------------------------------------------------------------------


async def test_a_read_mark_moves_forward_only(
    http: HttpService, alice: HttpUser, bob: HttpUser, talk: str
) -> None:
    for _ in range(3):
        await alice.post(talk, "hi")
    read = f"/v1/conversations/{talk}/read"
    for seq, stands in ((2, 2), (1, 2), (3, 3), (0, 3)):
        answer = await http.ask("PUT", read, bob, json={"seq": seq})
        assert (answer.status_code, answer.json()) == (200, {"seq": stands})
    beyond = await http.ask("PUT", read, bob, json={"seq": 4})
    assert (beyond.status_code, beyond.json()["code"]) == (422, "invalid")
    head = (await http.ask("GET", f"/v1/conversations/{talk}", bob)).json()
    assert (head["read"], head["unread"]) == (3, 0)


async def test_receipts_contain_who_received_and_read(
    http: HttpService, alice: HttpUser, bob: HttpUser, talk: str
) -> None:
    for _ in range(3):
        await alice.post(talk, "hi")
    marks = f"/v1/conversations/{talk}"
    await http.ask("PUT", marks + "/read", bob, json={"seq": 1})
    received = await http.ask("PUT", marks + "/received", bob, json={"seq": 2})
    assert received.status_code == 204
    found = (await http.ask("GET", marks + "/receipts?seq=2", alice)).json()
    assert found == {"receipts": [{"user": bob.id, "received": 2, "read": 1}]}
    assert (await http.ask("GET", marks + "/receipts?seq=3", alice)).json() == {"receipts": []}


async def test_a_private_read_mark_is_not_shown_to_others(
    http: HttpService, alice: HttpUser, bob: HttpUser, talk: str
) -> None:
    await alice.post(talk, "hi")
    marks = f"/v1/conversations/{talk}"
    await http.ask("PUT", marks + "/read", bob, json={"seq": 1, "private": True})
    assert (await http.ask("GET", marks, bob)).json()["unread"] == 0
    found = (await http.ask("GET", marks + "/receipts?seq=1", alice)).json()
    assert found == {"receipts": []}


# -- catching up ----------------------------------------------------------------------------


async def test_the_log_is_read_from_an_offset(
    http: HttpService, alice: HttpUser, bob: HttpUser
) -> None:
    group = await alice.create_group("Lobby", bob)
    await alice.post(group, "one")
    await http.ask("PATCH", f"/v1/conversations/{group}", alice, json={"title": "Attic"})
    events = f"/v1/conversations/{group}/events"
    page = (await http.ask("GET", f"{events}?after=1&limit=1", bob)).json()
    assert [event["offset"] for event in page["events"]] == [2]
    assert (page["last"], page["more"], page["reset"]) == (3, True, False)
    rest = (await http.ask("GET", f"{events}?after=2", bob)).json()
    assert [(event["kind"], event["data"]) for event in rest["events"]] == [
        ("conversation.changed", {"title": "Attic"})
    ]
    assert "seq" not in rest["events"][0]
    ahead = (await http.ask("GET", f"{events}?after=9", bob)).json()
    assert (ahead["events"], ahead["reset"]) == ([], True)


async def test_sync_returns_what_changed_since_the_cursor(
    http: HttpService, alice: HttpUser, bob: HttpUser, talk: str
) -> None:
    begun = (await http.ask("GET", "/v1/sync", bob)).json()
    assert [head["conversation"] for head in begun["heads"]] == [talk]
    assert (begun["events"], begun["events_more"], begun["reset"]) == ([], False, False)

    http.clock.advance()
    await alice.post(talk, "hi")
    await http.ask("PUT", f"/v1/conversations/{talk}/read", bob, json={"seq": 1})
    now = (await http.ask("GET", f"/v1/sync?cursor={begun['cursor']}", bob)).json()
    assert [(head["conversation"], head["seq"]) for head in now["heads"]] == [(talk, 1)]
    assert [(event["kind"], event["data"]) for event in now["events"]] == [
        ("read.moved", {"conversation": talk, "seq": 1})
    ]
    then = (await http.ask("GET", f"/v1/sync?cursor={now['cursor']}", bob)).json()
    assert then["events"] == []


async def test_a_message_may_name_no_attachments_as_on_the_socket(
    http: HttpService, alice: HttpUser, talk: str
) -> None:
    path, key = f"/v1/conversations/{talk}/messages", {"Idempotency-Key": str(uuid4())}
    body = {"body": {"text": "hi"}, "attachments": []}
    answer = await http.ask("POST", path, alice, json=body, headers=key)
    assert answer.status_code == 201

    answer = await http.ask("POST", path, alice, json={**body, "attachments": ["x"]}, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_two_keys_for_one_send_are_refused(
    http: HttpService, alice: HttpUser, talk: str
) -> None:
    path = f"/v1/conversations/{talk}/messages"
    keys = [("Idempotency-Key", str(uuid4())) for _ in range(2)]
    headers = [("Authorization", alice.headers["Authorization"]), *keys]
    answer = await http.client.post(path, json={"body": {"text": "hi"}}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


@pytest.mark.parametrize("form", ["{{{0}}}", "urn:uuid:{0}"])
async def test_ids_and_keys_have_the_form_of_the_standard(
    http: HttpService, alice: HttpUser, talk: str, form: str
) -> None:
    """RFC 9562, section 4; hyphens may be left out."""
    path, body = "/v1/conversations/{0}/messages", {"body": {"text": "hi"}}
    key = {"Idempotency-Key": str(uuid4())}
    answer = await http.ask("POST", path.format(form.format(talk)), alice, json=body, headers=key)
    assert answer.status_code == 404
    odd = {"Idempotency-Key": form.format(uuid4())}
    answer = await http.ask("POST", path.format(talk), alice, json=body, headers=odd)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")

    short = path.format(talk.replace("-", ""))
    answer = await http.ask("POST", short, alice, json=body, headers=key)
    assert answer.json()["conversation"] == talk
