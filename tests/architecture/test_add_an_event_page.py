"""The page "Add a kind of event" shows changes that stand in the code."""

import re

import pytest

from tests.support.programs import ROOT

PAGE = (ROOT / "docs/how-to/add-an-event.md").read_text("utf-8")
DIFFS = [
    (path, [line[1:] for line in body.splitlines() if line.startswith("+")])
    for path, body in re.findall(r"```diff\n--- \S+\n\+\+\+ (\S+)\n(.*?)```", PAGE, re.DOTALL)
]
MAX_FILES = 12


@pytest.mark.parametrize(("path", "added"), DIFFS, ids=[path for path, _ in DIFFS])
def test_every_added_line_stands_in_its_file(path: str, added: list[str]) -> None:
    lines = (ROOT / path).read_text("utf-8").splitlines()

    assert added
    # The level rises with each feature.
    assert [line for line in added if line not in lines and not line.startswith("LEVEL")] == []


def test_the_shown_kind_took_no_more_files_than_the_page_says() -> None:
    (private, shared) = re.findall(r"\*\*(\d+)\*\*", PAGE)

    assert len({path for path, _ in DIFFS}) == int(private) < int(shared) <= MAX_FILES
