"""Names without what nobody sees, and search words folded as searches are."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from parlour.domain.kernel.errors import Invalid
from parlour.domain.users.model import DisplayName, search_words

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STEP = 1_000

_USERS = sa.table(
    "users", sa.column("id"), sa.column("handle"), sa.column("display_name"), sa.column("disabled")
)
_WORDS = sa.table("user_words", sa.column("word"), sa.column("user_id"), sa.column("handle"))


def upgrade() -> None:
    """Clean names and renew their search words; those in ASCII are as they were.

    A name that nobody can see becomes the handle. The words are those of this release: what a node
    of the release before writes meanwhile is folded as it was, until the name is changed again.
    """
    connection = op.get_bind()
    for users in _pages(connection):
        changed = [user for user in users if not user.display_name.isascii()]
        if changed:
            _renew(connection, changed)


def _pages(connection: sa.Connection) -> Iterator[Sequence[Any]]:
    after = b""
    while True:
        wanted = sa.select(_USERS).where(_USERS.c.id > after).order_by(_USERS.c.id).limit(STEP)
        users = connection.execute(wanted).all()
        yield users
        if len(users) < STEP:
            return
        after = users[-1].id


def _renew(connection: sa.Connection, users: Sequence[Any]) -> None:
    names = {user.id: _clean(user) for user in users}
    for user in users:
        if names[user.id] != user.display_name:
            renamed = sa.update(_USERS).where(_USERS.c.id == user.id)
            connection.execute(renamed.values(display_name=names[user.id]))
    connection.execute(sa.delete(_WORDS).where(_WORDS.c.user_id.in_(list(names))))
    words = [
        {"word": word.encode("utf-8", "surrogatepass"), "user_id": user.id, "handle": user.handle}
        for user in users
        if not user.disabled
        for word in search_words(names[user.id], user.handle)
    ]
    if words:
        connection.execute(sa.insert(_WORDS), words)


def _clean(user: Any) -> str:
    try:
        return DisplayName.parse(user.display_name).value
    except Invalid:
        return str(user.handle)
