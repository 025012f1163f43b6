"""Every command in the documents runs as it stands, and prints what the page shows."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import attrs
import pytest

from tests.support.document_places import (
    LocalMariaDb,
    LocalRedis,
    environment,
    make_checkout,
    wait_for_service,
)
from tests.support.document_shell import OwnNetwork, Terminal, differs
from tests.support.documents import Block, Command, blocks, pages
from tests.support.programs import ROOT

# Programs that go on, and what they print when they are ready.
_SERVE = r"\./dev up|(?:.*\bparlour )serve\b"
_SERVING = r"Parlour serves http://\S+\r\n"
_ASGI = re.compile(r"(?:\w+=\S+ )*(?:uvicorn|hypercorn|granian) ")
_CHAT = re.compile(r"(?:\S*/)?parlour chat (?!.*--say)")


@attrs.frozen
class Needs:
    """What a page takes for granted, such as commands that were run before.

    *tables_of* names a page whose SQL has made the database and its user.
    """

    checkout: bool = False
    databases: bool = False
    tables_of: str = ""
    before: tuple[str, ...] = ()


SERVICE = "parlour serve"
ALICE = "parlour user add alice"
PASSWORD = "export PARLOUR__STORAGE__MYSQL__PASSWORD=a-long-random-password"
HELLO = "parlour chat --as bob --register --to alice --say 'Hello Alice!'"
NEEDS = {
    "README.md": Needs(checkout=True, databases=True),
    "CONTRIBUTING.md": Needs(checkout=True),
    "docs/how-to/add-an-event.md": Needs(checkout=True),
    "docs/how-to/administer.md": Needs(before=("parlour db upgrade", "parlour user add bob")),
    "docs/how-to/back-up-and-restore.md": Needs(
        checkout=True,
        databases=True,
        tables_of="docs/how-to/run-two-nodes.md",
        before=(SERVICE, PASSWORD, ALICE, HELLO),
    ),
    "docs/how-to/embed.md": Needs(checkout=True),
    "docs/how-to/logging.md": Needs(
        before=("PARLOUR__LOGGING__FILE=parlour.log parlour serve", ALICE)
    ),
    "docs/how-to/operate.md": Needs(
        before=("touch parlour.toml", "parlour serve --config parlour.toml", ALICE)
    ),
    "docs/how-to/read-the-benchmark.md": Needs(checkout=True),
    "docs/how-to/run-the-tests.md": Needs(checkout=True),
    "docs/how-to/run-two-nodes.md": Needs(checkout=True, databases=True),
    "docs/how-to/verify-a-deployment.md": Needs(before=(SERVICE,)),
    "docs/tutorial/first-conversation.md": Needs(checkout=True),
}
"""The pages not named here need an empty folder."""


class Reader:
    """Follows a page: types its commands in terminals, a new one where the last one is busy."""

    def __init__(self, folder: Path, needs: Needs, held: ExitStack) -> None:
        self._folder, self._held = folder, held
        self._work = folder / "work"
        self._network = held.enter_context(OwnNetwork())
        if needs.checkout:
            make_checkout(self._work)
        else:
            self._work.mkdir()
        if needs.databases:
            self._mariadb = held.enter_context(LocalMariaDb(self._network))
            held.enter_context(LocalRedis(self._network))
        if needs.tables_of:
            for block in blocks(ROOT / needs.tables_of):
                if block.kind == "sql":
                    self.follow(block)
        self._terminals: list[Terminal] = []
        for command in needs.before:
            self.type(Command(command))

    def follow(self, block: Block) -> None:
        """Do what a block says: write a file that it names, or type its commands."""
        if block.kind == "sql":
            self._mariadb.execute(block.text)
        if block.kind == "toml" and (named := re.match(r"# (\S+\.toml)\n", block.text)):
            (self._work / named[1]).write_text(block.text)
        for command in block.commands:
            if command.not_run is None:
                self.type(command)

    def type(self, command: Command) -> None:
        """Type a command and compare what it prints."""
        terminal = self._free_terminal()
        text = command.text
        if re.match(_SERVE, text):
            printed = terminal.start(text, _SERVING)
            terminal.is_free = text.endswith("&")
            (port,) = re.findall(r"Parlour serves http://\S+:(\d+)", printed)
            wait_for_service(self._network, int(port))
            assert all(line in printed for line in command.shown), printed
        elif _CHAT.match(text):
            terminal.start(text, "connected")
        elif _ASGI.match(text):
            terminal.start(text, "")
            wait_for_service(self._network, 8000)
            terminal.interrupt()
        else:
            code, printed = terminal.run(text)
            fails = any(line.startswith("Error:") for line in command.shown)
            assert (code != 0) == fails, f"{text} ended with {code}:\n{printed}"
            if command.shown:
                assert (found := differs(command.shown, printed)) is None, f"{text}\n{found}"

    def _free_terminal(self) -> Terminal:
        if not (self._terminals and self._terminals[-1].is_free):
            home = self._folder / "home"
            home.mkdir(exist_ok=True)
            terminal = Terminal(self._network, self._work, environment(home))
            self._held.callback(terminal.close)
            self._terminals.append(terminal)
        return self._terminals[-1]


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Callable[[Needs], Reader]]:
    with ExitStack() as held:
        yield lambda needs: Reader(tmp_path, needs, held)


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_of_the_page_runs_as_it_stands(
    path: Path, read: Callable[[Needs], Reader]
) -> None:
    found = blocks(path)
    if all(command.not_run for block in found for command in block.commands):
        return
    reader = read(NEEDS.get(str(path.relative_to(ROOT)), Needs()))
    for block in found:
        reader.follow(block)
