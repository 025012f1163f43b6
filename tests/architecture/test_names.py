"""The three import names are ours alone, and the program says so where they are not."""

import os
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from entrypoints import names

CHECK = "from entrypoints.names import check_names; check_names()"


def check_beside(folder: Path) -> str:
    """Run the check with `folder` first on the import path; return what it prints on failure."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", CHECK],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        check=False,
        text=True,
    ).stderr


def test_the_names_are_ours_in_this_environment() -> None:
    names.check_names()


def test_no_other_distribution_here_carries_a_name_of_ours() -> None:
    owners = packages_distributions()

    assert set() == {owner for room in names.ROOMS for owner in owners.get(room, ())} - {"parlour"}


def test_an_empty_neighbourhood_is_no_conflict(tmp_path: Path) -> None:
    assert check_beside(tmp_path) == ""


@pytest.mark.parametrize("room", ["domain", "adapters"])
def test_a_package_that_shadows_ours_is_named_with_its_place(tmp_path: Path, room: str) -> None:
    (tmp_path / room).mkdir()
    (tmp_path / room / "__init__.py").touch()

    said = check_beside(tmp_path)

    assert f"NamesTaken: the import name '{room}'" in said
    assert str(tmp_path / room / "__init__.py") in said
    assert "environment of its own" in said


@pytest.mark.parametrize("room", names.ROOMS)
def test_a_distribution_that_claims_our_name_is_named(tmp_path: Path, room: str) -> None:
    metadata = tmp_path / "stranger-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
    (metadata / "top_level.txt").write_text(f"{room}\n")

    said = check_beside(tmp_path)

    assert f"the import name '{room}' of Parlour also belongs to the package stranger" in said
