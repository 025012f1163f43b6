"""`parlour audit` and `parlour stats`: the audit log, and totals."""

from pathlib import Path

import attrs
import rich_click as click

from parlour.entrypoints.cli.operator_session import (
    as_json,
    format_time,
    operator,
    operator_container,
    print_rows,
)
from parlour.entrypoints.cli.options import configuration_options


@click.command()
@click.option(
    "--last",
    metavar="NUMBER",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="How many entries.",
)
@as_json
@configuration_options
def audit(config: Path | None, overrides: dict[str, object], last: int, as_json: bool) -> None:
    """Show the audit log: who changed what, when and from where, the last entry first.

    `operator` is somebody who used the command line on a machine of the service. The log never
    contains messages.
    """
    rows: list[dict[str, object]] = []
    with operator_container(config, overrides) as container:
        read, cursor = container.use_cases().read_audit, None
        while len(rows) < last:
            page = read(operator(), cursor=cursor, limit=min(100, last - len(rows)))
            for each in page.entries:
                by = str(page.handles.get(each.by, each.by)) if each.by else "operator"
                target = str(page.handles.get(each.target, each.target)) if each.target else ""
                rows.append(
                    {
                        "at": format_time(each.at),
                        "by": by,
                        "action": each.action,
                        "target": target,
                        "details": dict(each.details),
                        "from": each.place,
                    }
                )
            cursor = page.next
            if cursor is None:
                break
    print_rows(rows, as_json=as_json, nothing="The audit log is empty.")


@click.command()
@as_json
@configuration_options
def stats(config: Path | None, overrides: dict[str, object], as_json: bool) -> None:
    """Count users, sessions, conversations and messages; scans whole tables."""
    with operator_container(config, overrides) as container:
        totals = attrs.asdict(container.use_cases().count_all(operator()))
    if as_json:
        print_rows([totals], as_json=True, nothing="")
        return
    width = max(len(f"{count:,}") for count in totals.values())
    for name, count in totals.items():
        click.echo(f"{count:>{width},}  {name}")
