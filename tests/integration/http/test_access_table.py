"""Who may do what: every route, for everybody, on what is theirs, foreign, and missing.

Who does not belong to a conversation learns nothing of it, not even that it exists: foreign and
missing answer with the same bytes. A route without a row here fails a test.
"""

from typing import Any

import attrs
import httpx
import pytest

from domain.access import Password
from domain.users import DisplayName, Handle, UserRole
from entrypoints.http.reference import build_document
from entrypoints.http.reference.document import operations
from entrypoints.http.routes import api
from tests.support.builders import id_of
from tests.support.http import PASSWORD, House, Person

MISSING = str(id_of("nothing at all"))

# Whoever acts: `operator` has the role admin of the service, and no part in the conversation.
OUTSIDE = ("stranger", "former", "operator")
INSIDE = ("member", "admin", "owner")
EVERYBODY = (*OUTSIDE, *INSIDE)


@attrs.frozen(kw_only=True)
class Row:
    """One route: how it is asked, and what each may expect of the group `own`.

    `allowed` names those who are answered with `status`; insiders who are not get 403. In `path`
    and `body`, `{own}` stands for the conversation and `{victim}` for a plain member of it.
    """

    method: str
    path: str
    body: Any = None
    status: int = 200
    allowed: tuple[str, ...] = INSIDE
    keyed: bool = False


SUBSCRIPTION = {
    "endpoint": "https://push.example.org/1",
    "keys": {"p256dh": "B" + "A" * 86, "auth": "A" * 22},
}
CONVERSATION = "/v1/conversations/{own}"
MANAGERS = ("admin", "owner")

PUBLIC = {
    "register": Row(
        method="POST",
        path="/v1/auth/register",
        body={"handle": "one-more", "password": PASSWORD},
        status=201,
    ),
    "login": Row(
        method="POST", path="/v1/auth/login", body={"handle": "the-member", "password": PASSWORD}
    ),
    "refresh": Row(
        method="POST", path="/v1/auth/refresh", body={"refresh_token": "{refresh_token}"}
    ),
}

PERSONAL = {
    "logout": Row(method="POST", path="/v1/auth/logout", status=204),
    "change_password": Row(
        method="POST",
        path="/v1/auth/password",
        body={"old_password": PASSWORD, "new_password": "seven red kites sleep"},
        status=204,
    ),
    "list_devices": Row(method="GET", path="/v1/devices"),
    "get_me": Row(method="GET", path="/v1/me"),
    "change_me": Row(method="PATCH", path="/v1/me", body={"display_name": "Somebody"}),
    "find_users": Row(method="GET", path="/v1/users?query=the-m"),
    "get_user": Row(method="GET", path="/v1/users/the-member"),
    "list_conversations": Row(method="GET", path="/v1/conversations"),
    "open_conversation": Row(
        method="POST",
        path="/v1/conversations",
        body={"kind": "group", "title": "Own", "members": []},
        status=201,
    ),
    "sync": Row(method="GET", path="/v1/sync"),
    "list_notifications": Row(method="GET", path="/v1/notifications"),
    "mark_notifications": Row(
        method="PUT", path="/v1/notifications", body={"all": True}, status=204
    ),
    "get_push_key": Row(method="GET", path="/v1/push-key"),
    "list_push_subscriptions": Row(method="GET", path="/v1/push-subscriptions"),
    "subscribe_to_pushes": Row(
        method="POST", path="/v1/push-subscriptions", body=SUBSCRIPTION, status=201
    ),
}

OF_CONVERSATIONS = {
    "get_conversation": Row(method="GET", path=CONVERSATION),
    "rename_conversation": Row(
        method="PATCH", path=CONVERSATION, body={"title": "Attic"}, allowed=MANAGERS
    ),
    "list_members": Row(method="GET", path=CONVERSATION + "/members"),
    "add_members": Row(
        method="POST",
        path=CONVERSATION + "/members",
        body={"users": ["{newcomer}"]},
        allowed=MANAGERS,
    ),
    "change_role": Row(
        method="PATCH",
        path=CONVERSATION + "/members/{victim}",
        body={"role": "admin"},
        allowed=("owner",),
    ),
    "remove_member": Row(
        method="DELETE",
        path=CONVERSATION + "/members/{victim}",
        status=204,
        allowed=MANAGERS,
    ),
    "list_messages": Row(method="GET", path=CONVERSATION + "/messages"),
    "get_message": Row(method="GET", path=CONVERSATION + "/messages/1"),
    "post_message": Row(
        method="POST",
        path=CONVERSATION + "/messages",
        body={"body": {"text": "hi"}},
        status=201,
        keyed=True,
    ),
    "mark_read": Row(method="PUT", path=CONVERSATION + "/read", body={"seq": 1}),
    "mark_received": Row(
        method="PUT", path=CONVERSATION + "/received", body={"seq": 1}, status=204
    ),
    "list_receipts": Row(method="GET", path=CONVERSATION + "/receipts"),
    "change_settings": Row(method="PATCH", path=CONVERSATION + "/settings", body={"pinned": True}),
    "list_events": Row(method="GET", path=CONVERSATION + "/events"),
}

OF_DEVICES = {"end_device": Row(method="DELETE", path="/v1/devices/{device}", status=204)}

OF_SUBSCRIPTIONS = {
    "unsubscribe_from_pushes": Row(
        method="DELETE", path="/v1/push-subscriptions/{device}", status=204
    )
}

ADMIN = "/v1/admin"
ACCOUNT = ADMIN + "/users/{victim}"

OF_ADMINS = {
    "list_accounts": Row(method="GET", path=ADMIN + "/users?prefix=the-v"),
    "add_account": Row(
        method="POST",
        path=ADMIN + "/users",
        body={"handle": "one-more", "password": PASSWORD},
        status=201,
    ),
    "get_account": Row(method="GET", path=ACCOUNT),
    "switch_account": Row(method="PATCH", path=ACCOUNT, body={"disabled": True}),
    "reset_password": Row(
        method="PUT",
        path=ACCOUNT + "/password",
        body={"password": "seven red kites sleep"},
        status=204,
    ),
    "list_sessions": Row(method="GET", path=ACCOUNT + "/sessions"),
    "log_out_everywhere": Row(method="DELETE", path=ACCOUNT + "/sessions", status=204),
    "inspect_conversation": Row(method="GET", path=ADMIN + "/conversations/{own}"),
    "get_statistics": Row(method="GET", path=ADMIN + "/statistics"),
    "read_audit": Row(method="GET", path=ADMIN + "/audit"),
    # The house of these tests is no process of its own: there is nothing to run.
    "get_log": Row(method="GET", path=ADMIN + "/log", status=503),
    "change_log_level": Row(
        method="PUT", path=ADMIN + "/log/levels", body={"level": "debug"}, status=503
    ),
    "change_log_trace": Row(
        method="PUT",
        path=ADMIN + "/log/traces",
        body={"user": "the-victim", "seconds": 60},
        status=503,
    ),
    "reload": Row(method="POST", path=ADMIN + "/reload", status=503),
}

ROWS = {**OF_ADMINS, **PUBLIC, **PERSONAL, **OF_CONVERSATIONS, **OF_DEVICES, **OF_SUBSCRIPTIONS}


class Scene:
    """A group with everybody in their place, and another one that none of them belongs to."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.people: dict[str, Person] = {}
        self.own = self.foreign = ""

    async def set(self) -> "Scene":
        """Bring everybody to their places."""
        house = self.house
        use = house.service.use
        use.create_user(
            handle=Handle("the-operator"),
            display_name=DisplayName("Operator"),
            password=Password(PASSWORD),
            role=UserRole.ADMIN,
        )
        self.people["operator"] = await house.log_in("the-operator")
        for name in (*EVERYBODY, "victim", "newcomer", "somebody"):
            if name != "operator":
                self.people[name] = await house.person(f"the-{name}")
        who = self.people
        inside = [who[name] for name in ("member", "admin", "victim", "former")]
        self.own = await house.group(who["owner"], *inside)
        self.foreign = await house.group(who["somebody"], title="Foreign")
        await house.say(who["owner"], self.own, "the canary sings")
        await house.say(who["somebody"], self.foreign, "the canary sings")
        roles = f"/v1/conversations/{self.own}/members/"
        promoted = await house.ask(
            "PATCH", roles + who["admin"].id, who["owner"], json={"role": "admin"}
        )
        removed = await house.ask("DELETE", roles + who["former"].id, who["owner"])
        assert (promoted.status_code, removed.status_code) == (200, 204)
        return self

    async def ask(
        self, row: Row, who: str | None, conversation: str | None = None, device: str = ""
    ) -> httpx.Response:
        """Ask as the row says."""
        person = self.people[who] if who else None
        told = {
            "{own}": conversation or self.own,
            "{victim}": self.people["victim"].id,
            "{newcomer}": self.people["newcomer"].id,
            "{device}": device,
            "{refresh_token}": self.people["member"].refresh_token,
        }
        headers = {"Idempotency-Key": str(self.house.service.new_id())} if row.keyed else {}
        more = {} if row.body is None else {"json": _filled(row.body, told)}
        path = str(_filled(row.path, told))
        return await self.house.ask(row.method, path, person, headers=headers, **more)


def _filled(template: Any, told: dict[str, str]) -> Any:
    if isinstance(template, dict):
        return {key: _filled(value, told) for key, value in template.items()}
    if isinstance(template, list):
        return [_filled(each, told) for each in template]
    if isinstance(template, str):
        for name, value in told.items():
            template = template.replace(name, value)
    return template


@pytest.fixture
async def scene(house: House) -> Scene:
    """Everybody in their places."""
    return await Scene(house).set()


async def test_every_route_has_a_row(house: House) -> None:
    document = build_document(api(house.service))
    routes = {
        operation["operationId"]: (method, path)
        for path, method, operation in operations(document)
    }
    assert set(ROWS) == set(routes)
    for name, row in ROWS.items():
        method, path = routes[name]
        assert row.method == method
        assert row.path.split("?")[0].count("/") == path.count("/")


@pytest.mark.parametrize(
    "name", [*PERSONAL, *OF_CONVERSATIONS, *OF_DEVICES, *OF_SUBSCRIPTIONS, *OF_ADMINS]
)
async def test_without_a_token_nothing_is_said_but_that_one_is_wanted(
    scene: Scene, name: str
) -> None:
    answers = [
        await scene.ask(ROWS[name], None, conversation, device=scene.people["member"].device)
        for conversation in (scene.own, scene.foreign, MISSING)
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert answer.content == answers[0].content
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "authorization",
    ["Bearer", "Bearer ", "Bearer x", "Basic bWVtYmVyOnB3", "bearer  x", "Bearer " + "a" * 5000],
)
async def test_what_is_no_token_is_no_token(house: House, authorization: str) -> None:
    told = {"{own}": MISSING, "{victim}": MISSING, "{device}": MISSING}
    for name, row in ROWS.items():
        if name in PUBLIC:
            continue
        path = str(_filled(row.path, told))
        answer = await house.ask(row.method, path, headers={"Authorization": authorization})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), name


@pytest.mark.parametrize("name", PUBLIC)
async def test_strangers_may_come_to_tokens(scene: Scene, name: str) -> None:
    answer = await scene.ask(ROWS[name], None)
    assert answer.status_code == ROWS[name].status
    assert answer.json()["access_token"]


@pytest.mark.parametrize("name", PERSONAL)
async def test_everybody_may_do_what_concerns_only_themselves(scene: Scene, name: str) -> None:
    for who in EVERYBODY:
        answer = await scene.ask(ROWS[name], who)
        assert answer.status_code == ROWS[name].status, (who, answer.text)
        if who in OUTSIDE:
            assert scene.own not in answer.text
        assert scene.foreign not in answer.text


@pytest.mark.parametrize("name", OF_CONVERSATIONS)
async def test_foreign_and_missing_conversations_cannot_be_told_apart(
    scene: Scene, name: str
) -> None:
    row = ROWS[name]
    for who in EVERYBODY:
        missing = await scene.ask(row, who, MISSING)
        foreign = await scene.ask(row, who, scene.foreign)
        assert (missing.status_code, missing.json()["code"]) == (404, "not_found"), who
        assert foreign.status_code == 404, who
        assert foreign.content == missing.content, who
        assert foreign.headers == missing.headers, who


@pytest.mark.parametrize("name", OF_CONVERSATIONS)
async def test_those_who_do_not_belong_see_nothing_of_a_group(scene: Scene, name: str) -> None:
    row = ROWS[name]
    for who in OUTSIDE:
        missing = await scene.ask(row, who, MISSING)
        own = await scene.ask(row, who)
        assert own.status_code == 404, who
        assert own.content == missing.content, who


@pytest.mark.parametrize("name", OF_CONVERSATIONS)
@pytest.mark.parametrize("who", INSIDE)
async def test_those_who_belong_may_do_what_their_role_allows(
    scene: Scene, name: str, who: str
) -> None:
    row = ROWS[name]
    answer = await scene.ask(row, who)
    if who in row.allowed:
        assert answer.status_code == row.status, answer.text
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("who", EVERYBODY)
async def test_devices_of_others_cannot_be_told_from_missing_ones(scene: Scene, who: str) -> None:
    row = ROWS["end_device"]
    missing = await scene.ask(row, who, device=MISSING)
    foreign = await scene.ask(row, who, device=scene.people["somebody"].device)
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert foreign.content == missing.content
    assert (await scene.ask(PERSONAL["get_me"], "somebody")).status_code == 200
    own = await scene.ask(row, who, device=scene.people[who].device)
    assert own.status_code == 204


@pytest.mark.parametrize("who", EVERYBODY)
async def test_subscriptions_of_others_cannot_be_told_from_missing_ones(
    scene: Scene, who: str
) -> None:
    theirs = await scene.ask(PERSONAL["subscribe_to_pushes"], "somebody")
    row = ROWS["unsubscribe_from_pushes"]
    missing = await scene.ask(row, who, device=MISSING)
    foreign = await scene.ask(row, who, device=theirs.json()["id"])
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert foreign.content == missing.content
    assert (await scene.ask(row, "somebody", device=theirs.json()["id"])).status_code == 204


@pytest.mark.parametrize("name", OF_ADMINS)
async def test_administration_is_for_admins_alone_and_tells_others_nothing(
    scene: Scene, name: str
) -> None:
    row = ROWS[name]
    before = await scene.ask(OF_ADMINS["read_audit"], "operator")
    for who in EVERYBODY:
        if who == "operator":
            continue
        answers = [
            await scene.ask(row, who),
            await scene.ask(row, who, MISSING),
            await scene.house.ask(
                row.method,
                str(_filled(row.path, {"{victim}": MISSING, "{own}": MISSING})),
                scene.people[who],
                content=b"not even JSON",
            ),
        ]
        for answer in answers:
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), who
            assert answer.content == answers[0].content, who
    assert (await scene.ask(OF_ADMINS["read_audit"], "operator")).content == before.content


@pytest.mark.parametrize("name", OF_ADMINS)
async def test_admins_may_administer_and_never_see_what_is_said(scene: Scene, name: str) -> None:
    answer = await scene.ask(ROWS[name], "operator")
    assert answer.status_code == ROWS[name].status, answer.text
    assert "canary" not in answer.text
    assert "Lobby" not in answer.text


@pytest.mark.parametrize("name", [each for each in OF_ADMINS if "{" in OF_ADMINS[each].path])
async def test_admins_are_told_what_is_missing(scene: Scene, name: str) -> None:
    row = ROWS[name]
    path = str(_filled(row.path, {"{victim}": MISSING, "{own}": MISSING}))
    more = {} if row.body is None else {"json": row.body}
    answer = await scene.house.ask(row.method, path, scene.people["operator"], **more)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("name", OF_CONVERSATIONS)
async def test_a_refusal_changes_nothing(scene: Scene, name: str) -> None:
    before = await _seen(scene)
    for who in (*OUTSIDE, *(each for each in INSIDE if each not in ROWS[name].allowed)):
        await scene.ask(ROWS[name], who)
    await scene.ask(ROWS[name], "owner", scene.foreign)
    assert await _seen(scene) == before


async def _seen(scene: Scene) -> list[bytes]:
    """Return all that the owners see of both groups."""
    looks = [row for row in OF_CONVERSATIONS.values() if row.method == "GET"]
    return [
        (await scene.ask(row, who, conversation)).content
        for who, conversation in (("owner", scene.own), ("somebody", scene.foreign))
        for row in looks
    ]
