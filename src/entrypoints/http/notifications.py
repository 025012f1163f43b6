"""Notifications of the caller, and Web Push subscriptions."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from parlour.domain.access import Identity
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.notifications import PushKeys, SubscriptionId, parse_key
from parlour.entrypoints.http.documentation import CURSOR, answers, at_most
from parlour.entrypoints.http.schemas_notifications import (
    NewSubscription,
    NotificationsRead,
    NotificationsView,
    PushKeyView,
    SubscriptionsView,
    SubscriptionView,
    view_notification,
    view_subscription,
)
from parlour.entrypoints.shell.service import Service


class NotificationsController(Controller):
    """Mentions of the caller."""

    path = "/notifications"
    tags = ("Notifications",)

    @get(
        operation_id="list_notifications",
        summary="List what concerned oneself",
        responses=answers("invalid"),
    )
    async def show(
        self,
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
        *,
        limit: Annotated[int | None, at_most(100, default=50)] = None,
        cursor: Annotated[str | None, CURSOR] = None,
    ) -> NotificationsView:
        """List mentions, newest first; those below the read mark count as read."""
        page = await service.run(
            service.use.list_notifications, me.user, cursor=cursor, limit=limit
        )
        return NotificationsView(
            [view_notification(each) for each in page.notifications], page.next
        )

    @put(
        operation_id="mark_notifications",
        summary="Mark notifications as read",
        status_code=204,
        responses=answers(body=True),
    )
    async def mark(
        self,
        data: JSONBody[NotificationsRead],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> None:
        """Mark the given ids, or all, as read on every device."""
        if data.all and data.ids:
            raise Invalid("cannot be combined with all", field="ids")
        which = {parse_key(each) for each in data.ids}
        changes = await service.run(
            service.use.mark_notifications, me.user, "all" if data.all else which
        )
        service.publish(changes)


class PushController(Controller):
    """Web Push subscriptions of browsers."""

    tags = ("Notifications",)

    @get(
        "/push-key",
        operation_id="get_push_key",
        summary="Get the key to subscribe with",
        responses=answers("not_found"),
    )
    async def key(self, service: NamedDependency[Service]) -> PushKeyView:
        """Return the VAPID key of this service; 404 if pushes are turned off."""
        _require_push(service)
        return PushKeyView(await service.pusher.public_key())

    @get(
        "/push-subscriptions",
        operation_id="list_push_subscriptions",
        summary="List one's own subscriptions",
        responses=answers(),
    )
    async def show(
        self, service: NamedDependency[Service], me: NamedDependency[Identity]
    ) -> SubscriptionsView:
        """List the caller's subscriptions, newest first."""
        found = await service.run(service.use.list_subscriptions, me.user)
        return SubscriptionsView([view_subscription(each, me.device) for each in found])

    @post(
        "/push-subscriptions",
        operation_id="subscribe_to_pushes",
        summary="Let this browser be pushed to",
        responses=answers("not_found", "conflict", body=True),
    )
    async def subscribe(
        self,
        data: JSONBody[NewSubscription],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> SubscriptionView:
        """Create or update the subscription of an endpoint; it ends with the device."""
        _require_push(service)
        keys = PushKeys.parse(data.keys.p256dh, data.keys.auth)
        made = await service.run(
            service.use.subscribe, me.user, me.device, data.endpoint, keys, preview=data.preview
        )
        return view_subscription(made, me.device)

    @delete(
        "/push-subscriptions/{subscription:uuid}",
        operation_id="unsubscribe_from_pushes",
        summary="Let a browser be pushed to no more",
        responses=answers("not_found"),
    )
    async def unsubscribe(
        self,
        subscription: FromPath[UUID],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> None:
        """Delete one of the caller's subscriptions."""
        await service.run(service.use.unsubscribe, me.user, SubscriptionId(subscription))


def _require_push(service: Service) -> None:
    if not service.settings.push.enabled:
        raise NotFound("Pushes are turned off here")
