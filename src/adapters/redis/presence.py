"""Presence in Redis: one hash for each user, one round trip for each call."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from parlour.adapters.redis.client import SharedClient
from parlour.adapters.redis.connection_factory import routed_to
from parlour.domain.kernel.ids import SessionId, UserId
from parlour.domain.kernel.time import from_micros, to_micros
from parlour.domain.presence import Lease, PresenceRecord, PresenceStore, State

REMEMBERED = timedelta(days=30)
"""How long the time is kept at which a user was last seen."""

_SEEN = "seen"

# The leases of a user are the fields of a hash: session → "until state text". A write also deletes
# expired leases, so that sessions of a killed node don't pile up. One EVAL for each user: EVAL
# needs no script to be loaded first, and each command has one key, hence one slot.
_WRITE = """
local key, now, seen, remembered = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local fields = redis.call('HGETALL', key)
for i = 1, #fields, 2 do
  local ends = string.match(fields[i + 1], '^(%d+) ')
  if ends and tonumber(ends) <= tonumber(now) then redis.call('HDEL', key, fields[i]) end
end
for i = 4, #ARGV, 2 do
  if ARGV[i + 1] == '' then
    redis.call('HDEL', key, ARGV[i])
  else
    redis.call('HSET', key, ARGV[i], ARGV[i + 1])
  end
end
if seen == '1' then redis.call('HSET', key, 'seen', now) end
redis.call('PEXPIRE', key, remembered)
"""


class RedisPresence(PresenceStore):
    """Leases in Redis, shared by all nodes; call it from worker threads.

    Whether a lease has expired depends on the times that callers pass, not on the clock of Redis.
    Every call raises `Unavailable`, quickly, while Redis is away.
    """

    def __init__(self, redis: SharedClient, *, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix

    def hold(self, leases: Sequence[Lease], now: datetime, until: datetime) -> None:
        ends = to_micros(until)
        self._write(leases, now, lambda lease: f"{ends} {lease.state} {lease.text or ''}")

    def release(self, leases: Sequence[Lease], now: datetime) -> None:
        self._write(leases, now, lambda _: "")

    def read(self, users: Collection[UserId], now: datetime) -> Mapping[UserId, PresenceRecord]:
        if not users:
            return {}
        with self._redis.use() as redis:
            pipeline = redis.pipeline(transaction=False)
            for user in users:
                key = self._key(user)
                pipeline.execute_command("HGETALL", key, **routed_to(redis, key))
            found = cast("list[dict[bytes, bytes]]", pipeline.execute())
        at = to_micros(now)
        return {user: _record(user, fields, at) for user, fields in zip(users, found, strict=True)}

    def check(self) -> None:
        """Raise `Unavailable` where Redis does not answer."""
        self._redis.check()

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    def _write(
        self, leases: Sequence[Lease], now: datetime, value: Callable[[Lease], str]
    ) -> None:
        if not leases:
            return
        by_user = defaultdict(list)
        for lease in leases:
            by_user[lease.user].append(lease)
        at, remembered = to_micros(now), REMEMBERED // timedelta(milliseconds=1)
        with self._redis.use() as redis:
            pipeline = redis.pipeline(transaction=False)
            for user, theirs in by_user.items():
                seen = any(lease.state is not State.INVISIBLE for lease in theirs)
                fields = [part for each in theirs for part in (each.session.hex, value(each))]
                key = self._key(user)
                pipeline.execute_command(
                    *("EVAL", _WRITE, 1, key, at, int(seen), remembered, *fields),
                    **routed_to(redis, key),
                )
            pipeline.execute()

    def _key(self, user: UserId) -> str:
        return f"{self._prefix}:presence:{{{user.hex}}}"


def _record(user: UserId, fields: dict[bytes, bytes], now: int) -> PresenceRecord:
    leases, last_seen = [], None
    for name, value in fields.items():
        session = name.decode()
        if session == _SEEN:
            last_seen = from_micros(int(value))
            continue
        ends, state, text = value.decode().split(" ", 2)
        if int(ends) > now:
            leases.append(Lease(user, SessionId(UUID(session)), State(state), text or None))
    # Session ids grow with time (UUIDv7), so the oldest session comes first.
    return PresenceRecord(tuple(sorted(leases, key=lambda lease: lease.session)), last_seen)
