"""
Read rows of MySQL and MariaDB (text protocol, COM_QUERY) with less overhead than PyMySQL.

PyMySQL makes an object of every packet and parses every column description each time a statement
runs. Here a row is parsed in one loop, and the readers of the columns are cached by the bytes of
their descriptions, which repeat: a row costs less than half.
"""
# ruff: noqa: SLF001 - it extends the connection

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from pymysql.connections import MAX_PACKET_LEN, TEXT_TYPES
from pymysql.constants import COMMAND, CR, FIELD_TYPE, SERVER_STATUS
from pymysql.converters import decoders
from pymysql.err import OperationalError
from pymysql.protocol import FieldDescriptorPacket, MysqlPacket

from parlour.adapters.sql.mysql_driver import DriverConnection
from parlour.adapters.sql.values import Row

Reader = Callable[[bytes], Any] | None
"""Converts the bytes of a column to its value; None where the bytes are the value."""

_BINARY = 63  # the id of the character set "binary"
_NULL = 251
_WIDTHS = {252: 2, 253: 3, 254: 8}  # prefix of a length: how many bytes it has
_OK, _END, _ERROR = 0x00, 0xFE, b"\xff"
_MIN_LONG_ROW = 9  # bytes of a row whose first byte is that of an EOF packet
_UTF8 = "utf8"


_Field: Any = FieldDescriptorPacket


class DirectConnection(DriverConnection):
    """A connection that reads results by itself, past the objects that PyMySQL makes of them."""

    _has_unread_answer = False

    def results(self, sql: str) -> Iterator[list[Row]]:
        self._execute_command(COMMAND.COM_QUERY, sql.encode())
        packets = read_packets(self)
        has_more = True
        while has_more:
            head = next(packets)
            if head[0] == _OK:
                yield []
                has_more = _has_more(head, _skip_number(head, _skip_number(head, 1)))
            elif head[0] == _NULL:
                # The server waits for a file and would take the next statement for it.
                self._force_close()
                raise OperationalError(CR.CR_MALFORMED_PACKET, "The server asks for a file")
            else:
                readers = _readers(tuple(islice(packets, _number(head))))
                next(packets)  # EOF after the descriptions
                rows: list[Row] = []
                for data in packets:
                    if data[0] == _END and len(data) < _MIN_LONG_ROW:
                        break
                    rows.append(_row(data, readers))
                yield rows
                has_more = _has_more(data, 3)

    def commit_soon(self) -> None:
        """Commit a transaction that only read; the answer is read before the next statement's."""
        self._execute_command(COMMAND.COM_QUERY, b"COMMIT")
        self._has_unread_answer = True

    def _execute_command(self, command: int, sql: str | bytes) -> None:
        if self._has_unread_answer:
            self._has_unread_answer = False
            self._read_ok_packet()
        super()._execute_command(command, sql)


def read_packets(connection: Any) -> Iterator[bytes]:
    """Yield the packets of an answer.

    Raises the error that the server sends, or `OperationalError` where the connection is lost.
    """
    read = connection._rfile.read
    while True:
        try:
            head = read(4)
            size = int.from_bytes(head[:3], "little")
            data = read(size)
        except OSError as error:
            connection._force_close()
            raise _lost(error) from error
        if len(head) < 4 or len(data) < size or head[3] != connection._next_seq_id:
            connection._force_close()
            raise _lost("the packet is incomplete")
        connection._next_seq_id = (head[3] + 1) & 0xFF
        if size == MAX_PACKET_LEN:
            data += next(read_packets(connection))
        if data[:1] == _ERROR:
            MysqlPacket(data, _UTF8).raise_for_error()
        yield data


def _lost(reason: object) -> OperationalError:
    return OperationalError(
        CR.CR_SERVER_LOST, f"Lost connection to MySQL server during query ({reason})"
    )


def _has_more(data: bytes, at: int) -> bool:
    """Return whether another result follows the one with this status."""
    return bool(data[at] & SERVER_STATUS.SERVER_MORE_RESULTS_EXISTS)


def _skip_number(data: bytes, at: int) -> int:
    """Return the position after the length-encoded integer at *at*."""
    return at + 1 + _WIDTHS.get(data[at], 0)


def _number(data: bytes) -> int:
    """Return the length-encoded integer at the start of *data*."""
    width = _WIDTHS.get(data[0], 0)
    return int.from_bytes(data[1 : 1 + width], "little") if width else data[0]


def _row(data: bytes, readers: tuple[Reader, ...]) -> Row:
    """Parse the row of a packet: each value has its length before it."""
    row: list[Any] = []
    at = 0
    for reader in readers:
        size = data[at]
        at += 1
        if size >= _NULL:
            if size == _NULL:
                row.append(None)
                continue
            width = _WIDTHS[size]
            size = int.from_bytes(data[at : at + width], "little")
            at += width
        end = at + size
        row.append(data[at:end] if reader is None else reader(data[at:end]))
        at = end
    return tuple(row)


@lru_cache(maxsize=512)
def _readers(descriptions: tuple[bytes, ...]) -> tuple[Reader, ...]:
    return tuple(_reader(_Field(description, _UTF8)) for description in descriptions)


def _reader(field: Any) -> Reader:
    kind = field.type_code
    if kind in TEXT_TYPES and field.charsetnr == _BINARY and kind != FIELD_TYPE.JSON:
        return None
    # Times stay text, as in SQLite: `values` parses them in C.
    convert = None if kind == FIELD_TYPE.DATETIME else decoders.get(kind)
    if kind in TEXT_TYPES or convert is None:
        return bytes.decode
    if convert in {int, float}:
        return convert
    return lambda value: convert(value.decode())
