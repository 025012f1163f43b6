"""`parlour verify` prints its verdict, and its exit code says the same to scripts."""

import subprocess
import sys
from pathlib import Path

from parlour.entrypoints.verify import read_history
from tests.faults.conftest import Start

PARLOUR = Path(sys.executable).with_name("parlour")


def verify(*options: str) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end."""
    return subprocess.run(
        [PARLOUR, "verify", "--heal", "15", *options],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def test_a_good_deployment_passes_and_leaves_its_history(start: Start, tmp_path: Path) -> None:
    node, history = start(), tmp_path / "history.jsonl"
    ran = verify("--url", node.url, "--seconds", "3", "--history", str(history))

    assert (0, "pass: ") == (ran.returncode, ran.stdout[:6]), ran.stdout + ran.stderr
    with history.open(encoding="utf-8") as lines:
        assert {each.f for each in read_history([lines])} >= {"send", "recv", "page", "join"}


def test_a_bug_fails(start: Start) -> None:
    node = start({"STORAGE__BACKEND": "memory"}, fault="plant:told_twice")
    ran = verify("--url", node.url, "--seconds", "3")

    assert (1, "fail: ") == (ran.returncode, ran.stdout[:6]), ran.stdout + ran.stderr
    assert "  reordered: " in ran.stdout


def test_too_few_messages_prove_nothing(start: Start) -> None:
    node = start()
    # Five clients begin with three messages each at most; enough would be twenty of them.
    ran = verify("--url", node.url, "--seconds", "5", "--rate", "0.01")

    assert (2, "unknown: ") == (ran.returncode, ran.stdout[:9]), ran.stdout + ran.stderr


def test_a_deployment_that_is_not_there_is_unknown() -> None:
    ran = verify("--url", "http://127.0.0.1:9")

    assert (2, "unknown: ") == (ran.returncode, ran.stdout[:9]), ran.stdout + ran.stderr


def test_accounts_can_be_given(start: Start, tmp_path: Path) -> None:
    node, file = start(), tmp_path / "accounts.txt"
    file.write_text("only-one a-password-of-one\n")
    ran = verify("--url", node.url, "--logins", str(file))

    assert ran.returncode == 2
    assert "two accounts or more" in ran.stderr
