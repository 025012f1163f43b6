"""Listing and marking one's notifications, and subscribing browsers to pushes."""

from collections.abc import Collection, Sequence
from typing import Literal

import attrs

from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import DeviceId, IdSource, UserId
from parlour.domain.kernel.paging import PageRequest, cursor_number, pack_cursor, text_of_cursor
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import Changes, PrivateNote, write_private
from parlour.domain.messages import find_visible
from parlour.domain.notifications.events import NotificationRead
from parlour.domain.notifications.model import (
    MAX_KEPT,
    MAX_MARKED,
    MAX_SUBSCRIPTIONS,
    Notification,
    NotificationKey,
    PushKeys,
    Subscription,
    SubscriptionId,
    TooManySubscriptions,
    digest_of,
    parse_endpoint,
)
from parlour.domain.notifications.ports import Stores
from parlour.domain.notifications.rule import is_mentioned

MAX_A_PAGE = 100


@attrs.frozen
class NotificationPage:
    """Notifications, the last first, and the cursor of the next page where there is one."""

    notifications: tuple[Notification, ...]
    next: str | None


@attrs.frozen
class ListNotifications:
    """List one's own notifications."""

    uow: UnitOfWork[Stores]

    def __call__(
        self, actor: UserId, *, cursor: str | None = None, limit: int | None = None
    ) -> NotificationPage:
        """Return one page, with what the messages say now.

        Notifications of messages that were read count as read. A page leaves out messages that
        the actor does not see any more and those that do not mention the actor any more, so it may
        have few notifications and still a next page. Raises `Invalid` for a bad cursor or limit.
        """
        page = PageRequest.parse(cursor, limit, _number, most=MAX_A_PAGE, default=50)

        def work(stores: Stores) -> NotificationPage:
            rows = stores.notifications.page(actor, page.start, page.fetch)
            found, following = page.cut(rows, lambda each: pack_cursor(each.number))
            return NotificationPage(_shown(stores, actor, found), following)

        return self.uow.read(work)


def _shown(
    stores: Stores, actor: UserId, found: Sequence[Notification]
) -> tuple[Notification, ...]:
    """Return notifications as *actor* sees them now, without those that are none any more."""
    members = stores.members.find({(each.conversation, actor) for each in found})
    messages = find_visible(stores, actor, {each.key for each in found}, members)
    return tuple(
        attrs.evolve(
            each,
            excerpt=messages[each.key].content.excerpt,
            read=each.read or each.seq <= members[each.conversation, actor].read_up_to,
        )
        for each in found
        if each.key in messages and is_mentioned(messages[each.key], actor)
    )


def _number(cursor: str) -> int:
    return cursor_number(text_of_cursor(cursor))


@attrs.frozen
class MarkNotifications:
    """Mark notifications of one's own as read, on all devices."""

    uow: UnitOfWork[Stores]
    clock: Clock

    def __call__(
        self, actor: UserId, which: Collection[NotificationKey] | Literal["all"]
    ) -> Changes:
        """Mark them; those that are marked already, or not the actor's, are ignored.

        Raises `Invalid` for more than `MAX_MARKED` ids.
        """
        if which != "all" and len(which) > MAX_MARKED:
            raise Invalid(f"must name at most {MAX_MARKED}", field="ids")

        def work(stores: Stores) -> Changes:
            stores.private_logs.lock([actor])
            if which == "all":
                found = stores.notifications.page(actor, None, MAX_KEPT * 2)
            else:
                found = list(stores.notifications.find(actor, which).values())
            unread = [each for each in found if not each.read]
            if not unread:
                return Changes()
            stores.notifications.mark(unread)
            if which == "all":
                payload = NotificationRead(all=True)
            else:
                payload = NotificationRead(ids=tuple(each.id for each in unread))
            note = PrivateNote(user=actor, payload=payload)
            return Changes(private=write_private(stores.private_logs, [note], self.clock()))

        return self.uow(work, idempotent=True)


@attrs.frozen(kw_only=True)
class Subscribe:
    """Subscribe a browser to pushes."""

    uow: UnitOfWork[Stores]
    clock: Clock
    new_id: IdSource
    allow_plain: bool = False

    def __call__(
        self, actor: UserId, device: DeviceId, endpoint: str, keys: PushKeys, *, preview: bool
    ) -> Subscription:
        """Return the new subscription; it replaces a former one of the same endpoint.

        An endpoint is one browser, and belongs to the user who subscribed last. Raises `Invalid`
        for an endpoint that is not allowed, and `TooManySubscriptions`.
        """
        subscription = Subscription(
            id=SubscriptionId(self.new_id()),
            user=actor,
            device=device,
            endpoint=parse_endpoint(endpoint, allow_plain=self.allow_plain),
            keys=keys,
            preview=preview,
            created_at=self.clock(),
        )

        def work(stores: Stores) -> Subscription:
            # Under the lock two browsers cannot both become the last that is allowed.
            stores.users.lock(actor)
            others = [
                each
                for each in stores.subscriptions.of_users([actor])
                if each.digest != digest_of(endpoint)
            ]
            alive = stores.devices.alive({each.device for each in others})
            stores.subscriptions.remove([each.id for each in others if each.device not in alive])
            if sum(each.device in alive for each in others) >= MAX_SUBSCRIPTIONS:
                raise TooManySubscriptions
            stores.subscriptions.put(subscription)
            return subscription

        return self.uow(work, idempotent=True)


@attrs.frozen
class ListSubscriptions:
    """List one's own push subscriptions."""

    uow: UnitOfWork[Stores]

    def __call__(self, actor: UserId) -> list[Subscription]:
        """Return the subscriptions of devices that are still logged in, the newest first."""

        def work(stores: Stores) -> list[Subscription]:
            found = stores.subscriptions.of_users([actor])
            alive = stores.devices.alive({each.device for each in found})
            return [each for each in found if each.device in alive]

        return self.uow.read(work)


@attrs.frozen
class Unsubscribe:
    """Delete one of one's own push subscriptions."""

    uow: UnitOfWork[Stores]

    def __call__(self, actor: UserId, subscription: SubscriptionId) -> None:
        """Delete it; raise `NotFound` where it is missing or somebody else's."""

        def work(stores: Stores) -> bool:
            found = stores.subscriptions.find([subscription])
            if not found or found[0].user != actor:
                return False
            stores.subscriptions.remove([subscription])
            return True

        if not self.uow(work):
            raise NotFound
