"""Who may have seen what: members who join and leave, at times that may be uncertain."""

import pytest

from parlour.entrypoints.verify import Expectations, Record, judge
from tests.support.histories import LOBBY, Writer


class TestAMembership:
    @pytest.mark.parametrize("f", ["join", "leave"])
    def test_that_is_uncertain_proves_no_leak(self, f: str) -> None:
        """Carol hears what is said while she is out, and nobody knows whether she is."""
        writer = Writer()
        writer.joins("alice")
        writer.connects("alice-phone")
        writer.connects("carol-phone")
        if f == "leave":
            writer.joins("carol")
        args = {"conversation": LOBBY, "member": "carol"}
        op = writer.write("alice-phone", "invoke", f, args)
        writer.write("alice-phone", "info", f, args, op=op)
        writer.since["carol"] = 0
        writer.says("alice-phone")
        writer.turns("carol-phone", final=True)

        assert judge(writer.records, Expectations(sends=1)).outcome == "pass"

    def test_that_was_refused_counts_as_none(self) -> None:
        writer = Writer()
        writer.joins("alice")
        writer.connects("alice-phone")
        writer.connects("carol-phone")
        args = {"conversation": LOBBY, "member": "carol"}
        op = writer.write("alice-phone", "invoke", "join", args)
        writer.write("alice-phone", "fail", "join", args, op=op)
        writer.since["carol"] = 0
        writer.says("alice-phone")
        verdict = judge(writer.records, Expectations(sends=1))

        assert {fault.property for fault in verdict.faults} == {"leaked"}

    def test_that_surely_ended_after_an_uncertain_change_is_over(self) -> None:
        writer = Writer()
        writer.joins("alice")
        writer.joins("carol")
        writer.connects("alice-phone")
        writer.connects("carol-phone")
        args = {"conversation": LOBBY, "member": "carol"}
        op = writer.write("alice-phone", "invoke", "leave", args)
        writer.write("alice-phone", "info", "leave", args, op=op)
        writer.says("alice-phone")
        writer.leaves("carol")
        writer.since["carol"] = 1
        writer.says("alice-phone")
        verdict = judge(writer.records, Expectations(sends=2))

        assert {fault.property for fault in verdict.faults} == {"leaked"}


class TestAGapThatCannotBeClosedAnyMore:
    """Carol hears the third message before the second one, and is removed before she can ask."""

    def history(self, *, leaves: bool, forgoes: bool) -> list[Record]:
        writer = Writer()
        writer.joins("alice")
        writer.joins("carol")
        writer.connects("alice-phone")
        writer.connects("carol-phone")
        for _ in range(3):
            writer.says("alice-phone")
        heard = [at for at, each in enumerate(writer.records) if each.client == "carol-phone"]
        del writer.records[heard[-2]]
        if leaves:
            writer.leaves("carol")
        if forgoes:
            what = {"conversation": LOBBY, "after": writer.messages[0]["offset"]}
            writer.write("carol-phone", "ok", "forgo", what)
        writer.turns("alice-phone", final=True)
        return writer.records

    def test_is_no_fault(self) -> None:
        records = self.history(leaves=True, forgoes=True)

        assert judge(records, Expectations(sends=3)).outcome == "pass"

    @pytest.mark.parametrize(("leaves", "forgoes"), [(True, False), (False, True)])
    def test_is_a_fault_for_a_client_that_did_not_ask_or_was_not_removed(
        self, leaves: bool, forgoes: bool
    ) -> None:
        verdict = judge(self.history(leaves=leaves, forgoes=forgoes), Expectations(sends=3))

        assert {fault.property for fault in verdict.faults} == {"skipped"}


def test_a_member_who_rejoined_must_receive_what_came_since() -> None:
    writer = Writer()
    writer.joins("alice")
    writer.joins("carol")
    writer.connects("alice-phone")
    writer.connects("carol-phone")
    writer.says("alice-phone")
    writer.leaves("carol")
    writer.joins("carol")
    writer.turns("carol-phone", newest=1)
    writer.turns("alice-phone", final=True)

    assert judge(writer.records, Expectations(sends=1)).outcome == "pass"


def test_a_member_removed_while_offline_may_miss_the_last_part() -> None:
    writer = Writer()
    writer.joins("alice")
    writer.joins("carol")
    writer.connects("alice-phone")
    writer.connects("carol-phone")
    writer.says("alice-phone")
    writer.write("carol-phone", "ok", "close", {"socket": "carol-phone/1"})
    del writer.clients["carol-phone"]
    writer.says("alice-phone")
    writer.leaves("carol")
    writer.joins("carol")
    writer.connects("carol-phone")
    writer.says("alice-phone")
    writer.turns("alice-phone", final=True)

    assert judge(writer.records, Expectations(sends=1)).outcome == "pass"
