"""Parlour works in a project that has packages named domain, adapters and entrypoints."""

import os
import subprocess
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

PROJECT = {
    "domain/__init__.py": '"""The rules of a shop."""\n',
    "domain/orders.py": (
        "def is_paid(order: dict) -> bool:\n"
        '    """Say whether the customer has paid *order*."""\n'
        '    return order["paid"] >= order["price"]\n'
    ),
    "adapters/__init__.py": '"""Where a shop keeps its orders."""\n\nORDERS = []\n',
    "entrypoints/__init__.py": '"""What a shop is used by."""\n\nfrom adapters import ORDERS\n',
    "tests/conftest.py": 'pytest_plugins = ["parlour.entrypoints.harness.pytest_plugin"]\n',
    "tests/test_shop.py": """
import adapters, domain, entrypoints
import parlour.adapters, parlour.domain, parlour.entrypoints
from domain.orders import is_paid
from parlour.domain.conversations import Title


def test_the_shop_tells_the_customer_that_the_order_is_paid(chat):
    shop, customer = chat.user("shop"), chat.user("customer")
    room = shop.open_direct(customer)
    if is_paid({"price": 3, "paid": 3}):
        shop.phone.say(room, "Thank you!")

    assert customer.phone.texts(room) == ["Thank you!"]


def test_each_package_is_one_of_its_own():
    assert domain.__doc__ == "The rules of a shop."
    assert adapters.ORDERS is entrypoints.ORDERS
    assert "site-packages" in parlour.domain.__file__
    assert Title.__module__ == "parlour.domain.conversations.model"
""",
}


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the wheel installed, and the libraries of the one that runs this test.

    A path file makes them importable. Path files inside that folder are not read, so the editable
    installation of this checkout is not among them.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    (packages,) = folder.glob("lib/python3.*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    with zipfile.ZipFile(wheel) as archive:  # to install a pure wheel is to unpack it
        archive.extractall(packages)
    return folder / "bin" / "python"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with three packages of the names that Parlour's layers have."""
    for name, text in PROJECT.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def run(python: Path, project: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [python, *words], cwd=project, env=env, capture_output=True, check=False, text=True
    )


def test_its_tests_run_with_the_harness(python: Path, project: Path) -> None:
    ran = run(python, project, "-m", "pytest", "-q", "-p", "no:cacheprovider")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 passed" in ran.stdout


def test_the_program_starts_in_its_folder(python: Path, project: Path) -> None:
    start = "from parlour.entrypoints.cli.main import main; main()"
    ran = run(python, project, "-c", start, "config", "show")

    assert ran.returncode == 0, ran.stderr
    assert "server.port = 8000" in ran.stdout
