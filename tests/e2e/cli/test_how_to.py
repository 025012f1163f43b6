"""The clients in the how-to run exactly as printed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.cli.conftest import Sit
from tests.support.chat_processes import PASSWORD, OutputLines, Server, environment
from tests.support.programs import ROOT

HOW_TO = ROOT / "docs/how-to/write-a-client.md"


(FIFTY_LINES, HEADLESS) = re.findall(
    r"^```python\n(.*?)^```", HOW_TO.read_text("utf-8"), re.MULTILINE | re.DOTALL
)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("code", [FIFTY_LINES, HEADLESS], ids=["fifty lines", "headless client"])
def test_the_client_in_the_how_to_chats(
    server: Server, home: Path, tmp_path: Path, sit: Sit, code: str
) -> None:
    script = tmp_path / "client.py"
    script.write_text(code, "utf-8")
    bob = sit("bob", "--to", "alice")
    bob.sees("-- alice --")
    client = subprocess.Popen(
        [sys.executable, str(script), server.url, "alice", PASSWORD, "bob", "Hello from a page"],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert client.stdout is not None
    spoken = OutputLines(client.stdout)
    try:
        bob.sees("alice: Hello from a page")
        spoken.wait_for("^alice: Hello from a page$")
        for number in range(5):
            bob.type(f"line {number}")
        spoken.wait_for("^bob: line 4$")
    finally:
        client.kill()
        client.wait(30)

    assert spoken.lines == ["alice: Hello from a page", *(f"bob: line {n}" for n in range(5))]
