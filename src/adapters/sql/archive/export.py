"""Write an export: users, conversations and messages for other programs."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from sqlalchemy import Table

from parlour.adapters.sql import tables
from parlour.adapters.sql.archive import portable, translating
from parlour.adapters.sql.archive.files import new_file, require_current
from parlour.adapters.sql.archive.life_values import to_hidden, to_vote
from parlour.adapters.sql.database_snapshot import STEP, DatabaseSnapshot, Progress
from parlour.adapters.sql.rows import (
    to_event,
    to_message,
    to_private_event,
)
from parlour.adapters.sql.storage import SqlStorage
from parlour.adapters.sql.stores.conversations import CONVERSATIONS
from parlour.adapters.sql.stores.drafts import DRAFTS
from parlour.adapters.sql.stores.members import MEMBERS
from parlour.adapters.sql.stores.message_life import (
    PINS,
    REACTION_TALLIES,
    REACTIONS,
    VOTE_TALLIES,
)
from parlour.adapters.sql.stores.revisions import REVISIONS
from parlour.adapters.sql.stores.users import USERS
from parlour.adapters.sql.values import Row

_KINDS: tuple[tuple[Table, Callable[[Row], Any], Callable[[Any], portable.Line]], ...] = (
    (tables.users, USERS.from_row, translating.user_line),
    (
        tables.conversations,
        CONVERSATIONS.from_row,
        partial(translating.to_line, portable.ConversationLine),
    ),
    (tables.members, MEMBERS.from_row, partial(translating.to_line, portable.MemberLine)),
    (tables.conversation_events, to_event, translating.event_line),
    (tables.revisions, REVISIONS.from_row, partial(translating.to_line, portable.RevisionLine)),
    (
        tables.reaction_tallies,
        REACTION_TALLIES.from_row,
        partial(translating.to_line, portable.ReactionTallyLine),
    ),
    (tables.reactions, REACTIONS.from_row, partial(translating.to_line, portable.ReactionLine)),
    (tables.pins, PINS.from_row, partial(translating.to_line, portable.PinLine)),
    (
        tables.vote_tallies,
        VOTE_TALLIES.from_row,
        partial(translating.to_line, portable.VoteTallyLine),
    ),
    (tables.votes, to_vote, partial(translating.to_line, portable.VoteLine)),
    (tables.messages, to_message, translating.message_line),
    (tables.private_events, to_private_event, translating.private_line),
    (tables.drafts, DRAFTS.from_row, partial(translating.to_line, portable.DraftLine)),
    (tables.hidden_messages, to_hidden, partial(translating.to_line, portable.HiddenLine)),
)


def write_export(
    storage: SqlStorage, path: Path, *, made_at: datetime, made_by: str, progress: Progress
) -> int:
    """Write users, conversations and messages of this moment as JSON lines; return how many.

    No credentials are written. Raises `ArchiveRefused` where *path* exists, or where
    the tables are not of this version.
    """
    require_current(storage)
    head = portable.ExportLine(
        format=portable.FORMAT, version=portable.VERSION, made_at=made_at, made_by=made_by
    )
    with new_file(path) as (file, _), storage.bulk.snapshot(path.parent) as snapshot:
        return _write(file, head, _lines(snapshot, progress))


def _write(file: BinaryIO, head: portable.Line, lines: Iterator[portable.Line]) -> int:
    encode = msgspec.json.Encoder().encode
    file.write(encode(head) + b"\n")
    count = 1
    for line in lines:
        file.write(encode(line) + b"\n")
        count += 1
    file.write(encode(portable.EndLine(lines=count)) + b"\n")
    return count


def _lines(snapshot: DatabaseSnapshot, progress: Progress) -> Iterator[portable.Line]:
    for table, read, write in _KINDS:
        total = snapshot.count(table)
        for done, row in enumerate(snapshot.rows(table), 1):
            yield write(read(row))
            if done % STEP == 0 or done == total:
                progress(table.name, done, total)
