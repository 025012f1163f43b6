"""A connection joins a session to its wire and keeps what the wire does not take yet."""

import json

import pytest

from parlour.entrypoints.websocket import frames
from parlour.entrypoints.websocket.connection import Connection, Requests
from parlour.entrypoints.websocket.outbox import WriteQueue
from parlour.entrypoints.websocket.session import CloseCode, Session, Timing
from tests.support import builders as b
from tests.support.fakes import ManualClock
from tests.support.sockets import HeldTransport

HELLO = {"type": "hello", "id": 1, "v": 1, "token": "a token"}
READ = {"type": "read", "id": 2, "conversation": str(b.LOBBY), "seq": 1}


class NotedRequests(Requests):
    """Notes what is asked; the test answers."""

    def __init__(self) -> None:
        self.asked: list[frames.Asked] = []
        self.told: list[frames.Typing] = []

    def dispatch(self, connection: Connection, frame: frames.Asked) -> None:
        self.asked.append(frame)

    def relay(self, connection: Connection, frame: frames.Typing) -> None:
        self.told.append(frame)


class Socket:
    """A connection with held ends."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.link = HeldTransport()
        self.requests = NotedRequests()
        self.connection = Connection(
            self.link,
            Session(Timing(), self.clock.monotonic()),
            WriteQueue(max_frames=8, max_bytes=200),
            self.requests,
            self.clock.monotonic,
        )
        self.link.attach(self.connection)

    def greet(self) -> None:
        self.link.say(HELLO)
        self.connection.welcome(1, b'"welcome"')
        assert self.link.written.pop() == b'"welcome"'


@pytest.fixture
def fresh() -> Socket:
    """A socket that was just accepted."""
    return Socket()


@pytest.fixture
def socket() -> Socket:
    """A socket that was welcomed."""
    socket = Socket()
    socket.greet()
    return socket


class TestGreeting:
    def test_comes_before_everything_that_was_pushed_meanwhile(self, fresh: Socket) -> None:
        fresh.link.say(HELLO)
        fresh.connection.push(b'"one"')
        fresh.connection.resync(b.LOBBY, "joined")
        assert not fresh.link.written

        fresh.connection.welcome(1, b'"welcome"')

        resync = {"type": "resync", "reason": "joined", "conversation": str(b.LOBBY)}
        assert fresh.link.frames == ["welcome", "one", resync]

    def test_comes_after_refusals(self, fresh: Socket) -> None:
        fresh.connection.push(b'"one"')
        fresh.link.say({"type": "ping", "id": 7})
        fresh.link.say(READ)

        assert [each["type"] for each in fresh.link.frames] == ["pong", "error"]

    def test_is_not_overtaken_by_what_may_be_missed(self, fresh: Socket) -> None:
        fresh.connection.push_soft("typing", b'"typing"')
        fresh.connection.push_latest("receipt", b'"receipt"')
        assert not fresh.link.written

        fresh.connection.welcome(1, b'"welcome"')

        assert fresh.link.frames == ["welcome", "typing", "receipt"]

    @pytest.mark.parametrize("size", [0, 80], ids=["frames", "bytes"])
    def test_holds_back_no_more_than_a_slow_reader_may(self, fresh: Socket, size: int) -> None:
        for _ in range(9):
            fresh.connection.push(bytes(size))

        assert fresh.link.closed == (CloseCode.SLOW_CONSUMER, "slow_consumer")

    def test_is_not_said_to_a_socket_that_was_closed(self, fresh: Socket) -> None:
        fresh.link.say(HELLO)
        fresh.connection.close(CloseCode.DRAINING, "draining")
        fresh.connection.welcome(1, b'"welcome"')

        assert not fresh.link.written


class TestSlowReader:
    def test_gets_everything_in_order_once_it_reads(self, socket: Socket) -> None:
        socket.connection.push(b"1")
        socket.link.takes = False
        socket.connection.push(b"2")
        socket.connection.answer(7, b"3")
        socket.connection.push(b"4")
        assert socket.link.frames == [1]

        socket.link.takes = True
        socket.connection.push(b"5")
        assert socket.link.frames == [1]  # nothing overtakes what waits

        socket.connection.writable()
        socket.connection.push(b"6")
        assert socket.link.frames == [1, 2, 3, 4, 5, 6]

    def test_gets_as_much_as_it_takes(self, socket: Socket) -> None:
        socket.link.takes = False
        for number in b"123":
            socket.connection.push(bytes([number]))

        class TakesOne(HeldTransport):
            def write(self, text: bytes) -> None:
                super().write(text)
                self.takes = False

        link = TakesOne()
        socket.connection._transport = link
        socket.connection.writable()
        assert link.frames == [1]

        link.takes = True
        socket.connection.push_soft("typing", b"4")
        socket.connection.writable()
        link.takes = True
        socket.connection.writable()
        link.takes = True
        socket.connection.writable()
        assert link.frames == [1, 2, 3, 4]

    def test_is_sent_away_when_too_much_waits(self, socket: Socket) -> None:
        socket.link.takes = False
        for _ in range(8):
            socket.connection.push(b"1")
        before = socket.link.closed
        socket.connection.push(b"1")

        assert before is None
        assert socket.link.closed == (CloseCode.SLOW_CONSUMER, "slow_consumer")

        socket.link.takes = True
        socket.connection.writable()
        assert not socket.link.written  # it comes back by its offsets

    def test_is_sent_away_where_it_takes_nothing_for_ten_seconds(self, socket: Socket) -> None:
        """However little waits: whoever has stopped reading is gone."""
        socket.link.takes, socket.link.waiting = False, 70_000
        for closed in [None] * 10 + [(CloseCode.SLOW_CONSUMER, "slow_consumer")]:
            socket.connection.tick(socket.clock.monotonic())
            assert socket.link.closed == closed
            socket.clock.advance()

    @pytest.mark.parametrize("progress", ["takes a little", "takes all"])
    def test_stays_as_long_as_it_reads(self, socket: Socket, progress: str) -> None:
        socket.link.takes, socket.link.waiting = False, 70_000
        for second in range(34):  # then silence would end it
            if second % 9 == 8 and progress == "takes a little":
                socket.link.waiting -= 1
            socket.link.takes = second % 9 == 8 and progress == "takes all"
            socket.connection.tick(socket.clock.monotonic())
            socket.clock.advance()

        assert socket.link.closed is None

    def test_is_sent_away_for_receipts_too(self, socket: Socket) -> None:
        socket.link.takes = False
        for _ in range(8):
            socket.connection.push(b"1")
        socket.connection.push_latest("receipt", b"1")

        assert socket.link.closed == (CloseCode.SLOW_CONSUMER, "slow_consumer")

    def test_is_not_sent_away_for_answers(self, socket: Socket) -> None:
        socket.link.takes = False
        for id_ in range(32):
            socket.link.say({**READ, "id": id_})
            socket.connection.answer(id_, b'"%s"' % (b"x" * 1_000))
        assert socket.link.closed is None
        assert not socket.link.written

        socket.link.takes = True
        socket.link.say({**READ, "id": 32})  # what waits is in flight
        assert len(socket.requests.asked) == 1 + 32

        socket.connection.writable()
        answers = [each for each in socket.link.frames if isinstance(each, str)]
        assert answers == ["x" * 1_000] * 32
        socket.link.say({**READ, "id": 33})
        assert socket.requests.asked[-1].id == 33

    def test_stays_while_it_takes_what_keeps_coming(self, socket: Socket) -> None:
        """What a peer takes is refilled at once, so the unsent bytes need not shrink."""
        socket.link.takes, socket.link.waiting = False, 70_000
        for second in range(34):
            if second % 9 == 8:
                socket.connection.writable()
            socket.connection.tick(socket.clock.monotonic())
            socket.clock.advance()

        assert socket.link.closed is None

    def test_misses_what_is_soft_first(self, socket: Socket) -> None:
        socket.link.takes = False
        for number in b"1234":
            socket.connection.push(bytes([number]))
        socket.connection.push_soft("typing", b"5")
        socket.connection.push_latest("receipt", b"6")
        socket.connection.push_latest("receipt", b"7")
        socket.link.takes = True
        socket.connection.writable()

        assert socket.link.frames == [1, 2, 3, 4, 7]


class TestEnd:
    def test_is_told_once(self, socket: Socket) -> None:
        socket.connection.end()
        socket.connection.close(CloseCode.DRAINING, "draining")

        assert socket.link.closed == (CloseCode.SESSION_REVOKED, "session_revoked")

    @pytest.mark.parametrize("how", ["closed", "lost"])
    def test_ends_everything(self, socket: Socket, how: str) -> None:
        if how == "closed":
            socket.connection.close(CloseCode.DRAINING, "draining")
        else:
            socket.connection.lost()
        socket.link.takes = False
        for _ in range(20):
            socket.connection.push(b"1")
            socket.connection.push_soft("typing", b"1")
            socket.connection.push_latest("receipt", b"1")
            socket.connection.answer(7, b"1")
        socket.link.say(READ)
        socket.connection.tick(1e9)
        socket.connection.refused()

        assert not socket.requests.asked[1:]
        assert not socket.link.written
        assert not len(socket.connection._outbox)
        assert socket.link.closed in {None, (CloseCode.DRAINING, "draining")}

    def test_comes_by_a_binary_frame(self, socket: Socket) -> None:
        socket.connection.binary()

        assert socket.link.closed == (CloseCode.BAD_FRAME, "binary")

    def test_comes_by_silence(self, socket: Socket) -> None:
        for _ in range(40):
            socket.clock.advance()
            socket.connection.tick(socket.clock.monotonic())

        assert socket.link.frames == [{"type": "ping"}]
        assert socket.link.closed == (CloseCode.NO_HEARTBEAT, "no_heartbeat")

    def test_is_put_off_by_any_sign_of_life(self, socket: Socket) -> None:
        for _ in range(60):
            socket.clock.advance()
            socket.connection.control()
            socket.connection.tick(socket.clock.monotonic())

        assert not socket.link.written

    def test_comes_by_asking_too_often(self, socket: Socket) -> None:
        for _ in range(1_001):
            socket.connection.refused()

        assert socket.link.closed == (CloseCode.RATE_LIMITED, "rate_limited")


class TestTalk:
    def test_asks_and_tells(self, socket: Socket) -> None:
        socket.link.say(READ)
        socket.link.say({"type": "typing", "conversation": str(b.LOBBY), "on": True})

        assert socket.requests.asked[1:] == [frames.Read(id=2, conversation=b.LOBBY, seq=1)]
        assert socket.requests.told == [frames.Typing(b.LOBBY, True)]

    def test_answers_free_their_id(self, socket: Socket) -> None:
        socket.link.say(READ)
        socket.connection.answer(2, json.dumps({"type": "ok", "id": 2}).encode())
        socket.link.say(READ)

        assert len(socket.requests.asked) == 3
        assert socket.link.frames == [{"type": "ok", "id": 2}]
