"""Administration over HTTP: accounts, sessions, conversations and the audit log."""

from typing import Any
from uuid import UUID

import pytest

from parlour.adapters.config.settings import Server
from parlour.domain.access import Password
from parlour.domain.kernel.ids import DeviceId, UserId
from parlour.domain.users import DisplayName, Handle, UserRole
from tests.support.http_client import PASSWORD, HttpUser
from tests.support.http_service import HttpService, http_service
from tests.support.sockets import HeardSocket

NEW = "seven red kites sleep"


async def make_boss(http: HttpService) -> HttpUser:
    http.service.use.create_user(
        handle=Handle("boss"),
        display_name=DisplayName("Boss"),
        password=Password(PASSWORD),
        role=UserRole.ADMIN,
    )
    return await http.log_in("boss")


@pytest.fixture
async def boss(http: HttpService) -> HttpUser:
    """Somebody with the role admin, logged in."""
    return await make_boss(http)


async def connect(http: HttpService, who: HttpUser) -> HeardSocket:
    """Bring a socket of somebody into the hub, as a welcomed connection does."""
    socket = HeardSocket(UserId(UUID(who.id)), DeviceId(UUID(who.device)))
    http.service.hub.register(socket)
    await http.service.hub.subscribe([socket], [])
    return socket


async def audit(http: HttpService, boss: HttpUser) -> list[dict[str, Any]]:
    answer = await http.ask("GET", "/v1/admin/audit", boss)
    return list(answer.json()["entries"])


ENDINGS = {
    "disabled": ("PATCH", "", {"disabled": True}),
    "given another password": ("PUT", "/password", {"password": NEW}),
    "logged out everywhere": ("DELETE", "/sessions", None),
}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_disabled_user_loses_every_socket_and_token_at_once(
    http: HttpService, boss: HttpUser, alice: HttpUser, bob: HttpUser, ending: str
) -> None:
    laptop = await http.log_in("alice")
    sockets = [await connect(http, alice), await connect(http, laptop)]
    other = await connect(http, bob)
    for device in (alice, laptop):
        assert (await http.ask("GET", "/v1/me", device)).status_code == 200

    method, path, body = ENDINGS[ending]
    more = {} if body is None else {"json": body}
    answer = await http.ask(method, f"/v1/admin/users/{alice.id}{path}", boss, **more)

    assert answer.status_code in {200, 204}
    assert [socket.is_ended for socket in sockets] == [True, True]
    assert not other.is_ended
    for device in (alice, laptop):
        assert (await http.ask("GET", "/v1/me", device)).status_code == 401
        renewed = await http.ask(
            "POST", "/v1/auth/refresh", json={"refresh_token": device.refresh_token}
        )
        assert renewed.status_code == 401
    assert (await http.ask("GET", "/v1/me", bob)).status_code == 200


async def test_the_audit_log_records_actor_time_and_address(
    http: HttpService, boss: HttpUser, alice: HttpUser
) -> None:
    await http.ask("PATCH", f"/v1/admin/users/{alice.id}", boss, json={"disabled": True})
    (entry,) = await audit(http, boss)

    assert UUID(entry.pop("id")).version == 7
    assert entry == {
        "at": "2026-01-02T03:04:05.678901Z",
        "place": "127.0.0.1",
        "action": "user.disabled",
        "details": {"sessions": 1},
        "by": boss.id,
        "by_handle": "boss",
        "target": alice.id,
        "target_handle": "alice",
    }


async def test_the_recorded_address_is_that_of_the_client_behind_a_trusted_proxy() -> None:
    async with http_service(server=Server(trusted_proxies=("127.0.0.1",))) as http:
        boss = await make_boss(http)
        await http.ask(
            "POST",
            "/v1/admin/users",
            boss,
            json={"handle": "carol", "password": NEW},
            headers={"X-Forwarded-For": "203.0.113.9"},
        )
        (entry,) = await audit(http, boss)
        assert entry["place"] == "203.0.113.9"


async def test_an_account_can_be_created_found_and_used(http: HttpService, boss: HttpUser) -> None:
    body = {"handle": "Carol", "password": NEW, "display_name": "Carol C.", "role": "admin"}
    made = await http.ask("POST", "/v1/admin/users", boss, json=body)
    assert made.status_code == 201
    assert made.json() == {
        "id": made.json()["id"],
        "handle": "carol",
        "display_name": "Carol C.",
        "role": "admin",
        "disabled": False,
        "created_at": "2026-01-02T03:04:05.678901Z",
    }
    found = await http.ask("GET", "/v1/admin/users?prefix=ca", boss)
    assert found.json() == {"users": [made.json()]}
    seen = await http.ask("GET", f"/v1/admin/users/{made.json()['id']}", boss)
    assert seen.json() == made.json()
    again = await http.ask("POST", "/v1/admin/users", boss, json=body)
    assert (again.status_code, again.json()["code"]) == (409, "handle_taken")
    entered = await http.ask("POST", "/v1/auth/login", json={"handle": "carol", "password": NEW})
    assert entered.json()["user"]["role"] == "admin"


@pytest.mark.parametrize("path", ["users", "users/{id}/password"])
async def test_a_common_password_is_refused(
    http: HttpService, boss: HttpUser, alice: HttpUser, path: str
) -> None:
    body = {"password": "password123"}
    method = "PUT"
    if path == "users":
        method, body = "POST", {**body, "handle": "carol"}
    answer = await http.ask(method, f"/v1/admin/{path.replace('{id}', alice.id)}", boss, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert await audit(http, boss) == []


async def test_sessions_are_listed_without_their_tokens(
    http: HttpService, boss: HttpUser, alice: HttpUser
) -> None:
    answer = await http.ask("GET", f"/v1/admin/users/{alice.id}/sessions", boss)
    (session,) = answer.json()["sessions"]
    assert session["id"] == alice.device
    assert set(session) == {"id", "name", "platform", "created_at", "last_seen_at"}


async def test_a_conversation_is_shown_without_messages_and_the_access_is_recorded(
    http: HttpService, boss: HttpUser, alice: HttpUser, bob: HttpUser
) -> None:
    room = await alice.create_group("a secret plan", bob)
    await alice.post(room, "the canary sings")
    answer = await http.ask("GET", f"/v1/admin/conversations/{room}", boss)
    seen = answer.json()

    assert (seen["kind"], seen["members"], seen["messages"]) == ("group", 2, 1)
    assert {seat["handle"]: seat["role"] for seat in seen["seats"]} == {
        "alice": "owner",
        "bob": "member",
    }
    for secret in ("secret", "canary", "title"):
        assert secret not in answer.text
    (entry,) = await audit(http, boss)
    assert (entry["action"], entry["target"]) == ("conversation.inspected", room)
    assert "target_handle" not in entry


async def test_users_conversations_and_messages_are_counted(
    http: HttpService, boss: HttpUser, talk: str
) -> None:
    await http.ask("GET", f"/v1/conversations/{talk}", boss)
    counted = (await http.ask("GET", "/v1/admin/statistics", boss)).json()
    assert counted == {
        "users": 3,
        "disabled": 0,
        "admins": 1,
        "sessions": 3,
        "directs": 1,
        "groups": 0,
        "memberships": 2,
        "messages": 0,
    }


async def test_an_admin_disabled_on_the_command_line_is_refused_at_once(
    http: HttpService, boss: HttpUser
) -> None:
    other = await http.ask(
        "POST",
        "/v1/admin/users",
        boss,
        json={"handle": "carol", "password": NEW, "role": "admin"},
    )
    carol = await http.ask("POST", "/v1/auth/login", json={"handle": "carol", "password": NEW})
    headers = {"Authorization": f"Bearer {carol.json()['access_token']}"}
    path = f"/v1/admin/users/{boss.id}"
    shut = await http.ask("PATCH", path, json={"disabled": True}, headers=headers)
    assert (shut.status_code, shut.json()["disabled"]) == (200, True)
    assert (await http.ask("GET", "/v1/admin/audit", boss)).status_code == 401

    own = f"/v1/admin/users/{other.json()['id']}"
    locked = await http.ask("PATCH", own, json={"disabled": True}, headers=headers)
    assert (locked.status_code, locked.json()["code"]) == (409, "conflict")
