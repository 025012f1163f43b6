"""The kinds of messages: how the body of each is checked, what is shown and what is found of it.

Clients of a release that does not know a kind show its excerpt, and that they cannot show more.
Excerpts hold no word of any language: they stand in lists, notifications and pushes of readers
whose language the service does not know.
"""

import re
from collections.abc import Callable, Mapping

import attrs

from parlour.domain.kernel.errors import DomainError
from parlour.domain.messages.bodies import (
    Body,
    check_bundle,
    check_contact,
    check_json,
    check_location,
    check_poll,
    check_text_body,
)

MAX_KIND = 32

TEXT = "text"
POLL = "poll"
BUNDLE = "bundle"

Check = Callable[[Body], Body]
"""Returns what is stored of a body; raises `Invalid` or `TooLarge`."""

_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,31}")


class UnsupportedKind(DomainError):
    """The service does not know this kind of message, or clients may not post it."""

    code = "unsupported_kind"
    title = "This kind of message is not supported"


def _text(body: Body) -> str:
    text = body.get("text")
    return text if isinstance(text, str) else ""


@attrs.frozen(kw_only=True)
class Kind:
    """A kind of message.

    `shown_text` is what lists and notifications show the beginning of, `search_text` what a search
    looks at. A kind that is not `posted_by_clients` is made by the service alone.
    """

    check: Check
    shown_text: Callable[[Body], str] = _text
    search_text: Callable[[Body], str] = _text
    posted_by_clients: bool = True
    is_editable: bool = False


def _location_line(body: Body) -> str:
    return f"📍 {body.get('title') or body.get('address') or ''}"


def _location_text(body: Body) -> str:
    return "\n".join(body[name] for name in ("title", "address") if name in body)


def _poll_text(body: Body) -> str:
    return "\n".join([body["question"], *body["options"]])


def _bundle_text(body: Body) -> str:
    return "\n".join([body["title"], *filter(None, map(_text, body["items"]))])


_BUILT_IN = {
    TEXT: Kind(check=check_text_body, is_editable=True),
    "location": Kind(check=check_location, shown_text=_location_line, search_text=_location_text),
    "contact": Kind(check=check_contact, shown_text=lambda _: "👤", search_text=lambda _: ""),
    POLL: Kind(
        check=check_poll,
        shown_text=lambda body: f"📊 {body['question']}",
        search_text=_poll_text,
    ),
    BUNDLE: Kind(
        check=check_bundle,
        shown_text=lambda body: f"🗂️ {body['title']}",
        search_text=_bundle_text,
        posted_by_clients=False,
    ),
}

RESERVED = frozenset({*_BUILT_IN, "voice", "call"})
"""Names that operators cannot give to kinds of their own."""


@attrs.frozen
class Kinds:
    """The kinds that are accepted; `others` stands for all names that are not among them."""

    named: Mapping[str, Kind]
    others: Kind | None = None

    def check(self, name: str, body: Body) -> Body:
        """Return what is stored of a body.

        Raises:
            UnsupportedKind: there is no such kind, or clients may not post it.
            Invalid, TooLarge: the body is not acceptable.
        """
        kind = self.named.get(name, self.others if _NAME.fullmatch(name) else None)
        if kind is None or not kind.posted_by_clients:
            raise UnsupportedKind(f"This service does not take {name[:MAX_KIND]!r}")
        return kind.check(body)

    def with_own(self, checks: Mapping[str, Check]) -> "Kinds":
        """Return these kinds and those of an operator, each with the check of its bodies.

        Raises `ValueError` where a name is reserved, or is no name of a kind.
        """
        for name in checks:
            if name in RESERVED or not _NAME.fullmatch(name):
                raise ValueError(
                    f"has a kind named {name!r}: a name has at most {MAX_KIND} of the characters "
                    f"a-z 0-9 _ . - and is none of {', '.join(sorted(RESERVED))}"
                )
        own = {name: Kind(check=_bounded(check)) for name, check in checks.items()}
        return Kinds({**self.named, **own}, self.others)


def _bounded(check: Check) -> Check:
    """Return *check* behind the bounds of `check_json`: it sees nothing that is too large."""
    return lambda body: check(check_json(body))


BUILT_IN = Kinds(_BUILT_IN)
"""The kinds that every service takes from clients."""

STORED = Kinds(
    {**_BUILT_IN, BUNDLE: attrs.evolve(_BUILT_IN[BUNDLE], posted_by_clients=True)},
    others=Kind(check=check_json),
)
"""The kinds that another service may have stored: also those that only its operator knows."""


def is_editable(kind: str) -> bool:
    """Whether senders may edit messages of this kind."""
    known = _BUILT_IN.get(kind)
    return known is not None and known.is_editable


def shown_text_of(kind: str, body: Body) -> str:
    """Return what lists show of a message, however long; empty for one that was recalled.

    It is the kind in brackets where nothing else is known.
    """
    known = _BUILT_IN.get(kind)
    shown = known.shown_text(body) if known else _text(body)
    return shown or (f"[{kind}]" if kind else "")


def search_text_of(kind: str, body: Body) -> str:
    """Return the text by which a message is found; it may be empty."""
    known = _BUILT_IN.get(kind)
    return known.search_text(body) if known else _text(body)
