"""Notifications, subscriptions and pushes as rows and back."""
# ruff: noqa: D103 - `x_row` makes the row of an x and `to_x` the x of a row

from parlour.adapters.sql.values import Row, moment, to_moment, uuid
from parlour.domain.kernel.ids import ConversationId, DeviceId, UserId
from parlour.domain.notifications import (
    Notification,
    Push,
    PushId,
    PushKeys,
    Reason,
    Subscription,
    SubscriptionId,
)

_REASONS = {reason.value: reason for reason in Reason}


def notification_row(each: Notification) -> Row:
    return (
        each.user.bytes,
        each.conversation.bytes,
        each.seq,
        each.number,
        each.by.bytes,
        each.reason.value,
        each.excerpt,
        moment(each.at),
        int(each.read),
    )


def to_notification(row: Row) -> Notification:
    user, conversation, seq, number, by, reason, excerpt, at, read = row
    return Notification(
        user=UserId(uuid(user)),
        conversation=ConversationId(uuid(conversation)),
        seq=seq,
        number=number,
        by=UserId(uuid(by)),
        reason=_REASONS[reason],
        excerpt=excerpt,
        at=to_moment(at),
        read=bool(read),
    )


def subscription_row(each: Subscription) -> Row:
    return (
        each.id.bytes,
        each.user.bytes,
        each.device.bytes,
        each.endpoint.encode(),
        each.digest,
        each.keys.p256dh,
        each.keys.auth,
        int(each.preview),
        moment(each.created_at),
    )


def to_subscription(row: Row) -> Subscription:
    id_, user, device, endpoint, _, p256dh, auth, preview, created_at = row
    return Subscription(
        id=SubscriptionId(uuid(id_)),
        user=UserId(uuid(user)),
        device=DeviceId(uuid(device)),
        endpoint=bytes(endpoint).decode(),
        keys=PushKeys(bytes(p256dh), bytes(auth)),
        preview=bool(preview),
        created_at=to_moment(created_at),
    )


def push_row(push: Push) -> Row:
    return (
        push.id.bytes,
        push.subscription.bytes,
        push.user.bytes,
        push.conversation.bytes,
        push.seq,
        push.reason.value,
        push.tries,
        moment(push.due_at),
    )


def to_push(row: Row) -> Push:
    id_, subscription, user, conversation, seq, reason, tries, due_at = row
    return Push(
        id=PushId(uuid(id_)),
        subscription=SubscriptionId(uuid(subscription)),
        user=UserId(uuid(user)),
        conversation=ConversationId(uuid(conversation)),
        seq=seq,
        reason=_REASONS[reason],
        tries=tries,
        due_at=to_moment(due_at),
    )
