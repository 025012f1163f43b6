"""What the users of this node's sockets show: what each chose, and what each device reports."""

from parlour.domain.kernel.ids import SessionId, UserId
from parlour.domain.presence import DeviceReport
from parlour.domain.users import PresenceChoice
from parlour.entrypoints.shell.presence_keeper import PresenceKeeper


class OwnPresence:
    """Makes the leases of this node's sockets, and has the keeper hold them.

    A user has one choice for all devices. It comes with the snapshot of a socket that connects,
    and with the event of the private log when the user chooses again on any device or node.
    """

    def __init__(self, keeper: PresenceKeeper) -> None:
        self._keeper = keeper
        self._users: dict[SessionId, UserId] = {}
        self._choices: dict[UserId, PresenceChoice] = {}
        self._reports: dict[UserId, dict[SessionId, DeviceReport]] = {}

    def connect(self, user: UserId, session: SessionId, choice: PresenceChoice) -> None:
        """Show *user* on a new socket; *choice* is at least as new as all that came before."""
        self._users[session] = user
        self._reports.setdefault(user, {})[session] = DeviceReport()
        if not self.choose(user, choice):
            self._hold(user, session)

    def choose(self, user: UserId, choice: PresenceChoice) -> bool:
        """Show *user* in another way on all sockets of this node; return whether it is another."""
        reports = self._reports.get(user)
        if reports is None or self._choices.get(user) == choice:
            return False
        self._choices[user] = choice
        for session in reports:
            self._hold(user, session)
        return True

    def report(self, session: SessionId, report: DeviceReport) -> None:
        """Take what a device says of itself; ignored for a socket that was closed."""
        user = self._users.get(session)
        if user is not None and self._reports[user][session] != report:
            self._reports[user][session] = report
            self._hold(user, session)

    def disconnect(self, session: SessionId) -> None:
        """Show a closed socket no longer; an unknown one is ignored."""
        user = self._users.pop(session, None)
        if user is None:
            return
        self._keeper.release(session)
        del self._reports[user][session]
        if not self._reports[user]:
            del self._reports[user], self._choices[user]

    def is_hidden(self, user: UserId) -> bool:
        """Return whether nothing may show that *user* is connected here."""
        choice = self._choices.get(user)
        return choice is not None and choice.is_hidden

    def _hold(self, user: UserId, session: SessionId) -> None:
        report, choice = self._reports[user][session], self._choices[user]
        self._keeper.hold(report.lease(user, session, choice))
