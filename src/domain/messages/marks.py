"""The marks in a line or paragraph: `**bold**`, `*italic*`, `~~strike~~`, `||spoiler||`, `code`.

The page pairs marks by the same rules: see `inline.js` and `atoms.js` of its client.
"""

import attrs
import regex

from parlour.domain.messages.links import find_links

HIDDEN = "▒▒▒"
"""What stands for a spoiler: its length tells nothing."""

_MAX_OPEN = 10
_RUNS = frozenset({"*", "**", "***", "_", "~~", "||"})
_UNSPACED = "".join(
    rf"\p{{scx={script}}}"
    for script in (
        "Han", "Hiragana", "Katakana", "Bopomofo", "Hangul", "Thai", "Lao", "Khmer", "Myanmar",
    )
)  # fmt: skip
_MAIL = r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,63}"
_HOST = r"[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}.-]*[\p{L}\p{N}\p{M}])?(?::[0-9]{1,5})?"
_PATH = r'[/?#](?:[^\s<>()\[\]"`]|\([^\s<>()\[\]"`]*\))*'
_ADDRESS = rf"(?i:https?)://(?P<host>{_HOST})(?:{_PATH})?|(?i:mailto:)(?P<host>{_MAIL})"
_ESCAPABLE = r"[*_~|`]|@(?=[A-Za-z0-9])|\[(?=[^\[\]\n]{1,256}\]\()"
_ATOM = regex.compile(
    "|".join(
        (
            r"(?P<face>¯\\_\(ツ\)_/¯|_\(:[з3ε]」∠\)_)",
            rf"(?<!\\)(?P<slashes>\\+)(?P<escaped>{_ESCAPABLE})",
            r"(?<=^ {0,8})\\(?P<escaped>[>-])(?= )",
            r"(?<=^ {0,8}[0-9]{1,3})\\(?P<escaped>\.)(?= )",
            r"(?<!`)``(?!`)(?P<wide>[^`\n]+(?:`[^`\n]+)*)``(?!`)",
            r"`(?P<code>[^`\n]+)`",
            rf"\[(?P<label>[^\[\]\n]{{1,256}})\]\((?P<address>{_ADDRESS})\)",
            r"(?P<run>\*+|_+|~+|\|+)",
            r"(?P<paragraph>\n[^\S\n]*(?=\n))",
        )
    ),
    regex.MULTILINE,
)
# What `_ATOM` begins with.
_FIRST = regex.compile(r"[*_~|`\\\[\n¯]")
_ANY_MAIL = regex.compile(rf"(?<![A-Za-z0-9_.+@/-]){_MAIL}(?![A-Za-z0-9_@])")
_VISIBLE = regex.compile(r"[\p{L}\p{N}\p{P}\p{S}]")
# A letter or digit, except of scripts without spaces; not the end of an emoji.
_WORD = regex.compile(rf"(?![{_UNSPACED}\ufe0f\u20e3])[\p{{L}}\p{{N}}\p{{M}}]")
_LETTER = regex.compile(r"[\p{L}\p{N}\p{M}]")
_PUNCTUATION = regex.compile(r"[\p{P}\p{S}]")
# After which punctuation a single mark may begin. After other one it belongs to a face or code.
_BEFORE_ANY = r"""\p{Ps}\p{Pi}\p{So}"'~|*，。、；：！？）」』】》”’"""
_BEFORE_STAR = regex.compile(rf"[{_BEFORE_ANY}\p{{Pd}}\\_,;:!?…·]")
_BEFORE_UNDERSCORE = regex.compile(rf"[{_BEFORE_ANY}—–]")
_ALLOWED_BEFORE = {"*": _BEFORE_STAR, "_": _BEFORE_UNDERSCORE}
# With what something may begin after punctuation.
_BEGINNING = regex.compile(r"""[\p{L}\p{N}\p{So}\p{Sc}\p{Ps}\p{Pi}"'`@#\\+\-…*_~|]""")
# Single marks surround at least one letter, digit or picture.
_CONTENT = regex.compile(r"[\p{L}\p{N}\p{So}\p{Sc}]")


def without_marks(text: str) -> str:
    """Return what a line or paragraph says. Time is linear in its length."""
    marks = _Marks()
    links = find_links(text)
    link = next(links, None)
    end = 0
    while found := _FIRST.search(text, end):
        start = found.start()
        if link and link[0] < end:
            # It began in what was something else.
            links = find_links(text, end)
            link = next(links, None)
        if link and link[0] < start:
            start, link = link[1], next(links, None)
        marks.add(text[end:start])
        end = _add_atom(marks, text, start) if start == found.start() else start
    marks.add(text[end:])
    return marks.text()


def _add_atom(marks: "_Marks", text: str, start: int) -> int:
    """Add the mark, or the text with a meaning of its own, at an index; return where it ends."""
    found = _ATOM.match(text, start)
    if not found:
        marks.add(text[start])
        return start + 1
    end = found.end()
    if found["run"]:
        marks.add_run(found["run"], text[start - 1 : start] if start else "", text[end : end + 1])
    elif found["paragraph"]:
        marks.end_paragraph()
        marks.add(found[0])
    elif found["code"] or found["wide"]:
        marks.add(found["code"] or regex.sub(r"\A (.+) \Z", r"\1", found["wide"]), is_code=True)
    elif found["label"]:
        if not _is_honest(found["label"], found["address"], found["host"]):
            marks.add("[")
            return start + 1
        marks.add(without_marks(found["label"]), is_code=True)
    elif found["slashes"]:
        # Two backslashes stand for one, and a single one takes the meaning of the mark.
        marks.add("\\" * (len(found["slashes"]) // 2))
        if len(found["slashes"]) % 2 == 0:
            return end - len(found["escaped"])
        marks.add(found["escaped"])
    else:
        marks.add(found["escaped"] or found[0])
    return end


def _is_honest(label: str, address: str, host: str) -> bool:
    """Return whether the label of a link is visible, and says no address but that of the link."""
    said = label.strip().lower()
    if not _VISIBLE.search(label):
        return False
    if said == host.lower() or said.rstrip("/") == address.lower().rstrip("/"):
        return True
    return _ANY_MAIL.search(label) is None and next(find_links(label), None) is None


@attrs.define
class _Opened:
    """A mark that may begin something, and what follows it."""

    mark: str
    count: int
    parts: list[str] = attrs.field(factory=list)
    has_content: bool = False

    def add(self, text: str, has_content: bool) -> None:
        self.parts.append(text)
        self.has_content = self.has_content or has_content

    def add_unpaired(self, other: "_Opened") -> None:
        """Take over what follows a mark that begins nothing: it is text, and so is the mark."""
        self.parts += (other.mark * other.count, *other.parts)
        self.has_content = self.has_content or other.has_content


class _Marks:
    """Pairs the marks: a closing mark belongs to the nearest one of the same kind before it."""

    def __init__(self) -> None:
        self._open = [_Opened("", 0)]

    def text(self) -> str:
        """Return what was added, without the marks that are in pairs."""
        self.end_paragraph()
        return "".join(self._open[0].parts)

    def add(self, text: str, *, is_code: bool = False) -> None:
        """Add text without marks."""
        self._open[-1].add(text, is_code or _CONTENT.search(text) is not None)

    def end_paragraph(self) -> None:
        """Marks never reach beyond a paragraph."""
        self._drop_above(0)

    def add_run(self, run: str, before: str, after: str) -> None:
        """Add a run of one mark between two characters."""
        mark, rest = run[0], len(run)
        is_mark = run in _RUNS
        if is_mark and _can_close(run, before, after):
            while rest and (at := self._find(mark, rest)):
                rest -= self._close(at, rest)
        if is_mark and rest == len(run) and _can_open(run, before, after):
            self._open.append(_Opened(mark, rest))
            if len(self._open) > _MAX_OPEN:
                self._open[0].add_unpaired(self._open.pop(1))
        else:
            self.add(mark * rest)

    def _find(self, mark: str, count: int) -> int:
        """Return the index of the nearest open mark that this one can close; 0 if there is none.

        Three stars are one and two.
        """
        return next(
            (
                at
                for at in range(len(self._open) - 1, 0, -1)
                if self._open[at].mark == mark
                and (3 in (self._open[at].count, count) or self._open[at].count == count)
            ),
            0,
        )

    def _close(self, at: int, count: int) -> int:
        """Close an open mark; return how many characters of the closing mark were used."""
        self._drop_above(at)
        opened = self._open[at]
        used = min(opened.count, count)
        if used == 1 and not opened.has_content:
            self._drop_above(at - 1)
            self.add(opened.mark)
            return used
        content = HIDDEN if opened.mark == "|" else "".join(opened.parts)
        opened.count -= used
        opened.parts = []
        if not opened.count:
            self._open.pop()
        self._open[-1].add(content, True)
        return used

    def _drop_above(self, at: int) -> None:
        """Make the open marks above an index text."""
        while len(self._open) - 1 > at:
            last = self._open.pop()
            self._open[-1].add_unpaired(last)


def _can_open(run: str, before: str, after: str) -> bool:
    if not after or after.isspace() or _is_in_word(run, before):
        return False
    if not _PUNCTUATION.match(before):
        return True
    allowed = _ALLOWED_BEFORE.get(run, _PUNCTUATION)
    return bool(allowed.match(before) and _BEGINNING.match(after))


def _can_close(run: str, before: str, after: str) -> bool:
    return bool(before.strip()) and before != "/" and not _is_in_word(run, after)


def _is_in_word(run: str, neighbour: str) -> bool:
    """Return whether a mark next to this character is inside of a word or a name."""
    return bool((_LETTER if run == "_" else _WORD).match(neighbour))
