"""`parlour chat`."""

import asyncio
import sys

import rich_click as click

DEFAULT_SERVER = "http://127.0.0.1:8000"


@click.command()
@click.option(
    "--server",
    metavar="URL",
    default=DEFAULT_SERVER,
    envvar="PARLOUR_CHAT_SERVER",
    show_default=True,
    show_envvar=True,
    help="Address of the service.",
)
@click.option("--as", "handle", metavar="HANDLE", help="Who you are; asked for where missing.")
@click.option("--to", metavar="WHO", help="Whom to open: a handle, or a group as #NAME.")
@click.option("--register", is_flag=True, help="Make the account first.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of input."
)
@click.option("--say", "says", metavar="TEXT", multiple=True, help="Say this and end.")
@click.option("--tail", is_flag=True, help="Print messages as they come, until interrupted.")
@click.option(
    "--last",
    metavar="N",
    type=click.IntRange(0, 50),
    default=0,
    help="With --tail: begin with the last N messages.",
)
@click.option("--json", "as_json", is_flag=True, help="With --tail: one JSON object a line.")
@click.option(
    "--wait",
    metavar="SECONDS",
    type=click.FloatRange(0.1, 86_400),
    default=30.0,
    show_default=True,
    help="Longest wait for the service when a script or a pipe ends.",
)
@click.option("--plain", is_flag=True, help="No colours and no redrawn lines.")
@click.option("--insecure", is_flag=True, help="Allow http:// beyond this machine.")
@click.option("--log-out", is_flag=True, help="End the session of this device and forget it.")
def chat(handle: str | None, log_out: bool, **options: object) -> None:
    """Chat in the terminal.

    Without --say or --tail: type a line to send it, /help shows the commands. A pipe is read as
    well, one message a line. What could not be sent is kept and sent the next time.
    """
    from parlour.entrypoints.cli.chat import run
    from parlour.entrypoints.client.errors import ClientError

    typed = (handle, options["to"], *options["says"])  # type: ignore[misc] # a tuple of texts
    if any("\ud800" <= sign <= "\udfff" for text in typed for sign in text or ""):
        raise click.UsageError("What --as, --to and --say are given must be text in UTF-8")
    if options["says"] and not options["to"]:
        raise click.UsageError("Say whom to say it to: --to WHO")
    if handle is None:
        if not sys.stdin.isatty():
            raise click.UsageError("Say who you are: --as HANDLE")
        handle = click.prompt("Handle", err=True)
    chosen = run.Options(handle=str(handle), **options)  # type: ignore[arg-type]
    if hasattr(sys.stdout, "reconfigure"):
        # A terminal that cannot show a character shows another one instead of failing.
        sys.stdout.reconfigure(errors="replace")
    try:
        asyncio.run(run.log_out(chosen) if log_out else run.chat(chosen))
    except ClientError as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
