"""Every value is stored exactly and distinguished from similar ones."""

from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import attrs
import pytest

from parlour.adapters.sql import SqlStorage, SqlStores
from parlour.domain.conversations import Title
from parlour.domain.messages import MAX_NUMBER
from parlour.domain.users import DisplayName, User
from tests.support import builders as b
from tests.support.fakes import START

HOSTILE = {
    "quotes": """it's "quoted" `back` \\' \\\\ %s %% %(x)s ? :name""",
    "comment": "'; DROP TABLE users; -- /* */ #",
    "controls": "tab\t line\n return\r nul-ish \\0 sub-ish \\Z",
    "raw controls": "nul \0 sub \x1a escape \x1b backspace \b",
    "emoji": "👩‍👩‍👧‍👦 👍🏽 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "scripts": "שלום مرحبا 你好 नमस्ते ԱԲԳ",
    "combining": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A e\u0301 é",
    "edges": "\U0010ffff \ufffd \ue000 \x7f \x80",
    "spaces": "  both ends  ",
    "json": '{"text": [1, null, "\\u0000"]}',
    "long": "𝒳" * 8_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_text_is_stored_exactly(storage: SqlStorage, text: str) -> None:
    message = b.message(1, text)
    event = b.event(1, data={"title": text, text: [text, None, True, 1.5, {}]})
    private = b.private(1, data={"text": text})

    def work(stores: SqlStores) -> None:
        stores.messages.add([message])
        stores.events.add([event])
        stores.private_logs.open(b.ALICE)
        stores.private_logs.add([private])

    storage.uow(work)

    assert [message] == storage.uow.read(lambda stores: stores.messages.after(b.LOBBY, 0, 9))
    assert [event] == storage.uow.read(lambda stores: stores.events.after(b.LOBBY, 0, 9))
    assert [private] == storage.uow.read(lambda stores: stores.private_logs.after(b.ALICE, 0, 9))


@pytest.mark.parametrize("text", [*HOSTILE.values()], ids=HOSTILE)
def test_names_are_stored_exactly(storage: SqlStorage, text: str) -> None:
    person = attrs.evolve(b.user("alice"), display_name=DisplayName(text[:64]))
    group = attrs.evolve(b.group(), title=Title(text[:128]))

    def work(stores: SqlStores) -> None:
        stores.users.add(person)
        stores.conversations.add(group)

    storage.uow(work)

    assert person == storage.uow.read(lambda stores: stores.users.find(b.ALICE))
    found = storage.uow.read(lambda stores: stores.conversations.find_many([b.LOBBY]))
    assert {b.LOBBY: group} == found


LOOKALIKES = [
    "Strasse",
    "Straße",
    "straße",
    "bob",
    "bob ",
    "Bob",
    "bób",
    "bo\u0301b",
    "👍",
    "👎",
    "%",
    "_",
    "\\",
]


def add(stores: SqlStores, person: User) -> None:
    stores.users.add(person)


def search(stores: SqlStores, prefix: str) -> list[User]:
    return stores.users.search(prefix, "", 100)


def test_a_search_finds_exact_matches_only(storage: SqlStorage) -> None:
    people = {
        name: attrs.evolve(b.user(f"user{number:02}"), display_name=DisplayName(name))
        for number, name in enumerate(LOOKALIKES)
    }
    for person in people.values():
        storage.uow(partial(add, person=person))

    for typed in [*LOOKALIKES, "\ud800", "b%", "_ob", "\\b", "'", "ß"]:
        prefix = typed.casefold()
        wanted = [
            each
            for each in people.values()
            if any(word.startswith(prefix) for word in each.search_words())
        ]
        assert wanted == storage.uow.read(partial(search, prefix=prefix)), typed


@pytest.mark.parametrize("number", [0, 1, 2**31, 2**32 + 1, MAX_NUMBER])
def test_numbers_reach_2_to_the_53(storage: SqlStorage, number: int) -> None:
    group = b.group(seq=number, offset=number)
    member = attrs.evolve(
        b.member(),
        since_seq=number,
        since_offset=number,
        read=number,
        private_read=number,
        received=number,
    )
    message = b.message(number, reply_to=number)
    event = b.event(number, seq=number)

    def work(stores: SqlStores) -> None:
        stores.conversations.add(group)
        stores.members.add([member])
        stores.messages.add([message])
        stores.events.add([event])

    storage.uow(work)

    def read(stores: SqlStores) -> list[object]:
        return [
            *stores.conversations.find_many([b.LOBBY]).values(),
            *stores.members.page(b.LOBBY, None, 9),
            *stores.messages.find_many([(b.LOBBY, number)]).values(),
            stores.events.last_until(b.LOBBY, MAX_NUMBER),
        ]

    assert [group, member, message, event] == storage.uow.read(read)


MOMENTS = {
    "whole": START,
    "first microsecond": START + timedelta(microseconds=1),
    "last microsecond": START + timedelta(microseconds=999_999),
    "long ago": datetime(1, 1, 1, tzinfo=UTC),
    "far away": datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    "elsewhere": datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=45))),
}


@pytest.mark.parametrize("at", MOMENTS.values(), ids=MOMENTS)
def test_times_are_stored_to_the_microsecond_in_utc(storage: SqlStorage, at: datetime) -> None:
    member = attrs.evolve(b.member(), muted_until=at)
    storage.uow(lambda stores: stores.members.add([member]))

    (found,) = storage.uow.read(lambda stores: stores.members.page(b.LOBBY, None, 9))

    assert found == member
    assert found.muted_until is not None
    assert found.muted_until.tzinfo is UTC


def test_more_rows_than_one_statement_takes_are_all_stored(storage: SqlStorage) -> None:
    many = 600
    people = [b.user(f"user{number}") for number in range(many)]
    messages = [b.message(number) for number in range(1, many + 1)]

    def work(stores: SqlStores) -> None:
        for person in people:
            stores.users.add(person)
        stores.conversations.add(b.group())
        stores.members.add([b.member(person.id) for person in people])
        stores.messages.add(messages)
        found = stores.members.lock([(b.LOBBY, person.id) for person in people])
        stores.members.save([attrs.evolve(member, read=7) for member in found.values()])

    storage.uow(work)

    def read(stores: SqlStores) -> tuple[int, int, set[int]]:
        return (
            len(stores.users.find_many([person.id for person in people])),
            len(stores.messages.find_many([(b.LOBBY, each.seq) for each in messages])),
            {member.read for member in stores.members.page(b.LOBBY, None, many)},
        )

    assert (many, many, {7}) == storage.uow.read(read)
