"""Passwords: how long they are, and which ones an attacker tries first.

The rules follow NIST SP 800-63B section 5.1.1.2: a minimum length, any character, no composition
rules, and a check against common passwords. That check is an estimate in the way of zxcvbn
(Wheeler, USENIX Security 2016): it knows the pieces that people build passwords from.
"""

import attrs

from parlour.domain.kernel.errors import Invalid


@attrs.frozen(repr=False)
class Password:
    """A password as typed: any characters, 8 of them at least, 1,024 bytes at most."""

    MIN_LENGTH = 8
    MAX_BYTES = 1024

    value: str

    @classmethod
    def parse(cls, raw: str, field: str = "password") -> "Password":
        """Accept *raw* as a new password.

        Raises `Invalid` where it is too short, too long, no Unicode, or easily guessed.
        """
        if len(raw) < cls.MIN_LENGTH:
            raise Invalid(f"must have at least {cls.MIN_LENGTH} characters", field=field)
        password = cls.given(raw, field)
        if len(set(raw)) < 3:
            raise Invalid("is too simple", field=field)
        if is_common(raw):
            raise Invalid("is one of those that everybody tries first", field=field)
        return password

    @classmethod
    def given(cls, raw: str, field: str = "password") -> "Password":
        """Accept *raw* to be compared with a stored password; raise `Invalid` where too long."""
        if len(raw.encode("utf-8", "surrogatepass")) > cls.MAX_BYTES:
            raise Invalid(f"must have at most {cls.MAX_BYTES} bytes", field=field)
        if any("\ud800" <= c <= "\udfff" for c in raw):
            raise Invalid("is not valid Unicode", field=field)
        return cls(raw)

    def __repr__(self) -> str:
        return "Password(…)"


# The words that passwords are built from: names, teams, months, brands, in several languages.
_KNOWN = """
    abc access account admin administrator adobe alex alexander alexandra amanda america andrea
    andrew angel angels anna anthony apple april arsenal asd ashley august austin baby bailey
    banana baobao barcelona baseball basketball batman beautiful benjamin berlin blahblah bond
    boss brandon buster butterfly camaro changeme charlie chelsea chicken chocolate chris
    christian cocacola computer cookie corvette cowboys daniel david december default diablo
    diamond dolphin donald dragon eagles elizabeth eminem england family ferrari flower football
    forever freedom friday friends galaxy gandalf george ginger god google guest guitar hallo
    hammer hannah harley hello hockey home house hunter iloveu iloveyou internet jackson jakarta
    james january jasmine jennifer jessica jesus john jordan joseph joshua july june justin
    killer king lakers letmein liverpool login logmein london love lovely loveme loveyou lucky
    maggie manager manchester march marina martin master matrix matthew maverick may melissa
    mercedes merlin michael michelle mickey monday money monkey morgan mother mustang my naruto
    nicole ninja nintendo november october oracle orange parola pass passport password passwort
    patrick peanut pepper pokemon police porsche princess private purple qazwsx querty qwe qwerty
    qwertz rainbow ranger robert root runescape samantha samsung saturday secret secure senha
    september server service shadow shalom silver slipknot soccer sophie spider spiderman spring
    starwars steelers steven student summer sunday sunshine super superman support sweet
    swordfish system taylor teacher temp tennis test tester testing thomas thunder thursday tiger
    tigger toyota trustno trustnoone tuesday unknown user victoria vincent wachtwoord wednesday
    welcome whatever william winner winter woaini wodemima wordpass world xiaobao xiaoming yamaha
    yankees zaqwsx zxc
"""
_WORDS = frozenset(_KNOWN.split())

# Sequences that are typed without thinking: alphabet, digits, rows and columns of keyboards.
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "!@#$%^&*()",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "a1b2c3d4e5f6g7h8i9j0",
    "112233445566778899",
)
_RUNS = " ".join((*_ROWS, *(row[::-1] for row in _ROWS)))

# Substitutions such as "0" for "o", in the two readings of "1" and "|".
_DISGUISES = (
    str.maketrans("013457@$!", "oieastasi"),
    str.maketrans("013457@$!|", "oleastasll"),
)

_MAX_PIECES = 3
_MAX_LENGTH = 32
_MAX_NUMBER = 10  # dates, telephone numbers


def is_common(password: str) -> bool:
    """Return whether *password* consists of at most three pieces that are easily guessed.

    A piece is a known word, a sequence, a repeated text, a year, or any single character. So
    `P@ssw0rd2024!`, `qwerty123456`, `abcabcabc`, `19870412` and `Summer!!` are common, and four
    unrelated words are not. A password of more than 32 characters is never common.
    """
    if password.isdecimal() and len(password) <= _MAX_NUMBER:
        return True
    text = password.lower()
    if len(text) > _MAX_LENGTH:
        return False
    plain = [text, *(text.translate(disguise) for disguise in _DISGUISES)]
    # pieces[end] is the smallest number of pieces that the text up to there can be split into.
    pieces = [0]
    for end in range(1, len(text) + 1):
        starts = (start for start in range(end - 1) if _is_piece(plain, start, end))
        pieces.append(1 + min(pieces[start] for start in (*starts, end - 1)))
    return pieces[-1] <= _MAX_PIECES


def _is_piece(plain: list[str], start: int, end: int) -> bool:
    part = plain[0][start:end]
    return (
        any(text[start:end] in _WORDS for text in plain)
        or _is_repeat(part)
        or (len(part) >= 3 and part in _RUNS)
        or (len(part) == 4 and part.isdigit() and part[:2] in {"18", "19", "20"})
    )


def _is_repeat(part: str) -> bool:
    # A repetition is found in its own double before the end, as in abab|abab at 2.
    return (part + part).find(part, 1) < len(part)
