"""Passwords that everybody tries first: told by what they are made of, not by a list of them."""

# What people build passwords from: words, names, teams, months, in several languages.
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

# What a finger runs along: the alphabet, the digits, the rows and columns of keyboards.
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

# The letters that people believe nobody expects behind these signs.
_DISGUISES = (
    str.maketrans("013457@$!", "oieastasi"),
    str.maketrans("013457@$!|", "oleastasll"),
)

_MAX_PIECES = 3
_LONGEST = 32
_LONGEST_NUMBER = 10  # dates, telephone numbers


def is_common(password: str) -> bool:
    """Tell whether *password* is at most three guesses: known words, runs, repeats, years, signs.

    So `P@ssw0rd2024!`, `qwerty123456`, `abcabcabc`, `19870412` and `Summer!!` are common, and four
    words that do not belong together are not. What is longer than 32 characters is never common.
    """
    if password.isdecimal() and len(password) <= _LONGEST_NUMBER:
        return True
    text = password.lower()
    if len(text) > _LONGEST:
        return False
    plain = [text, *(text.translate(disguise) for disguise in _DISGUISES)]
    # pieces[end]: into how few pieces the text up to there can be cut.
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
    # A text that is found in its own double before its end repeats itself.
    return (part + part).find(part, 1) < len(part)
