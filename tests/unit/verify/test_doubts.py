"""Unknown outcomes count neither as good nor as bad; too little proves nothing."""

import attrs
import pytest

from parlour.entrypoints.verify import Expectations, Record, judge
from parlour.entrypoints.verify.records import Kind
from tests.support.histories import LOBBY, STEP, Writer, good_history

GOOD = good_history()


def unheard(records: list[Record], key: str) -> list[Record]:
    """Return the history as if nobody had ever seen a message; it was the last one."""
    kept = [each for each in records if not (each.f == "recv" and each.result["key"] == key)]
    return [
        attrs.evolve(
            each,
            result={"messages": [m for m in each.result["messages"] if m["key"] != key]},
        )
        if each.f == "page" and each.kind == "ok"
        else each
        for each in kept
    ]


def unanswered(records: list[Record], key: str, kind: Kind | None) -> list[Record]:
    """Return the history as if a send had ended in another way, or not at all."""
    found: list[Record] = []
    for each in records:
        if each.f == "send" and each.kind == "ok" and each.args["key"] == key:
            if kind is not None:
                found.append(attrs.evolve(each, kind=kind, result={}))
            if kind != "fail":
                found.append(_by_catching_up(each))
        else:
            found.append(each)
    return found


def _by_catching_up(send: Record) -> Record:
    message = {"key": send.args["key"], "text": send.args["text"], "by": send.user}
    return attrs.evolve(
        send,
        op=-1,
        f="recv",
        args={"conversation": LOBBY, "socket": send.result["socket"], "via": "sync"},
        result={**send.result, **message},
    )


class TestAnUnknownSend:
    def test_may_have_been_committed(self) -> None:
        verdict = judge(unanswered(GOOD, "key-30", "info"), Expectations(sends=50))

        assert (verdict.outcome, verdict.unknown) == ("pass", 1)

    def test_may_not_have_been_committed(self) -> None:
        last = unheard(unanswered(GOOD, "key-72", "info"), "key-72")

        assert judge(last, Expectations(sends=50)).outcome == "pass"

    def test_may_have_no_end_at_all(self) -> None:
        assert judge(unanswered(GOOD, "key-30", None), Expectations(sends=50)).outcome == "pass"


def test_a_refused_send_that_nobody_saw_is_no_fault() -> None:
    records = unheard(unanswered(GOOD, "key-72", "fail"), "key-72")
    verdict = judge(records, Expectations(sends=50))

    assert (verdict.outcome, verdict.refused) == ("pass", 1)


def test_a_send_that_was_retried_may_come_after_its_neighbours() -> None:
    writer = Writer()
    writer.joins("alice")
    writer.joins("bob")
    writer.connects("alice-phone")
    writer.connects("bob-phone")
    one, other = (writer.begins_to_say("alice-phone") for _ in range(2))
    one[1]["seq"], other[1]["seq"] = 2, 1
    one[1]["offset"], other[1]["offset"] = 4, 3
    writer.messages.reverse()
    writer.has_said("alice-phone", *other)
    writer.has_said("alice-phone", *one)
    writer.turns("bob-phone", final=True)
    records = [
        attrs.evolve(each, result={**each.result, "attempts": 2})
        if each.f == "send" and each.kind == "ok" and each.result["seq"] == 2
        else each
        for each in writer.records
    ]

    assert judge(records, Expectations(sends=2)).outcome == "pass"
    assert judge(writer.records, Expectations(sends=2)).outcome == "fail"


def test_the_first_send_begun_need_not_be_the_first_frame() -> None:
    """A client that waits for its line may send what came to it later a moment earlier."""
    writer = Writer()
    writer.joins("alice")
    writer.joins("bob")
    writer.connects("alice-phone")
    writer.connects("bob-phone")
    early = writer.write("alice-phone", "invoke", "send", {})
    late, first = writer.begins_to_say("alice-phone")
    args = {"conversation": LOBBY, "key": "key-early", "text": "text early"}
    writer.records[-2] = attrs.evolve(writer.records[-2], args=args)
    second = {**first, "seq": 2, "offset": first["offset"] + 1, **args, "by": "alice"}
    second.pop("conversation")
    writer.messages.append(second)
    writer.has_said("alice-phone", late, first)
    writer.has_said("alice-phone", early, second)
    writer.turns("bob-phone", final=True)
    outcome = {True: "fail", False: "pass"}
    for is_in_disorder, frames in ((False, (1, 2)), (True, (2, 1))):
        records = [
            attrs.evolve(each, result={**each.result, "frame": frames[each.result["seq"] - 1]})
            if each.f == "send" and each.kind == "ok"
            else each
            for each in writer.records
        ]

        assert judge(records, Expectations(sends=2)).outcome == outcome[is_in_disorder]


class TestAClient:
    def writer(self) -> Writer:
        writer = Writer()
        writer.joins("alice")
        writer.joins("bob")
        writer.connects("alice-phone")
        return writer

    def test_that_was_offline_is_not_late(self) -> None:
        writer = self.writer()
        writer.says("alice-phone")
        writer.now += 90_000 * STEP
        writer.connects("bob-phone")
        message = writer.messages[0]
        args = {"conversation": LOBBY, "socket": "bob-phone/1", "via": "sync"}
        writer.write("bob-phone", "ok", "recv", args, message)
        writer.turns("bob-phone", final=True)
        writer.now += 90_000 * STEP
        writer.write("bob-phone", "ok", "close", {"socket": "bob-phone/1"})

        assert judge(writer.records, Expectations(sends=1)).faults == ()

    def test_that_reconnected_and_never_received_it_is_late(self) -> None:
        writer = self.writer()
        writer.says("alice-phone")
        writer.now += 90_000 * STEP
        writer.connects("bob-phone")
        writer.turns("bob-phone", final=True)
        writer.now += 90_000 * STEP
        writer.write("bob-phone", "ok", "close", {"socket": "bob-phone/1"})
        (fault,) = judge(writer.records, Expectations(sends=1)).faults

        assert (fault.property, fault.evidence) == ("late", "bob-phone received lobby #1 never")

    def test_has_the_full_time_again_after_the_fault(self) -> None:
        writer = self.writer()
        writer.connects("bob-phone")
        writer.has_said("alice-phone", *writer.begins_to_say("alice-phone"))
        heard = writer.records.pop()
        writer.now += 90_000 * STEP
        writer.records.append(attrs.evolve(heard, at=writer.now))
        writer.turns("bob-phone", final=True)
        healed = Expectations(sends=1, healed_at=60_000 * STEP)

        assert judge(writer.records, healed).faults == ()
        assert judge(writer.records, Expectations(sends=1)).outcome == "fail"


class TestTheVerdictIsUnknown:
    @pytest.mark.parametrize(
        ("expected", "doubt"),
        [
            (Expectations(sends=73), "only 72 of 73 messages were acknowledged"),
            (Expectations(sends=50, faults=0), "the injected fault had no effect"),
            (Expectations(sends=50, doubts=("a node was away",)), "a node was away"),
        ],
        ids=["too-little", "no-bite", "a-doubt-of-the-driver"],
    )
    def test_for_reasons_that_are_given(self, expected: Expectations, doubt: str) -> None:
        verdict = judge(GOOD, expected)

        assert (verdict.outcome, verdict.doubts) == ("unknown", (doubt,))
        assert f"doubt: {doubt}" in str(verdict)

    def test_where_nobody_read_the_final_pages(self) -> None:
        seen = [each for each in GOOD if each.f != "page"]

        assert judge(seen, Expectations(sends=50)).outcome == "unknown"

    def test_where_nobody_received_anything(self) -> None:
        writer = Writer()
        writer.joins("alice")
        writer.connects("alice-phone")
        writer.says("alice-phone")
        writer.turns("alice-phone", final=True)
        verdict = judge(writer.records, Expectations(sends=1))

        assert (verdict.outcome, verdict.doubts) == ("unknown", ("nobody received anything",))

    def test_where_nothing_happened(self) -> None:
        assert judge([], Expectations()).outcome == "unknown"

    def test_but_a_fault_fails_all_the_same(self) -> None:
        leaked = [each for each in GOOD if each.f != "join"]

        assert judge(leaked, Expectations(sends=10_000)).outcome == "fail"

    def test_not_where_the_injected_fault_had_an_effect(self) -> None:
        assert judge(GOOD, Expectations(sends=50, faults=1)).outcome == "pass"
