"""The wheel contains one import name, complete, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.support.programs import ROOT


def test_it_has_one_import_name(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}

    assert tops == {"parlour", "parlour-0.1.0.dist-info"}


def test_it_carries_every_file_of_the_source(wheel: Path) -> None:
    source = ROOT / "src"
    files = {
        f"parlour/{path.relative_to(source)}"
        for path in source.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }

    with zipfile.ZipFile(wheel) as archive:
        assert files - set(archive.namelist()) == set()


def test_it_is_typed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert "parlour/py.typed" in archive.namelist()


def test_it_passes_the_check_of_wheel_contents(wheel: Path) -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("check-wheel-contents"), wheel],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr
