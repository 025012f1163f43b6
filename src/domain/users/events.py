"""The kinds of events that are about a user's own account."""

from typing import ClassVar

import attrs

from parlour.domain.logs import PrivatePayload
from parlour.domain.users.model import DisplayName


@attrs.frozen(kw_only=True)
class DisplayNameChanged(PrivatePayload):
    """The user has another display name."""

    KIND: ClassVar[str] = "settings.changed"

    display_name: DisplayName
