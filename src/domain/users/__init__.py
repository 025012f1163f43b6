"""Users: handles, display names, search."""

from parlour.domain.users.model import (
    ChosenState,
    DisplayName,
    Handle,
    HandleTaken,
    PresenceChoice,
    User,
    UserRole,
)
from parlour.domain.users.ports import Stores, UserStore
from parlour.domain.users.use_cases import (
    ChangeProfile,
    FindPeople,
    GetUser,
    GetUsers,
    OpenServiceAccount,
    UserPage,
)

__all__ = [
    "ChangeProfile",
    "ChosenState",
    "DisplayName",
    "FindPeople",
    "GetUser",
    "GetUsers",
    "Handle",
    "HandleTaken",
    "OpenServiceAccount",
    "PresenceChoice",
    "Stores",
    "User",
    "UserPage",
    "UserRole",
    "UserStore",
]
