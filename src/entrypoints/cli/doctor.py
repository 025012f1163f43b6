"""`parlour doctor`: checks everything the service needs and says how to correct it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from parlour.entrypoints.cli.check_result import (
    Check,
    CheckGrade,
    CheckResult,
    failure,
    ok,
    warning,
)
from parlour.entrypoints.cli.options import configuration_options

if TYPE_CHECKING:
    from parlour.adapters.config import Settings

_COLOURS = {CheckGrade.OK: "green", CheckGrade.WARNING: "yellow", CheckGrade.FAILED: "red"}


@click.command()
@configuration_options
def doctor(config: Path | None, overrides: dict[str, object]) -> None:
    """Check everything that the service needs; exit code 1 if a check fails.

    Checks the configuration, the database (version, backup, durability, clock), Redis, the ports,
    the disk and the permissions of files. Changes nothing.
    """
    grades = []
    for result in run_checks(config, overrides):
        grades.append(result.grade)
        grade = click.style(f"{result.grade.value:5}", fg=_COLOURS[result.grade])
        click.echo(f"{grade}  {result.subject:14}  {result.text}")
        if result.fix:
            click.echo(f"{'':23}fix: {result.fix}")
    if failures := grades.count(CheckGrade.FAILED):
        raise click.ClickException(f"{failures} of {len(grades)} checks failed.")


def run_checks(config: Path | None, overrides: dict[str, object]) -> Iterator[CheckResult]:
    """Yield the results; with a wrong configuration, only what is wrong with it."""
    import os

    from parlour.adapters.config import ConfigError, load

    where = str(config) if config else "defaults and environment"
    try:
        loaded = load(config, os.environ, overrides)
    except ConfigError as error:
        for problem in error.problems:
            yield failure(
                "configuration", str(problem), "correct it; `parlour config docs` has all keys"
            )
        return
    yield ok("configuration", where)
    for problem in loaded.warnings:
        yield warning("configuration", str(problem))
    for check in checks_for(loaded.settings):
        yield from check()


def checks_for(settings: "Settings") -> Iterator[Check]:
    """Yield the checks that apply to *settings*."""
    from parlour.entrypoints.cli import check_machine, check_services

    yield lambda: check_services.check_storage(settings)
    if settings.storage.backend == "sqlite":
        path = settings.storage.sqlite.path
        yield lambda: check_machine.check_folder("data", path, "storage.sqlite.path")
    log_file = settings.logging.file
    if log_file is not None:
        yield lambda: check_machine.check_folder("log", log_file, "logging.file")
    yield lambda: check_services.check_redis(settings)
    yield lambda: check_machine.check_ports(settings)
