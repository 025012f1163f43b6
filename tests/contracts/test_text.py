"""Texts and ids that differ by one bit are different, and are returned unchanged."""

import unicodedata
from functools import partial

import attrs
import pytest

from parlour.domain.access import DeviceInfo
from parlour.domain.conversations import Title
from parlour.domain.kernel.ids import UserId
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.messages import Message
from parlour.domain.users import DisplayName, Handle
from parlour.entrypoints.use_cases import Stores
from tests.support import builders as b

Uow = UnitOfWork[Stores]

# Where databases by default see the same text twice.
TRAPS = [
    "bob",
    "Bob",
    "bob ",
    " bob",
    "bób",
    unicodedata.normalize("NFD", "bób"),
    "ｂｏｂ",
    "bob\u200d",
    "bob\t",
    "bobß",
    "bobss",
    "🐈",
    "🐕",
    "👩‍🚀",
    "\ufffd",
    "\U0010ffff",
    "1",
    "01",
    "1.0",
    "null",
    "\\",
    "\\\\",
    "'",
    '"',
    "''",
    "%s",
    ":name",
    "?",
    "{}",
]


def post(stores: Stores, message: Message) -> None:
    stores.messages.add([message])


def search(uow: Uow, prefix: str) -> list[Handle]:
    found = uow.read(lambda stores: stores.users.search(prefix, "", 99))
    return [user.handle for user in found]


class TestText:
    @pytest.mark.parametrize("text", TRAPS)
    def test_is_returned_unchanged(self, uow: Uow, text: str) -> None:
        user = b.user("alice", text)
        group = attrs.evolve(b.group(), title=Title(text))
        device = attrs.evolve(b.device(), info=DeviceInfo(text, text[::-1]))
        credentials = b.credentials(b.ALICE, text)
        message = b.message(1, text)
        event = b.event(1, data={text: text, "list": [text]})
        note = b.private(1, data={text: text})

        def work(stores: Stores) -> None:
            stores.users.add(user)
            stores.private_logs.open(b.ALICE)
            stores.private_logs.add([note])
            stores.conversations.add(group)
            stores.devices.add(device)
            stores.credentials.put(credentials)
            stores.messages.add([message])
            stores.events.add([event])

        uow(work)

        def found(stores: Stores) -> list[object]:
            return [
                stores.users.find(b.ALICE),
                stores.conversations.find_many([b.LOBBY])[b.LOBBY],
                stores.devices.find(b.PHONE),
                stores.credentials.find(b.ALICE),
                *stores.messages.after(b.LOBBY, 0, 10),
                *stores.events.after(b.LOBBY, 0, 10),
                *stores.private_logs.after(b.ALICE, 0, 10),
            ]

        expected = [user, group, device, credentials, message, event, note]
        assert expected == uow.read(found)

    def test_of_every_character_is_returned_unchanged(self, uow: Uow) -> None:
        characters = [chr(code) for code in range(1, 0x110000) if not 0xD800 <= code < 0xE000]
        size = 8_000
        texts = ["".join(characters[at : at + size]) for at in range(0, len(characters), size)]
        for seq, text in enumerate(texts, 1):
            uow(partial(post, message=b.message(seq, text)))
        found = uow.read(lambda stores: stores.messages.after(b.LOBBY, 0, len(texts)))

        assert texts == [message.content.body["text"] for message in found]

    def test_search_distinguishes_names(self, uow: Uow) -> None:
        people = [
            attrs.evolve(b.user(f"user{number:02}", text), id=UserId(b.next_id()))
            for number, text in enumerate(TRAPS)
        ]

        def work(stores: Stores) -> None:
            for person in people:
                stores.users.add(person)

        uow(work)
        for person in people:
            for prefix in person.search_words():
                expected = [
                    each.handle
                    for each in people
                    if any(word.startswith(prefix) for word in each.search_words())
                ]
                assert expected == search(uow, prefix), prefix


class TestDisplayName:
    @pytest.mark.parametrize("character", ["x", "é", "字", "👩", "\U0010ffff"])
    def test_can_have_the_maximum_length(self, uow: Uow, character: str) -> None:
        user = b.user("alice", character * DisplayName.MAX_LENGTH)
        device = attrs.evolve(b.device(), info=DeviceInfo(character * 64, character * 64))
        uow(lambda stores: stores.users.add(user))
        uow(lambda stores: stores.devices.add(device))

        assert uow.read(lambda stores: stores.users.find(b.ALICE)) == user
        assert uow.read(lambda stores: stores.devices.find(b.PHONE)) == device
