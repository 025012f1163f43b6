"""
Read the sources of settings, each into a mapping from dotted keys to given values.

Unknown keys are reported here; values are checked in `loading`.
"""

import difflib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from parlour.adapters.config.keys import catalog, sections
from parlour.adapters.config.lines import key_lines, line_of
from parlour.adapters.config.problems import ConfigError, ConfigProblem
from parlour.adapters.config.settings import Settings

PREFIX = "PARLOUR__"
_NOT_UTF_8 = "is not text in UTF-8"


@attrs.frozen
class Given:
    """A value as it was given, untyped text or already typed, and where."""

    value: object
    where: str
    is_text: bool = False


Leaves = Mapping[str, Given]


def from_file(path: Path) -> tuple[Leaves, list[ConfigProblem]]:
    """
    Read a TOML file.

    Raises:
        ConfigError: it cannot be read, or is not TOML.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")  # with or without a byte order mark
        tree = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(
            [ConfigProblem(str(path), f"cannot be read: {error.strerror}")]
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError([ConfigProblem(str(path), _NOT_UTF_8)]) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([ConfigProblem(str(path), f"is not valid TOML: {error}")]) from error
    lines = key_lines(text)
    leaves: dict[str, Given] = {}
    problems: list[ConfigProblem] = []
    for name, value in _walk(tree):
        where = f"{path}:{line_of(name, lines)}"
        if name in catalog(Settings):
            leaves[name] = Given(value, where)
        elif name in sections(Settings):
            problems.append(
                ConfigProblem(where, f"{name} is a section: write [{name}] above its keys")
            )
        else:
            problems.append(ConfigProblem(where, _unknown(name)))
    return leaves, problems


def from_environ(environ: Mapping[str, str]) -> tuple[Leaves, list[ConfigProblem]]:
    """Read the variables PARLOUR__SECTION__KEY."""
    leaves: dict[str, Given] = {}
    problems: list[ConfigProblem] = []
    for variable, text in sorted(environ.items()):
        if not variable.startswith(PREFIX):
            continue
        name = variable.removeprefix(PREFIX).replace("__", ".").lower()
        if not _is_unicode(text):
            problems.append(ConfigProblem(variable, _NOT_UTF_8))
        elif name in catalog(Settings):
            leaves[name] = Given(text, variable, is_text=True)
        else:
            problems.append(ConfigProblem(variable, _unknown(name)))
    return leaves, problems


def from_command_line(overrides: Mapping[str, object]) -> tuple[Leaves, list[ConfigProblem]]:
    """Read overrides, dotted key to value; None says that the option was not given."""
    leaves: dict[str, Given] = {}
    problems: list[ConfigProblem] = []
    for name, value in overrides.items():
        if value is None:
            continue
        # `--port` is the one people reach for; the other sections say their name: `--ops-port`.
        option = "--" + re.sub(r"[._]", "-", name.removeprefix("server."))
        if isinstance(value, str) and not _is_unicode(value):
            problems.append(ConfigProblem(option, _NOT_UTF_8))
        elif name in catalog(Settings):
            leaves[name] = Given(value, option, is_text=isinstance(value, str))
        else:
            problems.append(ConfigProblem(option, _unknown(name)))
    return leaves, problems


def _is_unicode(text: str) -> bool:
    # Python reads bytes of the environment that are no text as halves of surrogate pairs.
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def _walk(tree: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield what stands below the known sections; of an unknown one only itself."""
    for part, value in tree.items():
        name = f"{prefix}{part}"
        if name in sections(Settings) and isinstance(value, dict):
            yield from _walk(value, f"{name}.")
        else:
            yield name, value


def _unknown(name: str) -> str:
    known = [*catalog(Settings), *sections(Settings)]
    nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    if not nearest:
        # Right word, wrong section: `port` for `server.port`.
        last = {key.rpartition(".")[2]: key for key in reversed(known)}
        found = difflib.get_close_matches(name.rpartition(".")[2], last, n=1, cutoff=0.7)
        nearest = [last[word] for word in found]
    hint = f"; did you mean {nearest[0]}?" if nearest else ""
    return f"{_printable(name)} is not a key of the configuration{hint}"


def _printable(name: str) -> str:
    return name if name.isprintable() else json.dumps(name)
