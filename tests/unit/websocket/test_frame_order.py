"""Requests of one socket for one conversation take effect in frame order."""

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from parlour.entrypoints.websocket.frame_order import FrameOrder
from tests.support import builders as b


class Line:
    """Requests by name, begun and ended by hand."""

    def __init__(self) -> None:
        self.order = FrameOrder()
        self.begun: list[str] = []

    def command(self, name: str) -> None:
        self.order.enter(b.LOBBY, partial(self.begun.append, name), is_command=True)

    def ask(self, name: str) -> None:
        self.order.enter(b.LOBBY, partial(self.begun.append, name), is_command=False)

    def end(self) -> None:
        self.order.leave(b.LOBBY)


class TestFrameOrder:
    def test_lets_commands_share_a_commit(self) -> None:
        line = Line()
        for name in "abc":
            line.command(name)

        assert line.begun == ["a", "b", "c"]

    def test_lets_any_other_request_wait_for_commands(self) -> None:
        line = Line()
        line.command("a")
        line.command("b")
        line.ask("read")
        line.end()
        assert line.begun == ["a", "b"]
        line.end()
        assert line.begun == ["a", "b", "read"]

    def test_lets_commands_wait_for_any_other_request(self) -> None:
        line = Line()
        line.ask("read")
        line.command("a")
        line.command("b")
        assert line.begun == ["read"]
        line.end()
        assert line.begun == ["read", "a", "b"]

    def test_lets_nothing_overtake_what_waits(self) -> None:
        line = Line()
        line.command("a")
        line.ask("read")
        line.command("b")
        assert line.begun == ["a"]
        line.end()
        assert line.begun == ["a", "read"]
        line.end()
        assert line.begun == ["a", "read", "b"]

    def test_lets_other_requests_go_one_by_one(self) -> None:
        line = Line()
        for name in ("sync", "read", "focus"):
            line.ask(name)
        for seen in (["sync"], ["sync", "read"], ["sync", "read", "focus"]):
            assert line.begun == seen
            line.end()

    def test_does_not_join_conversations(self) -> None:
        line = Line()
        line.ask("read")
        line.order.enter(b.KITCHEN, partial(line.begun.append, "there"), is_command=False)

        assert line.begun == ["read", "there"]

    def test_goes_on_where_a_request_ends_at_once(self) -> None:
        """As commands do that are refused before they reach the lane."""
        line = Line()

        def refused(name: str) -> None:
            line.begun.append(name)
            line.end()

        line.ask("read")
        for name in "abc":
            line.order.enter(b.LOBBY, partial(refused, name), is_command=True)
        line.ask("sync")
        line.end()
        assert line.begun == ["read", "a", "b", "c", "sync"]

    def test_lets_a_request_wait_for_its_turn_in_two_conversations(self) -> None:
        line, order = Line(), FrameOrder()
        line.order = order
        line.command("here")
        order.enter(b.KITCHEN, partial(line.begun.append, "there"), is_command=True)
        order.enter_all([b.LOBBY, b.KITCHEN], partial(line.begun.append, "both"))
        order.enter_all([b.KITCHEN, b.LOBBY], partial(line.begun.append, "both again"))
        order.enter(b.KITCHEN, partial(line.begun.append, "after"), is_command=True)
        assert line.begun == ["here", "there"]
        line.end()
        assert line.begun == ["here", "there"]
        order.leave(b.KITCHEN)
        assert line.begun == ["here", "there", "both"]

        for _ in range(2):
            line.end()
            order.leave(b.KITCHEN)
        assert line.begun == ["here", "there", "both", "both again", "after"]
        order.leave(b.KITCHEN)
        assert not len(order)

    def test_lets_a_request_begin_at_once_that_is_about_no_conversation(self) -> None:
        line = Line()
        line.command("a")
        line.order.enter_all([], partial(line.begun.append, "anywhere"))

        assert line.begun == ["a", "anywhere"]

    def test_keeps_nothing_once_all_has_ended(self) -> None:
        line = Line()
        line.command("a")
        line.ask("read")
        line.end()
        line.end()

        assert not len(line.order)

    @given(
        st.lists(st.sampled_from(["command", "ask", "end", "refused command", "refused ask"])),
    )
    def test_holds_for_any_sequence(self, steps: list[str]) -> None:
        order, entered, begun = FrameOrder(), [], []
        running: list[bool] = []

        def start(number: int, is_command: bool, ends: bool) -> None:
            begun.append(number)
            running.append(is_command)
            assert len(running) == 1 or all(running), "only commands run side by side"
            if ends:
                end()

        def end() -> None:
            if running:
                running.pop(0)
                order.leave(b.LOBBY)

        for number, step in enumerate(steps):
            if step == "end":
                end()
            else:
                entered.append(number)
                is_command = step.endswith("command")
                ends = step.startswith("refused")
                order.enter(
                    b.LOBBY, partial(start, number, is_command, ends), is_command=is_command
                )
        while running:
            end()

        assert begun == entered
        assert not len(order)
