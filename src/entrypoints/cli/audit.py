"""`parlour audit` and `parlour stats`: what was done to the service, and how much there is."""

from pathlib import Path

import attrs
import rich_click as click

from parlour.entrypoints.cli.operator_session import as_json, moment, operating, operator, show
from parlour.entrypoints.cli.options import configured


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
@configured
def audit(config: Path | None, given: dict[str, object], last: int, as_json: bool) -> None:
    """Show who did what to the service, when and from where, the last entry first.

    The operator is whoever worked on this machine. What anybody wrote is never in it.
    """
    rows: list[dict[str, object]] = []
    with operating(config, given) as container:
        read, cursor = container.use_cases().read_audit, None
        while len(rows) < last:
            page = read(operator(), cursor=cursor, limit=min(100, last - len(rows)))
            for each in page.entries:
                by = str(page.handles.get(each.by, each.by)) if each.by else "operator"
                target = str(page.handles.get(each.target, each.target)) if each.target else ""
                rows.append(
                    {
                        "at": moment(each.at),
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
    show(rows, as_json=as_json, nothing="Nothing was done yet.")


@click.command()
@as_json
@configured
def stats(config: Path | None, given: dict[str, object], as_json: bool) -> None:
    """Count users, sessions, conversations and messages; looks at whole tables."""
    with operating(config, given) as container:
        totals = attrs.asdict(container.use_cases().count_all(operator()))
    if as_json:
        show([totals], as_json=True, nothing="")
        return
    width = max(len(f"{count:,}") for count in totals.values())
    for name, count in totals.items():
        click.echo(f"{count:>{width},}  {name}")
