"""The screen of a terminal: a line to type on, unsent messages above it, a status below."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable, Iterable

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout

from parlour.entrypoints.cli.chat.commands import COMMANDS
from parlour.entrypoints.cli.chat.screen import Screen, View

FREQUENT = ("👍", "❤️", "😂", "😮", "😢", "🙏")
"""The reactions that the tabulator offers."""


class _Completer(Completer):
    """Completes commands, and handles or reactions after them."""

    def __init__(self, names: Callable[[], Iterable[str]]) -> None:
        self._names = names

    def get_completions(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002 - unused
    ) -> Iterable[Completion]:
        text = document.text_before_cursor
        if not text.startswith("/"):
            return
        word = text.rpartition(" ")[2]
        for name in self._known(text):
            if name.startswith(word):
                yield Completion(name, start_position=-len(word))

    def _known(self, text: str) -> Iterable[str]:
        if " " not in text:
            return sorted(f"/{name}" for name in COMMANDS)
        if text.startswith(("/react ", "/unreact ")):
            return FREQUENT
        return sorted(self._names())


class PromptScreen(Screen):
    """Shows new lines above the line that is being typed."""

    is_live = True

    def __init__(self, names: Callable[[], Iterable[str]]) -> None:
        self.on_typing: Callable[[], None] = lambda: None
        self.left_text = ""
        self._view = View()
        self._next_line = ""
        self._session: PromptSession[str] = PromptSession(
            message=self._message,
            bottom_toolbar=self._toolbar,
            completer=_Completer(names),
            complete_while_typing=False,
            history=InMemoryHistory(),
            erase_when_done=True,  # the message is shown again, with its delivery
        )
        self._session.default_buffer.on_text_changed += self._typed

    def show(self, text: str) -> None:
        # `lines` patches stdout: this appears above the line that is being typed.
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def refresh(self, view: View) -> None:
        if view != self._view:
            self._view = view
            self._session.app.invalidate()

    def prefill(self, text: str) -> None:
        self._next_line = text

    async def lines(self) -> AsyncGenerator[str, None]:
        with patch_stdout(raw=True):
            while True:
                line, self._next_line = self._next_line, ""
                try:
                    yield await self._session.prompt_async(default=line)
                except (EOFError, KeyboardInterrupt):
                    self.left_text = self._session.default_buffer.text
                    return

    def _message(self) -> FormattedText:
        unsent = [("class:dim", f"{line}\n") for line in self._view.pending]
        return FormattedText([*unsent, ("bold", self._view.prompt)])

    def _toolbar(self) -> FormattedText:
        return FormattedText([("noreverse", f" {self._view.status}")])

    def _typed(self, _buffer: object) -> None:
        text = self._session.default_buffer.text
        if text and not text.startswith("/") and asyncio.get_event_loop().is_running():
            self.on_typing()
