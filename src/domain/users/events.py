"""The kinds of events that are about a user's own account."""

from typing import ClassVar

import attrs

from parlour.domain.logs import PrivatePayload
from parlour.domain.users.model import DisplayName


@attrs.frozen(kw_only=True)
class ProfileChanged(PrivatePayload):
    """The user changed their own profile."""

    KIND: ClassVar[str] = "profile.changed"
    SINCE: ClassVar[int] = 3

    display_name: DisplayName


@attrs.frozen(kw_only=True)
class DisplayNameChanged(PrivatePayload):
    """The user has another display name: the form for clients below level 3."""

    KIND: ClassVar[str] = "settings.changed"
    REPLACED_BY: ClassVar[str | None] = ProfileChanged.KIND

    display_name: DisplayName
