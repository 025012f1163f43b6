"""Notifications of mentions, and Web Push for users who are away.

They are written after the commit of a message, in transactions of their own: posting costs the
same however many people are notified. Notifications are events of the private log; unread counts
do not depend on them.
"""

from parlour.domain.notifications.model import (
    MAX_KEPT,
    MAX_MARKED,
    MAX_SUBSCRIPTIONS,
    MAX_TRIES,
    Notification,
    NotificationKey,
    Push,
    PushId,
    PushKeys,
    Reason,
    Subscription,
    SubscriptionId,
    TooManySubscriptions,
    digest_of,
    parse_endpoint,
    parse_key,
)
from parlour.domain.notifications.notifying import (
    MAX_TOLD,
    Notify,
    NotifyResult,
    SelectMessages,
    Watching,
)
from parlour.domain.notifications.ports import (
    DeliveryStatus,
    KeyStore,
    NotificationStore,
    PushOutbox,
    PushRequest,
    PushSender,
    Stores,
    SubscriptionStore,
)
from parlour.domain.notifications.pushing import (
    FIRST_PAUSE,
    LEASE,
    DuePush,
    ServiceKey,
    SettlePushes,
    TakePushes,
)
from parlour.domain.notifications.rule import Circumstances, Notice, decide
from parlour.domain.notifications.use_cases import (
    ListNotifications,
    ListSubscriptions,
    MarkNotifications,
    NotificationPage,
    Subscribe,
    Unsubscribe,
)
from parlour.domain.notifications.withdrawing import WithdrawNotifications

__all__ = [
    "FIRST_PAUSE",
    "LEASE",
    "MAX_KEPT",
    "MAX_MARKED",
    "MAX_SUBSCRIPTIONS",
    "MAX_TOLD",
    "MAX_TRIES",
    "Circumstances",
    "DeliveryStatus",
    "DuePush",
    "KeyStore",
    "ListNotifications",
    "ListSubscriptions",
    "MarkNotifications",
    "Notice",
    "Notification",
    "NotificationKey",
    "NotificationPage",
    "NotificationStore",
    "Notify",
    "NotifyResult",
    "Push",
    "PushId",
    "PushKeys",
    "PushOutbox",
    "PushRequest",
    "PushSender",
    "Reason",
    "SelectMessages",
    "ServiceKey",
    "SettlePushes",
    "Stores",
    "Subscribe",
    "Subscription",
    "SubscriptionId",
    "SubscriptionStore",
    "TakePushes",
    "TooManySubscriptions",
    "Unsubscribe",
    "Watching",
    "WithdrawNotifications",
    "decide",
    "digest_of",
    "parse_endpoint",
    "parse_key",
]
