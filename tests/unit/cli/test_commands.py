"""What a typed line means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.entrypoints.cli.chat.commands import (
    COMMANDS,
    Command,
    Say,
    help_lines,
    parse,
    parse_count,
)
from parlour.entrypoints.cli.chat.deeds import DEEDS
from parlour.entrypoints.cli.chat.problems import ChatError


@pytest.mark.parametrize("line", ["", "   ", "\t"])
def test_an_empty_line_means_nothing(line: str) -> None:
    assert parse(line) is None


@given(st.text(min_size=1).filter(lambda text: text.strip() and text.strip()[0] != "/"))
def test_anything_that_is_no_command_is_said_as_it_stands(text: str) -> None:
    assert parse(text) == Say(text.rstrip())


def test_two_slashes_say_one() -> None:
    assert parse("//etc is a folder") == Say("/etc is a folder")


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("/list", Command("list")),
        ("/open bob", Command("open", ("bob",))),
        ("  /OPEN bob", Command("open", ("bob",))),
        ("/history 50", Command("history", ("50",))),
        ('/group "Summer garden" bob carol', Command("group", ("Summer garden", "bob", "carol"))),
        ("/q", Command("quit")),
        ("/?", Command("help")),
    ],
)
def test_a_command_is_a_name_and_words(line: str, meant: Command) -> None:
    assert parse(line) == meant


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/opne bob", "/opne is no command"),
        ("/open", "written /open WHO"),
        ("/open bob carol", "written /open WHO"),
        ("/add", "written /add HANDLE…"),
        ("/list now", "written /list"),
        ('/group "Garden bob', "quotation mark"),
    ],
)
def test_what_is_no_command_is_answered_with_what_would_be_one(line: str, said: str) -> None:
    with pytest.raises(ChatError, match=said):
        parse(line)


@pytest.mark.parametrize("word", ["0", "-1", "101", "x", "1.5", "٣", ""])
def test_a_count_is_a_number_from_one_to_a_hundred(word: str) -> None:
    assert parse_count("100") == 100
    with pytest.raises(ChatError, match="between 1 and 100"):
        parse_count(word)


def test_help_names_every_command_and_every_command_is_a_deed() -> None:
    text = "\n".join(help_lines())
    assert all(usage.form in text for usage in COMMANDS.values())

    assert COMMANDS.keys() - {"quit"} == DEEDS.keys()
