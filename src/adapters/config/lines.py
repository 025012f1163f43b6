"""Find the lines of keys in a TOML file, which tomllib does not report."""

import re
from collections.abc import Mapping

_HEADER = re.compile(r"\s*\[\[?([^\[\]]+)\]\]?\s*(?:#.*)?")
_NAME = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_ASSIGNMENT = re.compile(rf"\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*=(.*)")
_PART = re.compile(_NAME)
# Strings and comments may contain brackets and quotes that open nothing. The group matches a
# string of several lines that is not closed yet.
_NOISE = re.compile(
    r'''"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|("""|\'\'\').*|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*''',
    re.DOTALL,
)


def key_lines(text: str) -> Mapping[str, int]:
    """Return the line (from 1) on which each key and table of a valid TOML text is given."""
    lines: dict[str, int] = {}
    table = ""
    pending = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if pending:
            pending = _open_part(f"{pending}\n{line}")
        elif found := _HEADER.fullmatch(line):
            table = _dotted(found[1])
            lines.setdefault(table, number)
        elif found := _ASSIGNMENT.match(line):
            name = _dotted(found[1])
            lines.setdefault(f"{table}.{name}" if table else name, number)
            pending = _open_part(found[2])
    return lines


def line_of(name: str, lines: Mapping[str, int]) -> int | None:
    """Return the line of a dotted key, or of the nearest table around it."""
    while name:
        if name in lines:
            return lines[name]
        name = name.rpartition(".")[0]
    return None


def _open_part(value: str) -> str:
    """Return the value while it goes on in the next line, else nothing."""
    rest = _NOISE.sub(lambda found: found[1] or "", value)
    is_open = '"""' in rest or "'''" in rest
    is_open = is_open or any(rest.count(a) > rest.count(b) for a, b in ("[]", "{}"))
    return value if is_open else ""


def _dotted(name: str) -> str:
    return ".".join(part.strip("\"'") for part in _PART.findall(name))
