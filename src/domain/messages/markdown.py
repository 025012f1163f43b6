"""What a text says without its marks: for excerpts in lists, notifications and pushes.

The page shows the same marks: `tests/cases/markdown.json` holds both to the same results.
"""

from collections.abc import Iterator

import attrs
import regex

from parlour.domain.messages.marks import without_marks

_MAX_DEPTH = 4
_MARK = regex.compile(r"[*_~|`\[\\]|^ {0,3}(?:>|-|[0-9]{1,3}\.) ", regex.MULTILINE)
_FENCE = regex.compile("`{3,}")
# The name of a language after the opening fence, if the closing one has a line of its own.
_LANGUAGE = regex.compile(r"[A-Za-z0-9_+#.-]+[ \t]*\n(?=(?s:.*)\n\Z|\Z)")
# A quote needs a space: without one, faces and arrows begin like this.
_QUOTE_START = regex.compile(r" {0,3}> +\S")
_QUOTE_LINE = regex.compile(r" {0,3}>(?: |\Z)")
_QUOTE_SIGN = regex.compile(r" *> ?")
_ITEM = regex.compile(r"(?P<indent> {0,3})(?:-|(?P<number>[0-9]{1,3})\.) +(?=\S)")
_BREAKS = regex.compile(r"\A(?:[ \t]*\n)+")
_CONTINUATION = regex.compile(r"(?: {2}|\t)[ \t]*\S")


def plain_text(text: str) -> str:
    """Return a text without marks, in linear time.

    Items of lists keep their numbers or have bullets, and spoilers stay hidden.
    """
    return _text_of(text, 0) if _MARK.search(text) else text


@attrs.frozen
class _Block:
    """A block of a text other than a paragraph: where it stands, and what it says."""

    start: int
    end: int
    text: str


def _text_of(text: str, depth: int) -> str:
    """Return what the blocks of a text say; *depth* counts the quotes and lists around it."""
    parts: list[str] = []
    start = at = 0
    while at < len(text):
        block = _find_block(text, at, depth)
        if block:
            parts += _paragraph(text[start : block.start], not parts, False)
            parts.append(block.text)
            start = at = block.end
        else:
            at = _line_end(text, at) + 1
    parts += _paragraph(text[start:], not parts, True)
    return "\n".join(parts)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _paragraph(text: str, is_first: bool, is_last: bool) -> Iterator[str]:
    """Yield what a paragraph says, if anything, without the line breaks next to other blocks."""
    if text.strip():
        text = text if is_first else _BREAKS.sub("", text)
        yield without_marks(text if is_last else text.rstrip())


def _find_block(text: str, at: int, depth: int) -> _Block | None:
    """Return the block that begins in a line, or in what is left of it after a block of code."""
    line = text[at : _line_end(text, at)]
    if depth < _MAX_DEPTH:
        if _QUOTE_START.match(line):
            return _quote(text, at, depth)
        if _ITEM.match(line):
            return _list(text, at, depth)
    return _fence(text, at, line)


def _fence(text: str, at: int, line: str) -> _Block | None:
    """Return the block of code that begins in a line.

    It reaches from a run of three or more backticks to the next run that is at least as long.
    """
    for found in _FENCE.finditer(line):
        content = at + found.end()
        close = text.find(found[0], content)
        if close < 0:
            continue
        end = len(text) - len(text[close:].lstrip("`"))
        code = text[content:close]
        language = _LANGUAGE.match(code)
        code = code[language.end() :] if language else code
        first, _, rest = code.partition("\n")
        code = code if first.strip(" \t") or "\n" not in code else rest
        return _Block(at + found.start(), end, code.removesuffix("\n"))
    return None


def _lines(text: str, at: int) -> Iterator[str]:
    while at < len(text):
        line = text[at : _line_end(text, at)]
        yield line
        at += len(line) + 1


def _quote(text: str, start: int, depth: int) -> _Block:
    lines: list[str] = []
    end = start
    for line in _lines(text, start):
        if not _QUOTE_LINE.match(line):
            break
        lines.append(_QUOTE_SIGN.sub("", line, count=1))
        end += len(line) + 1
    return _Block(start, end, _text_of("\n".join(lines), depth + 1))


def _list(text: str, start: int, depth: int) -> _Block:
    items: list[tuple[str, int, list[str]]] = []
    end = start
    for line in _lines(text, start):
        found = _ITEM.match(line)
        if found and (
            not items
            or (len(found["indent"]) < 2 and bool(found["number"]) == (items[0][0] != "•"))
        ):
            sign = f"{int(found['number'])}." if found["number"] else "•"
            items.append((sign, found.end(), [line[found.end() :]]))
        elif items and _CONTINUATION.match(line):
            items[-1][2].append(_outdent(line, items[-1][1]))
        else:
            break
        end += len(line) + 1
    texts = (f"{sign} {_text_of(chr(10).join(lines), depth + 1)}" for sign, _, lines in items)
    return _Block(start, end, "\n".join(texts))


def _outdent(line: str, width: int) -> str:
    if line.startswith("\t"):
        return line[1:]
    return line[min(width, len(line) - len(line.lstrip(" "))) :]
