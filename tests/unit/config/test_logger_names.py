"""The list of loggers that a configuration may name is complete, and nothing else is taken."""

import subprocess
import sys

import pytest

from parlour.adapters.config.logger_names import OWN_LOGGERS, require_logger

# Loads every module and starts the log, then prints the loggers of Parlour that exist.
_EXISTING = """
import importlib, logging, pkgutil, parlour
from parlour.adapters import logging as own
from parlour.adapters.config import Settings
for module in pkgutil.walk_packages(parlour.__path__, "parlour."):
    if "migrations" not in module.name and not module.name.endswith("__main__"):
        importlib.import_module(module.name)
own.start(Settings().logging).close()
for name, found in logging.root.manager.loggerDict.items():
    if name.partition(".")[0] == "parlour" and isinstance(found, logging.Logger):
        print(name)
"""


def test_the_list_has_every_logger_of_the_program() -> None:
    found = subprocess.run(
        [sys.executable, "-c", _EXISTING], capture_output=True, check=True, text=True
    )

    assert set(found.stdout.split()) == OWN_LOGGERS


@pytest.mark.parametrize(
    "name", ["", "root", "parlour", "parlour.adapters.redis", "parlour.http", "json.later"]
)
def test_a_logger_that_exists_is_taken(name: str) -> None:
    require_logger(name)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("parlour.htpp", "parlour.http"), ("parlor.http", "parlour.http"), ("redsi", "redis")],
)
def test_another_is_refused_with_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(ValueError, match=f"did you mean {nearest}"):
        require_logger(name)


def test_a_name_that_nothing_resembles_is_refused() -> None:
    with pytest.raises(ValueError, match=r'there is no logger "0 1"$'):
        require_logger("0 1")
