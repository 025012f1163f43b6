"""The works that a service does in the background, each handed what it needs."""

from collections.abc import Callable

from parlour.domain.logs import Changes
from parlour.entrypoints.shell.dependencies import Dependencies
from parlour.entrypoints.shell.event_publisher import EventPublisher
from parlour.entrypoints.shell.hub import Hub
from parlour.entrypoints.shell.log_reconciler import LogReconciler
from parlour.entrypoints.shell.notifier import Notifier
from parlour.entrypoints.shell.presence_keeper import PresenceKeeper
from parlour.entrypoints.shell.pusher import Pusher


def make_follower(parts: Dependencies, hub: Hub, announcer: EventPublisher) -> LogReconciler:
    """Make what heals the hub from the logs."""
    use, delivery = parts.use_cases, parts.settings.delivery
    return LogReconciler(
        hub,
        announcer,
        parts.pools.queries,
        read_log_heads=use.read_log_heads,
        read_backlog=use.read_backlog,
        filter_members=use.filter_members,
        every=delivery.head_check.total_seconds(),
        hold=delivery.hold.total_seconds(),
        failed=parts.failed,
    )


def make_presence_keeper(
    parts: Dependencies, hub: Hub, announcer: EventPublisher
) -> PresenceKeeper:
    """Make what keeps the leases of the sockets here."""
    use = parts.use_cases
    return PresenceKeeper(
        hub,
        announcer,
        parts.pools.presence,
        change=use.change_presence,
        renew=use.renew_presence,
        read=use.read_presence,
        lease=parts.settings.presence.lease,
        failed=parts.failed,
    )


def make_notifier(parts: Dependencies, hub: Hub, tell: Callable[[Changes], None]) -> Notifier:
    """Make what writes whom messages concern; *tell* hears what came of it."""
    return Notifier(
        hub,
        parts.pools.queries,
        pick=parts.use_cases.select_messages,
        notify=parts.use_cases.notify,
        tell=tell,
        failed=parts.failed,
    )


def make_pusher(parts: Dependencies) -> Pusher:
    """Make what carries pushes to push services."""
    return Pusher(
        parts.pools.queries,
        parts.pools.pushes,
        open_sender=parts.open_sender,
        take=parts.use_cases.take_pushes,
        settle=parts.use_cases.settle_pushes,
        delay=parts.settings.push.delay,
        failed=parts.failed,
    )
