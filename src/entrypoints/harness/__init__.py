"""
The whole service in memory, with virtual time and simulated devices.

For tests of what is built on Parlour, and of Parlour itself: no server, no thread, no port, no
waiting. A conversation of many people takes milliseconds, and time passes only in `advance`.

    def test_a_message_waits_for_the_network(chat):
        alice, bob = chat.user("alice"), chat.user("bob")
        room = alice.open_direct(bob)
        bob.phone.drop_network()
        alice.phone.say(room, "are you there?")
        bob.phone.reconnect()

        assert bob.phone.texts(room) == ["are you there?"]

The fixture `chat` comes with `pytest_plugins = ["parlour.entrypoints.harness.pytest_plugin"]`.
"""

from parlour.entrypoints.client.errors import Refused
from parlour.entrypoints.harness.chat import Chat
from parlour.entrypoints.harness.device import Closed, Device
from parlour.entrypoints.harness.person import Person

__all__ = ["Chat", "Closed", "Device", "Person", "Refused"]
