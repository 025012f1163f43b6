"""Catching up: what was missed is requested once, and the client is complete again."""

import asyncio

import pytest

from parlour.entrypoints.client.errors import LoggedOut, NoAnswer, Refused
from parlour.entrypoints.client.state import State
from tests.support.catching_up import Device
from tests.support.chat_log import AT, WHERE, Frame, pushed, write
from tests.support.scripted_service import until

LOG = write(["reply"] * 6)


async def test_a_gap_is_synced_page_by_page_until_it_is_closed() -> None:
    device = Device(LOG, 1)
    device.dispatch(pushed(LOG[5]))
    await until(lambda: device.seqs == [1, 2, 3, 4, 5, 6])

    assert set(device.asked) == {"sync"}


async def test_a_gap_that_closes_by_itself_costs_no_request() -> None:
    device = Device(LOG[:3], 1)
    device.dispatch(pushed(LOG[2]))
    device.dispatch(pushed(LOG[1]))
    await device.rest()

    assert device.seqs == [1, 2, 3]
    assert device.asked == []


async def test_a_gap_before_a_head_without_a_log_is_closed_by_the_head() -> None:
    device = Device(LOG, 1, is_loaded=False)
    device.dispatch(pushed(LOG[5]))
    await until(lambda: device.state.conversations[WHERE].head.seq == 6)

    assert device.asked == ["head"]


async def test_an_event_of_an_unknown_conversation_loads_its_head() -> None:
    device = Device(LOG, 6)
    device.state = State(me=device.state.me, cursor="0")
    device.dispatch(pushed(LOG[5]))

    await until(lambda: WHERE in device.state.conversations)


async def test_a_temporary_failure_is_tried_again() -> None:
    device = Device(LOG, 1)
    busy = Refused("overloaded", "busy", temporary=True)
    device.service.trouble["sync"] = [busy, NoAnswer("late"), busy]
    device.dispatch(pushed(LOG[5]))

    await until(lambda: device.seqs == [1, 2, 3, 4, 5, 6])


async def test_without_a_connection_nothing_is_tried_until_the_next_welcome() -> None:
    device = Device(LOG, 1)
    device.service.up = False
    device.service.trouble["sync"] = [NoAnswer("lost")]
    device.dispatch(pushed(LOG[5]))
    await until(lambda: device.asked == ["sync"])

    device.service.up = True
    device.dispatch({"type": "welcome", "cursor": "0", "heads": [], "more": False})
    await until(lambda: device.seqs == [1, 2, 3, 4, 5, 6])


async def test_a_conversation_that_is_not_found_counts_as_left() -> None:
    device = Device(LOG, 1)
    device.service.trouble["sync"] = [Refused("not_found", "no")]
    device.dispatch(pushed(LOG[5]))

    await until(lambda: device.state.conversations[WHERE].left)


async def test_a_final_refusal_is_not_tried_again() -> None:
    device = Device(LOG, 1)
    device.service.trouble["sync"] = [Refused("invalid", "no")] * 9
    device.dispatch(pushed(LOG[5]))
    await device.rest()

    assert device.asked == ["sync"]


async def test_a_logged_out_client_stops_asking() -> None:
    device = Device(LOG, 1)
    device.service.trouble["sync"] = [LoggedOut()]
    device.dispatch(pushed(LOG[5]))
    await device.rest()

    assert device.asked == ["sync"]


async def test_after_a_reset_the_newest_page_replaces_the_log() -> None:
    device = Device(LOG, 1)
    device.service.reset = True
    device.dispatch(pushed(LOG[5]))
    await until(lambda: device.seqs == [1, 2, 3, 4, 5, 6])

    assert device.asked == ["sync", "head", "history"]


@pytest.mark.parametrize("reason", [{"conversation": WHERE}, {}])
async def test_a_resync_loads_what_is_missing(reason: Frame) -> None:
    device = Device(LOG, 2)
    device.dispatch({"type": "resync", "reason": "gap", **reason})

    await until(lambda: device.seqs == [1, 2, 3, 4, 5, 6])


async def test_a_head_push_loads_the_events_up_to_it() -> None:
    device = Device(LOG, 2)
    device.dispatch({"type": "head", "conversation": WHERE, "seq": 6, "offset": 6})
    await until(lambda: device.seqs == [1, 2, 3, 4, 5, 6])

    unread = Device(LOG, 2, is_loaded=False)
    unread.dispatch({"type": "head", "conversation": WHERE, "seq": 6, "offset": 6})
    await until(lambda: unread.state.conversations[WHERE].head.seq == 6)


async def test_an_acknowledged_change_is_read_from_the_log() -> None:
    device = Device(LOG, 2)
    device.dispatch({"type": "acknowledged", "conversation": WHERE, "offset": 6})
    await until(lambda: device.seqs == [1, 2, 3, 4, 5, 6])
    asked = len(device.asked)
    device.dispatch({"type": "acknowledged", "conversation": WHERE, "offset": 6})
    await device.rest()

    assert len(device.asked) == asked


async def test_an_acknowledged_private_change_is_read_from_the_private_log() -> None:
    device = Device(LOG, 6)
    moved: Frame = {"kind": "read.moved", "at": AT, "offset": 1}
    device.service.private = [{**moved, "data": {"conversation": WHERE, "seq": 3}}]
    device.dispatch({"type": "acknowledged.me", "offset": 1})

    await until(lambda: device.state.conversations[WHERE].head.read == 3)


async def test_a_welcome_loads_everything_since_the_cursor() -> None:
    device = Device(LOG, 2)
    moved: Frame = {"kind": "read.moved", "at": AT}
    device.service.private = [
        {**moved, "offset": n, "data": {"conversation": WHERE, "seq": n}} for n in range(1, 6)
    ]
    device.dispatch({"type": "welcome", "cursor": "0", "heads": [], "more": True})
    await until(lambda: device.seqs == [1, 2, 3, 4, 5, 6])

    assert device.state.cursor == "5"
    assert device.state.conversations[WHERE].head.read == 5


async def test_a_private_event_after_a_gap_loads_those_before_it() -> None:
    device = Device(LOG, 6)
    moved: Frame = {"kind": "read.moved", "at": AT}
    device.service.private = [
        {**moved, "offset": n, "data": {"conversation": WHERE, "seq": n}} for n in range(1, 6)
    ]
    device.dispatch({"type": "event.me", **device.service.private[4]})

    await until(lambda: device.state.private_offset == 5)
    assert device.state.conversations[WHERE].head.read == 5


async def test_a_joined_conversation_loads_its_head() -> None:
    device = Device(LOG, 6)
    device.state = State(me=device.state.me, cursor="0")
    joined: Frame = {"offset": 1, "kind": "conversation.joined", "at": AT}
    device.service.private = [{**joined, "data": {"conversation": WHERE}}]
    device.dispatch({"type": "event.me", **device.service.private[0]})

    await until(lambda: WHERE in device.state.conversations)


async def test_a_message_is_not_missed_that_comes_while_a_head_is_on_its_way() -> None:
    device = Device(LOG[:1], 1, is_loaded=False)
    resync: Frame = {"type": "resync", "conversation": WHERE, "reason": "joined"}

    def message_comes() -> None:
        # No event: it was posted before the service subscribed the socket to the conversation.
        device.service.log = list(LOG[:2])
        device.dispatch(resync)

    device.service.before_arrival = message_comes
    device.dispatch(resync)

    await until(lambda: device.state.conversations[WHERE].head.seq == 2)


async def test_a_private_event_is_not_missed_that_comes_while_others_are_on_their_way() -> None:
    device = Device(LOG, 6)
    moved: Frame = {"kind": "read.moved", "at": AT}
    events = [
        {**moved, "offset": n, "data": {"conversation": WHERE, "seq": n}} for n in range(1, 4)
    ]
    device.service.private = events[:2]

    def another_comes() -> None:
        device.service.private = events
        device.dispatch({"type": "event.me", **events[2]})

    device.service.before_arrival = another_comes
    device.dispatch({"type": "event.me", **events[1]})

    await until(lambda: device.state.private_offset == 3)


async def test_a_gap_that_opens_while_another_is_closed_is_closed_too() -> None:
    device = Device(LOG[:1], 1)
    device.service.log = list(LOG[:3])

    async def more_is_said() -> None:
        device.service.log = list(LOG)
        device.dispatch(pushed(LOG[5]))

    device.service.meanwhile = more_is_said
    device.dispatch(pushed(LOG[2]))

    await until(lambda: device.seqs == [1, 2, 3, 4, 5, 6])


async def test_a_new_connection_cancels_the_catching_up_of_the_old_one() -> None:
    device = Device(LOG, 6)
    for_ever = asyncio.Event()
    welcome: Frame = {"type": "welcome", "cursor": "0", "heads": [], "more": False}

    async def never_answered() -> None:
        await for_ever.wait()

    device.service.meanwhile = never_answered
    device.dispatch(welcome)
    await until(lambda: device.asked == ["sync.me"])
    device.dispatch(welcome)
    await until(lambda: device.asked == ["sync.me", "sync.me", "sync"])
    for_ever.set()
    await device.rest()
    await asyncio.sleep(0)

    assert device.asked == ["sync.me", "sync.me", "sync"]


async def test_stop_cancels_everything() -> None:
    device = Device(LOG, 1)
    device.dispatch(pushed(LOG[5]))
    await device.catchup.stop()

    assert device.asked == []
    assert device.catchup.is_idle
