"""Delivering queued pushes: a worker takes a lease, so that no push is lost with its worker."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import attrs

from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.messages import Message, find_visible
from parlour.domain.notifications.model import MAX_TRIES, Push, Reason, Subscription
from parlour.domain.notifications.ports import DeliveryStatus, Stores
from parlour.domain.notifications.rule import Circumstances, decide

LEASE = timedelta(minutes=2)
"""How long a worker owns a push that it took; far longer than a delivery may take."""

FIRST_PAUSE = timedelta(seconds=15)


@attrs.frozen(kw_only=True)
class DuePush:
    """A push to deliver now, with what it says where the subscription has `preview`."""

    push: Push
    subscription: Subscription
    reason: Reason
    message: Message
    author: str
    title: str | None


@attrs.frozen(kw_only=True)
class TakePushes:
    """Take pushes that are due, and drop those that are not needed any more."""

    uow: UnitOfWork[Stores]
    clock: Clock

    def __call__(self, limit: int) -> list[DuePush]:
        """Return at most *limit* pushes, leased for `LEASE`.

        A push is dropped where the message was recalled, or its user has read or hidden it, muted
        or left the conversation meanwhile; pushes of a device that was logged out are dropped with
        their subscription.
        """
        return self.uow(lambda stores: self._take(stores, limit))

    def _take(self, stores: Stores, limit: int) -> list[DuePush]:
        now = self.clock()
        pushes = stores.outbox.due(now, limit)
        if not pushes:
            return []
        subscriptions = _alive(stores, pushes)
        taken, dropped = list[DuePush](), []
        for push in pushes:
            subscription = subscriptions.get(push.subscription)
            due = self._check(stores, push, subscription) if subscription else None
            if due is None:
                dropped.append(push.id)
            else:
                taken.append(due)
        stores.outbox.remove(dropped)
        stores.outbox.save([each.push for each in taken])
        return taken

    def _check(self, stores: Stores, push: Push, subscription: Subscription) -> DuePush | None:
        now, key = self.clock(), (push.conversation, push.seq)
        conversation = stores.conversations.find_many([push.conversation]).get(push.conversation)
        membership = (push.conversation, push.user)
        members = stores.members.find([membership])
        message = find_visible(stores, push.user, [key], members).get(key)
        if message is None or message.recalled is not None or conversation is None:
            return None
        member = members[membership]
        if not decide(Circumstances.of(message, conversation, member, now)).push:
            return None
        author = stores.users.find(message.sender)
        return DuePush(
            push=attrs.evolve(push, tries=push.tries + 1, due_at=now + LEASE),
            subscription=subscription,
            reason=push.reason,
            message=message,
            author=author.display_name.value if author else "",
            title=conversation.title.value if conversation.title else None,
        )


def _alive(stores: Stores, pushes: Sequence[Push]) -> Mapping[object, Subscription]:
    """Return the subscriptions of *pushes* by id; delete those of devices that were logged out."""
    found = stores.subscriptions.find({push.subscription for push in pushes})
    alive = stores.devices.alive({each.device for each in found})
    stores.subscriptions.remove([each.id for each in found if each.device not in alive])
    return {each.id: each for each in found if each.device in alive}


@attrs.frozen(kw_only=True)
class SettlePushes:
    """Record the results of pushes that were taken."""

    uow: UnitOfWork[Stores]
    clock: Clock

    def __call__(self, outcomes: Sequence[tuple[Push, DeliveryStatus]]) -> None:
        """Delete pushes that are delivered or rejected; the others wait longer each time."""
        now = self.clock()
        later = [
            attrs.evolve(push, due_at=now + FIRST_PAUSE * 4 ** (push.tries - 1))
            for push, status in outcomes
            if status is DeliveryStatus.LATER and push.tries < MAX_TRIES
        ]
        kept = {push.id for push in later}
        gone = {push.subscription for push, status in outcomes if status is DeliveryStatus.GONE}

        def work(stores: Stores) -> None:
            stores.outbox.remove([push.id for push, _ in outcomes if push.id not in kept])
            stores.outbox.save(later)
            stores.subscriptions.remove(gone)

        self.uow(work, idempotent=True)


@attrs.frozen
class ServiceKey:
    """Return a key of the service, the same on all nodes; the first node to ask makes it."""

    uow: UnitOfWork[Stores]

    def __call__(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Return the key of this name; store the result of *make* where there is none yet."""
        found = self._find(name)
        if found is not None:
            return found
        made = make()
        try:
            self.uow(lambda stores: stores.service_keys.add(name, made))
        except AlreadyExists:  # another node was faster
            found = self._find(name)
        return found if found is not None else made

    def _find(self, name: str) -> bytes | None:
        return self.uow.read(lambda stores: stores.service_keys.find(name))
