"""The use cases of catching up and of notifications."""

import attrs

from parlour.domain import notifications, sync
from parlour.entrypoints.use_cases.ports import Ports


@attrs.frozen(kw_only=True, slots=False)
class SyncUseCases:
    """What clients ask to begin and to catch up."""

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


@attrs.frozen(kw_only=True, slots=False)
class NotificationUseCases:
    """What can be asked about notifications and pushes."""

    select_messages: notifications.SelectMessages
    notify: notifications.Notify
    withdraw_notifications: notifications.WithdrawNotifications
    list_notifications: notifications.ListNotifications
    mark_notifications: notifications.MarkNotifications
    subscribe: notifications.Subscribe
    unsubscribe: notifications.Unsubscribe
    list_subscriptions: notifications.ListSubscriptions
    take_pushes: notifications.TakePushes
    settle_pushes: notifications.SettlePushes
    service_key: notifications.ServiceKey


def of_sync(ports: Ports) -> SyncUseCases:
    """Hand the use cases of catching up their ports."""
    return SyncUseCases(
        list_heads=sync.ListHeads(ports.uow),
        get_head=sync.GetHead(ports.uow),
        events_after=sync.EventsAfter(sync.ReadLogs(ports.uow)),
        read_logs=sync.ReadLogs(ports.uow),
        read_log_heads=sync.ReadLogHeads(ports.uow),
        read_backlog=sync.ReadBacklog(ports.uow),
        filter_members=sync.FilterMembers(ports.uow),
        list_topics=sync.ListTopics(ports.uow),
        sync_private=sync.SyncPrivate(ports.uow),
        connect_clients=sync.Connect(ports.uow, ports.clock, ports.secrets),
        take_snapshots=sync.TakeSnapshots(ports.uow),
    )


def of_notifications(ports: Ports) -> NotificationUseCases:
    """Hand the use cases of notifications their ports."""
    return NotificationUseCases(
        select_messages=notifications.SelectMessages(
            uow=ports.uow, is_pushing=ports.policy.is_pushing
        ),
        notify=notifications.Notify(
            uow=ports.uow,
            clock=ports.clock,
            new_id=ports.new_id,
            delay=ports.policy.push_delay,
            is_pushing=ports.policy.is_pushing,
        ),
        withdraw_notifications=notifications.WithdrawNotifications(ports.uow, ports.clock),
        list_notifications=notifications.ListNotifications(ports.uow),
        mark_notifications=notifications.MarkNotifications(ports.uow, ports.clock),
        subscribe=notifications.Subscribe(
            uow=ports.uow,
            clock=ports.clock,
            new_id=ports.new_id,
            allow_plain=ports.policy.push_plainly,
        ),
        unsubscribe=notifications.Unsubscribe(ports.uow),
        list_subscriptions=notifications.ListSubscriptions(ports.uow),
        take_pushes=notifications.TakePushes(uow=ports.uow, clock=ports.clock),
        settle_pushes=notifications.SettlePushes(uow=ports.uow, clock=ports.clock),
        service_key=notifications.ServiceKey(ports.uow),
    )
