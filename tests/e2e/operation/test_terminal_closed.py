"""`parlour serve` in a terminal ends when the terminal is closed."""

import os
import pty
import signal
from pathlib import Path

from tests.support.chat_processes import PARLOUR
from tests.support.concurrency import until


async def test_a_node_ends_with_its_terminal(tmp_path: Path) -> None:
    words = ("serve", "--port", "0", "--ops-port", "0", "--storage", "memory")
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(tmp_path)
        os.execv(PARLOUR, [PARLOUR, *words])  # noqa: S606 - the program is ours
    ended = False
    try:
        printed = b""
        while b"Parlour serves" not in printed:
            printed += os.read(terminal, 4096)
        os.close(terminal)

        def is_gone() -> bool:
            return os.waitpid(pid, os.WNOHANG)[0] == pid

        await until(is_gone)
        ended = True
    finally:
        if not ended:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
