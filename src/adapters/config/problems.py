"""What is wrong with a configuration, in words that an operator can act on."""

import json
from collections.abc import Mapping, Sequence

import attrs


@attrs.frozen
class ConfigProblem:
    """One thing that is wrong: where it was said, and what."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class ConfigError(Exception):
    """The configuration cannot be used; `problems` holds everything that is wrong with it."""

    def __init__(self, problems: Sequence[ConfigProblem]) -> None:
        self.problems = tuple(problems)
        count = "a problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        lines = "".join(f"\n  {problem}" for problem in self.problems)
        super().__init__(f"The configuration has {count}:{lines}")


def said(raw: object) -> str:
    """Quote what somebody wrote, as TOML would and short."""
    if isinstance(raw, Mapping):
        return "a table"
    text = json.dumps(raw, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:60]}…"
