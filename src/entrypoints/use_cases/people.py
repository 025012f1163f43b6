"""The use cases of accounts, users and their presence."""

import attrs

from parlour.domain import access, presence, users
from parlour.entrypoints.use_cases.ports import Ports


@attrs.frozen(kw_only=True, slots=False)
class AccessUseCases:
    """What can be asked about accounts, devices and passwords."""

    create_user: access.CreateUser
    register: access.Register
    log_in: access.LogIn
    refresh: access.Refresh
    authenticate: access.Authenticate
    list_devices: access.ListDevices
    alive_devices: access.AliveDevices
    end_device: access.EndDevice
    change_password: access.ChangePassword


@attrs.frozen(kw_only=True, slots=False)
class UserUseCases:
    """What can be asked about users."""

    find_people: users.FindPeople
    get_user: users.GetUser
    get_users: users.GetUsers
    change_profile: users.ChangeProfile
    open_service_account: users.OpenServiceAccount


@attrs.frozen(kw_only=True, slots=False)
class PresenceUseCases:
    """What can be asked about presence."""

    choose_presence: presence.ChoosePresence
    change_presence: presence.ChangePresence
    renew_presence: presence.RenewPresence
    read_presence: presence.ReadPresence
    may_watch: presence.MayWatch


def of_access(ports: Ports) -> AccessUseCases:
    """Hand the use cases of access their ports."""
    grants = access.Grants(
        clock=ports.clock,
        new_id=ports.new_id,
        secrets=ports.secrets,
        lifetimes=ports.policy.lifetimes,
    )
    create_user = access.CreateUser(
        uow=ports.uow, clock=ports.clock, new_id=ports.new_id, hasher=ports.hasher
    )
    return AccessUseCases(
        create_user=create_user,
        register=access.Register(
            create=create_user, grants=grants, is_open=ports.policy.is_registration_open
        ),
        log_in=access.LogIn(uow=ports.uow, clock=ports.clock, hasher=ports.hasher, grants=grants),
        refresh=access.Refresh(uow=ports.uow, grants=grants),
        authenticate=access.Authenticate(ports.uow, ports.clock, ports.secrets),
        list_devices=access.ListDevices(ports.uow),
        alive_devices=access.AliveDevices(ports.uow),
        end_device=access.EndDevice(ports.uow),
        change_password=access.ChangePassword(
            uow=ports.uow, clock=ports.clock, hasher=ports.hasher
        ),
    )


def of_users(ports: Ports) -> UserUseCases:
    """Hand the use cases of users their ports."""
    return UserUseCases(
        find_people=users.FindPeople(ports.uow),
        get_user=users.GetUser(ports.uow),
        get_users=users.GetUsers(ports.uow),
        change_profile=users.ChangeProfile(ports.uow, ports.clock),
        open_service_account=users.OpenServiceAccount(
            uow=ports.uow, clock=ports.clock, new_id=ports.new_id
        ),
    )


def of_presence(ports: Ports) -> PresenceUseCases:
    """Hand the use cases of presence their ports."""
    return PresenceUseCases(
        choose_presence=presence.ChoosePresence(ports.uow, ports.clock),
        change_presence=presence.ChangePresence(
            presence=ports.presence_store, lease=ports.policy.presence_lease
        ),
        renew_presence=presence.RenewPresence(
            presence=ports.presence_store, lease=ports.policy.presence_lease
        ),
        read_presence=presence.ReadPresence(ports.presence_store),
        may_watch=presence.MayWatch(ports.uow),
    )
