"""Views: the JSON objects in which clients receive domain values, the same over both transports.

Fields that are None are left out. Ids and times are strings, numbers stay below 2^53.
"""

from parlour.entrypoints.wire.views.events import (
    EventView,
    PrivateEventView,
    event_fields,
    message_fields,
    private_event_fields,
    view_event,
    view_private,
)
from parlour.entrypoints.wire.views.heads import (
    DraftView,
    HeadView,
    LastView,
    view_head,
)
from parlour.entrypoints.wire.views.messages import (
    ForwardedView,
    MessageView,
    PlaceView,
    PostedView,
    ReactionView,
    RecalledView,
    ReceiptView,
    VotesView,
    posted_fields,
    view_message,
    view_receipt,
    view_seen,
)
from parlour.entrypoints.wire.views.people import (
    ChoiceView,
    ClientDevice,
    MeView,
    StatusView,
    UserView,
    view_choice,
    view_me,
    view_status,
    view_user,
)

__all__ = [
    "ChoiceView",
    "ClientDevice",
    "DraftView",
    "EventView",
    "ForwardedView",
    "HeadView",
    "LastView",
    "MeView",
    "MessageView",
    "PlaceView",
    "PostedView",
    "PrivateEventView",
    "ReactionView",
    "RecalledView",
    "ReceiptView",
    "StatusView",
    "UserView",
    "VotesView",
    "event_fields",
    "message_fields",
    "posted_fields",
    "private_event_fields",
    "view_choice",
    "view_event",
    "view_head",
    "view_me",
    "view_message",
    "view_private",
    "view_receipt",
    "view_seen",
    "view_status",
    "view_user",
]
