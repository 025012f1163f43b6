"""
A headless client of the wire protocol, for programs that use the service without the page.

Values and rules without I/O: `models`, `state`, `gap`, `events` (every kind of event and what it
does), `head_changes` and `message_changes` (to a head, to a message), `kinds` (of messages),
`text`, `sentences` (for errors), `unstarted` (conversations before their first message),
`reducer`, `needs` (what the state lacks), `protocol`, `reconnect`. I/O: `connection` (WebSocket),
`http` and `api`, `tokens`, `outbox`, `sender`, `catchup`, `activity`, `people`. `messages` is what
a user does with messages; `client` joins all of it.

Imports the standard library, attrs, regex and websockets; nothing of the service. The terminal
client, `parlour verify` and the harness build on it.
"""

from parlour.entrypoints.client.client import Client
from parlour.entrypoints.client.connection import Connection, Hooks, Phase
from parlour.entrypoints.client.errors import (
    ClientError,
    ConnectionEnded,
    LoggedOut,
    NoAnswer,
    Refused,
)
from parlour.entrypoints.client.gap import GapBuffer
from parlour.entrypoints.client.messages import Messages
from parlour.entrypoints.client.models import ConversationHead, Event, User
from parlour.entrypoints.client.state import Conversation, State

__all__ = [
    "Client",
    "ClientError",
    "Connection",
    "ConnectionEnded",
    "Conversation",
    "ConversationHead",
    "Event",
    "GapBuffer",
    "Hooks",
    "LoggedOut",
    "Messages",
    "NoAnswer",
    "Phase",
    "Refused",
    "State",
    "User",
]
