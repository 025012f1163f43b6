"""The message store: messages by number and by key, and how many there are of some kinds."""

import random
from collections.abc import Sequence

import pytest

from parlour.domain.conversations import LogPosition, Membership, Role
from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.ids import SendKey, UserId
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.messages import MemberHandle, MentionQuery, Message, UnreadParts
from parlour.entrypoints.use_cases import Stores
from tests.support import builders as b
from tests.support.fakes import SECOND, START

Uow = UnitOfWork[Stores]

MOST = 2**53 - 1
KEY = SendKey(b.id_of("key"))


def keep(uow: Uow, *messages: Message) -> None:
    uow(lambda stores: stores.messages.add(messages))


class TestMessageStore:
    @pytest.mark.parametrize(
        "message",
        [
            b.message(1),
            b.message(1, "\n\ttext 'of' \"any\" kind \\ % ß é é 👩‍👩‍👧 \u2028 \U0010ffff  "),
            b.message(1, "long " * 1_600, session=b.TAB, at=START + SECOND, offset=7),
            b.message(MOST, offset=MOST, reply_to=MOST, by=b.BOB),
            b.message(2, reply_to=1, mentions=(b.BOB, b.ALICE, b.CAROL), everyone=True),
            b.message(3, everyone=True),
        ],
        ids=["plain", "text", "long", "large", "mentions", "everyone"],
    )
    def test_returns_what_was_stored(self, uow: Uow, message: Message) -> None:
        keep(uow, message)
        number = (b.LOBBY, message.seq)
        sent = (b.LOBBY, message.sender, message.key)

        assert [message] == uow.read(
            lambda stores: stores.messages.after(b.LOBBY, message.seq - 1, 1)
        )
        assert {number: message} == uow.read(
            lambda stores: dict(stores.messages.find_many([number]))
        )
        assert {sent: message} == uow(lambda stores: dict(stores.messages.lock_for([sent]).sent))

    def test_finds_messages_by_number(self, uow: Uow) -> None:
        first, second = b.message(1), b.message(2)
        elsewhere = b.message(1, of=b.KITCHEN)
        keep(uow, first, second, elsewhere)
        numbers = {(b.LOBBY, 1), (b.LOBBY, 3), (b.KITCHEN, 1), (b.KITCHEN, 2)}
        found = uow.read(lambda stores: dict(stores.messages.find_many(numbers)))

        assert {(b.LOBBY, 1): first, (b.KITCHEN, 1): elsewhere} == found
        assert not uow.read(lambda stores: stores.messages.find_many([]))

    def test_finds_messages_by_key(self, uow: Uow) -> None:
        message = b.message(1, key=KEY)
        keep(uow, message, b.message(2))
        sent = (b.LOBBY, b.ALICE, KEY)
        asked = {sent, (b.LOBBY, b.BOB, KEY), (b.KITCHEN, b.ALICE, KEY)}

        assert {sent: message} == uow(lambda stores: dict(stores.messages.lock_for(asked).sent))

    def test_finds_what_posting_needs(self, uow: Uow) -> None:
        lobby = b.group(b.LOBBY, seq=3, offset=4)
        alice, bob = b.member(b.ALICE, since=2), b.member(b.BOB)
        uow(lambda stores: stores.conversations.add(lobby))
        uow(lambda stores: stores.members.add([alice, bob]))
        asked = {(b.LOBBY, b.ALICE, KEY), (b.LOBBY, b.CAROL, KEY), (b.KITCHEN, b.BOB, KEY)}
        found = uow(lambda stores: stores.messages.lock_for(asked))

        assert {b.LOBBY: LogPosition(3, 4, lobby.changed_at)} == dict(found.positions)
        assert {(b.LOBBY, b.ALICE): 2} == dict(found.since)
        assert not found.sent

    def test_finds_nothing_for_no_sends(self, uow: Uow) -> None:
        found = uow(lambda stores: stores.messages.lock_for([]))

        assert ({}, {}, {}, []) == (found.positions, found.since, found.sent, [*found.members])

    def test_finds_the_members_that_mentions_need(self, uow: Uow) -> None:
        """By handle, and by id, in one conversation each; strangers are not found."""
        people = {handle: b.user(handle) for handle in ("alice", "bob", "carol", "dave")}
        owner = b.member(b.ALICE, role=Role.OWNER)

        def seed(stores: Stores) -> None:
            for person in people.values():
                stores.users.add(person)
            stores.conversations.add(b.group())
            stores.conversations.add(b.group(b.KITCHEN))
            stores.members.add([owner, b.member(b.BOB), b.member(b.CAROL)])
            stores.members.add(
                [b.member(b.BOB, b.KITCHEN), b.member(people["dave"].id, b.KITCHEN)]
            )

        uow(seed)
        sends = [(b.LOBBY, b.ALICE, KEY), (b.KITCHEN, b.BOB, KEY)]
        query = MentionQuery(
            {b.LOBBY: {"bob", "dave", "nobody"}, b.KITCHEN: ["carol", "dave"]},
            [(b.LOBBY, b.ALICE), (b.KITCHEN, b.ALICE), (b.LOBBY, b.BOB)],
        )
        found = uow(lambda stores: stores.messages.lock_for(sends, query))

        assert set(found.members) == {
            MemberHandle(b.LOBBY, b.ALICE, "alice", Role.OWNER),
            MemberHandle(b.LOBBY, b.BOB, "bob", Role.MEMBER),
            MemberHandle(b.KITCHEN, people["dave"].id, "dave", Role.MEMBER),
        }

    def test_finds_as_many_members_as_a_batch_needs(self, uow: Uow) -> None:
        people = [b.user(f"user{number}") for number in range(300)]

        def seed(stores: Stores) -> None:
            for person in people:
                stores.users.add(person)
            stores.conversations.add(b.group())
            stores.members.add([b.member(person.id) for person in people])

        uow(seed)
        handles = {person.handle.value for person in people}
        sends = [(b.LOBBY, people[0].id, KEY)]
        by_handle = MentionQuery({b.LOBBY: handles}, [])
        by_id = MentionQuery({}, [(b.LOBBY, person.id) for person in people])
        one = uow(lambda stores: stores.messages.lock_for(sends, by_handle).members)
        other = uow(lambda stores: stores.messages.lock_for(sends, by_id).members)

        assert handles == {each.handle for each in one} == {each.handle for each in other}

    def test_keeps_each_key_of_a_sender_in_a_conversation_once(self, uow: Uow) -> None:
        keep(uow, b.message(1, "first", key=KEY))
        keep(uow, b.message(2, "other sender", key=KEY, by=b.BOB))
        keep(uow, b.message(1, "other conversation", key=KEY, of=b.KITCHEN))

        with pytest.raises(AlreadyExists):
            keep(uow, b.message(3), b.message(4, "again", key=KEY))
        found = uow.read(lambda stores: stores.messages.after(b.LOBBY, 0, 10))
        assert ["first", "other sender"] == [message.content.body["text"] for message in found]

    def test_keeps_each_number_once(self, uow: Uow) -> None:
        keep(uow, b.message(1, "first"), b.message(2))

        with pytest.raises(AlreadyExists):
            keep(uow, b.message(1, "again"))
        found = uow.read(lambda stores: stores.messages.after(b.LOBBY, 0, 1))
        assert ["first"] == [message.content.body["text"] for message in found]

    def test_keeps_a_large_batch_over_many_conversations(self, uow: Uow) -> None:
        batch = [
            b.message(seq, f"{seq}", of=where)
            for seq in range(1, 151)
            for where in (b.LOBBY, b.KITCHEN)
        ]
        keep(uow, *batch)
        numbers = [(message.conversation, message.seq) for message in batch]
        sent = [(message.conversation, message.sender, message.key) for message in batch]
        found = uow.read(lambda stores: stores.messages.find_many(numbers))

        assert batch == [found[number] for number in numbers]
        assert len(uow(lambda stores: stores.messages.lock_for(sent).sent)) == 300

    def test_adds_nothing_for_no_messages(self, uow: Uow) -> None:
        keep(uow)

        assert uow.read(lambda stores: stores.messages.after(b.LOBBY, 0, 10)) == []


class TestPages:
    @pytest.fixture
    def history(self, uow: Uow) -> Uow:
        keep(uow, *(b.message(seq) for seq in range(1, 11)), b.message(1, of=b.KITCHEN))
        return uow

    @pytest.mark.parametrize(
        ("seq", "limit", "expected"),
        [(0, 3, [1, 2, 3]), (7, 100, [8, 9, 10]), (9, 1, [10]), (10, 5, []), (MOST, 5, [])],
    )
    def test_after_a_number_go_forward(
        self, history: Uow, seq: int, limit: int, expected: list[int]
    ) -> None:
        found = history.read(lambda stores: stores.messages.after(b.LOBBY, seq, limit))

        assert expected == [message.seq for message in found]

    @pytest.mark.parametrize(
        ("seq", "limit", "since", "expected"),
        [
            (11, 3, 0, [8, 9, 10]),
            (MOST, 2, 0, [9, 10]),
            (3, 100, 0, [1, 2]),
            (5, 2, 0, [3, 4]),
            (5, 100, 2, [3, 4]),
            (5, 1, 2, [4]),
            (5, 100, 4, []),
            (5, 100, 9, []),
            (1, 5, 0, []),
            (0, 5, 0, []),
        ],
    )
    def test_before_a_number_are_the_last_ones_in_order(
        self, history: Uow, seq: int, limit: int, since: int, expected: list[int]
    ) -> None:
        found = history.read(
            lambda stores: stores.messages.before(b.LOBBY, seq, limit, since=since)
        )

        assert expected == [message.seq for message in found]


class TestCounts:
    def test_own_messages_beyond_a_number(self, uow: Uow) -> None:
        keep(uow, b.message(1), b.message(2, by=b.BOB), b.message(3), b.message(4))
        keep(uow, b.message(1, of=b.KITCHEN))

        def own(lobby: int, kitchen: int) -> list[int]:
            after = {(b.LOBBY, b.ALICE): lobby, (b.KITCHEN, b.ALICE): kitchen}
            counts = uow.read(lambda stores: stores.messages.count_own(after))
            return [counts.get(key, 0) for key in after]

        assert [3, 1] == own(0, 0)
        assert [2, 0] == own(1, 1)
        assert [1, 0] == own(3, MOST)
        assert [0, 0] == own(4, 5)
        assert not uow.read(lambda stores: stores.messages.count_own({}))

    def test_messages_of_others_that_mention_somebody_or_everyone(self, uow: Uow) -> None:
        keep(
            uow,
            b.message(1, mentions=(b.BOB,)),
            b.message(2, everyone=True),
            b.message(3, mentions=(b.BOB, b.ALICE), everyone=True),
            b.message(4, mentions=(b.CAROL,)),
            b.message(5, by=b.BOB, mentions=(b.BOB,), everyone=True),
            b.message(6),
            b.message(1, of=b.KITCHEN, mentions=(b.CAROL, b.BOB)),
        )

        def mentions(lobby: int, kitchen: int) -> list[int]:
            after = {(b.LOBBY, b.BOB): lobby, (b.KITCHEN, b.BOB): kitchen}
            counts = uow.read(lambda stores: stores.messages.count_mentions(after))
            return [counts.get(key, 0) for key in after]

        assert [3, 1] == mentions(0, 0)
        assert [2, 0] == mentions(1, 1)
        assert [1, 1] == mentions(2, 0)
        assert [0, 0] == mentions(3, 1)
        assert not uow.read(lambda stores: stores.messages.count_mentions({}))

    def test_a_mention_counts_for_the_mentioned_user(self, uow: Uow) -> None:
        keep(uow, b.message(1, mentions=(b.BOB,)), b.message(2, by=b.BOB, everyone=True))

        after = {(b.LOBBY, user): 0 for user in (b.ALICE, b.BOB, b.CAROL)}
        counts = uow.read(lambda stores: stores.messages.count_mentions(after))

        assert [1, 1, 1] == [counts.get(key, 0) for key in after]

    def test_several_members_are_counted_at_once_each_from_their_own_mark(self, uow: Uow) -> None:
        keep(
            uow,
            b.message(1, everyone=True),
            b.message(2, by=b.BOB, everyone=True),
            b.message(3, mentions=(b.BOB,)),
            b.message(4, by=b.BOB),
        )
        after = {(b.LOBBY, b.ALICE): 0, (b.LOBBY, b.BOB): 2, (b.LOBBY, b.CAROL): 1}
        own = uow.read(lambda stores: stores.messages.count_own(after))
        mentions = uow.read(lambda stores: stores.messages.count_mentions(after))

        assert [2, 1, 0] == [own.get(key, 0) for key in after]
        assert [1, 1, 1] == [mentions.get(key, 0) for key in after]


_PEOPLE = (b.ALICE, b.BOB, b.CAROL)


@pytest.fixture(scope="module")
def log() -> list[Message]:
    """A log of 3,500 messages by two people, of which many mention somebody or everyone."""
    chance = random.Random(7)
    return [
        b.message(
            seq,
            by=chance.choice(_PEOPLE[:2]),
            mentions=tuple(chance.sample(_PEOPLE, chance.choice([0, 0, 1, 2]))),
            everyone=chance.random() < 0.1,
        )
        for seq in range(1, 3_501)
    ]


class TestCountsFarBeyondAMark:
    """Blocks of 1,000 messages are counted once; marks lie before, at and after their ends."""

    MARKS = (0, 1, 999, 1_000, 1_001, 1_999, 2_000, 2_500, 3_000, 3_499, 3_500, MOST)

    @pytest.mark.parametrize("step", [500, 700, 3_500])
    def test_are_exact(self, uow: Uow, log: list[Message], step: int) -> None:
        for start in range(0, len(log), step):
            keep(uow, *log[start : start + step])
        for mark in self.MARKS:
            after = {(b.LOBBY, user): mark for user in _PEOPLE}
            assert {each: _counted(log, each[1], mark) for each in after} == _far(uow, after)

    def test_are_exact_for_different_marks_at_once(self, uow: Uow, log: list[Message]) -> None:
        keep(uow, *log)
        keep(uow, b.message(1, of=b.KITCHEN, mentions=(b.BOB,)))
        after = {
            (b.LOBBY, b.ALICE): 1_500,
            (b.LOBBY, b.BOB): 10,
            (b.LOBBY, b.CAROL): 3_400,
            (b.KITCHEN, b.BOB): 0,
        }
        found = _far(uow, after)

        assert UnreadParts(0, 1) == found.pop((b.KITCHEN, b.BOB))
        assert found == {each: _counted(log, each[1], after[each]) for each in found}
        assert len(found) == 3


def _far(uow: Uow, after: dict[Membership, int]) -> dict[Membership, UnreadParts]:
    return dict(uow.read(lambda stores: stores.messages.count_far(after)))


def _counted(log: Sequence[Message], user: UserId, mark: int) -> UnreadParts:
    later = [each for each in log if each.seq > mark]
    return UnreadParts(
        sum(each.sender == user for each in later),
        sum(
            each.sender != user and (each.content.mentions_all or user in each.content.mentions)
            for each in later
        ),
    )
