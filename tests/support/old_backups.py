"""Backups as earlier releases wrote them: a group of two users who have written to each other."""

import base64
import gzip
import hashlib
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from parlour.adapters import sql
from parlour.adapters.sql.schema import VERSION_TABLE
from tests.support import builders as b
from tests.support.fakes import FastHasher
from tests.support.world import PASSWORD

AT = "2025-06-07 08:09:10.111213"
ROOM, NEVER = b.LOBBY.bytes, None


def _event(*pairs: tuple[str, object]) -> str:
    return json.dumps(dict(pairs), separators=(",", ":"))


_MEMBERS = [
    {"user": str(b.ALICE), "role": "owner"},
    {"user": str(b.BOB), "role": "member"},
]
_CREATED = _event(("kind", "group"), ("title", "Lobby"), ("members", _MEMBERS))
_JOINED = _event(("conversation", str(b.LOBBY)))
_SEEN = {"since_seq": 0, "since_offset": 0, "received_seq": 2, "private_read_seq": 0}

# Each row as a table had it when it was new, and the columns that came later: a version takes
# those that it has.
ROWS: Mapping[str, list[dict[str, Any]]] = {
    "audit": [
        {
            "id": UUID(int=1).bytes,
            "at": AT,
            "by_id": None,
            "place": "root@old",
            "action": "user.added",
            "target_id": b.ALICE.bytes,
            "details": "{}",
        }
    ],
    "conversations": [
        {
            "id": ROOM,
            "kind": "group",
            "title": "Lobby",
            "pair": None,
            "members": 2,
            "last_seq": 2,
            "last_offset": 3,
            "created_at": AT,
            "changed_at": AT,
            "joined_seq": 0,
        }
    ],
    "conversation_events": [
        {
            "conversation_id": ROOM,
            "log_offset": 1,
            "kind": "conversation.created",
            "by_id": b.ALICE.bytes,
            "at": AT,
            "data": _CREATED,
            "seq": 0,
            "send_key": None,
            "session_id": None,
        }
    ],
    "members": [
        {
            "conversation_id": ROOM,
            "user_id": user.bytes,
            "role": role,
            "joined_at": AT,
            "read_seq": read,
            "muted_until": None,
            "pinned": 0,
            "marked_unread": 0,
            "cleared_seq": 0,
            "hides": 0,
            "has_draft": 0,
            **_SEEN,
        }
        for user, role, read in ((b.ALICE, "owner", 2), (b.BOB, "member", 1))
    ],
    "messages": [
        {
            "conversation_id": ROOM,
            "seq": seq,
            "log_offset": seq + 1,
            "sender_id": user.bytes,
            "session_id": None,
            "send_key": UUID(int=seq).bytes,
            "at": AT,
            "kind": "text",
            "body": json.dumps({"text": said}, ensure_ascii=False),
            "reply_to": None,
            "mentions": None,
            "revision": 1,
            "flags": 0,
            "details": None,
        }
        for seq, user, said in ((1, b.ALICE, "It's 陽子 \\o/"), (2, b.BOB, "so it is"))
    ],
    "private_logs": [{"user_id": user.bytes, "last_offset": 1} for user in (b.ALICE, b.BOB)],
    "private_events": [
        {
            "user_id": user.bytes,
            "log_offset": 1,
            "kind": "conversation.joined",
            "at": AT,
            "data": _JOINED,
        }
        for user in (b.ALICE, b.BOB)
    ],
    "users": [
        {
            "id": user.bytes,
            "handle": handle,
            "display_name": handle.title(),
            "role": "user",
            "disabled": 0,
            "created_at": AT,
            "presence": "online",
            "presence_text": None,
        }
        for user, handle in ((b.ALICE, "alice"), (b.BOB, "bob"))
    ],
    "user_words": [
        {"word": handle.encode(), "user_id": user.bytes, "handle": handle}
        for user, handle in ((b.ALICE, "alice"), (b.BOB, "bob"))
    ],
    "credentials": [
        {
            "user_id": user.bytes,
            "password_hash": FastHasher().hash(PASSWORD),
            "changed_at": AT,
        }
        for user in (b.ALICE, b.BOB)
    ],
    "service_keys": [{"name": "vapid", "value": b"a key"}],
}


def write_old_backup(version: str, path: Path) -> Path:
    """Write to *path* the backup that the release with tables of *version* would have written."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "old.db"
        with closing(sql.open_sqlite(file)) as storage:
            storage.schema.migrate(version)
        with closing(sqlite3.connect(file)) as connection:
            lines = _lines(connection, version)
    digest = hashlib.sha256(b"".join(lines)).hexdigest()
    rows = sum(line.startswith(b"[") for line in lines)
    end = json.dumps({"end": True, "rows": rows, "sha256": digest}).encode() + b"\n"
    path.write_bytes(gzip.compress(b"".join([*lines, end])))
    return path


def _lines(connection: sqlite3.Connection, version: str) -> list[bytes]:
    said: list[object] = [
        {
            "format": "parlour-backup",
            "version": 1,
            "tables": version,
            "made_at": "long ago",
            "made_by": "an old release",
        }
    ]
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    for table in sorted({name for (name,) in tables} - {VERSION_TABLE}):
        columns = {row[1]: row[2] for row in connection.execute(f"PRAGMA table_info({table})")}
        blobs = [name for name, kind in columns.items() if kind == "BLOB"]
        rows = ROWS.get(table, [])
        said.append({"table": table, "columns": list(columns), "bytes": blobs, "rows": len(rows)})
        said += [[_portable(row[name]) for name in columns] for row in rows]
    return [json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in said]


def _portable(value: object) -> object:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
