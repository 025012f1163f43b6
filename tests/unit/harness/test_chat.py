"""The whole service in memory: people, devices, what they send and receive, and virtual time."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import attrs
import pytest

from parlour.adapters.config.settings import LimitSettings, Settings, Websocket
from parlour.domain.kernel.limits import Rate
from parlour.entrypoints.client.reducer import TYPING_TIMEOUT
from parlour.entrypoints.harness import Chat, Closed, Refused


class TestTalking:
    def test_reaches_every_device(self, chat: Chat) -> None:
        alice, bob = chat.user("alice"), chat.user("bob")
        room = alice.open_direct(bob)
        bob.phone.texts(room)
        bob.laptop.texts(room)
        answer = alice.phone.say(room, "hi")

        assert answer is not None
        assert (answer["type"], answer["seq"]) == ("ok", 1)
        for device in (alice.phone, bob.phone, bob.laptop):
            assert device.texts(room) == ["hi"]

    def test_reaches_a_device_that_connects_late(self, chat: Chat) -> None:
        alice, bob = chat.user("alice"), chat.user("bob")
        room = alice.open_direct(bob)
        for number in range(450):
            chat.advance(1)
            alice.phone.say(room, str(number))

        assert bob.phone.texts(room) == [str(number) for number in range(450)]

    def test_starts_at_the_newest_page_where_too_much_was_missed(self, chat: Chat) -> None:
        alice, bob = chat.user("alice"), chat.user("bob")
        room = alice.open_direct(bob)
        for number in range(1_100):
            chat.advance(0.05)
            alice.phone.say(room, str(number))

        assert bob.phone.texts(room) == [str(number) for number in range(1_050, 1_100)]

    def test_needs_no_port_and_no_waiting(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def forbidden(*_: object) -> None:
            raise AssertionError("the harness is all in memory")

        monkeypatch.setattr(socket.socket, "bind", forbidden)
        monkeypatch.setattr(time, "sleep", forbidden)
        with Chat() as chat:
            alice, bob = chat.user("alice"), chat.user("bob")
            room = alice.open_direct(bob)
            for number in range(20):
                alice.phone.say(room, str(number))
            chat.advance(24 * 3600)

            assert len(bob.phone.texts(room)) == 20

    def test_raises_refusals(self, chat: Chat) -> None:
        alice, mallory = chat.user("alice"), chat.user("mallory")
        room = alice.create_group("Tea")
        with pytest.raises(Refused) as refusal:
            mallory.phone.say(room, "let me in")

        assert refusal.value.code == "not_found"
        with pytest.raises(Refused) as refusal:
            alice.phone.say(room, "")

        assert refusal.value.code == "invalid"

    def test_has_mentions_and_replies(self, chat: Chat) -> None:
        alice, bob = chat.user("alice"), chat.user("bob")
        room = alice.create_group("Tea", bob)
        bob.phone.say(room, "who is here?")
        alice.phone.say(room, "me", reply_to=1, mentions=[str(bob.id)])
        event = bob.phone.heard("event")[-1]

        assert (event["data"]["reply_to"], event["data"]["mentions"]) == (1, [str(bob.id)])


class TestPushes:
    def test_are_receipts_for_devices_that_focus_the_conversation(self, chat: Chat) -> None:
        alice, bob = chat.user("alice"), chat.user("bob")
        room = alice.open_direct(bob)
        alice.phone.focus(room)
        alice.phone.say(room, "hi")
        bob.phone.receive(room, 1)
        assert alice.phone.receipt_of(room, bob) == (1, 0)
        bob.phone.read(room)
        assert alice.phone.receipt_of(room, bob) == (1, 1)

        alice.phone.focus(None)
        alice.phone.say(room, "again")
        bob.phone.read(room)
        assert alice.phone.receipt_of(room, bob) == (1, 1)

    def test_are_typing_for_six_seconds(self, chat: Chat) -> None:
        alice, bob = chat.user("alice"), chat.user("bob")
        room = alice.open_direct(bob)
        bob.phone.texts(room)
        alice.phone.type(room)
        assert bob.phone.typing_in(room) == {alice.id}
        alice.phone.type(room, on=False)
        assert bob.phone.typing_in(room) == set()

        alice.phone.type(room)
        chat.advance(TYPING_TIMEOUT)
        assert bob.phone.typing_in(room) == set()

        alice.phone.type(room)
        alice.phone.say(room, "hi")
        assert bob.phone.typing_in(room) == set()

    def test_are_presence_for_devices_that_watch(self, chat: Chat) -> None:
        alice, bob = chat.user("alice"), chat.user("bob")
        alice.open_direct(bob)
        assert alice.phone.presence_of(bob) is None
        alice.phone.watch(bob)
        assert alice.phone.presence_of(bob) == "offline"
        bob.phone.be("busy", "in a meeting")
        assert alice.phone.presence_of(bob) == "busy"
        assert alice.phone.state.presence[str(bob.id)].text == "in a meeting"
        bob.phone.drop_network()
        chat.advance(35 + 45 + 5)
        assert alice.phone.presence_of(bob) == "offline"


class TestPeople:
    def test_join_and_leave(self, chat: Chat) -> None:
        alice, bob, carol = chat.user("alice"), chat.user("bob"), chat.user("carol")
        room = alice.create_group("Tea", bob)
        for person in (alice, bob, carol):
            person.phone.texts(room)
        alice.phone.say(room, "one")
        alice.add(room, carol)
        bob.phone.say(room, "two")
        alice.remove(room, bob)
        carol.phone.say(room, "three")
        carol.leave(room)
        alice.phone.say(room, "four")

        assert alice.phone.texts(room) == ["one", "two", "three", "four"]
        assert bob.phone.texts(room) == ["one", "two"]
        assert carol.phone.texts(room) == ["two", "three"]

    def test_stay_logged_in_by_refreshing_tokens(self, chat: Chat) -> None:
        alice = chat.user("alice")
        alice.phone.ask({"type": "ping"})
        for _ in range(3):
            chat.advance(15 * 60)
            assert alice.phone.close_code == 4005
            alice.phone.reconnect()
            assert alice.phone.is_connected

    def test_log_out(self, chat: Chat) -> None:
        alice = chat.user("alice")
        alice.phone.texts(alice.create_group("Tea"))
        alice.laptop.ask({"type": "ping"})
        alice.log_out(alice.phone)

        assert (alice.phone.close_code, alice.laptop.close_code) == (4504, None)
        with pytest.raises(Closed) as closed:
            alice.phone.reconnect()
        assert closed.value.code == 4501


class TestSettings:
    def test_set_the_limits_of_the_service(self) -> None:
        settings = Settings(limits=LimitSettings(messages=Rate(1, burst=2)))
        with Chat(settings) as chat:
            alice = chat.user("alice")
            room = alice.create_group("Tea")
            alice.phone.say(room, "one")
            alice.phone.say(room, "two")
            with pytest.raises(Refused) as refusal:
                alice.phone.say(room, "three")
            assert refusal.value.retry_after == 1.0
            chat.advance(1)
            alice.phone.reconnect()
            assert alice.phone.texts(room) == ["one", "two", "three"]

    def test_set_the_limits_of_sockets(self) -> None:
        settings = attrs.evolve(Settings(), websocket=Websocket(sockets_per_user=1))
        with Chat(settings) as chat:
            alice = chat.user("alice")
            alice.phone.ask({"type": "ping"})
            with pytest.raises(Closed) as closed:
                alice.laptop.ask({"type": "ping"})
            assert closed.value.code == 4505


class TestMisuse:
    async def test_in_a_running_loop_raises(self) -> None:
        with pytest.raises(RuntimeError, match="without async"), Chat():
            pass


class TestErrors:
    def test_that_nobody_handled_are_kept(self) -> None:
        with Chat() as chat:
            chat.service.failed(ZeroDivisionError())

            assert [type(error) for error in chat.errors] == [ZeroDivisionError]

    def test_that_nobody_handled_fail_the_test(self, tmp_path: Path) -> None:
        (tmp_path / "conftest.py").write_text(
            'pytest_plugins = ["parlour.entrypoints.harness.pytest_plugin"]'
        )
        (tmp_path / "test_it.py").write_text(
            "def test_good(chat):\n"
            "    assert chat.user('alice').phone.is_connected\n"
            "def test_bad(chat):\n"
            "    chat.service.failed(ZeroDivisionError('nobody was told'))\n"
        )
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

        assert "2 passed, 1 error" in run.stdout
        assert "nobody was told" in run.stdout
