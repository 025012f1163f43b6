"""Conversations and their members, over HTTP."""

from typing import Any

import httpx
import pytest

from tests.support.builders import id_of
from tests.support.http_client import HttpUser
from tests.support.http_service import HttpService

CONVERSATIONS = "/v1/conversations"
NOBODY = str(id_of("nobody"))


async def test_two_users_have_one_direct_conversation(
    http: HttpService, alice: HttpUser, bob: HttpUser
) -> None:
    answers = [
        await http.ask("POST", CONVERSATIONS, who, json={"kind": "direct", "user": peer.id})
        for who, peer in ((alice, bob), (bob, alice), (alice, bob))
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    heads = [answer.json() for answer in answers]
    assert len({head["conversation"] for head in heads}) == 1
    assert [(head["title"], head["peer"]) for head in heads[:2]] == [
        ("bob", bob.id),
        ("alice", alice.id),
    ]
    assert {(head["kind"], head["members"], head["role"]) for head in heads} == {
        ("direct", 2, "member")
    }


async def test_looking_for_a_direct_conversation_creates_none(
    http: HttpService, alice: HttpUser, bob: HttpUser
) -> None:
    path = f"{CONVERSATIONS}/direct/"
    missing = await http.ask("GET", path + bob.id, alice)
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert (await http.ask("GET", CONVERSATIONS, bob)).json()["heads"] == []

    opened = await alice.open_direct(bob)
    for who, peer in ((alice, bob), (bob, alice)):
        found = await http.ask("GET", path + peer.id, who)
        assert found.json()["conversation"] == opened
    nobody = await http.ask("GET", path + NOBODY, alice)
    assert nobody.content == missing.content


async def test_the_creator_of_a_group_owns_it(
    http: HttpService, alice: HttpUser, bob: HttpUser
) -> None:
    body = {"kind": "group", "title": "  Sunday   walk ", "members": [bob.id, bob.id, alice.id]}
    answer = await http.ask("POST", CONVERSATIONS, alice, json=body)
    assert answer.status_code == 201
    head = answer.json()
    assert (head["title"], head["members"], head["role"]) == ("Sunday walk", 2, "owner")
    assert "peer" not in head
    seen = await http.ask("GET", f"{CONVERSATIONS}/{head['conversation']}", bob)
    assert seen.json()["role"] == "member"


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "direct", "user": NOBODY},
        {"kind": "group", "title": "x", "members": [NOBODY]},
    ],
)
async def test_no_conversation_is_opened_with_unknown_users(
    http: HttpService, alice: HttpUser, body: Any
) -> None:
    answer = await http.ask("POST", CONVERSATIONS, alice, json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await http.ask("GET", CONVERSATIONS, alice)).json()["heads"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "channel", "title": "x"},
        {"kind": "direct"},
        {"kind": "direct", "user": "bob"},
        {"kind": "direct", "user": NOBODY, "title": "x"},
        {"kind": "group"},
        {"kind": "group", "title": "x", "members": [1]},
        {"kind": "group", "title": "x", "owner": NOBODY},
    ],
)
async def test_a_conversation_of_an_unknown_kind_is_malformed(
    http: HttpService, alice: HttpUser, body: Any
) -> None:
    answer = await http.ask("POST", CONVERSATIONS, alice, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


@pytest.mark.parametrize("title", ["", "  ", "x" * 129, "a\u202eb", "a\nb\x00"])
async def test_a_title_must_be_one_visible_line(
    http: HttpService, alice: HttpUser, title: str
) -> None:
    body = {"kind": "group", "title": title, "members": []}
    answer = await http.ask("POST", CONVERSATIONS, alice, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "title")


async def test_the_list_is_paged_and_starts_with_the_last_changed(
    http: HttpService, alice: HttpUser
) -> None:
    made = []
    for n in range(5):
        made.append(await alice.create_group(f"Group {n}"))
        http.clock.advance()
    seen, path = [], CONVERSATIONS + "?limit=2"
    while path:
        page = (await http.ask("GET", path, alice)).json()
        seen += [head["conversation"] for head in page["heads"]]
        path = f"{CONVERSATIONS}?limit=2&before={page['next']}" if "next" in page else ""
    assert seen == made[::-1]


async def test_members_are_added_and_removed_and_ownership_is_transferred(
    http: HttpService, alice: HttpUser, bob: HttpUser
) -> None:
    carol = await http.register("carol")
    group = await alice.create_group("Lobby")
    members = f"{CONVERSATIONS}/{group}/members"

    added = await http.ask("POST", members, alice, json={"users": [bob.id, carol.id, bob.id]})
    assert (added.status_code, added.json()) == (
        200,
        {"added": [bob.id, carol.id], "offset": 3},
    )
    again = await http.ask("POST", members, alice, json={"users": [bob.id]})
    assert again.json() == {"added": [], "offset": 3}

    stays = await http.ask("DELETE", f"{members}/{alice.id}", alice)
    assert (stays.status_code, stays.json()["code"]) == (409, "conflict")
    over = await http.ask("PATCH", f"{members}/{bob.id}", alice, json={"role": "owner"})
    assert over.json() == {"offset": 5}
    assert (await http.ask("DELETE", f"{members}/{alice.id}", alice)).status_code == 204
    assert (await http.ask("DELETE", f"{members}/{carol.id}", bob)).status_code == 204

    page = (await http.ask("GET", members, bob)).json()
    assert [(each["handle"], each["role"]) for each in page["members"]] == [("bob", "owner")]
    assert (await http.ask("GET", members, alice)).status_code == 404
    assert (await http.ask("GET", members, carol)).status_code == 404


async def test_members_are_listed_page_by_page(http: HttpService, alice: HttpUser) -> None:
    people = [await http.register(f"user{n}") for n in range(5)]
    group = await alice.create_group("Lobby", *people)
    seen, cursor = [], ""
    for _ in range(3):
        path = f"{CONVERSATIONS}/{group}/members?limit=2{cursor}"
        page = (await http.ask("GET", path, alice)).json()
        seen += [each["user"] for each in page["members"]]
        cursor = f"&cursor={page['next']}" if "next" in page else ""
    assert cursor == ""
    assert seen == sorted([alice.id, *(each.id for each in people)])


async def test_too_many_members_at_once_are_refused(http: HttpService, alice: HttpUser) -> None:
    group = await alice.create_group("Lobby")
    for users in ([], [str(id_of(str(n))) for n in range(101)]):
        answer = await http.ask(
            "POST", f"{CONVERSATIONS}/{group}/members", alice, json={"users": users}
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_an_unknown_role_is_malformed(
    http: HttpService, alice: HttpUser, bob: HttpUser
) -> None:
    group = await alice.create_group("Lobby", bob)
    path = f"{CONVERSATIONS}/{group}/members/{bob.id}"
    answer = await http.ask("PATCH", path, alice, json={"role": "king"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


# -- one's own view -------------------------------------------------------------------------


async def _settings(http: HttpService, who: HttpUser, talk: str, body: Any) -> httpx.Response:
    return await http.ask("PATCH", f"{CONVERSATIONS}/{talk}/settings", who, json=body)


async def test_omitted_settings_are_unchanged(
    http: HttpService, alice: HttpUser, bob: HttpUser, talk: str
) -> None:
    muted = await _settings(http, alice, talk, {"muted_until": "2026-05-01T12:00:00+02:00"})
    assert (muted.json()["muted_until"], muted.json()["pinned"]) == (
        "2026-05-01T10:00:00.000000Z",
        False,
    )
    pinned = await _settings(http, alice, talk, {"pinned": True})
    assert (pinned.json()["muted_until"], pinned.json()["pinned"]) == (
        "2026-05-01T10:00:00.000000Z",
        True,
    )
    unmuted = await _settings(http, alice, talk, {"muted_until": None})
    assert "muted_until" not in unmuted.json()
    assert unmuted.json()["pinned"] is True
    marked = await _settings(http, alice, talk, {"marked_unread": True})
    assert (marked.json()["marked_unread"], marked.json()["pinned"]) == (True, True)
    unpinned = await _settings(http, alice, talk, {"pinned": False})
    assert (unpinned.json()["marked_unread"], unpinned.json()["pinned"]) == (True, False)
    theirs = (await http.ask("GET", f"{CONVERSATIONS}/{talk}", bob)).json()
    assert theirs["pinned"] is False
    assert "marked_unread" not in theirs
    read = await http.ask("PUT", f"{CONVERSATIONS}/{talk}/read", alice, json={"seq": 0})
    assert read.status_code == 200
    assert "marked_unread" not in (await _settings(http, alice, talk, {})).json()


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        ("2026-05-01T12:00:00", 400),
        ("tomorrow", 400),
        ("2026-13-01T00:00:00Z", 400),
        (1767323045, 400),
        ("0001-01-01T00:00:00+23:59", 422),
        ("9999-12-31T23:59:59-23:59", 422),
        ("1999-12-31T23:59:59Z", 422),
    ],
)
async def test_a_time_out_of_range_is_refused(
    http: HttpService, alice: HttpUser, talk: str, moment: Any, status: int
) -> None:
    answer = await _settings(http, alice, talk, {"muted_until": moment})
    assert answer.status_code == status
    assert answer.json()["errors"][0]["field"] == "muted_until"
