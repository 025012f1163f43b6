"""
Redaction: passwords, tokens, cookies and message texts are never written.

Fields are hidden by their names, parts of free text by patterns. The latter is a second line of
defence: a line of Parlour has a constant event, and its values are fields.
"""

import functools
import re

HIDDEN = "[hidden]"

# Anywhere in a name: access_token, Set-Cookie, passwordHash, client_secret.
_SECRET = re.compile(
    r"token|passw|passphrase|secret|authorization|cookie|credential|api_?key|private_?key",
    re.IGNORECASE,
)
# As the last word of a name: body, message_text, but not body_bytes or text_length.
_CONTENT = re.compile(r"(?:^|[^a-z])(?:body|text|excerpt|draft|content|contents)$", re.IGNORECASE)

_QUOTED = r""""(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?"""
_SIGN = r"""["']?\s*[:=]\s*"""
_IN_TEXT = re.compile(
    rf"""
    (?P<token>\bpl[ar]_)[\w-]+                                 # our own tokens
    | (?P<scheme>\b(?:bearer|basic)[ ]+)[\w.~+/=-]{{8,}}       # credentials of a header
    | (?P<user>://[^/\s:@]*:)\S+(?=@)                          # a password in an address
    | (?P<sql>\[parameters:[ ]).*                              # values of an SQL statement
    | (?P<cookie>cookie{_SIGN})(?:{_QUOTED}|.*)
    | (?P<name>(?:token|passw|passphrase|secret|authorization|credential|api_?key)[\w-]*{_SIGN})
      (?!bearer\b|basic\b)(?:{_QUOTED}|[^\s,;&)\]}}]+)
    | (?P<said>\b(?:body|text|excerpt|draft){_SIGN})(?:{_QUOTED})
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Without one of these markers and one of these words nothing above can match. Searching for them
# is many times faster than the pattern, and most values are ids without a marker.
_MARKERS = (":", "=", " ", "pl")
_WORDS = (
    *("pla_", "plr_", "bearer ", "basic ", "://", "[parameters: ", "token", "passw", "passphrase"),
    *(
        "secret",
        "authorization",
        "cookie",
        "credential",
        "api",
        "body",
        "text",
        "excerpt",
        "draft",
    ),
)


@functools.lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Return whether the value of a field of this name must be hidden."""
    return bool(_SECRET.search(name) or _CONTENT.search(name))


def scrub(text: str) -> str:
    """Return free text with everything hidden that looks like a secret or a message text."""
    for sign in _MARKERS:
        if sign in text:
            lowered = text.lower()
            for word in _WORDS:
                if word in lowered:
                    return _IN_TEXT.sub(_hide, text)
            return text
    return text


def _hide(found: re.Match[str]) -> str:
    return f"{found[found.lastgroup or 0]}{HIDDEN}"
