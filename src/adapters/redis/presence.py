"""Presence in Redis: one hash for each user, one round trip for each call."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import cast
from uuid import UUID

from parlour.adapters.redis.client import SharedClient
from parlour.adapters.redis.connection_factory import routed_to
from parlour.domain.kernel.ids import SessionId, UserId
from parlour.domain.kernel.time import from_micros
from parlour.domain.presence import Lease, PresenceRecord, PresenceStore, State

REMEMBERED = timedelta(days=30)
"""How long the time is kept at which a user was last seen."""

_SEEN = "seen"

# The leases of a user are the fields of a hash: session → "until state text". A write also deletes
# expired leases, so that sessions of a killed node don't pile up. One EVAL for each user: EVAL
# needs no script to be loaded first, and each command has one key, hence one slot. The time is
# that of the server with the key, in microseconds; numbers of Lua are exact up to 2^53.
_NOW = """
local key, time = KEYS[1], redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local fields = redis.call('HGETALL', key)
local function expired(value)
  local ends = string.match(value, '^(%d+) ')
  return ends and tonumber(ends) <= now
end
"""
_WRITE = (
    _NOW
    + """
local seen, remembered = ARGV[2], ARGV[3]
for i = 1, #fields, 2 do
  if expired(fields[i + 1]) then redis.call('HDEL', key, fields[i]) end
end
for i = 4, #ARGV, 2 do
  if ARGV[i + 1] == '' then
    redis.call('HDEL', key, ARGV[i])
  else
    redis.call('HSET', key, ARGV[i], string.format('%.0f ', now + ARGV[1]) .. ARGV[i + 1])
  end
end
if seen == '1' then redis.call('HSET', key, 'seen', string.format('%.0f', now)) end
redis.call('PEXPIRE', key, remembered)
"""
)
_READ = (
    _NOW
    + """
local found = {}
for i = 1, #fields, 2 do
  if not expired(fields[i + 1]) then
    found[#found + 1], found[#found + 2] = fields[i], fields[i + 1]
  end
end
return found
"""
)


class RedisPresence(PresenceStore):
    """Leases in Redis, shared by all nodes; call it from worker threads.

    Leases expire by the clock of Redis, so nodes need no common time. Every call raises
    `Unavailable`, quickly, while Redis is away.
    """

    def __init__(self, redis: SharedClient, *, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix

    def hold(self, leases: Sequence[Lease], term: timedelta) -> None:
        self._write(leases, term, lambda lease: f"{lease.state} {lease.text or ''}")

    def release(self, leases: Sequence[Lease]) -> None:
        self._write(leases, timedelta(0), lambda _: "")

    def read(self, users: Collection[UserId]) -> Mapping[UserId, PresenceRecord]:
        if not users:
            return {}
        with self._redis.use() as redis:
            pipeline = redis.pipeline(transaction=False)
            for user in users:
                key = self._key(user)
                pipeline.execute_command("EVAL", _READ, 1, key, **routed_to(redis, key))
            found = cast("list[list[bytes]]", pipeline.execute())
        return {user: _record(user, fields) for user, fields in zip(users, found, strict=True)}

    def check(self) -> None:
        """Raise `Unavailable` where Redis does not answer."""
        self._redis.check()

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    def _write(
        self, leases: Sequence[Lease], term: timedelta, value: Callable[[Lease], str]
    ) -> None:
        if not leases:
            return
        by_user = defaultdict(list)
        for lease in leases:
            by_user[lease.user].append(lease)
        micros = term // timedelta(microseconds=1)
        remembered = REMEMBERED // timedelta(milliseconds=1)
        with self._redis.use() as redis:
            pipeline = redis.pipeline(transaction=False)
            for user, theirs in by_user.items():
                seen = any(lease.state is not State.INVISIBLE for lease in theirs)
                fields = [part for each in theirs for part in (each.session.hex, value(each))]
                key = self._key(user)
                pipeline.execute_command(
                    *("EVAL", _WRITE, 1, key, micros, int(seen), remembered, *fields),
                    **routed_to(redis, key),
                )
            pipeline.execute()

    def _key(self, user: UserId) -> str:
        return f"{self._prefix}:presence:{{{user.hex}}}"


def _record(user: UserId, fields: Sequence[bytes]) -> PresenceRecord:
    """Return the record in the fields of a hash: names and values by turns."""
    leases, last_seen = [], None
    for name, value in zip(fields[::2], fields[1::2], strict=True):
        session = name.decode()
        if session == _SEEN:
            last_seen = from_micros(int(value))
            continue
        _, state, text = value.decode().split(" ", 2)
        leases.append(Lease(user, SessionId(UUID(session)), State(state), text or None))
    # Session ids grow with time (UUIDv7), so the oldest session comes first.
    return PresenceRecord(tuple(sorted(leases, key=lambda lease: lease.session)), last_seen)
