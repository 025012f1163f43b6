"""Reading rows from MySQL and MariaDB: PyMySQL's protocol, with a short way for the many.

PyMySQL makes objects of every row's packet and takes every column's description apart, each time
a statement runs. Here a row is cut out of its bytes in one loop, and the descriptions of columns,
which are the same bytes each time, are remembered: a row costs less than half of what it did.
"""
# ruff: noqa: SLF001 - it reads in the place of the connection

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import attrs
from pymysql.connections import MAX_PACKET_LEN, TEXT_TYPES, Connection, MySQLResult
from pymysql.constants import COMMAND, CR, FIELD_TYPE
from pymysql.converters import decoders
from pymysql.err import OperationalError
from pymysql.protocol import FieldDescriptorPacket, MysqlPacket

Reader = Callable[[bytes], Any] | None
"""Makes a value of the bytes of a column; None where the bytes are the value."""

_BINARY = 63  # the number of the character set that is none
_NULL, _TWO, _THREE = 251, 252, 253  # what stands for a length of its own bytes
_END, _ERROR = 0xFE, b"\xff"
_UTF8 = "utf8"


@attrs.frozen
class _Columns:
    """What the columns of a result are called, and how their values are read."""

    fields: list[Any]
    description: tuple[Any, ...]
    readers: tuple[Reader, ...]


# The parts that are replaced here are not among those that the type stubs know.
_Connection: Any = Connection
_PlainResult: Any = MySQLResult
_Field: Any = FieldDescriptorPacket


class ReadingConnection(_Connection):  # type: ignore[misc] # see above
    """A connection whose results are read the short way."""

    _owes_answer = False

    def commit_soon(self) -> None:
        """Commit what only read: its answer, which says nothing, is read before the next one."""
        self._execute_command(COMMAND.COM_QUERY, "COMMIT")
        self._owes_answer = True

    def _execute_command(self, command: int, sql: str | bytes) -> None:
        if self._owes_answer:
            self._owes_answer = False
            self._read_query_result()
        super()._execute_command(command, sql)

    def _read_query_result(self, unbuffered: bool = False) -> Any:
        if unbuffered:
            return super()._read_query_result(unbuffered=True)
        self._result = None
        result: Any = _Result(self)
        result.read()
        self._result = result
        if result.server_status is not None:
            self.server_status = result.server_status
        return result.affected_rows


class _Result(_PlainResult):  # type: ignore[misc] # see above
    """The rows of one statement."""

    connection: Any

    def _get_descriptions(self) -> None:
        packets = read_packets(self.connection)
        columns = _columns(tuple(next(packets) for _ in range(self.field_count)))
        next(packets)  # the end of the descriptions
        self.fields = columns.fields
        self.description = columns.description
        self._readers = columns.readers

    def _read_rowdata_packet(self) -> None:
        readers, rows = self._readers, []
        for data in read_packets(self.connection):
            if data[0] == _END and len(data) < 9:
                self._check_packet_is_eof(MysqlPacket(data, _UTF8))
                break
            rows.append(_row(data, readers))
        self.connection = None
        self.affected_rows = len(rows)
        self.rows = tuple(rows)


def read_packets(connection: Any) -> Iterator[bytes]:
    """Read packets; raise the server's refusal, or `OperationalError` where it is lost."""
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
            raise _lost("what came is not whole")
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


def _row(data: bytes, readers: tuple[Reader, ...]) -> tuple[Any, ...]:
    """Cut a row out of the bytes of its packet: each value has its length before it."""
    row: list[Any] = []
    at = 0
    for reader in readers:
        size = data[at]
        at += 1
        if size >= _NULL:
            if size == _NULL:
                row.append(None)
                continue
            width = 2 if size == _TWO else 3 if size == _THREE else 8
            size = int.from_bytes(data[at : at + width], "little")
            at += width
        end = at + size
        row.append(data[at:end] if reader is None else reader(data[at:end]))
        at = end
    return tuple(row)


@lru_cache(maxsize=512)
def _columns(packets: tuple[bytes, ...]) -> _Columns:
    fields = [_Field(packet, _UTF8) for packet in packets]
    description = tuple(field.description() for field in fields)
    return _Columns(fields, description, tuple(map(_reader, fields)))


def _reader(field: Any) -> Reader:
    kind = field.type_code
    if kind in TEXT_TYPES and field.charsetnr == _BINARY and kind != FIELD_TYPE.JSON:
        return None
    # Moments stay text, as they are in SQLite: `values` knows their form and reads it in C.
    convert = None if kind == FIELD_TYPE.DATETIME else decoders.get(kind)
    if kind in TEXT_TYPES or convert is None:
        return bytes.decode
    if convert in {int, float}:
        return convert
    return lambda value: convert(value.decode())
