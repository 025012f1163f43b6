"""What one can react with: one emoji of Unicode, or a name that the operator listed."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from itertools import permutations

import attrs
import regex

from parlour.domain.kernel.errors import Invalid
from parlour.domain.messages.emoji_data import COUPLES, PLAIN, TONED, UNLIKE

MAX_BYTES = 64
"""Of an emoji in UTF-8; Unicode's longest has 35."""

_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_EMOJI_STYLE = "\ufe0f"
# The style of a character stands once, behind it.
_STRAY_STYLE = regex.compile("(?<![^\ufe0f\u200d])\ufe0f")


@attrs.frozen
class Emoji:
    """One emoji as Unicode recommends it for interchange (RGI, UTS 51), or `:name:`."""

    value: str

    @classmethod
    def parse(cls, raw: str, custom: Collection[str] = (), *, field: str = "emoji") -> "Emoji":
        """Return *raw* as the emoji that it is, fully qualified.

        Keyboards and old clients leave out U+FE0F, or add it where it changes nothing: ❤ with it
        and without it are the same emoji. *custom* has the operator's names, without colons.

        Raises:
            Invalid: *raw* is neither one emoji nor `:name:` with one of these names, or is longer
                than `MAX_BYTES`.
        """
        # A character has at least a byte, and a lone surrogate none at all.
        if len(raw) > MAX_BYTES or len(raw.encode("utf-8", "replace")) > MAX_BYTES:
            raise Invalid(f"must have at most {MAX_BYTES} bytes", field=field)
        if len(raw) > 2 and raw[0] == raw[-1] == ":":
            if raw[1:-1] in custom:
                return cls(raw)
            raise Invalid("is not one of the custom emojis of this service", field=field)
        value = _rgi().get(raw.replace(_EMOJI_STYLE, ""))
        if value is None or _STRAY_STYLE.search(raw):
            raise Invalid("must be one emoji", field=field)
        return cls(value)


@cache
def _rgi() -> Mapping[str, str]:
    """Return every emoji of Unicode, by what it is without U+FE0F."""
    return {each.replace(_EMOJI_STYLE, ""): each for each in _all()}


def _all() -> Iterator[str]:
    yield from PLAIN.split()
    for emoji in TONED.split():
        yield emoji
        yield from (_with_tone(emoji, tone) for tone in _TONES)
    for couple in COUPLES.split():
        yield couple
        yield from (_with_tones(couple, tone, tone) for tone in _TONES)
    for pair in f"{COUPLES} {UNLIKE}".split():
        yield from (_with_tones(pair, *tones) for tones in permutations(_TONES, 2))


def _with_tone(emoji: str, tone: str) -> str:
    """Return *emoji* with the tone behind its first character, of which it is the style."""
    return emoji[0] + tone + emoji[1:].removeprefix(_EMOJI_STYLE)


def _with_tones(pair: str, one: str, other: str) -> str:
    """Return the emoji of two people, who are its first and its last character, with tones."""
    return f"{pair[0]}{one}{pair[1:]}{other}"
