"""Every use case of the domain, connected to its ports, by name."""

from datetime import timedelta
from typing import Protocol

import attrs

from parlour.domain import (
    access,
    administration,
    conversations,
    messages,
    notifications,
    presence,
    sync,
    users,
)
from parlour.domain.access import PasswordHasher, Secrets
from parlour.domain.kernel import transaction
from parlour.domain.kernel.ids import IdSource
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.presence import PresenceStore


class Stores(notifications.Stores, administration.Stores, Protocol):
    """Everything that a backend keeps."""


Storage = transaction.Storage[Stores]
"""A backend that keeps everything."""


@attrs.frozen(kw_only=True)
class Policy:
    """What the operator decides about the rules."""

    lifetimes: access.Lifetimes = attrs.field(factory=access.Lifetimes)
    is_registration_open: bool = True
    max_members: int = 5_000
    presence_lease: timedelta = timedelta(seconds=45)
    is_pushing: bool = True
    push_delay: timedelta = timedelta(seconds=3)
    push_plainly: bool = False


@attrs.frozen(kw_only=True)
class UseCases:
    """What can be asked of the domain. Callables, synchronous, safe in any thread."""

    create_user: access.CreateUser
    register: access.Register
    log_in: access.LogIn
    refresh: access.Refresh
    authenticate: access.Authenticate
    list_devices: access.ListDevices
    alive_devices: access.AliveDevices
    end_device: access.EndDevice
    change_password: access.ChangePassword

    find_people: users.FindPeople
    get_user: users.GetUser
    get_users: users.GetUsers
    change_profile: users.ChangeProfile
    open_service_account: users.OpenServiceAccount

    open_direct: conversations.OpenDirect
    find_direct: conversations.FindDirect
    create_group: conversations.CreateGroup
    change_settings: conversations.ChangeSettings
    list_members: conversations.ListMembers

    execute_commands: messages.ExecuteCommands
    mark_watermarks: messages.MarkWatermarks
    list_receipts: messages.ListReceipts
    page_history: messages.PageHistory
    get_message: messages.GetMessage

    list_heads: sync.ListHeads
    get_head: sync.GetHead
    events_after: sync.EventsAfter
    read_logs: sync.ReadLogs
    read_log_heads: sync.ReadLogHeads
    read_backlog: sync.ReadBacklog
    filter_members: sync.FilterMembers
    list_topics: sync.ListTopics
    sync_private: sync.SyncPrivate
    connect_clients: sync.Connect
    take_snapshots: sync.TakeSnapshots

    select_messages: notifications.SelectMessages
    notify: notifications.Notify
    list_notifications: notifications.ListNotifications
    mark_notifications: notifications.MarkNotifications
    subscribe: notifications.Subscribe
    unsubscribe: notifications.Unsubscribe
    list_subscriptions: notifications.ListSubscriptions
    take_pushes: notifications.TakePushes
    settle_pushes: notifications.SettlePushes
    service_key: notifications.ServiceKey

    choose_presence: presence.ChoosePresence
    change_presence: presence.ChangePresence
    renew_presence: presence.RenewPresence
    read_presence: presence.ReadPresence
    may_watch: presence.MayWatch

    find_accounts: administration.FindAccounts
    find_account: administration.FindAccount
    add_account: administration.AddAccount
    set_account_disabled: administration.SetAccountDisabled
    reset_password: administration.ResetPassword
    list_sessions: administration.ListSessions
    log_out_everywhere: administration.LogOutEverywhere
    inspect_conversation: administration.InspectConversation
    check_admin: administration.CheckAdmin
    count_all: administration.CountAll
    read_audit: administration.ReadAudit
    record_audit: administration.RecordAudit


def build_use_cases(
    *,
    uow: UnitOfWork[Stores],
    clock: Clock,
    new_id: IdSource,
    hasher: PasswordHasher,
    secrets: Secrets,
    presence_store: PresenceStore,
    policy: Policy,
) -> UseCases:
    """Hand every use case its ports."""
    grants = access.Grants(clock=clock, new_id=new_id, secrets=secrets, lifetimes=policy.lifetimes)
    create_user = access.CreateUser(uow=uow, clock=clock, new_id=new_id, hasher=hasher)
    audit_writer = administration.AuditWriter(clock=clock, new_id=new_id)
    most = policy.max_members
    lease = policy.presence_lease
    return UseCases(
        create_user=create_user,
        register=access.Register(
            create=create_user, grants=grants, is_open=policy.is_registration_open
        ),
        log_in=access.LogIn(uow=uow, clock=clock, hasher=hasher, grants=grants),
        refresh=access.Refresh(uow=uow, grants=grants),
        authenticate=access.Authenticate(uow, clock, secrets),
        list_devices=access.ListDevices(uow),
        alive_devices=access.AliveDevices(uow),
        end_device=access.EndDevice(uow),
        change_password=access.ChangePassword(uow=uow, clock=clock, hasher=hasher),
        find_people=users.FindPeople(uow),
        get_user=users.GetUser(uow),
        get_users=users.GetUsers(uow),
        change_profile=users.ChangeProfile(uow, clock),
        open_service_account=users.OpenServiceAccount(uow=uow, clock=clock, new_id=new_id),
        open_direct=conversations.OpenDirect(uow=uow, clock=clock, new_id=new_id),
        find_direct=conversations.FindDirect(uow),
        create_group=conversations.CreateGroup(
            uow=uow, clock=clock, new_id=new_id, max_members=most
        ),
        change_settings=conversations.ChangeSettings(uow, clock),
        list_members=conversations.ListMembers(uow),
        execute_commands=messages.ExecuteCommands(
            uow, clock, conversations.Limits(group_members=most)
        ),
        mark_watermarks=messages.MarkWatermarks(uow, clock),
        list_receipts=messages.ListReceipts(uow),
        page_history=messages.PageHistory(uow),
        get_message=messages.GetMessage(uow),
        list_heads=sync.ListHeads(uow),
        get_head=sync.GetHead(uow),
        events_after=sync.EventsAfter(sync.ReadLogs(uow)),
        read_logs=sync.ReadLogs(uow),
        read_log_heads=sync.ReadLogHeads(uow),
        read_backlog=sync.ReadBacklog(uow),
        filter_members=sync.FilterMembers(uow),
        list_topics=sync.ListTopics(uow),
        sync_private=sync.SyncPrivate(uow),
        connect_clients=sync.Connect(uow, clock, secrets),
        take_snapshots=sync.TakeSnapshots(uow),
        select_messages=notifications.SelectMessages(uow=uow, is_pushing=policy.is_pushing),
        notify=notifications.Notify(
            uow=uow,
            clock=clock,
            new_id=new_id,
            delay=policy.push_delay,
            is_pushing=policy.is_pushing,
        ),
        list_notifications=notifications.ListNotifications(uow),
        mark_notifications=notifications.MarkNotifications(uow, clock),
        subscribe=notifications.Subscribe(
            uow=uow, clock=clock, new_id=new_id, allow_plain=policy.push_plainly
        ),
        unsubscribe=notifications.Unsubscribe(uow),
        list_subscriptions=notifications.ListSubscriptions(uow),
        take_pushes=notifications.TakePushes(uow=uow, clock=clock),
        settle_pushes=notifications.SettlePushes(uow=uow, clock=clock),
        service_key=notifications.ServiceKey(uow),
        choose_presence=presence.ChoosePresence(uow, clock),
        change_presence=presence.ChangePresence(presence=presence_store, lease=lease),
        renew_presence=presence.RenewPresence(presence=presence_store, lease=lease),
        read_presence=presence.ReadPresence(presence_store),
        may_watch=presence.MayWatch(uow),
        find_accounts=administration.FindAccounts(uow),
        find_account=administration.FindAccount(uow),
        add_account=administration.AddAccount(create_user, uow, audit_writer),
        set_account_disabled=administration.SetAccountDisabled(uow, audit_writer),
        reset_password=administration.ResetPassword(
            uow=uow, audit_writer=audit_writer, hasher=hasher
        ),
        list_sessions=administration.ListSessions(uow),
        log_out_everywhere=administration.LogOutEverywhere(uow, audit_writer),
        inspect_conversation=administration.InspectConversation(uow, audit_writer),
        check_admin=administration.CheckAdmin(uow),
        count_all=administration.CountAll(uow),
        read_audit=administration.ReadAudit(uow),
        record_audit=administration.RecordAudit(uow, audit_writer),
    )
