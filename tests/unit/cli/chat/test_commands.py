"""What a typed line means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.entrypoints.cli.chat.commands import (
    COMMANDS,
    TypedCommand,
    help_lines,
    parse,
)
from parlour.entrypoints.cli.chat.conversation_actions import parse_count
from parlour.entrypoints.client.errors import ClientError


@pytest.mark.parametrize("line", ["", "   ", "\t"])
def test_an_empty_line_means_nothing(line: str) -> None:
    assert parse(line) is None


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(TEXTS.filter(lambda text: text.strip() and text.strip()[0] != "/"))
def test_a_line_that_is_no_command_is_a_message(text: str) -> None:
    assert parse(text) == text.rstrip()


def test_two_slashes_send_one() -> None:
    assert parse("//etc is a folder") == "/etc is a folder"


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("/list", TypedCommand("list")),
        ("/open bob", TypedCommand("open", ("bob",))),
        ("  /OPEN bob", TypedCommand("open", ("bob",))),
        ("/history 50", TypedCommand("history", ("50",))),
        (
            '/group "Summer garden" bob carol',
            TypedCommand("group", ("Summer garden", "bob", "carol")),
        ),
        ("/q", TypedCommand("quit")),
        ("/react #12 👍", TypedCommand("react", ("#12", "👍"))),
        ("/+ 👍", TypedCommand("react", ("👍",))),
        ("/edit #12  it's “so”", TypedCommand("edit", ("#12  it's “so”",))),
        ("/draft", TypedCommand("draft")),
        ('/poll "Tea?" yes "not now"', TypedCommand("poll", ("Tea?", "yes", "not now"))),
        ("/?", TypedCommand("help")),
    ],
)
def test_a_command_is_a_name_and_words(line: str, meant: TypedCommand) -> None:
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
def test_an_invalid_command_is_answered_with_the_right_form(line: str, said: str) -> None:
    with pytest.raises(ClientError, match=said):
        parse(line)


def test_a_line_that_is_no_text_is_refused() -> None:
    with pytest.raises(ClientError, match="not text in UTF-8, and was not sent"):
        parse(b"caf\xe9".decode("utf-8", "surrogateescape"))


@pytest.mark.parametrize("word", ["0", "-1", "101", "x", "1.5", "٣", ""])
def test_a_count_is_a_number_from_one_to_a_hundred(word: str) -> None:
    assert parse_count("100") == 100
    with pytest.raises(ClientError, match="between 1 and 100"):
        parse_count(word)


def test_help_names_every_command() -> None:
    text = "\n".join(help_lines())

    assert all(command.form in text for command in COMMANDS.values())


def test_every_command_but_quit_has_an_action() -> None:
    assert {name for name, command in COMMANDS.items() if command.action is None} == {"quit"}
