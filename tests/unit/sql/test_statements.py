"""Core statements compiled to SQL for both dialects."""

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.mysql.pymysql import dialect as mysql
from sqlalchemy.dialects.sqlite.pysqlite import dialect as sqlite

from parlour.adapters.sql.statements import (
    Statement,
    StatementCache,
    UpdateByKey,
    beyond,
    by_primary_key,
    one_of,
    param,
)
from parlour.adapters.sql.tables import members

MYSQL = StatementCache(mysql())
SQLITE = StatementCache(sqlite())
NAMED = Statement(
    by_primary_key(select(members.c.role), members)
    .where(
        members.c.read_seq > param("read"), one_of(members.c.conversation_id, members.c.user_id)
    )
    .limit(param("most"))
    .with_for_update()
)


def where(texts: StatementCache, statement: Statement, keys: int) -> str:
    """Return what stands behind WHERE, in one line."""
    return " ".join(texts.of(statement).sql(keys).partition("WHERE ")[2].split())


def test_mysql_gets_a_list_of_tuples() -> None:
    assert where(MYSQL, NAMED, 2) == (
        "members.read_seq > %s AND (members.conversation_id, members.user_id) "
        "IN ((%s, %s), (%s, %s)) LIMIT %s FOR UPDATE"
    )


def test_sqlite_gets_a_chain_of_or_that_uses_an_index() -> None:
    assert where(SQLITE, NAMED, 2) == (
        "members.read_seq > ? AND (members.conversation_id = ? AND members.user_id = ?"
        " OR members.conversation_id = ? AND members.user_id = ?) LIMIT ? OFFSET ?"
    )


@pytest.mark.parametrize("texts", [MYSQL, SQLITE], ids=["mysql", "sqlite"])
def test_one_column_is_a_plain_list(texts: StatementCache) -> None:
    statement = Statement(select(members.c.role).where(one_of(members.c.user_id)))
    slot = "%s" if texts is MYSQL else "?"

    assert where(texts, statement, 3) == f"members.user_id IN ({slot}, {slot}, {slot})"


def test_rows_after_marks_are_a_chain_of_or() -> None:
    statement = Statement(
        select(members.c.role).where(beyond(members.c.conversation_id, members.c.read_seq))
    )

    assert where(MYSQL, statement, 2) == (
        "(members.conversation_id = %s AND members.read_seq > %s"
        " OR members.conversation_id = %s AND members.read_seq > %s)"
    )


@pytest.mark.parametrize("texts", [MYSQL, SQLITE], ids=["mysql", "sqlite"])
def test_values_are_in_the_order_of_their_placeholders(texts: StatementCache) -> None:
    values = texts.of(NAMED).values([(b"a", b"b"), (b"c", b"d")], {"most": 9, "read": 1})

    assert values[:6] == [1, b"a", b"b", b"c", b"d", 9]


def test_mysql_gets_an_index_hint() -> None:
    assert "FROM members FORCE INDEX (PRIMARY)" in MYSQL.of(NAMED).sql(1)
    assert "FORCE" not in SQLITE.of(NAMED).sql(1)


def test_sql_is_compiled_once() -> None:
    assert MYSQL.of(NAMED) is MYSQL.of(NAMED)
    assert MYSQL.insert(members) is MYSQL.insert(members)


def test_an_update_has_the_new_values_first_and_the_key_last() -> None:
    change = UpdateByKey(members, ("role", "read_seq"))

    assert change.key == ("conversation_id", "user_id")
    assert SQLITE.change(change).columns == (
        "role",
        "read_seq",
        "key_conversation_id",
        "key_user_id",
    )
