"""Mutations of correct histories: each violates one property, at any position."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import attrs

from parlour.entrypoints.verify import Record
from tests.support.histories import (
    LOBBY,
    STEP,
    beyond,
    changed,
    everywhere,
    final_pages,
    pick,
    put,
    told,
    without,
)

Spoil = Callable[[list[Record], int], list[Record]]
"""Mutates a history at a position, which may be any number."""


def a_message_is_missing_at_the_end(records: list[Record], position: int) -> list[Record]:
    pages = final_pages(records)
    at = pages[position % len(pages)]
    messages = records[at].result["messages"]
    gone = position % len(messages)
    return put(records, at, told(records[at], messages=messages[:gone] + messages[gone + 1 :]))


def an_acknowledged_message_is_nowhere(records: list[Record], position: int) -> list[Record]:
    key = records[pick(records, position, "send")].args["key"]
    kept = [each for each in records if not (each.f == "recv" and each.result["key"] == key)]
    return changed(
        kept,
        lambda each: each.f == "page" and each.kind == "ok",
        lambda each: told(each, messages=[m for m in each.result["messages"] if m["key"] != key]),
    )


def a_message_stands_twice(records: list[Record], position: int) -> list[Record]:
    last = max(each.result["seq"] for each in records if each.f == "recv")
    copied = records[pick(records, position, "recv")].result
    again = {**copied, "seq": last + 1, "offset": 10_000}
    return changed(
        records,
        lambda each: each.f == "page" and each.kind == "ok" and each.args["final"],
        lambda each: told(each, messages=[*each.result["messages"], again]),
    )


def a_frame_comes_twice(records: list[Record], position: int) -> list[Record]:
    at = pick(records, position, "recv")
    return beyond(records, at, records[at])


def frames_change_places(records: list[Record], position: int) -> list[Record]:
    mine = [at for at, each in enumerate(records) if each.f == "recv" and "bob" in each.client]
    one = mine[position % (len(mine) - 2)]
    other = next(at for at in mine if at > one and records[at].client == records[one].client)
    early, late = records[one], records[other]
    swapped = put(records, one, attrs.evolve(late, at=early.at))
    return put(swapped, other, attrs.evolve(early, at=late.at))


def a_message_gets_another_number_for_one(records: list[Record], position: int) -> list[Record]:
    at = pick(records, position, "recv")
    return put(records, at, told(records[at], seq=records[at].result["seq"] + 1))


def an_acknowledgement_names_another_number(records: list[Record], position: int) -> list[Record]:
    at = pick(records, position, "send")
    return put(records, at, told(records[at], seq=records[at].result["seq"] + 1))


def a_message_is_seen_with_another_text(records: list[Record], position: int) -> list[Record]:
    at = pick(records, position, "recv")
    return put(records, at, told(records[at], text="something else"))


def a_frame_never_comes(records: list[Record], position: int) -> list[Record]:
    client = ("alice-phone", "bob-phone", "bob-laptop")[position % 3]
    mine = [at for at, each in enumerate(records) if each.f == "recv" and each.client == client]
    return without(records, mine[1 + position % (len(mine) - 2)])


def the_last_frame_never_comes(records: list[Record], position: int) -> list[Record]:
    client = ("alice-phone", "bob-laptop", "carol-phone")[position % 3]
    mine = [at for at, each in enumerate(records) if each.f == "recv" and each.client == client]
    return without(records, mine[-1])


def a_frame_comes_too_late(records: list[Record], position: int) -> list[Record]:
    client = ("bob-phone", "bob-laptop", "carol-phone")[position % 3]
    at = max(at for at, each in enumerate(records) if each.f == "recv" and each.client == client)
    late = attrs.evolve(records[at], at=records[at].at + 3_000 * STEP)
    return put(records, at, late)


def a_stranger_hears_it(records: list[Record], position: int) -> list[Record]:
    at = pick(records, position, "recv")
    seen = records[at]
    args = {**seen.args, "socket": "mallory-phone/1"}
    foreign = attrs.evolve(seen, client="mallory-phone", user="mallory", args=args)
    return beyond(records, at, foreign)


def who_was_removed_still_hears(records: list[Record], position: int) -> list[Record]:
    left = next(at for at, each in enumerate(records) if each.f == "leave" and each.kind == "ok")
    back = max(at for at, each in enumerate(records) if each.f == "join" and each.kind == "ok")
    heard = [at for at in range(left, back) if records[at].client == "bob-laptop"]
    heard = [at for at in heard if records[at].f == "recv"]
    at = heard[position % len(heard)]
    args = {**records[at].args, "socket": "carol-phone/1"}
    return beyond(
        records, at, attrs.evolve(records[at], client="carol-phone", user="carol", args=args)
    )


def who_came_later_sees_what_was_before(records: list[Record], position: int) -> list[Record]:
    pages = [at for at in final_pages(records) if records[at].user == "carol"]
    whole = records[final_pages(records)[0]].result["messages"]
    held = len(records[pages[0]].result["messages"])
    more = 1 + position % (len(whole) - held)
    return put(records, pages[0], told(records[pages[0]], messages=whole[-held - more :]))


def a_page_lacks_the_newest(records: list[Record], position: int) -> list[Record]:
    at = pick(records, position, "page")
    messages = records[at].result["messages"]
    return put(records, at, told(records[at], messages=messages[:-1]))


def a_page_lacks_one_in_the_middle(records: list[Record], position: int) -> list[Record]:
    at = pick(records, position, "page")
    messages = records[at].result["messages"]
    return put(records, at, told(records[at], messages=[*messages[:2], *messages[3:]]))


def nobody_sent_it(records: list[Record], position: int) -> list[Record]:
    at = pick(records, position, "recv")
    return put(records, at, told(records[at], key="a key of nobody"))


def it_was_refused(records: list[Record], position: int) -> list[Record]:
    at = pick(records, position, "send")
    return put(records, at, attrs.evolve(records[at], kind="fail", result={}))


def it_was_said_elsewhere(records: list[Record], position: int) -> list[Record]:
    at = pick(records, position, "send", "invoke")
    args = {**records[at].args, "conversation": "attic"}
    return put(records, at, attrs.evolve(records[at], args=args))


def it_was_heard_before_it_was_said(records: list[Record], position: int) -> list[Record]:
    at = pick(records, position, "recv")
    return put(records, at, attrs.evolve(records[at], at=0))


def a_number_is_left_out(records: list[Record], position: int) -> list[Record]:
    hole = records[pick(records, position, "send")].result["seq"]
    return everywhere(records, lambda m: m.update(seq=m["seq"] + (m["seq"] >= hole)))


def numbers_and_offsets_disagree(records: list[Record], position: int) -> list[Record]:
    whole = records[final_pages(records)[0]].result["messages"]
    one = position % (len(whole) - 1)
    offsets = {
        whole[one]["offset"]: whole[one + 1]["offset"],
        whole[one + 1]["offset"]: whole[one]["offset"],
    }
    return everywhere(records, lambda m: m.update(offset=offsets.get(m["offset"], m["offset"])))


def renumbered(records: list[Record], one: str, other: str) -> list[Record]:
    """Swap the seqs of two messages for everybody."""
    numbers = {
        each.args["key"]: {name: each.result[name] for name in ("seq", "offset")}
        for each in records
        if each.f == "send" and each.kind == "ok" and each.args["key"] in {one, other}
    }

    def change(message: dict[str, Any]) -> None:
        key = {numbers[one]["seq"]: other, numbers[other]["seq"]: one}.get(message["seq"])
        if key:
            message.update(numbers[key])

    def sort(record: Record) -> Record:
        ordered = sorted(record.result["messages"], key=lambda each: each["seq"])
        return told(record, messages=ordered)

    return changed(everywhere(records, change), lambda r: r.f == "page" and r.kind == "ok", sort)


def who_spoke_later_comes_first(records: list[Record], position: int) -> list[Record]:
    sends = [each for each in records if each.f == "send" and each.kind == "ok"]
    spoken = [each for each in sends if each.client == "bob-phone"]
    at = position % (len(spoken) - 1)
    return renumbered(records, spoken[at].args["key"], spoken[at + 1].args["key"])


def a_pipeline_changes_its_order(records: list[Record], position: int) -> list[Record]:
    begun = [each for each in records if each.f == "send" and each.kind == "invoke"]
    pairs = [
        (one.args["key"], other.args["key"])
        for one, other in pairwise(begun)
        if other.at == one.at + STEP
    ]
    return renumbered(records, *pairs[position % len(pairs)])


def a_sender_hears_itself(records: list[Record], position: int) -> list[Record]:
    at = pick(records, position, "send")
    sent = records[at]
    message = {**sent.result, "key": sent.args["key"], "text": sent.args["text"], "by": sent.user}
    args = {"conversation": LOBBY, "socket": sent.result["socket"], "via": "live"}
    return beyond(records, at, attrs.evolve(sent, op=-1, f="recv", args=args, result=message))


def a_read_mark_goes_back(records: list[Record], position: int) -> list[Record]:
    reads = [at for at, each in enumerate(records) if each.f == "read" and each.kind == "ok"]
    at = reads[1 + position % (len(reads) - 1)]
    lower = records[reads[0]].result["seq"] - 1
    return put(records, at, told(records[at], seq=lower))


def the_same_key_is_answered_with_another_number(
    records: list[Record], position: int
) -> list[Record]:
    at = pick(records, position, "send")
    sent = attrs.evolve(records[at], op=-1, f="resend")
    begun = attrs.evolve(sent, kind="invoke", result={})
    again = told(sent, seq=records[pick(records, position + 1, "send")].result["seq"])
    return beyond(beyond(records, at, again), at, begun)


SPOILED: dict[Spoil, str] = {
    a_message_is_missing_at_the_end: "lost",
    an_acknowledged_message_is_nowhere: "lost",
    a_message_stands_twice: "doubled",
    a_frame_comes_twice: "reordered",
    frames_change_places: "reordered",
    a_message_gets_another_number_for_one: "doubled",
    an_acknowledgement_names_another_number: "doubled",
    a_message_is_seen_with_another_text: "identity",
    a_frame_never_comes: "skipped",
    the_last_frame_never_comes: "late",
    a_frame_comes_too_late: "late",
    a_stranger_hears_it: "leaked",
    who_was_removed_still_hears: "leaked",
    who_came_later_sees_what_was_before: "leaked",
    a_page_lacks_the_newest: "stale",
    a_page_lacks_one_in_the_middle: "dense",
    nobody_sent_it: "phantom",
    it_was_refused: "phantom",
    it_was_said_elsewhere: "phantom",
    it_was_heard_before_it_was_said: "phantom",
    a_number_is_left_out: "dense",
    numbers_and_offsets_disagree: "dense",
    who_spoke_later_comes_first: "order",
    a_pipeline_changes_its_order: "order",
    the_same_key_is_answered_with_another_number: "doubled",
    a_sender_hears_itself: "echoed",
    a_read_mark_goes_back: "mark",
}
