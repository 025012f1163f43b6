"""What was done to the service, as rows and back."""
# ruff: noqa: D103 - `x_row` makes the row of an x and `to_x` the x of a row

from parlour.adapters.sql.values import Row, json, moment, to_json, to_moment, uuid
from parlour.domain.administration import AuditEntry, AuditId
from parlour.domain.kernel.ids import UserId


def audit_row(entry: AuditEntry) -> Row:
    return (
        entry.id.bytes,
        moment(entry.at),
        entry.by and entry.by.bytes,
        entry.place,
        entry.action,
        entry.target and entry.target.bytes,
        json(entry.details),
    )


def to_audit(row: Row) -> AuditEntry:
    id_, at, by, place, action, target, details = row
    return AuditEntry(
        id=AuditId(uuid(id_)),
        at=to_moment(at),
        by=by and UserId(uuid(by)),
        place=place,
        action=action,
        target=target and uuid(target),
        details=to_json(details),
    )
