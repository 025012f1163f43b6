"""A row mapping follows from the types of the fields and the columns of the table."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

import attrs
import pytest
from sqlalchemy import Column, LargeBinary, MetaData, PrimaryKeyConstraint, String, Table

from parlour.adapters.sql.row_mapping import FIELD, Conversion, RowMapping

BookId = NewType("BookId", UUID)
ID = BookId(UUID(int=7))
AT = datetime(2026, 1, 2, 3, 4, 5, 6, UTC)


class Genre(StrEnum):
    NOVEL = "novel"


@attrs.frozen
class Title:
    value: str


@attrs.frozen
class Shelf:
    room: str
    number: int | None


@attrs.frozen
class Span:
    first: int
    last: int


@attrs.frozen(kw_only=True)
class Book:
    id: BookId
    title: Title
    subtitle: Title | None
    genre: Genre
    lent_at: datetime | None
    is_lost: bool
    shelf: Shelf
    notes: Mapping[str, Any]
    pages: Span | None
    label: str
    author: BookId | None

    @property
    def initial(self) -> str:
        return self.title.value[0]


def table(*columns: tuple[str, str]) -> Table:
    binary = {"label"}
    return Table(
        "books",
        MetaData(),
        *(
            Column(name, LargeBinary() if name in binary else String(9), info={FIELD: field})
            for name, field in columns
        ),
        PrimaryKeyConstraint("id"),
    )


COLUMNS = (
    ("id", "id"),
    ("title", "title"),
    ("subtitle", "subtitle"),
    ("genre", "genre"),
    ("lent", "lent_at"),
    ("is_lost", "is_lost"),
    ("room", "shelf.room"),
    ("shelf", "shelf.number"),
    ("notes", "notes"),
    ("pages", "pages"),
    ("label", "label"),
    ("author_id", "author"),
    ("initial", "initial"),
)
SPANS: dict[type, Conversion] = {
    Span: (
        lambda span: f"{span.first}-{span.last}",
        lambda text: Span(*map(int, text.split("-"))),
    )
}
BOOKS = RowMapping(Book, table(*COLUMNS), SPANS)

FULL = Book(
    id=ID,
    title=Title("Emma"),
    subtitle=Title("A Novel"),
    genre=Genre.NOVEL,
    lent_at=AT,
    is_lost=True,
    shelf=Shelf("B", 3),
    notes={"a": [1]},
    pages=Span(1, 9),
    label="ü",
    author=ID,
)
FULL_ROW = (
    *(ID.bytes, "Emma", "A Novel", "novel", "2026-01-02 03:04:05.000006", 1, "B", 3, '{"a":[1]}'),
    *("1-9", "ü".encode(), ID.bytes, "E"),
)
BARE = attrs.evolve(
    FULL,
    subtitle=None,
    lent_at=None,
    is_lost=False,
    shelf=Shelf("", None),
    pages=None,
    author=None,
)
BARE_ROW = (
    *(ID.bytes, "Emma", None, "novel", None, 0, "", None, '{"a":[1]}', None),
    *("ü".encode(), None, "E"),
)


@pytest.mark.parametrize(("book", "row"), [(FULL, FULL_ROW), (BARE, BARE_ROW)])
def test_a_value_becomes_a_row_and_the_row_the_value(book: Book, row: tuple[object, ...]) -> None:
    assert BOOKS.to_row(book) == row
    assert BOOKS.from_row(row) == book


def test_a_row_may_be_any_sequence() -> None:
    assert BOOKS.from_row(list(FULL_ROW)) == FULL


def test_the_key_is_last_in_an_update() -> None:
    assert BOOKS.to_update(FULL) == (*FULL_ROW[1:], ID.bytes)


def test_a_field_without_a_column_is_an_error() -> None:
    mapping = RowMapping(Book, table(*COLUMNS[:-2]), SPANS)

    with pytest.raises((TypeError, attrs.exceptions.NotAnAttrsClassError)):
        mapping.from_row(FULL_ROW)
