"""The lock files pin every package for every platform, and name no index."""

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.programs import ROOT

LOCKS = ("build", "run", "dev", "node")
EXTRAS = ("mysql", "redis", "otel")

PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def entries(name: str) -> list[str]:
    """Return the requirements of a lock file, each with its hashes in one line."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return "\n".join(lines).replace("\\\n", "").splitlines()


def pins(name: str) -> dict[str, str]:
    """Return the version of each distribution in a lock file."""
    locked = (Requirement(entry.split("--hash")[0]) for entry in entries(name))
    return {
        canonicalize_name(each.name): str(each.specifier).removeprefix("==") for each in locked
    }


def group(name: str) -> Iterator[Requirement]:
    """Walk through a dependency group and the groups that it includes."""
    for each in PYPROJECT["dependency-groups"][name]:
        if isinstance(each, str):
            yield Requirement(each)
        else:
            yield from group(each["include-group"])


def ranges(name: str) -> Iterator[Requirement]:
    """Walk through what pyproject.toml wants in a lock file."""
    project = PYPROJECT["project"]
    if name in {"run", "dev"}:
        yield from map(Requirement, project["dependencies"])
        for extra in EXTRAS:
            yield from map(Requirement, project["optional-dependencies"][extra])
    for each in {"dev": ("dev", "docs"), "run": ()}.get(name, (name,)):
        yield from group(each)


def test_every_extra_is_locked() -> None:
    assert set(PYPROJECT["project"]["optional-dependencies"]) == set(EXTRAS)


def test_the_build_group_is_what_builds_the_package() -> None:
    assert PYPROJECT["dependency-groups"]["build"] == PYPROJECT["build-system"]["requires"]


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_is_exact_and_has_hashes(name: str) -> None:
    for entry in entries(name):
        assert re.match(r"[a-z0-9.-]+(\[\w+\])?==[^ ,*]+ ", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_file_names_an_index(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")

    assert "://" not in text
    assert not re.search(r"^ *(-i|-f|--(extra-)?index-url|--find-links)\b", text, re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_lies_in_its_range(name: str) -> None:
    locked = pins(name)

    for wanted in ranges(name):
        assert wanted.specifier.contains(locked[canonicalize_name(wanted.name)]), wanted


@pytest.mark.parametrize("name", ["run", "build"])
def test_what_runs_is_what_is_tested(name: str) -> None:
    assert pins(name).items() <= pins("dev").items()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with nothing but ./dev, the ranges and the lock files."""
    shutil.copy(ROOT / "dev", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    return tmp_path


def dev(checkout: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [checkout / "dev", *words], cwd=checkout, capture_output=True, check=False, text=True
    )


def test_the_lock_files_fit_the_ranges(checkout: Path) -> None:
    checked = dev(checkout, "lock", "--check")

    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("words", [("lock", "--check"), ("check",), ("up",), ("bench",)])
def test_after_a_changed_range_every_command_says_how_to_renew_the_lock(
    checkout: Path, words: tuple[str, ...]
) -> None:
    pyproject = checkout / "pyproject.toml"
    pyproject.write_text(pyproject.read_text("utf-8").replace("attrs>=25.4", "attrs>=25.5"))

    ran = dev(checkout, *words)

    assert ran.returncode == 1
    assert "run ./dev lock --keep and commit" in ran.stderr


def test_other_changes_of_pyproject_need_no_new_lock(checkout: Path) -> None:
    pyproject = checkout / "pyproject.toml"
    pyproject.write_text(pyproject.read_text("utf-8").replace("line-length = 99", ""))

    assert dev(checkout, "lock", "--check").returncode == 0
