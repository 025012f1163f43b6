"""
The outbox: messages and changes that the service has not acknowledged yet, kept until it has.

Each is on disk before it is sent, in a form in which sending it again is harmless. So neither a
lost connection nor a killed process loses or doubles it.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import attrs

SEND = "message.send"

_TABLE = """
    CREATE TABLE IF NOT EXISTS outbox (
        place INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        conversation TEXT NOT NULL,
        text TEXT NOT NULL
    )
"""
_LATER_COLUMNS = {
    "type": f"TEXT NOT NULL DEFAULT '{SEND}'",
    "fields": "TEXT NOT NULL DEFAULT '{}'",
    "target": "TEXT",
}
"""Columns that a file of an earlier release lacks."""


@attrs.frozen
class UnsentMessage:
    """A message, or the change of one, that was not acknowledged yet.

    `type` is that of its request, `fields` are those of the request beside the conversation, the
    key and the text of a message.
    """

    key: str
    conversation: str
    text: str
    type: str = SEND
    fields: Mapping[str, Any] = attrs.field(factory=dict)


class Outbox:
    """What one account has not sent yet, in a SQLite file that several processes may share.

    Without a *path* it is kept in memory, and lost with the process.
    """

    def __init__(self, path: Path | None = None, new_key: Callable[[], UUID] = uuid4) -> None:
        if path is not None:
            # SQLite would create the file with the permissions that the umask leaves.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        self._database = sqlite3.connect(path or ":memory:", timeout=5.0, isolation_level=None)
        self._database.execute(_TABLE)
        self._add_columns()
        self._new_key = new_key

    def _add_columns(self) -> None:
        self._database.execute("BEGIN IMMEDIATE")  # another process may do the same
        known = {row[1] for row in self._database.execute("PRAGMA table_info(outbox)")}
        for name, kind in _LATER_COLUMNS.items():
            if name not in known:
                self._database.execute(f"ALTER TABLE outbox ADD COLUMN {name} {kind}")
        self._database.execute("COMMIT")

    def add(
        self,
        conversation: str,
        text: str,
        type_: str = SEND,
        fields: Mapping[str, Any] | None = None,
        *,
        target: str | None = None,
    ) -> UnsentMessage:
        """Keep something new; it is on disk when this returns.

        It takes the place of what was to set the same *target* of the conversation before.
        """
        message = UnsentMessage(str(self._new_key()), conversation, text, type_, fields or {})
        self._database.execute("BEGIN IMMEDIATE")
        if target is not None:
            self._database.execute(
                "DELETE FROM outbox WHERE conversation = ? AND target = ?", (conversation, target)
            )
        self._database.execute(
            "INSERT INTO outbox (key, conversation, text, type, fields, target)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (message.key, conversation, text, type_, json.dumps(message.fields), target),
        )
        self._database.execute("COMMIT")
        return message

    def unsent(self, conversation: str | None = None) -> list[UnsentMessage]:
        """Return what is unsent in one conversation or in all, in the order it was written."""
        rows = self._database.execute(
            "SELECT key, conversation, text, type, fields FROM outbox"
            " WHERE ?1 IS NULL OR conversation = ?1 ORDER BY place",
            (conversation,),
        )
        return [
            UnsentMessage(key, where, text, type_, json.loads(fields))
            for key, where, text, type_, fields in rows
        ]

    def move(self, conversation: str, to: str) -> None:
        """Write the messages of one conversation to another instead, in their order."""
        self._database.execute(
            "UPDATE outbox SET conversation = ? WHERE conversation = ?", (to, conversation)
        )

    def change(self, key: str, fields: Mapping[str, Any]) -> None:
        """Give other fields to something unsent."""
        self._database.execute(
            "UPDATE outbox SET fields = ? WHERE key = ?", (json.dumps(fields), key)
        )

    def remove(self, key: str) -> None:
        """Forget something: it was acknowledged, or refused for good."""
        self._database.execute("DELETE FROM outbox WHERE key = ?", (key,))

    def close(self) -> None:
        """Close the file."""
        self._database.close()
