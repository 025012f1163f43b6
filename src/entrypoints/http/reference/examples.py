"""One example of every body, made of the very types: an example cannot be wrong in its form."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct

from parlour.domain.access import RegistrationClosed, TokenExpired, WrongCredentials
from parlour.domain.kernel.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    Limited,
    NotFound,
    OutcomeUnknown,
    Overloaded,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from parlour.domain.kernel.time import rfc3339
from parlour.domain.messages import IdempotencyMismatch, LogDamaged, UnsupportedKind
from parlour.domain.users import HandleTaken
from parlour.entrypoints.http import schemas, schemas_admin, schemas_notifications
from parlour.entrypoints.http.problems import UnsupportedMedia, view_problem
from parlour.entrypoints.http.reference.message_examples import HEAD, MESSAGE_BODIES
from parlour.entrypoints.wire import views
from parlour.entrypoints.wire.errors import INTERNAL, bad_request, problem

_ALICE = UUID("01942f6e-31c4-7b6a-9d2e-5f1a7c3b8e01")
_BOB = UUID("01942f6e-52d8-7c1f-8a47-2b9e6d4c1f02")
_TALK = UUID("01942f70-0a10-7e55-b3c9-8d7f2e6a4b03")
_PHONE = UUID("01942f6e-31c5-70f2-a1b8-4c6d9e2f7a04")
_KEY = UUID("01942f71-9b3e-7d08-8f64-1e5a3c7b9d05")
_MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
_AT = rfc3339(_MOMENT)
_LATER = rfc3339(_MOMENT + timedelta(minutes=15))
_PHRASE = "four words nobody guesses"
_CURSOR = "MgoxNzY3MzIzMDQ1Njc4OTAx"

_ALICE_SEEN = views.UserView(_ALICE, "alice", "Alice", ["allce"])
_BOB_SEEN = views.UserView(_BOB, "bob", "Bob", ["bob"])
_ME = views.MeView(_ALICE, "alice", "Alice", "user", _AT, views.ChoiceView("online"), ["allce"])
_TOKENS = schemas.TokensView(
    user=_ME,
    device=_PHONE,
    access_token="pla_" + "a" * 43,
    access_expires_at=_LATER,
    refresh_token="plr_" + "r" * 43,
    refresh_expires_at=rfc3339(_MOMENT + timedelta(days=30)),
)
_ACCOUNT = schemas_admin.AccountView(_BOB, "bob", "Bob", "user", False, _AT)
_LOG = schemas_admin.LogView(
    levels=[
        schemas_admin.LevelView("parlour", "info"),
        schemas_admin.LevelView("parlour.http", "debug", _LATER),
    ],
    traced=[schemas_admin.TracedView(str(_ALICE), _LATER)],
    written=51_204,
    dropped=0,
)
_ENTRY = schemas_admin.AuditEntryView(
    id=_KEY,
    at=_AT,
    place="192.0.2.7",
    action="user.disabled",
    details={"sessions": 2},
    by=_ALICE,
    by_handle="alice",
    target=_BOB,
    target_handle="bob",
)
_DEVICE = schemas.DeviceView(_PHONE, "Firefox", "web", _AT, _AT, True)
_ENDPOINT = "https://push.example.org/send/c29tZSBicm93c2Vy"
_SUBSCRIPTION = schemas_notifications.SubscriptionView(_KEY, _PHONE, _ENDPOINT, False, _AT, True)
_NOTICE = schemas_notifications.NotificationView(
    f"{_TALK}/121", "mention", _TALK, 121, _ALICE, "hi @bob", _AT, False
)
_POINT = "B" + "A" * 86

BODIES: dict[str, Struct] = {
    type(example).__name__: example
    for example in (
        *MESSAGE_BODIES,
        schemas.Registration(
            handle="alice",
            display_name="Alice",
            password=_PHRASE,
            device=schemas.LoginDevice("Firefox", "web"),
        ),
        schemas.ServiceView("open"),
        schemas.Login(handle="alice", password=_PHRASE),
        schemas.Renewal("plr_" + "r" * 43),
        schemas.NewPassword(_PHRASE, _PHRASE + " 2"),
        _TOKENS,
        schemas.DevicesView([_DEVICE]),
        _ME,
        _ALICE_SEEN,
        schemas.ProfileChange("Alice in Paris"),
        schemas.PresenceChange("busy", "in a meeting"),
        schemas.UsersView([_BOB_SEEN], _CURSOR),
        schemas.NewDirect(_BOB),
        schemas.NewGroup("Sunday walk", [_BOB]),
        schemas.TitleChange("Saturday walk"),
        schemas.SettingsChange(muted_until=_MOMENT, pinned=True, marked_unread=True),
        schemas.HeadsView([HEAD], _CURSOR),
        schemas.NewMembers([_BOB]),
        schemas.RoleChange("admin"),
        schemas.MembersView([schemas.MemberView(_BOB, "bob", "Bob", "member", _AT, ["bob"])]),
        schemas.AddedView([_BOB], 133),
        schemas.OffsetView(134),
        schemas_notifications.NotificationsView([_NOTICE], _CURSOR),
        schemas_notifications.NotificationsRead([f"{_TALK}/121"]),
        schemas_notifications.PushKeyView(_POINT),
        schemas_notifications.NewSubscription(
            _ENDPOINT, schemas_notifications.SubscriptionKeys(_POINT, "A" * 22)
        ),
        _SUBSCRIPTION,
        schemas_notifications.SubscriptionsView([_SUBSCRIPTION]),
        schemas_admin.LevelChange(level="debug", logger="parlour.http", seconds=600),
        schemas_admin.TraceChange("alice", 600),
        _LOG,
        schemas_admin.ReloadView(["limits.messages"], ["server.port"]),
        schemas_admin.NewAccount(handle="bob", display_name="Bob", password=_PHRASE),
        schemas_admin.AccountChange(True),
        schemas_admin.AccountPassword(_PHRASE),
        _ACCOUNT,
        schemas_admin.AccountsView([_ACCOUNT], _CURSOR),
        schemas_admin.SessionsView(
            [schemas_admin.SessionView(_PHONE, "Firefox", "web", _AT, _AT)]
        ),
        schemas_admin.InspectedView(
            conversation=_TALK,
            kind="direct",
            members=2,
            messages=121,
            offset=132,
            created_at=_AT,
            changed_at=_AT,
            seats=[schemas_admin.SeatView(_BOB, "bob", "member", _AT, 121, 120)],
        ),
        schemas_admin.TotalsView(
            users=120,
            disabled=3,
            admins=2,
            sessions=180,
            directs=300,
            groups=40,
            memberships=900,
            messages=51_000,
        ),
        schemas_admin.AuditView([_ENTRY], _CURSOR),
    )
}
"""An example by the name of its type."""

_REFUSALS: tuple[DomainError, ...] = (
    Unauthenticated(),
    WrongCredentials(),
    TokenExpired(),
    Forbidden("Only the owner and admins of the group may do this"),
    RegistrationClosed(),
    NotFound(),
    Conflict(),
    HandleTaken(),
    TooLarge(),
    UnsupportedMedia(),
    IdempotencyMismatch(),
    UnsupportedKind("This service does not take 'sticker'"),
    Invalid("must be between 1 and 100", field="limit"),
    Limited(retry_after=timedelta(milliseconds=1500)),
    Overloaded(),
    Unavailable(),
    OutcomeUnknown(),
    LogDamaged(),
)

PROBLEMS: dict[str, Struct] = {
    # The first of a code stands: what is more special comes later.
    found.code: view_problem(found)
    for found in reversed(
        [bad_request("limit: is not a whole number"), INTERNAL, *map(problem, _REFUSALS)]
    )
}
"""An example of a problem by its code."""


def shown(example: Struct) -> dict[str, object]:
    """Return an example as plain JSON values; what is None goes unsaid."""
    plain: dict[str, object] = msgspec.to_builtins(example)
    return {name: value for name, value in plain.items() if value is not None}
