"""No password, token, cookie or message text appears in a line."""

import dataclasses
import json
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import attrs
import msgspec
import pytest

from parlour.adapters.config import Secret, Url
from parlour.adapters.logging import bound, get_logger
from parlour.adapters.logging.cleaning import MAX_LENGTH
from parlour.adapters.logging.redaction import HIDDEN, is_secret, scrub

CANARY = "canary-7f3a"
log = get_logger("parlour.test")

SECRET_NAMES = [
    *("token", "access_token", "refreshToken", "TOKENS", "password", "old_password", "passwd"),
    *("passphrase", "client_secret", "authorization", "Authorization", "proxy-authorization"),
    *("cookie", "Set-Cookie", "credentials", "api_key", "apikey", "private_key"),
    *("body", "message_body", "text", "message.text", "excerpt", "draft", "content"),
]
OPEN_NAMES = [
    "body_bytes",
    "text_length",
    "context",
    "user",
    "conversation",
    "seq",
    "key",
    "title",
]

IN_TEXT = [
    f"GET /v1/ws?token={CANARY} HTTP/1.1",
    f"GET /v1/ws?v=1&access_token={CANARY}&x=2",
    f"Authorization: Bearer {CANARY}xyz",
    f"authorization: Basic {CANARY}xyz=",
    f"{{'Authorization': 'Bearer {CANARY}-x'}}",
    f"Cookie: a=b; parlour-refresh={CANARY}",
    f"set-cookie: __Host-parlour-refresh={CANARY}; Secure",
    f"{{'cookie': 'a=b; c={CANARY}', 'host': 'x'}}",
    f"redis://:{CANARY}@127.0.0.1:6379/0",
    f"mysql+pymysql://parlour:{CANARY}@x@db/parlour",
    f"login failed: password={CANARY}, user=bob",
    f'{{"password": "{CANARY}", "user": "bob"}}',
    f'{{"password": "a \\" {CANARY}", "user": "bob"}}',
    f"client_secret = '{CANARY}'",
    f"PostMessage(body='it is {CANARY}', key=1)",
    f'{{"type":"message.send","body":{{"text":"it\'s {CANARY}"}}}}',
    f"(pymysql.err.DataError) [SQL: INSERT …] [parameters: ('{CANARY}', 1)]",
    f"used pla_{CANARY} twice",
    f"plr_{CANARY}",
    f"api_key={CANARY}",
]


@attrs.frozen
class Message:
    seq: int
    body: str


@dataclasses.dataclass
class Login:
    handle: str
    password: str


class Frame(msgspec.Struct):
    type: str
    token: str


class Pair(NamedTuple):
    name: str
    secret: str


class Loud:
    def __repr__(self) -> str:
        return f"Loud(token={CANARY!r})"


OBJECTS: dict[str, Any] = {
    "a value of attrs": Message(seq=1, body=CANARY),
    "a dataclass": Login(handle="bob", password=CANARY),
    "a frame": Frame(type="hello", token=CANARY),
    "a named tuple": Pair("x", CANARY),
    "a table": {"headers": {"Cookie": CANARY}, "b": {"text": CANARY}},
    "a list of tables": [{"password": CANARY}, ({"token": CANARY},)],
    "bytes": CANARY.encode(),
    "a setting": SimpleNamespace(url=Url(f"redis://:{CANARY}@host/0")),
    "a secret": Secret(CANARY),
    "an address": Url(f"redis://:{CANARY}@host/0"),
    "an object that tells all": Loud(),
    "an exception": ValueError(f"password={CANARY}"),
}


class TestNames:
    @pytest.mark.parametrize("name", SECRET_NAMES)
    def test_of_secrets_and_content_are_hidden(self, name: str) -> None:
        assert is_secret(name)

    @pytest.mark.parametrize("name", OPEN_NAMES)
    def test_of_measures_and_ids_are_not_hidden(self, name: str) -> None:
        assert not is_secret(name)


class TestText:
    @pytest.mark.parametrize("text", IN_TEXT)
    def test_hides_what_looks_like_a_secret(self, text: str) -> None:
        scrubbed = scrub(text)

        assert CANARY not in scrubbed
        assert HIDDEN in scrubbed

    @pytest.mark.parametrize(
        "text",
        [
            "2026-01-02T03:04:05.678901Z",
            "0193abcd-1234-7234-8234-123456789abc",
            "https://chat.example.org/v1/users?query=bob",
            "basic support is there: 3 of 4",
            "the text was too long",
            "https://alice@chat.example.org/",
        ],
    )
    def test_keeps_what_is_harmless(self, text: str) -> None:
        assert text == scrub(text)

    def test_keeps_the_text_around_it(self) -> None:
        assert scrub("x password=hunter2, user=bob") == f"x password={HIDDEN}, user=bob"


class TestNoSecretIsWritten:
    @pytest.fixture(autouse=True)
    def _run(self, running: Any, path: Path) -> Any:
        yield
        assert running.flush()
        assert path.read_text(), "nothing was written, so nothing was tested"
        assert CANARY not in path.read_text()

    @pytest.mark.parametrize("name", SECRET_NAMES)
    def test_as_a_field(self, name: str) -> None:
        log.info("x", **{name: CANARY})
        log.bind(**{name: CANARY}).info("x")
        with bound(**{name: CANARY}):
            log.info("x")

    @pytest.mark.parametrize("value", OBJECTS.values(), ids=OBJECTS)
    def test_inside_a_value(self, value: object) -> None:
        log.info("x", value=value)

    @pytest.mark.parametrize("text", IN_TEXT)
    def test_in_text(self, text: str) -> None:
        log.info(text)
        log.info("x", note=text)
        log.info("x", note="a" * 1_990 + " " + text)
        logging.getLogger("uvicorn.error").warning("%s", text)
        logging.getLogger("parlour.sql").warning("x", extra={"note": text, "token": CANARY})

    def test_in_a_text_that_is_truncated_inside_the_secret(self) -> None:
        begun = f" redis://:{CANARY}"
        log.info("x", note=f"{'a' * (MAX_LENGTH - len(begun))}{begun}@host/0")

    @pytest.mark.parametrize("text", IN_TEXT)
    def test_in_an_exception(self, text: str) -> None:
        error = ValueError(text)
        error.add_note(text)
        log.error("x", exc_info=error, error=error)

    def test_in_a_variable_of_a_frame(self) -> None:
        password = CANARY
        try:
            _ = 1 / (len(password) - len(password))
        except ZeroDivisionError:
            log.exception("x")

    def test_in_a_warning(self) -> None:
        logging.getLogger("py.warnings").warning("%s", f"x.py:1: UserWarning: password={CANARY}")

    def test_in_debug_lines_of_libraries(self, running: Any) -> None:
        running.levels.set("root", "debug")
        logging.getLogger("uvicorn.error").debug("< TEXT '%s' [%d bytes]", CANARY, 9)
        logging.getLogger("aiosqlite").debug("executing %(sql)s", {"sql": CANARY})
        logging.getLogger("sqlalchemy.engine.Engine").info("[%s] %r", "generated", (CANARY,))


def test_debug_lines_of_libraries_keep_their_shape(running: Any, lines: Any) -> None:
    running.levels.set("root", "debug")
    logging.getLogger("uvicorn.error").debug("< TEXT '%s' [%d bytes]", CANARY, 9)
    logging.getLogger("asyncio").warning("Executing %s took %.3f seconds", "<Task>", 0.5)

    assert [f"< TEXT '{HIDDEN}' [9 bytes]", "Executing <Task> took 0.500 seconds"] == [
        line["event"] for line in lines()
    ]


def test_harmless_fields_are_kept_beside_hidden_ones(lines: Any) -> None:
    log.info("x", token=CANARY, seq=3, message=Message(seq=1, body=CANARY), text=None)

    (line,) = lines()
    del line["time"]
    assert json.loads(json.dumps(line)) == {
        "level": "info",
        "logger": "parlour.test",
        "event": "x",
        "token": HIDDEN,
        "seq": 3,
        "message": {"seq": 1, "body": HIDDEN},
        "text": None,
    }
