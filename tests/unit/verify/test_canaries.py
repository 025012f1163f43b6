"""Canaries are found in all bytes that come in, parsed or not, however they are cut."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from parlour.entrypoints.client.errors import ClientError
from parlour.entrypoints.verify import Expectations, judge
from parlour.entrypoints.verify.account import Account
from parlour.entrypoints.verify.canary import canaries_in, new_canary, recording_socket
from parlour.entrypoints.verify.recorder import Actor, Recorder
from tests.support.histories import LOBBY, Writer
from tests.support.scripted_service import answering

CANARY = new_canary()
SECRET = CANARY.encode()


def canaries_of(recorder: Recorder) -> list[str]:
    return [each.result["canary"] for each in recorder.records if each.f == "bytes"]


def test_canaries_are_found_in_any_bytes() -> None:
    other = new_canary()

    assert canaries_in(b"\x81\x7e" + SECRET + b'"}' + other.encode()) == {CANARY, other}
    assert not canaries_in(SECRET[:-1])


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n" + b'{"x":"%b"}' % SECRET.ljust(52),
        b"HTTP/1.1 200 OK\r\nX-Hint: %b\r\nContent-Length: 2\r\n\r\n{}" % SECRET,
        b"HTTP/1.1 404 %b\r\nContent-Length: 0\r\n\r\n" % SECRET,
        b"HTTP/1.1 500 Oops\r\nContent-Length: 60\r\n\r\nno JSON: " + SECRET.ljust(51),
    ],
    ids=["body", "header", "reason", "body of an error"],
)
async def test_every_part_of_an_http_answer_is_searched(answer: bytes) -> None:
    recorder = Recorder()
    async with answering(answer) as place:
        account = Account([f"http://{place}"], "mallory", "a-password", recorder)
        with suppress(ClientError, KeyError, TypeError):
            await account.register()

    assert canaries_of(recorder) == [CANARY]


@pytest.mark.parametrize(
    "chunks",
    [
        [b"HTTP/1.1 403 Forbidden\r\nContent-Length: 50\r\n\r\n" + SECRET],
        [b"HTTP/1.1 101 Switching Protocols\r\nX-Hint: ", SECRET, b"\r\n\r\n"],
        [SECRET[:11], SECRET[11:20], SECRET[20:]],
    ],
    ids=["refusal", "handshake", "cut by the network"],
)
async def test_a_socket_is_searched_from_its_first_byte(chunks: Sequence[bytes]) -> None:
    found: set[str] = set()
    async with answering(*chunks) as place:
        kind = recording_socket(lambda _place, data: found.update(canaries_in(data)), place)
        with suppress(WebSocketException, EOFError, TimeoutError):
            await connect(f"ws://{place}", create_connection=kind, proxy=None, open_timeout=5)

    assert found == {CANARY}


async def test_a_canary_is_recorded_once() -> None:
    recorder = Recorder()
    account = Account(["http://127.0.0.1:9"], "mallory", "a-password", recorder)
    for place in ("a socket", "an answer"):
        account.record_bytes(place, SECRET)

    (record,) = recorder.records
    assert (record.client, record.args) == ("mallory", {"place": "a socket"})


class TestTheChecker:
    """Judges which users received which canary."""

    def history(self, *hears: str) -> Writer:
        writer = Writer()
        writer.joins("alice")
        writer.connects("alice-phone")
        writer.joins("bob")
        writer.connects("bob-phone")
        writer.write("alice-phone", "ok", "canary", {"conversation": LOBBY}, {"canary": CANARY})
        writer.says("alice-phone")
        for client in hears:
            writer.write(client, "ok", "bytes", {"place": "a socket"}, {"canary": CANARY})
        writer.turns("bob-phone", final=True)
        return writer

    def test_accepts_it_for_members(self) -> None:
        writer = self.history("alice-phone", "bob-phone")

        assert judge(writer.records, Expectations(sends=1)).outcome == "pass"

    def test_accepts_it_for_former_members(self) -> None:
        writer = self.history("bob-phone")
        writer.leaves("bob")

        assert judge(writer.records, Expectations(sends=1)).outcome == "pass"

    def test_reports_a_stranger_and_where_the_bytes_came_from(self) -> None:
        writer = self.history("alice-phone", "mallory-phone")
        (fault,) = judge(writer.records, Expectations(sends=1)).faults

        assert fault.property == "spilled"
        assert fault.evidence == "mallory was sent bytes of lobby by a socket"

    def test_ignores_canaries_of_other_runs(self) -> None:
        writer = self.history("alice-phone")
        foreign = {"canary": new_canary()}
        writer.write("mallory-phone", "ok", "bytes", {"place": "a socket"}, foreign)

        assert judge(writer.records, Expectations(sends=1)).outcome == "pass"

    def test_is_unsure_where_no_bytes_were_searched(self) -> None:
        verdict = judge(self.history().records, Expectations(sends=1))

        assert verdict.outcome == "unknown"
        assert verdict.doubts == ("nobody searched the bytes that came in",)


def test_threads_can_record_at_the_same_time() -> None:
    recorder = Recorder()
    actor = Actor("alice-phone", "alice")

    async def write() -> None:
        await asyncio.gather(*(asyncio.to_thread(notes) for _ in range(8)))

    def notes() -> None:
        for _ in range(500):
            recorder.note(actor, "connect", {"socket": "alice-phone/1"})

    asyncio.run(write())

    assert len({each.op for each in recorder.records}) == 4_000
