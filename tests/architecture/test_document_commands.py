"""Commands in the documents are valid shell, have existing options, and are run by tests.

`tests/e2e/documents/test_command_blocks.py` runs them.
"""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from parlour.entrypoints.cli.main import parlour
from tests.support.documents import blocks, pages
from tests.support.programs import ROOT

NOT_RUN = {
    "CONTRIBUTING.md": ["./dev check", "./dev test", "./dev lock"],
    "README.md": ["./dev test"],
    "docs/how-to/configure.md": ["install -m"],
    "docs/how-to/deploy.md": [
        "python3 -m",
        "/opt/parlour/bin/pip install",
        "/opt/parlour/bin/pip install",
        "useradd --system",
        "install -D",
        "cp deploy/systemd/parlour*",
        "install -d",
        "systemctl enable",
    ],
    "docs/how-to/read-the-benchmark.md": ["./dev bench", "./dev bench"],
    "docs/how-to/run-the-tests.md": [
        *["./dev test"] * 3,
        *["./dev lock"] * 2,
        "PARLOUR_TEST_MYSQL_URL=mysql://root:secret@127.0.0.1:3306 \\",
        "PARLOUR_TEST_WAIVE=mysql,redis,browser ./dev",
    ],
    "docs/how-to/verify-a-deployment.md": [
        "parlour verify",
        "parlour verify",
        "systemctl restart",
        "wait $!",
        "parlour verify",
    ],
}
"""The commands that no test runs: the network, systemd, public names, or the tests themselves."""

everywhere = pytest.mark.parametrize(
    "path", pages(), ids=[str(path.relative_to(ROOT)) for path in pages()]
)


@everywhere
def test_every_command_runs_in_a_test_unless_it_is_listed_here(path: Path) -> None:
    left_out = [
        " ".join(command.text.split(" ")[:2]).partition("\n")[0]
        for block in blocks(path)
        for command in block.commands
        if command.not_run
    ]

    assert left_out == NOT_RUN.get(str(path.relative_to(ROOT)), [])


@everywhere
def test_dialogues_stand_where_a_test_follows_them(path: Path) -> None:
    labels = [block.place for block in blocks(path) if block.kind == "console" and block.label]

    assert not labels or path.name == "first-conversation.md"


@everywhere
def test_every_command_is_valid_shell(path: Path) -> None:
    for block in blocks(path):
        for command in block.commands:
            checked = subprocess.run(
                ["bash", "-n"], input=command.text, capture_output=True, check=False, text=True
            )
            assert (checked.returncode, checked.stderr) == (0, ""), block.place


def invocations(path: Path) -> Iterator[str]:
    """Yield each use of the program in a page: in blocks, in dialogues and in the text."""
    text = path.read_text("utf-8")
    for block in blocks(path):
        for command in block.commands:
            joined = command.text.replace("\\\n", " ")
            yield from re.findall(r"^(?:\w+=\S+ )*(?:\S*bin/)?parlour ([^\n&|#]*)", joined)
        if block.label:
            yield from re.findall(r"^\$ parlour (.*)$", block.text, re.MULTILINE)
    yield from re.findall(r"`(?:[A-Z_]+=\S+ )*parlour ([a-z][^`\n]*)`", text)


@pytest.mark.parametrize("path", [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))])
def test_every_use_of_the_program_has_existing_commands_and_options(path: Path) -> None:
    for used in invocations(path):
        words = shlex.split(used.replace("…", "x"))
        command: click.Command = parlour
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            assert words[0] in command.commands, used
            command = command.commands[words.pop(0)]
        options = {name for each in command.params for name in each.opts}
        given = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert given <= options | {"--help"}, used
