"""Actions on accounts, in lockstep."""

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import initialize, multiple, rule

from parlour.domain.access import Ended, Grant, Password
from parlour.domain.kernel.ids import UserId
from parlour.domain.users import DisplayName, Handle
from parlour.entrypoints.use_cases import Stores
from tests.support.lockstep import GRANTS, PEOPLE, SMALL, TEXTS, Lockstep, Refused
from tests.support.world import BROWSER, PASSWORD

HANDLES = st.sampled_from(["anna", "berta", "Anna", "carl", "c.arl", "c-arl", "c_arl"])
PASSWORDS = st.sampled_from([PASSWORD, Password("another long password")])


class People(Lockstep):
    """Users register, log in and out, and search each other."""

    @initialize(target=PEOPLE)
    def two_are_there(self) -> object:
        found = self.both(lambda world: world.people("anna", "berta"))
        assert not isinstance(found, Refused)
        self.people += found
        return multiple(*found)

    def granted(self, grant: Grant | Ended | Refused) -> object:
        if not isinstance(grant, Grant):
            return multiple()
        if grant.user.id not in self.people:
            self.people.append(grant.user.id)
        digest = self.model.secrets.digest
        self.digests += [digest(grant.access_token), digest(grant.refresh_token)]
        return grant

    @rule(target=GRANTS, handle=HANDLES, name=TEXTS)
    def register(self, handle: str, name: str) -> object:
        return self.granted(self.both(lambda world: world.register(handle, f"x{name}")))

    @rule(target=PEOPLE, grant=GRANTS)
    def acts(self, grant: Grant) -> UserId:
        return grant.user.id

    @rule(target=GRANTS, handle=HANDLES, password=PASSWORDS)
    def log_in(self, handle: str, password: Password) -> object:
        return self.granted(
            self.both(
                lambda world: world.do.log_in(
                    handle=Handle.parse(handle), password=password, device=BROWSER
                )
            )
        )

    @rule(target=GRANTS, grant=GRANTS)
    def refresh(self, grant: Grant) -> object:
        return self.granted(self.both(lambda world: world.do.refresh(grant.refresh_token)))

    @rule(grant=GRANTS)
    def authenticate(self, grant: Grant) -> None:
        self.both(lambda world: world.do.authenticate(grant.access_token))

    @rule(grant=GRANTS, old=PASSWORDS, new=PASSWORDS)
    def change_password(self, grant: Grant, old: Password, new: Password) -> None:
        self.both(
            lambda world: world.do.change_password(
                world.do.authenticate(grant.access_token), old=old, new=new
            )
        )

    @rule(grant=GRANTS, user=PEOPLE)
    def end_device(self, grant: Grant, user: UserId) -> None:
        self.both(lambda world: world.do.end_device(user, grant.device))
        self.both(lambda world: world.do.list_devices(user))

    @rule(user=PEOPLE, name=TEXTS)
    def change_profile(self, user: UserId, name: str) -> None:
        self.both(lambda world: world.do.change_profile(user, DisplayName.parse(name)))

    @rule(user=PEOPLE, disabled=st.booleans())
    def switch(self, user: UserId, disabled: bool) -> None:
        def work(stores: Stores) -> None:
            stores.private_logs.lock([user])
            found = stores.users.find(user)
            assert found is not None
            stores.users.save(attrs.evolve(found, disabled=disabled))

        self.both(lambda world: world.storage.uow(work))

    @rule(query=TEXTS, limit=SMALL)
    def find_people(self, query: str, limit: int) -> None:
        page = self.both(lambda world: world.do.find_people(query, limit=limit))
        if not isinstance(page, Refused) and page.next:
            self.both(lambda world: world.do.find_people(query, limit=limit, cursor=page.next))

    @rule(user=PEOPLE, others=st.lists(PEOPLE, max_size=3))
    def watch(self, user: UserId, others: list[UserId]) -> None:
        self.both(lambda world: world.do.may_watch(user, others))
