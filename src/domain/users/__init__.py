"""Users: handles, display names, search."""

from parlour.domain.users.model import DisplayName, Handle, HandleTaken, User, UserRole
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
    "DisplayName",
    "FindPeople",
    "GetUser",
    "GetUsers",
    "Handle",
    "HandleTaken",
    "OpenServiceAccount",
    "Stores",
    "User",
    "UserPage",
    "UserRole",
    "UserStore",
]
