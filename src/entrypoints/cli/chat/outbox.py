"""
The outbox: messages that the service has not acknowledged yet, kept until it has.

A message is on disk before it is on the wire, with the key that makes sending it again harmless.
So neither a lost line nor a killed process loses or doubles it.
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
class Waiting:
    """One message on its way."""

    key: str
    conversation: str
    text: str


class Outbox:
    """The unsent messages of one account; several processes may share the file."""

    def __init__(self, path: Path, new_key: Callable[[], UUID] = uuid4) -> None:
        # SQLite would make the file with the rights that the umask leaves.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        self._database = sqlite3.connect(path, timeout=5.0, isolation_level=None)
        self._database.execute(_TABLE)
        self._new_key = new_key

    def add(self, conversation: str, text: str) -> Waiting:
        """Keep a new message; it is on disk when this returns."""
        message = Waiting(str(self._new_key()), conversation, text)
        self._database.execute(
            "INSERT INTO outbox (key, conversation, text) VALUES (?, ?, ?)",
            (message.key, message.conversation, message.text),
        )
        return message

    def waiting(self, conversation: str | None = None) -> list[Waiting]:
        """Return what waits, of one conversation or of all, in the order it was written."""
        rows = self._database.execute(
            "SELECT key, conversation, text FROM outbox"
            " WHERE ?1 IS NULL OR conversation = ?1 ORDER BY place",
            (conversation,),
        )
        return [Waiting(*row) for row in rows]

    def done(self, key: str) -> None:
        """Forget a message: it was acknowledged, or refused for good."""
        self._database.execute("DELETE FROM outbox WHERE key = ?", (key,))

    def close(self) -> None:
        """Close the file."""
        self._database.close()
