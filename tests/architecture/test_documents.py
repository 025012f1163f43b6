"""What the documents say about the code is true of the code."""

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import grimp
import pytest

from tests.support.programs import ROOT

README = (ROOT / "README.md").read_text("utf-8")
PORTS = (ROOT / "docs/reference/ports.md").read_text("utf-8")
# The change log speaks of the past.
DOCUMENTS = [
    path for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")] if path.stem != "CHANGELOG"
]
FOLDERS = "benchmarks|configs|deploy|docs|examples|requirements|src|tests"

documents = pytest.mark.parametrize(
    "path", DOCUMENTS, ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS]
)


@documents
def test_every_path_exists(path: Path) -> None:
    named = re.findall(rf"`((?:{FOLDERS})/[\w./*-]+)`", path.read_text("utf-8"))

    assert [name for name in named if not list(ROOT.glob(name.rstrip("/")))] == []


@documents
def test_every_test_exists(path: Path) -> None:
    """Pages name tests by their path below tests/."""
    kinds = "|".join(each.name for each in (ROOT / "tests").iterdir() if each.is_dir())
    named = re.findall(rf"`((?:{kinds})/[\w./]+)`", path.read_text("utf-8"))

    places = [ROOT, ROOT / "tests"]
    assert [name for name in named if not any((each / name).exists() for each in places)] == []


@documents
def test_every_link_to_a_file_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text("utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []


@documents
def test_every_module_can_be_imported(path: Path) -> None:
    named = re.findall(r"\bpython3? -m ((?:parlour|tests|benchmarks)[\w.]*)", path.read_text())

    assert [name for name in named if find_spec(name) is None] == []


def test_the_readme_lists_the_concepts_in_their_order() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (concepts,) = (
        contract["layers"]
        for contract in pyproject["tool"]["importlinter"]["contracts"]
        if contract["name"].startswith("Concepts")
    )
    levels = [level.replace("|", "·") for level in concepts]

    assert "```\n" + "\n".join(levels) + "\n```" in README


def test_the_reference_of_the_ports_names_every_port() -> None:
    domain = grimp.build_graph("parlour", cache_dir=None).find_descendants("parlour.domain")
    ports = {
        f"{module}.{name}"
        for module in domain
        if module.endswith(".ports") or module.startswith("parlour.domain.kernel.")
        for name, found in vars(__import__(module, fromlist=["*"])).items()
        if isinstance(found, type)
        and found.__module__ == module
        and Protocol in found.__bases__
        and not name.endswith("Stores")
    }

    assert ports - set(documented()) == set()


def documented() -> list[str]:
    """Return the ports that the reference shows, by their full names."""
    found = []
    for module, options in re.findall(r"automodule:: (\S+)\n((?:   :.*\n)*)", PORTS):
        members = re.search(r":members:(.*)", options)
        names = re.findall(r"\w+", members.group(1)) if members else []
        loaded = vars(__import__(module, fromlist=["*"]))
        assert [name for name in names if name not in loaded] == [], module
        found += [f"{module}.{name}" for name in names or loaded]
    return found
