"""`parlour serve`."""

import os
from pathlib import Path

import rich_click as click

from parlour.entrypoints.cli.options import configuration_options, load_settings

LAN_PORT = 8443


@click.command()
@configuration_options
@click.option("--host", metavar="ADDRESS", help="Address to listen on.")
@click.option("--port", metavar="PORT", help="Port to listen on; 0 for any free port.")
@click.option("--ops-port", metavar="PORT", help="Port of health and metrics; 0 for none.")
@click.option(
    "--lan",
    is_flag=False,
    flag_value=LAN_PORT,
    type=click.IntRange(1, 65_535),
    metavar="[PORT]",
    help="Serve devices of the same network as well, over TLS with a certificate of one day: to "
    "try it from a phone.",
)
@click.option("--storage", metavar="BACKEND", help="sqlite, memory, mysql or your own.")
def serve(
    *,
    config: Path | None,
    overrides: dict[str, object],
    host: str | None,
    port: str | None,
    ops_port: str | None,
    lan: int | None,
    storage: str | None,
) -> None:
    """Serve until SIGTERM or Ctrl+C; a second one stops without waiting for clients.

    Without options: on 127.0.0.1:8000, with a SQLite database in the current folder. SIGHUP
    reloads the configuration and reopens the log file.
    """
    options = {
        "server.host": host,
        "server.port": port,
        "ops.port": ops_port,
        "storage.backend": storage,
    }
    chosen = {key: value for key, value in options.items() if value is not None}
    overrides = {**overrides, **chosen}
    settings = load_settings(config, overrides).settings
    from parlour.adapters.config import load
    from parlour.entrypoints.cli.open_storage import readable_errors
    from parlour.entrypoints.lan import Lan
    from parlour.entrypoints.listening import CannotServe
    from parlour.entrypoints.server import serve as run

    served_lan = None if lan is None else Lan.make(lan)

    def announce(url: str) -> None:
        # The first line of standard output: scripts wait for it.
        click.echo(f"Parlour serves {url}")
        for line in served_lan.instructions() if served_lan else ():
            click.echo(line)

    try:
        with readable_errors():
            run(
                settings,
                announce=announce,
                # On SIGHUP the same sources are read again.
                load=lambda: load(config, os.environ, overrides),
                lan=served_lan,
            )
    except CannotServe as problem:
        raise click.ClickException(str(problem)) from None
