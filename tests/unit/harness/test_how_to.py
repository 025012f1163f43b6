"""The examples of the how-to about the harness run."""

import re
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from parlour.entrypoints.harness import Chat
from tests.support.programs import ROOT

PAGE = ROOT / "docs" / "how-to" / "use-the-harness.md"


def blocks(page: Path) -> list[str]:
    """Return the Python of a page."""
    return re.findall(r"^```python\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


def examples() -> list[Any]:
    """Run every block and return the tests that they define."""
    found = []
    for number, block in enumerate(blocks(PAGE)):
        names: dict[str, Any] = {}
        exec(compile(block, f"{PAGE.name}, block {number + 1}", "exec"), names)  # noqa: S102
        found += [
            pytest.param(value, id=name)
            for name, value in names.items()
            if name.startswith("test_")
        ]
    return found


EXAMPLES = examples()


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 10


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_the_how_to_passes(example: Callable[..., None]) -> None:
    if not signature(example).parameters:
        example()
        return
    with Chat() as chat:
        example(chat)
    assert not chat.errors
