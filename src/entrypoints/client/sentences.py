"""
What the service refuses, as whole English sentences for people.

They come from the stable code of an error and the name of the field at fault. A program that
speaks another language has tables of its own; docs/reference/errors.json lists all codes and
fields.
"""

from collections.abc import Iterable, Mapping

CODES: Mapping[str, str] = {
    "bad_request": "The service does not understand this request: is this program up to date?",
    "blocked": "This person does not take messages from you",
    "conflict": "This does not fit what was changed meanwhile",
    "cursor_expired": "This list has changed too much: begin it anew",
    "forbidden": "You may not do this",
    "handle_taken": "This handle is taken: choose another one",
    "idempotency_mismatch": "This message was sent before with another text",
    "internal": "Something went wrong at the service: try again in a moment",
    "invalid": "The service does not accept this value",
    "log_damaged": "This conversation is damaged: nothing can be sent until it is repaired",
    "muted": "You may not write here at the moment",
    "not_found": "There is no such thing, or you may not see it",
    "not_member": "You are not a member here",
    "overloaded": "The service is busy: try again in a moment",
    "rate_limited": "That was too fast: try again in a moment",
    "timeout": "The service did not answer in time: try again",
    "token_expired": "Your session has ended: log in again",
    "too_large": "This is too long for the service",
    "unauthenticated": "You are not logged in",
    "unavailable": "The service cannot answer now: try again in a moment",
    "unsupported_kind": "This service does not carry messages of this kind",
    "unsupported_media": "This service does not take this kind of content",
}
"""A sentence for each stable code."""

FIELDS: Mapping[str, str] = {
    "handle": (
        "A handle has 2 to 32 letters (a-z) or digits, with single dots, dashes or underscores "
        "between them, and is not a reserved word"
    ),
    "display_name": "A name is one line of 1 to 64 visible characters",
    "title": "The name of a group is one line of 1 to 128 visible characters",
    "password": "A password has at least 8 characters and is not one that everybody tries first",
    "new_password": "A password has at least 8 characters and is not one that everybody tries",
    "old_password": "This cannot be your present password",
    "body.text": "A message has 1 to 8,000 characters",
    "body": "A message has 1 to 8,000 characters",
    "mentions": "A message mentions at most 50 people",
    "members": "Not so many people can be added at once",
    "users": "1 to 100 people can be added at once",
    "user": "There is no such person",
    "who": "There is no such person",
    "role": "This role cannot be given to this person",
    "muted_until": "A conversation cannot be muted until this time",
    "state": "Others cannot see you in this way",
    "text": "This status text cannot be used: choose a shorter one, in one line",
    "reply_to": "The message that you reply to is not in this conversation",
    "emoji": "This emoji cannot be used here",
    "options": "This vote does not fit the poll",
    "seqs": "Not so many messages can be chosen at once",
    "query": "This cannot be searched for",
    "attachments": "This service does not carry attachments",
}
"""The rule of each field that a person fills in."""

_SPOKEN = frozenset({"conflict", "forbidden", "unauthenticated"})
"""Codes with several reasons, each of which the service says in a sentence."""

_DETAILED = frozenset({"not_found"})
"""Codes whose title says less than their sentence here, and whose detail says more."""


def sentence(code: str, *, title: str = "", detail: str = "", fields: Iterable[str] = ()) -> str:
    """Return what to tell a person about an error.

    *title* and *detail* are those of the service; fragments of a sentence in them are not shown.
    """
    names = list(fields)
    for field in names:
        if field in FIELDS:
            return FIELDS[field]
    # The detail of a field begins with its name.
    spoken = (title,) if names else (detail, title)
    said = next((text for text in spoken if text[:1].isupper()), "")
    if code in _DETAILED and detail[:1].isupper() and not names:
        return detail
    if said and (code in _SPOKEN or code not in CODES):
        return said
    return CODES.get(code, "The service refused this")
