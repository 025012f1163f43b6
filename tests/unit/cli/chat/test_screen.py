"""Lines are read from a descriptor one by one, however the input is cut."""

import io
import os
from collections.abc import Iterator
from contextlib import suppress

import pytest

from parlour.entrypoints.cli.chat.screen import PlainScreen, read_lines


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    source, sink = os.pipe()
    yield source, sink
    for end in (source, sink):
        with suppress(OSError):  # closed by the test
            os.close(end)


def given(pipe: tuple[int, int], data: bytes) -> int:
    source, sink = pipe
    os.write(sink, data)
    os.close(sink)
    return source


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"one\ntwo\n", ["one", "two"]),
        (b"one\ntwo", ["one", "two"]),
        (b"one\r\n\ntwo\n", ["one", "", "two"]),
        ("grüß\n日本\n".encode(), ["grüß", "日本"]),
        (b"\xff broken\n", ["\udcff broken"]),
        (b"x" * 10_000 + b"\nend\n", ["x" * 10_000, "end"]),
    ],
)
def test_lines_are_whole_however_the_input_is_cut(
    pipe: tuple[int, int], data: bytes, lines: list[str]
) -> None:
    assert list(read_lines(given(pipe, data))) == lines


async def test_a_plain_screen_yields_lines_until_the_input_ends(pipe: tuple[int, int]) -> None:
    many = [f"line {number}" for number in range(1000)]
    screen = PlainScreen(given(pipe, "\n".join(many).encode()))

    assert [line async for line in screen.lines()] == many


def test_a_plain_screen_writes_each_line_at_once() -> None:
    out = io.StringIO()
    PlainScreen(out=out).show("hello")

    assert out.getvalue() == "hello\n"
