"""The message store: messages that were edited, recalled or flagged, and what counts as unread."""

import random
from collections.abc import Mapping, Sequence

import attrs
import pytest

from parlour.domain.conversations import Membership
from parlour.domain.kernel.ids import UserId
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.messages import Content, Flag, Forwarded, Message, UnreadParts
from parlour.entrypoints.use_cases import Stores
from tests.support import builders as b
from tests.support.fakes import SECOND, START

Uow = UnitOfWork[Stores]

LATER = START + 77 * SECOND
EVERYBODY = (b.ALICE, b.BOB, b.CAROL)


def content(text: str = "edited", *mentions: UserId, everyone: bool = False) -> Content:
    return Content(kind="text", body={"text": text}, mentions=mentions, mentions_all=everyone)


def keep(uow: Uow, *messages: Message) -> None:
    uow(lambda stores: stores.messages.add(messages))


def save(uow: Uow, *changes: tuple[Message, Message]) -> None:
    uow(lambda stores: stores.messages.save(changes))


def recalled(message: Message, by: UserId = b.ALICE) -> tuple[Message, Message]:
    return message, message.without_content(by, LATER)


def edited(message: Message, to: Content) -> tuple[Message, Message]:
    return message, message.edited(to, LATER)


def forwarded(message: Message) -> Message:
    origin = Forwarded(by=b.CAROL, at=START, conversation=b.KITCHEN, seq=2**53 - 1)
    return attrs.evolve(message, forwarded=origin)


ONE = b.message(1, "first", reply_to=1, mentions=(b.BOB,), session=b.TAB)
CHANGES: dict[str, tuple[Message, Message]] = {
    "edited": edited(ONE, content("second é \\ \" ' % 👩‍🚀")),
    "edited to mention everyone": edited(ONE, content("@all", everyone=True)),
    "recalled": recalled(ONE, b.CAROL),
    "recalled after an edit": recalled(edited(ONE, content())[1]),
    "flagged": (ONE, ONE.flagged(Flag.REACTIONS, on=True).flagged(Flag.VOTES, on=True)),
    "flagged after an edit": (
        edited(ONE, content())[1],
        edited(ONE, content())[1].flagged(Flag.PINNED, on=True),
    ),
    "not flagged any more": (ONE.flagged(Flag.PINNED, on=True), ONE),
    "forwarded and flagged": (forwarded(ONE), forwarded(ONE).flagged(Flag.REACTIONS, on=True)),
    "forwarded and recalled": recalled(forwarded(ONE)),
}


class TestSave:
    @pytest.mark.parametrize("change", CHANGES)
    def test_replaces_a_message(self, uow: Uow, change: str) -> None:
        before, after = CHANGES[change]
        other = b.message(2)
        keep(uow, before, other)
        assert uow.read(lambda stores: stores.messages.after(b.LOBBY, 0, 9)) == [before, other]
        save(uow, (before, after))

        sent = (b.LOBBY, after.sender, after.key)
        assert uow.read(lambda stores: stores.messages.after(b.LOBBY, 0, 9)) == [after, other]
        assert {sent: after} == uow(lambda stores: dict(stores.messages.lock_for([sent]).sent))

    def test_replaces_many_of_several_conversations_at_once(self, uow: Uow) -> None:
        messages = [
            b.message(seq, f"{seq}", of=where, mentions=(b.BOB,))
            for where in (b.LOBBY, b.KITCHEN)
            for seq in range(1, 301)
        ]
        keep(uow, *messages)
        changes = [
            recalled(each) if each.seq % 3 else edited(each, content(f"{each.seq} " * 400))
            for each in messages
        ]
        save(uow, *changes)

        numbers = [each.number for each in messages]
        found = uow.read(lambda stores: stores.messages.find_many(numbers))
        assert [found[each.number] for each in messages] == [after for _, after in changes]

    def test_replaces_what_the_same_transaction_has_added(self, uow: Uow) -> None:
        before, after = edited(b.message(1), content("better", b.BOB))

        def work(stores: Stores) -> None:
            stores.messages.add([before])
            stores.messages.save([(before, after)])

        uow(work)
        assert uow.read(lambda stores: stores.messages.after(b.LOBBY, 0, 9)) == [after]
        assert mentions(uow, b.BOB) == 1

    def test_changes_nothing_where_nothing_changed(self, uow: Uow) -> None:
        keep(uow, ONE)
        save(uow)
        save(uow, (ONE, ONE))

        assert uow.read(lambda stores: stores.messages.after(b.LOBBY, 0, 9)) == [ONE]
        assert mentions(uow, b.BOB) == 1

    def test_changes_nothing_after_a_rollback(self, uow: Uow) -> None:
        keep(uow, ONE)

        def work(stores: Stores) -> None:
            stores.messages.save([recalled(ONE)])
            raise RuntimeError

        with pytest.raises(RuntimeError):
            uow(work)
        assert uow.read(lambda stores: stores.messages.after(b.LOBBY, 0, 9)) == [ONE]
        assert (mentions(uow, b.BOB), own(uow, b.BOB)) == (1, 0)


def mentions(uow: Uow, user: UserId, mark: int = 0) -> int:
    after = {(b.LOBBY, user): mark}
    return uow.read(lambda stores: stores.messages.count_mentions(after)).get((b.LOBBY, user), 0)


def own(uow: Uow, user: UserId, mark: int = 0) -> int:
    after = {(b.LOBBY, user): mark}
    return uow.read(lambda stores: stores.messages.count_own(after)).get((b.LOBBY, user), 0)


class TestUnreadCounts:
    def test_follow_the_mentions_of_edited_messages(self, uow: Uow) -> None:
        first, second = b.message(1, mentions=(b.BOB, b.CAROL)), b.message(2, everyone=True)
        keep(uow, first, second)
        save(uow, edited(first, content("@carol", b.CAROL)), edited(second, content("none")))
        assert [mentions(uow, user) for user in EVERYBODY] == [0, 0, 1]

        third = b.message(3)
        keep(uow, third)
        save(uow, edited(third, content("@all", everyone=True)))
        assert [mentions(uow, user) for user in EVERYBODY] == [0, 1, 2]

    def test_leave_out_mentions_in_recalled_messages(self, uow: Uow) -> None:
        messages = [b.message(1, mentions=(b.BOB,)), b.message(2, everyone=True)]
        keep(uow, *messages)
        save(uow, *map(recalled, messages))

        assert [mentions(uow, user) for user in EVERYBODY] == [0, 0, 0]

    def test_take_recalled_messages_of_anybody_for_messages_of_ones_own(self, uow: Uow) -> None:
        messages = [b.message(1), b.message(2, by=b.BOB), b.message(3), b.message(4, by=b.BOB)]
        keep(uow, *messages, b.message(1, of=b.KITCHEN))
        save(uow, recalled(messages[0]), recalled(messages[1]))

        assert [own(uow, user) for user in EVERYBODY] == [3, 3, 2]
        assert [own(uow, user, 1) for user in EVERYBODY] == [2, 2, 1]
        assert [own(uow, user, 2) for user in EVERYBODY] == [1, 1, 0]
        # Several marks in one conversation, each for itself.
        after = {(b.LOBBY, b.ALICE): 2, (b.LOBBY, b.BOB): 1, (b.LOBBY, b.CAROL): 0}
        counts = uow.read(lambda stores: stores.messages.count_own(after))
        assert [counts.get(each, 0) for each in after] == [1, 2, 2]


def far(uow: Uow, marks: Mapping[Membership, int]) -> dict[Membership, UnreadParts]:
    return dict(uow.read(lambda stores: stores.messages.count_far(marks)))


@pytest.fixture(scope="module")
def log() -> list[Message]:
    """A log of 3,500 messages by two people, of which many mention somebody or everyone."""
    chance = random.Random(11)
    return [
        b.message(
            seq,
            by=chance.choice(EVERYBODY[:2]),
            mentions=tuple(chance.sample(EVERYBODY, chance.choice([0, 0, 1, 2]))),
            everyone=chance.random() < 0.1,
        )
        for seq in range(1, 3_501)
    ]


def changed(message: Message, chance: random.Random) -> Message:
    if chance.random() < 0.4:
        return recalled(message)[1]
    named = tuple(chance.sample(EVERYBODY, chance.choice([0, 1, 2])))
    return edited(message, content("x", *named, everyone=chance.random() < 0.3))[1]


class TestUnreadCountsFarBeyondAMark:
    """Blocks of 1,000 messages are counted once; messages change before and after that."""

    MARKS = (0, 1, 999, 1_000, 1_500, 2_000, 2_999, 3_000, 3_499, 3_500)

    @pytest.mark.parametrize("counted", [0, 1_000, 2_300, 3_500])
    def test_are_exact_after_changes(self, uow: Uow, log: list[Message], counted: int) -> None:
        """So many messages were there when others changed; the rest came later."""
        chance = random.Random(counted)
        present = list(log)
        self._add(uow, present[:counted])
        for _ in range(3 if counted else 0):
            changes = [
                (present[place], changed(present[place], chance))
                for place in sorted(chance.sample(range(counted), counted // 5))
                if not present[place].recalled
            ]
            save(uow, *changes)
            for _, after in changes:
                present[after.seq - 1] = after
        self._add(uow, present[counted:])

        for mark in self.MARKS:
            marks = {(b.LOBBY, user): mark for user in EVERYBODY}
            assert far(uow, marks) == {each: _counted(present, each, mark) for each in marks}

    def test_include_those_whom_nobody_had_mentioned_in_a_block(self, uow: Uow) -> None:
        messages = [b.message(seq) for seq in range(1, 2_001)]
        self._add(uow, messages)
        save(uow, edited(messages[10], content("@bob", b.BOB)), recalled(messages[11]))
        marks = {(b.LOBBY, b.BOB): 0}

        assert far(uow, marks) == {(b.LOBBY, b.BOB): UnreadParts(own=1, mentions=1)}

    def _add(self, uow: Uow, messages: Sequence[Message]) -> None:
        for start in range(0, len(messages), 500):
            keep(uow, *messages[start : start + 500])


def _counted(log: Sequence[Message], who: Membership, mark: int) -> UnreadParts:
    _, user = who
    later = [each for each in log if each.seq > mark]
    return UnreadParts(
        sum(each.sender == user or each.recalled is not None for each in later),
        sum(
            each.sender != user and (each.content.mentions_all or user in each.content.mentions)
            for each in later
        ),
    )
