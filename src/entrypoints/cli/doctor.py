"""`parlour doctor`: what is wrong, and how to put it right."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from parlour.entrypoints.cli.check_result import (
    CheckGrade,
    CheckResult,
    Examination,
    bad,
    doubt,
    good,
)
from parlour.entrypoints.cli.options import configured

if TYPE_CHECKING:
    from parlour.adapters.config import Settings

_COLOURS = {CheckGrade.GOOD: "green", CheckGrade.DOUBT: "yellow", CheckGrade.BAD: "red"}


@click.command()
@configured
def doctor(config: Path | None, given: dict[str, object]) -> None:
    """Examine everything that the service needs; exit code 1 where something is bad.

    Looks at the configuration, the database (version, backup, durability, clock), Redis, the
    ports, the disk and the rights of the files. Changes nothing.
    """
    grades = []
    for finding in examine(config, given):
        grades.append(finding.grade)
        grade = click.style(f"{finding.grade.value:5}", fg=_COLOURS[finding.grade])
        click.echo(f"{grade}  {finding.subject:14}  {finding.text}")
        if finding.fix:
            click.echo(f"{'':23}fix: {finding.fix}")
    if troubles := grades.count(CheckGrade.BAD):
        raise click.ClickException(f"{troubles} of {len(grades)} findings are bad.")


def examine(config: Path | None, given: dict[str, object]) -> Iterator[CheckResult]:
    """Yield what is found; without a usable configuration, what is wrong with that alone."""
    import os

    from parlour.adapters.config import ConfigError, load

    where = str(config) if config else "defaults and environment"
    try:
        loaded = load(config, os.environ, given)
    except ConfigError as error:
        for problem in error.problems:
            yield bad(
                "configuration", str(problem), "correct it; `parlour config docs` has all keys"
            )
        return
    yield good("configuration", where)
    for problem in loaded.warnings:
        yield doubt("configuration", str(problem))
    for examination in examinations(loaded.settings):
        yield from examination()


def examinations(settings: "Settings") -> Iterator[Examination]:
    """Yield what there is to examine for *settings*."""
    from parlour.entrypoints.cli import check_machine, check_services

    yield lambda: check_services.examine_storage(settings)
    if settings.storage.backend == "sqlite":
        path = settings.storage.sqlite.path
        yield lambda: check_machine.examine_folder("data", path, "storage.sqlite.path")
    log_file = settings.logging.file
    if log_file is not None:
        yield lambda: check_machine.examine_folder("log", log_file, "logging.file")
    yield lambda: check_services.examine_redis(settings)
    yield lambda: check_machine.examine_ports(settings)
