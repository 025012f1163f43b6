"""
The outbox: messages that the service has not acknowledged yet, kept until it has.

A message is on disk before it is sent, with the key that makes sending it again harmless. So
neither a lost connection nor a killed process loses or doubles it.
"""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import attrs

_TABLE = """
    CREATE TABLE IF NOT EXISTS outbox (
        place INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        conversation TEXT NOT NULL,
        text TEXT NOT NULL
    )
"""


@attrs.frozen
class UnsentMessage:
    """A message that was not acknowledged yet."""

    key: str
    conversation: str
    text: str


class Outbox:
    """The unsent messages of one account, in a SQLite file that several processes may share.

    Without a *path* they are kept in memory, and lost with the process.
    """

    def __init__(self, path: Path | None = None, new_key: Callable[[], UUID] = uuid4) -> None:
        if path is not None:
            # SQLite would create the file with the permissions that the umask leaves.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        self._database = sqlite3.connect(path or ":memory:", timeout=5.0, isolation_level=None)
        self._database.execute(_TABLE)
        self._new_key = new_key

    def add(self, conversation: str, text: str) -> UnsentMessage:
        """Keep a new message; it is on disk when this returns."""
        message = UnsentMessage(str(self._new_key()), conversation, text)
        self._database.execute(
            "INSERT INTO outbox (key, conversation, text) VALUES (?, ?, ?)",
            (message.key, message.conversation, message.text),
        )
        return message

    def unsent(self, conversation: str | None = None) -> list[UnsentMessage]:
        """Return the messages of one conversation or of all, in the order they were written."""
        rows = self._database.execute(
            "SELECT key, conversation, text FROM outbox"
            " WHERE ?1 IS NULL OR conversation = ?1 ORDER BY place",
            (conversation,),
        )
        return [UnsentMessage(*row) for row in rows]

    def move(self, conversation: str, to: str) -> None:
        """Write the messages of one conversation to another instead, in their order."""
        self._database.execute(
            "UPDATE outbox SET conversation = ? WHERE conversation = ?", (to, conversation)
        )

    def remove(self, key: str) -> None:
        """Forget a message: it was acknowledged, or refused for good."""
        self._database.execute("DELETE FROM outbox WHERE key = ?", (key,))

    def close(self) -> None:
        """Close the file."""
        self._database.close()
