"""Users, the own profile and devices over HTTP."""

import pytest

from tests.support.builders import id_of
from tests.support.http_client import HttpUser
from tests.support.http_service import HttpService


async def test_users_are_found_by_handle_and_by_words_of_their_name(
    http: HttpService, alice: HttpUser, bob: HttpUser
) -> None:
    await http.ask("PATCH", "/v1/me", bob, json={"display_name": "Robert Émile Ünal"})
    for query in ("bo", "BO", "@bob", "robert", "émile", "ÜNAL"):
        found = (await http.ask("GET", "/v1/users", alice, params={"query": query})).json()
        names = [(user["id"], user["handle"], user["display_name"]) for user in found["users"]]
        assert names == [(bob.id, "bob", "Robert Émile Ünal")], query


async def test_users_are_listed_page_by_page_in_order_of_their_handles(
    http: HttpService, alice: HttpUser
) -> None:
    for n in range(5):
        await http.register(f"user{n}")
    seen, cursor = [], ""
    for _ in range(3):
        page = (await http.ask("GET", f"/v1/users?query=user&limit=2{cursor}", alice)).json()
        seen += [user["handle"] for user in page["users"]]
        cursor = f"&cursor={page['next']}" if "next" in page else ""
    assert (seen, cursor) == ([f"user{n}" for n in range(5)], "")


async def test_users_are_looked_up_by_id_in_the_requested_order(
    http: HttpService, alice: HttpUser, bob: HttpUser
) -> None:
    ids = ",".join([bob.id, str(id_of("nobody")), alice.id, bob.id])
    found = (await http.ask("GET", f"/v1/users?ids={ids}", alice)).json()
    assert [user["handle"] for user in found["users"]] == ["bob", "alice"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "query=",
        "query=%20%20",
        "ids=",
        "ids=bob",
        "ids=a,b",
        f"ids={id_of('x')},",
        f"ids={id_of('x')}&query=bob",
        "ids=" + ",".join(str(id_of(str(n))) for n in range(101)),
    ],
)
async def test_an_empty_search_is_refused(http: HttpService, alice: HttpUser, query: str) -> None:
    answer = await http.ask("GET", f"/v1/users?{query}", alice)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_user_is_looked_up_by_id_or_by_handle(
    http: HttpService, alice: HttpUser, bob: HttpUser
) -> None:
    for name in (bob.id, "bob", "BOB"):
        answer = await http.ask("GET", f"/v1/users/{name}", alice)
        assert answer.json() == {
            "id": bob.id,
            "handle": "bob",
            "display_name": "bob",
            "skeletons": ["bob"],
        }
    for name in ("carol", "me", str(id_of("nobody"))):
        assert (await http.ask("GET", f"/v1/users/{name}", alice)).status_code == 404


async def test_private_fields_of_a_user_are_hidden_from_others(
    http: HttpService, alice: HttpUser, bob: HttpUser
) -> None:
    assert set((await http.ask("GET", "/v1/users/bob", alice)).json()) == {
        "id",
        "handle",
        "display_name",
        "skeletons",
    }


async def test_users_who_look_alike_share_a_skeleton_wherever_they_are_shown(
    http: HttpService, alice: HttpUser, bob: HttpUser
) -> None:
    mallory = await http.register("mallory")
    me = await http.ask("PATCH", "/v1/me", mallory, json={"display_name": "\u0412ob"})
    group = await alice.create_group("Lobby", bob, mallory)
    members = (await http.ask("GET", f"/v1/conversations/{group}/members", alice)).json()
    users = (await http.ask("GET", f"/v1/users?ids={bob.id},{mallory.id}", alice)).json()

    listed = {each["handle"]: each for each in members["members"]}
    for original, copy in [(listed["bob"], listed["mallory"]), users["users"]]:
        assert set(original["skeletons"]) & set(copy["skeletons"])
        assert copy["mixed_alphabets"]
        assert "mixed_alphabets" not in original
    assert me.json()["skeletons"] == listed["mallory"]["skeletons"]
    assert not set(listed["alice"]["skeletons"]) & set(listed["bob"]["skeletons"])


@pytest.mark.parametrize("name", ["\u2800", "\u3164", "\u200b\u200e", "\ufe0f", "Bob\u202e"])
async def test_a_name_that_nobody_sees_or_that_reorders_the_page_is_refused(
    http: HttpService, alice: HttpUser, name: str
) -> None:
    answer = await http.ask("PATCH", "/v1/me", alice, json={"display_name": name})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == ["display_name"]


async def test_a_changed_name_is_visible_to_everybody(
    http: HttpService, alice: HttpUser, bob: HttpUser
) -> None:
    changed = await http.ask("PATCH", "/v1/me", alice, json={"display_name": " Ali  C. "})
    assert changed.json()["display_name"] == "Ali C."
    seen = (await http.ask("GET", "/v1/users/alice", bob)).json()
    assert seen["display_name"] == "Ali C."


@pytest.mark.parametrize("field", ["role", "handle", "id", "created_at", "disabled"])
async def test_no_other_field_of_a_user_can_be_changed(
    http: HttpService, alice: HttpUser, field: str
) -> None:
    body = {"display_name": "Alice", field: "admin"}
    answer = await http.ask("PATCH", "/v1/me", alice, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


async def test_a_device_that_was_logged_out_is_refused(http: HttpService, alice: HttpUser) -> None:
    other = await http.log_in("alice")
    assert (await http.ask("GET", "/v1/me", other)).status_code == 200
    ended = await http.ask("DELETE", f"/v1/devices/{other.device}", alice)
    assert ended.status_code == 204
    assert (await http.ask("GET", "/v1/me", other)).status_code == 401
    spent = await http.ask("POST", "/v1/auth/refresh", json={"refresh_token": other.refresh_token})
    assert spent.status_code == 401
    (device,) = (await http.ask("GET", "/v1/devices", alice)).json()["devices"]
    assert (device["id"], device["current"]) == (alice.device, True)


async def test_ones_own_presence_is_chosen_for_all_devices(
    http: HttpService, alice: HttpUser, bob: HttpUser
) -> None:
    chosen = {"state": "invisible", "text": "at the sea"}
    answer = await http.ask("PUT", "/v1/me/presence", alice, json=chosen)

    assert answer.json()["presence"] == chosen
    assert (await http.ask("GET", "/v1/me", alice)).json()["presence"] == chosen
    assert (await http.ask("GET", "/v1/me", bob)).json()["presence"] == {"state": "online"}
    for user in (await http.ask("GET", f"/v1/users?ids={alice.id}", bob)).json()["users"]:
        assert "presence" not in user


@pytest.mark.parametrize(
    "body", [{"state": "away"}, {"state": "offline"}, {}, {"state": "busy", "text": "x" * 81}]
)
async def test_a_presence_that_is_no_choice_is_refused(
    http: HttpService, alice: HttpUser, body: dict[str, str]
) -> None:
    answer = await http.ask("PUT", "/v1/me/presence", alice, json=body)

    assert answer.status_code in {400, 422}
    assert (await http.ask("GET", "/v1/me", alice)).json()["presence"] == {"state": "online"}
