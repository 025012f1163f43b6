"""The command blocks of the documents: what they say to type, and what they show as its output.

A block that tests cannot run has a mark above it, which a reader does not see:

    <!-- tests do not run this: it needs systemd -->
    <!-- tests do not run "./dev test": it takes minutes -->
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import dedent

import attrs

from tests.support.programs import ROOT

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<kind>\w+)(?P<label>[^\n]*)\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
_MARK = re.compile(r'<!-- tests do not run (this|"[^"\n]+"): (.+?) -->')
_SHELLS = ("sh", "bash", "console", "shell")


@attrs.frozen
class Command:
    """A command as it is typed, the output that the page shows, and why tests leave it out."""

    text: str
    shown: tuple[str, ...] = ()
    not_run: str | None = None


@attrs.frozen
class Block:
    """A fenced block; *label* is what follows the kind: the person at a terminal of a dialogue.

    A dialogue has no commands of its own: `tests/e2e/cli/test_terminal.py` follows it.
    """

    page: str
    line: int
    kind: str
    label: str
    text: str
    commands: tuple[Command, ...] = ()

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[Path]:
    """Return every document with commands, but for the change log, which speaks of the past."""
    found = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/**/*.md")])
    return [
        path
        for path in found
        if path.name != "CHANGELOG.md" and any(block.commands for block in blocks(path))
    ]


def blocks(path: Path) -> list[Block]:
    """Return the fenced blocks of a page. A `text` block shows the output of the one before."""
    page, found = path.read_text("utf-8"), list[Block]()
    end = 0
    for match in _FENCE.finditer(page):
        kind, text = match["kind"], dedent(match["text"])
        between, end = page[end : match.start()], match.end()
        if kind == "text" and not between.strip() and found and found[-1].commands:
            *others, last = found[-1].commands
            last = attrs.evolve(last, shown=(*last.shown, *text.splitlines()))
            found[-1] = attrs.evolve(found[-1], commands=(*others, last))
            continue
        commands: Iterator[Command] = iter(())
        if kind in _SHELLS and not match["label"].strip():
            commands = _mark(_commands(kind, text), _marks_at_end(between))
        found.append(
            Block(
                str(path.relative_to(ROOT)),
                page.count("\n", 0, match.start()) + 1,
                kind,
                match["label"].strip(),
                text,
                tuple(commands),
            )
        )
    return found


def _commands(kind: str, text: str) -> Iterator[Command]:
    """Split a block into commands: `console` begins them with a dollar, others are a script."""
    if kind != "console":
        yield Command(text.rstrip("\n"))
        return
    assert text.startswith("$ "), f"a console block begins with a command: {text}"
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        count = 1
        while lines[count - 1].endswith("\\"):
            count += 1
        yield Command("\n".join(lines[:count]), tuple(lines[count:]))


def _marks_at_end(between: str) -> Sequence[tuple[str, str]]:
    """Return the marks that stand directly above a block: what is not run, and why."""
    lines = between.rstrip().splitlines()
    marks = []
    while lines and (match := _MARK.fullmatch(lines[-1].strip())):
        marks.append((match[1].strip('"'), match[2]))
        lines.pop()
    return marks


def _mark(commands: Iterator[Command], marks: Sequence[tuple[str, str]]) -> Iterator[Command]:
    left = {what for what, _ in marks}
    for command in commands:
        for what, why in marks:
            if what == "this" or command.text.startswith(what):
                command = attrs.evolve(command, not_run=why)  # noqa: PLW2901
                left.discard(what)
        yield command
    assert not left, f"marks without a command: {left}"
