"""Every HTTP route, and who may call it."""

from typing import Any

import attrs
import httpx

from parlour.domain.access import Password
from parlour.domain.users import DisplayName, Handle, UserRole
from tests.support.builders import id_of
from tests.support.http_client import PASSWORD, HttpUser
from tests.support.http_service import HttpService

MISSING = str(id_of("nothing at all"))


# The callers. `operator` is an admin of the service, and not a member of the conversation.
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


DESCRIPTION = {"get_service": Row(method="GET", path="/v1/service")}


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
    "choose_presence": Row(
        method="PUT", path="/v1/me/presence", body={"state": "busy", "text": "in a meeting"}
    ),
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
    "find_direct_conversation": Row(
        method="GET", path="/v1/conversations/direct/{victim}", status=404
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
    "edit_message": Row(
        method="PATCH",
        path=CONVERSATION + "/messages/1",
        body={"body": {"text": "ho"}},
        allowed=("owner",),
    ),
    "recall_message": Row(method="DELETE", path=CONVERSATION + "/messages/1", allowed=MANAGERS),
    "list_revisions": Row(method="GET", path=CONVERSATION + "/messages/1/revisions"),
    "list_reactions": Row(method="GET", path=CONVERSATION + "/messages/1/reactions"),
    "react": Row(method="PUT", path=CONVERSATION + "/messages/1/reactions/👍"),
    "take_reaction_back": Row(method="DELETE", path=CONVERSATION + "/messages/1/reactions/👍"),
    "vote": Row(method="PUT", path=CONVERSATION + "/messages/2/vote", body={"options": [0]}),
    "forward_messages": Row(
        method="POST",
        path=CONVERSATION + "/forward",
        body={"from": "{own}", "seqs": [1], "key": "{key}"},
        status=201,
    ),
    "hide_messages": Row(method="POST", path=CONVERSATION + "/messages/hide", body={"seqs": [1]}),
    "clear_history": Row(method="PUT", path=CONVERSATION + "/clear", body={"up_to": 1}),
    "set_draft": Row(method="PUT", path=CONVERSATION + "/draft", body={"text": "the canary"}),
    "remove_draft": Row(method="DELETE", path=CONVERSATION + "/draft"),
    "list_pins": Row(method="GET", path=CONVERSATION + "/pins"),
    "pin_message": Row(method="PUT", path=CONVERSATION + "/pins/1"),
    "unpin_message": Row(method="DELETE", path=CONVERSATION + "/pins/1"),
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


ROWS = {
    **OF_ADMINS,
    **DESCRIPTION,
    **PUBLIC,
    **PERSONAL,
    **OF_CONVERSATIONS,
    **OF_DEVICES,
    **OF_SUBSCRIPTIONS,
}


class Scene:
    """A group with a user for each role, and a group that none of them belongs to."""

    def __init__(self, http: HttpService) -> None:
        self.http = http
        self.people: dict[str, HttpUser] = {}
        self.own = self.foreign = ""

    async def set(self) -> "Scene":
        """Create the users and groups."""
        http = self.http
        use = http.service.use
        use.create_user(
            handle=Handle("the-operator"),
            display_name=DisplayName("Operator"),
            password=Password(PASSWORD),
            role=UserRole.ADMIN,
        )
        self.people["operator"] = await http.log_in("the-operator")
        for name in (*EVERYBODY, "victim", "newcomer", "somebody"):
            if name != "operator":
                self.people[name] = await http.register(f"the-{name}")
        who = self.people
        inside = [who[name] for name in ("member", "admin", "victim", "former")]
        self.own = await who["owner"].create_group("Lobby", *inside)
        self.foreign = await who["somebody"].create_group("Foreign")
        await who["owner"].post(self.own, "the canary sings")
        await who["owner"].call(
            "POST",
            f"/v1/conversations/{self.own}/messages",
            {"kind": "poll", "body": {"question": "a canary?", "options": ["yes", "no"]}},
            headers={"Idempotency-Key": str(http.service.new_id())},
        )
        await who["somebody"].post(self.foreign, "the canary sings")
        roles = f"/v1/conversations/{self.own}/members/"
        promoted = await http.ask(
            "PATCH", roles + who["admin"].id, who["owner"], json={"role": "admin"}
        )
        removed = await http.ask("DELETE", roles + who["former"].id, who["owner"])
        assert (promoted.status_code, removed.status_code) == (200, 204)
        return self

    async def ask(
        self, row: Row, who: str | None, conversation: str | None = None, device: str = ""
    ) -> httpx.Response:
        """Send the request of a row."""
        person = self.people[who] if who else None
        told = {
            "{own}": conversation or self.own,
            "{victim}": self.people["victim"].id,
            "{newcomer}": self.people["newcomer"].id,
            "{device}": device,
            "{key}": str(self.http.service.new_id()),
            "{refresh_token}": self.people["member"].refresh_token,
        }
        headers = {"Idempotency-Key": str(self.http.service.new_id())} if row.keyed else {}
        more = {} if row.body is None else {"json": filled(row.body, told)}
        path = str(filled(row.path, told))
        return await self.http.ask(row.method, path, person, headers=headers, **more)


def filled(template: Any, told: dict[str, str]) -> Any:
    if isinstance(template, dict):
        return {key: filled(value, told) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(each, told) for each in template]
    if isinstance(template, str):
        for name, value in told.items():
            template = template.replace(name, value)
    return template
