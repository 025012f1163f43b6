"""The use cases of operators."""

import attrs

from parlour.domain import access, administration
from parlour.entrypoints.use_cases.ports import Ports


@attrs.frozen(kw_only=True, slots=False)
class AdministrationUseCases:
    """What operators can ask."""

    find_accounts: administration.FindAccounts
    find_account: administration.FindAccount
    add_account: administration.AddAccount
    set_account_disabled: administration.SetAccountDisabled
    reset_password: administration.ResetPassword
    list_sessions: administration.ListSessions
    log_out_everywhere: administration.LogOutEverywhere
    inspect_conversation: administration.InspectConversation
    check_admin: administration.CheckAdmin
    count_all: administration.CountAll
    read_audit: administration.ReadAudit
    record_audit: administration.RecordAudit


def of_administration(ports: Ports, create_user: access.CreateUser) -> AdministrationUseCases:
    """Hand the use cases of operators their ports."""
    audit_writer = administration.AuditWriter(clock=ports.clock, new_id=ports.new_id)
    return AdministrationUseCases(
        find_accounts=administration.FindAccounts(ports.uow),
        find_account=administration.FindAccount(ports.uow),
        add_account=administration.AddAccount(create_user, ports.uow, audit_writer),
        set_account_disabled=administration.SetAccountDisabled(ports.uow, audit_writer),
        reset_password=administration.ResetPassword(
            uow=ports.uow, audit_writer=audit_writer, hasher=ports.hasher
        ),
        list_sessions=administration.ListSessions(ports.uow),
        log_out_everywhere=administration.LogOutEverywhere(ports.uow, audit_writer),
        inspect_conversation=administration.InspectConversation(ports.uow, audit_writer),
        check_admin=administration.CheckAdmin(ports.uow),
        count_all=administration.CountAll(ports.uow),
        read_audit=administration.ReadAudit(ports.uow),
        record_audit=administration.RecordAudit(ports.uow, audit_writer),
    )
