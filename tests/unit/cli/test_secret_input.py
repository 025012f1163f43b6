"""Passwords come in as they are, byte by byte, or are refused: none becomes another one."""

import asyncio
import io
import os
import signal
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from parlour.entrypoints.cli.chat.log_in import _refusal_of
from parlour.entrypoints.cli.main import parlour
from parlour.entrypoints.cli.secret_input import MAX_LENGTH, ask_password, read_password


@pytest.mark.parametrize(
    ("line", "password"),
    [
        (b"pass phrase\nhello\n", "pass phrase"),
        (b"pass phrase\r\n", "pass phrase"),
        (b"\xef\xbb\xbfpass phrase\n", "pass phrase"),
        ("grüße an alle".encode(), "grüße an alle"),
        (b" a space at the end \n", " a space at the end "),
        (b"", ""),
    ],
)
def test_a_password_is_the_first_line_without_its_end_and_without_a_mark(
    line: bytes, password: str
) -> None:
    assert password == read_password(io.BytesIO(line))


@pytest.mark.parametrize("line", [b"caf\xe9 au lait\n", b"\xff\xfep\0", b"\xed\xa0\x80"])
def test_a_password_that_is_no_utf_8_is_refused(line: bytes) -> None:
    with pytest.raises(click.ClickException, match="The password is not text in UTF-8"):
        read_password(io.BytesIO(line))


def test_a_password_that_is_too_long_is_refused_and_not_cut_off() -> None:
    assert len(read_password(io.BytesIO(b"x" * MAX_LENGTH))) == MAX_LENGTH
    with pytest.raises(click.ClickException, match="too long"):
        read_password(io.BytesIO(b"x" * (MAX_LENGTH + 1)))


def test_what_follows_the_password_is_left_to_others() -> None:
    source, sink = os.pipe()
    os.write(sink, b"pass phrase\nhello\n")
    os.close(sink)
    with os.fdopen(source, "rb", buffering=0) as file:
        assert read_password(file) == "pass phrase"
        assert os.read(source, 100) == b"hello\n"


@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
def test_a_password_typed_in_another_encoding_is_refused(
    monkeypatch: pytest.MonkeyPatch, locale: str
) -> None:
    typed = io.TextIOWrapper(
        io.BytesIO(b"caf\xe9 au lait\n" * 2),
        "utf-8",
        errors="surrogateescape" if locale == "C" else "strict",
    )
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _prompt: typed.readline()[:-1])

    with pytest.raises(click.ClickException, match="The password is not text"):
        ask_password("alice")


def test_a_new_password_that_is_too_short_is_refused_before_it_is_repeated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = iter(["short", "four words are enough", "four words are enough"])
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _prompt: next(typed))

    assert ask_password("alice", refusal_of=_refusal_of) == "four words are enough"
    assert next(typed, None) is None
    assert "must have at least 8 characters" in capsys.readouterr().err


def test_the_first_interrupt_ends_the_question_inside_an_event_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(_prompt: str) -> str:
        signal.raise_signal(signal.SIGINT)
        return "four words are enough"

    async def ask() -> str:
        return ask_password("alice")

    monkeypatch.setattr("click.termui.hidden_prompt_func", interrupted)
    with pytest.raises(click.Abort):
        asyncio.run(ask())


@pytest.mark.parametrize("option", ["--say", "--to", "--as"])
def test_chat_refuses_options_that_are_no_text(option: str) -> None:
    given = {"--as": "alice", "--to": "bob", "--say": "hi", option: "caf\udce9"}
    words = ["chat", *(word for pair in given.items() for word in pair)]
    done = CliRunner().invoke(parlour, words)

    assert done.exit_code == 2
    assert "must be text in UTF-8" in done.output


def test_user_add_refuses_a_password_that_is_no_utf_8(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["user", "add", "alice", "--password-stdin"]
    done = CliRunner().invoke(parlour, words, input=b"caf\xe9 au lait\n")

    assert done.exit_code == 1
    assert "The password is not text in UTF-8" in done.output


def test_accounts_of_verify_in_another_encoding_are_refused(tmp_path: Path) -> None:
    logins = tmp_path / "logins"
    logins.write_bytes(b"alice caf\xe9\nbob caf\xe8\n")
    words = ["verify", "--url", "http://127.0.0.1:1", "--logins", str(logins)]
    done = CliRunner().invoke(parlour, words)

    assert done.exit_code == 1
    assert "The file of --logins is not text in UTF-8" in done.output
