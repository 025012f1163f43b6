"""Which characters a line or a text for people may hold."""

import unicodedata

from parlour.domain.kernel.errors import Invalid

# Control characters, lone surrogates, and format characters that reorder or hide text.
_UNSHOWN = frozenset({"Cc", "Cs", "Cf"})
# Format characters that names need: joiners of emoji and of several scripts, the tag characters of
# regional flags, and the number signs of Arabic, Syriac and Kaithi.
_NEEDED = frozenset(
    map(chr, (0x200C, 0x200D, *range(0xE0020, 0xE0080), *range(0x600, 0x606)))
) | frozenset("\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")


def clean_line(raw: str, *, most: int, field: str) -> str:
    """Return *raw* as one line in NFC, white space folded; raise `Invalid` for an unfit one."""
    text = unicodedata.normalize("NFC", " ".join(raw.split()))
    if any(unicodedata.category(c) in _UNSHOWN and c not in _NEEDED for c in text):
        raise Invalid("holds characters that cannot be shown", field=field)
    if not any(unicodedata.category(c)[0] in "LNPS" for c in text):
        raise Invalid("must not be empty", field=field)
    if len(text) > most:
        raise Invalid(f"must have at most {most} characters", field=field)
    return text


def check_text(raw: str, *, most: int, field: str) -> str:
    """Return *raw* unchanged; raise `Invalid` unless it has 1 to *most* characters.

    Line feeds and tabs are allowed, other control characters and lone surrogates are not.
    """
    if len(raw) > most:
        raise Invalid(f"must have at most {most} characters", field=field)
    if not raw or raw.isspace():
        raise Invalid("must not be empty", field=field)
    # `isprintable` is one pass in C and true for most texts.
    if not raw.isprintable() and any(
        unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\r\t" for c in raw
    ):
        raise Invalid("holds control characters", field=field)
    return raw
