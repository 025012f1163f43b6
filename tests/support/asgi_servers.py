"""Applications under foreign ASGI servers, as processes of their own."""

import http.client
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from tests.support.nodes import QUICK
from tests.support.processes import Server
from tests.support.programs import ROOT, Program

FACTORY = "parlour.entrypoints.asgi:create_app"

COMMANDS: Mapping[str, Sequence[str]] = {
    "uvicorn": ("uvicorn", "--port", "{port}"),
    # Without the accelerators, as `pip install uvicorn websockets` brings it.
    "uvicorn-plain": ("uvicorn", "--port", "{port}", "--loop", "asyncio", "--http", "h11"),
    "hypercorn": ("hypercorn", "--bind", "127.0.0.1:{port}"),
    "granian": ("granian", "--interface", "asgi", "--port", "{port}"),
}


class AsgiServer(Server):
    """One application under one of `COMMANDS`; by default Parlour itself, from its factory."""

    def __init__(
        self, name: str, *, app: str = "", settings: Mapping[str, str] | None = None
    ) -> None:
        super().__init__()
        self.name = name
        self.app = app
        self.settings = {"STORAGE__BACKEND": "memory", **QUICK, **(settings or {})}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> tuple[Program, Sequence[str]]:
        program, *options = (each.format(port=self.port) for each in COMMANDS[self.name])
        env = {f"PARLOUR__{name}": value for name, value in self.settings.items()}
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        env["PYTHONPATH"] = os.pathsep.join(paths)
        path = Path(sys.executable).with_name(program)
        return Program(path, env), [program, *options, *self._target()]

    def answers(self) -> bool:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as asked:
            try:
                asked.request("GET", "/")
                return asked.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                return False

    def _target(self) -> Sequence[str]:
        if self.app:
            return [self.app]
        return [f"{FACTORY}()"] if self.name == "hypercorn" else ["--factory", FACTORY]
