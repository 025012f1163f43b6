"""Which characters a line or a text for people may hold, and how texts are compared.

The properties are those of Unicode: characters that nobody sees have the property
`Default_Ignorable_Code_Point` (UAX 44). Decision 19 says which of them stay in names.
"""

import unicodedata

import regex

from parlour.domain.kernel.errors import Invalid

MAX_MARKS = 8
"""Combining marks in a row: Tibetan and Hebrew with accents need 4 or 5, Vietnamese 2."""

# Characters that are no white space by their properties, and show nothing: the blank Braille
# pattern, a musical and two Egyptian blanks, a Khitan filler; and the place of an embedded object.
_BLANK = r"\u2800\U0001d159\U00013441\U00013442\U00016fe4\ufffc"

_VISIBLE = regex.compile(
    rf"[^\p{{Z}}\p{{M}}\p{{Cc}}\p{{Cf}}\p{{Cs}}\p{{Default_Ignorable_Code_Point}}{_BLANK}]"
)

# Controls, lone surrogates, bidirectional embeddings, overrides and isolates (UAX 9), and other
# format characters that are not simply invisible. The number signs of Arabic and others are shown.
_REFUSED = regex.compile(
    r"(?V1)[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069"
    r"[\p{Cf}--\p{Default_Ignorable_Code_Point}--\p{Prepended_Concatenation_Mark}]]"
)

# An invisible character, and in the group `kept` one that changes what is seen where it stands.
_INVISIBLE = regex.compile(
    r"""(?xV1)
    (?P<kept>
        # the flag of a region (UTS 51, ED-14a)
        \U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f
        # joined emoji, and the emoji or text form of one (UTS 51, ED-16 and ED-9a)
        | (?<=\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0f]*)\u200d
          (?=\p{Extended_Pictographic})
        | (?<=[\p{Emoji}--[0-9\#*]])[\ufe0e\ufe0f]
        | (?<=[0-9\#*])\ufe0f(?=\u20e3)
        # forms of ideographs, of Mongolian, Myanmar and Phags-pa letters
        | (?<=\p{Ideographic})[\ufe00-\ufe02\U000e0100-\U000e01ef]
        | (?<=[\p{sc=Mongolian}--[\u180b-\u180f]])[\u180b-\u180d\u180f]
        | (?<=[\p{sc=Mongolian}--[\u180b-\u180f]][\u180b-\u180d\u180f]?)\u180e
          (?=[\p{sc=Mongolian}--[\u180b-\u180f]])
        | (?<=[\p{sc=Myanmar}\p{sc=Phags_Pa}])\ufe00
        # joiners around a virama, and between joining letters as in Persian (RFC 5892, A.1, A.2)
        | (?<=\p{ccc=9})(?:\u200d|\u200c(?=\p{L}))
        | (?<=\p{L}\p{M}*)[\u200c\u200d](?=\p{ccc=9})
        | (?<=[\p{jt=D}\p{jt=L}]\p{jt=T}*)
          (?:\u200c(?=\p{jt=T}*[\p{jt=R}\p{jt=D}])|\u200d(?!\p{jt=T}*[\p{jt=R}\p{jt=D}\u200c]))
    )
    | [\p{Default_Ignorable_Code_Point}\ufffc]
    """
)
_CONTROL = regex.compile(r"(?V1)[\p{Cc}\p{Cs}--[\n\r\t]]")
_MARKS_WITHOUT_BASE = regex.compile(r"(?<!\S)[\p{Mn}\p{Me}]+")
_TOO_MANY_MARKS = regex.compile(rf"(\p{{M}}{{{MAX_MARKS}}})\p{{M}}+")
_IGNORABLE = regex.compile(r"\p{Default_Ignorable_Code_Point}")


def clean_line(raw: str, *, most: int, field: str) -> str:
    """Return *raw* as one line in NFC, without what nobody sees.

    White space is folded. Invisible characters are removed unless they change what is seen where
    they stand, as are combining marks without a base and those after `MAX_MARKS` in a row.

    Raises:
        Invalid: the line holds controls, or characters that reorder what is displayed; nothing
            visible is left; or it is longer than *most* characters.
    """
    text = _fold_spaces(raw)
    if not (text.isascii() and text.isprintable()):
        if _REFUSED.search(text):
            raise Invalid("holds characters that cannot be shown", field=field)
        text = _remove_invisible(text)
    if not _VISIBLE.search(text):
        raise Invalid("must not be empty", field=field)
    if len(text) > most:
        raise Invalid(f"must have at most {most} characters", field=field)
    return text


def _remove_invisible(text: str) -> str:
    former = ""
    while former != text:  # what is removed may have been what another one was kept for
        former, text = text, _INVISIBLE.sub(r"\g<kept>", text)
    text = _MARKS_WITHOUT_BASE.sub("", text.replace("\u2800", " "))
    return _TOO_MANY_MARKS.sub(r"\1", unicodedata.normalize("NFC", _fold_spaces(text)))


def _fold_spaces(text: str) -> str:
    return " ".join(text.split())


def check_text(raw: str, *, most: int, field: str) -> str:
    """Return *raw* unchanged; raise `Invalid` unless it has 1 to *most* characters.

    At least one of them is visible. Line feeds and tabs are allowed, other control characters and
    lone surrogates are not. Bidirectional controls are: clients isolate each message.
    """
    if len(raw) > most:
        raise Invalid(f"must have at most {most} characters", field=field)
    if holds_controls(raw):
        raise Invalid("holds control characters", field=field)
    if not _VISIBLE.search(raw):
        raise Invalid("must not be empty", field=field)
    return raw


def holds_controls(text: str) -> bool:
    """Return whether *text* holds lone surrogates, or controls other than line feeds and tabs."""
    # `isprintable` is one pass in C and true for most texts.
    return not text.isprintable() and _CONTROL.search(text) is not None


def fold_case(text: str) -> str:
    """Return *text* in the form in which texts are searched and compared.

    That is `NFKC_Casefold` of Unicode (UAX 44): compatibility forms and case are folded, and
    invisible characters removed; so "Straße" is found by "STRASSE". The dotted and the dotless i
    are one letter as well, because the language alone tells of which one an `I` is the capital.
    """
    if text.isascii():
        return text.lower()
    # Folding may make a text that can be normalised again, and the reverse.
    for _ in range(2):
        text = _IGNORABLE.sub("", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFKC", text.replace("i\u0307", "i").replace("\u0131", "i"))
