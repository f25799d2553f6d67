"""Who is at the other side of a page: the member of staff, as every use case knows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.errors import ForbiddenError
from gateway.rules.permissions import GRANTS, Permission
from store.models.staff import Position, Role

PD_ROLES = frozenset({Role.KEPALA_PD, Role.PETUGAS_PD, Role.INSPEKTORAT})
INBOX_ROLES = frozenset({Role.ADMIN_DISKOMINFO, Role.OPERATOR})
LEADERSHIP = Role.PIMPINAN
# Whose passwords Diskominfo renews. Not the inspectorate: its cases are kept from Diskominfo, and
# who makes a code could use it.
HELPED_ROLES = frozenset({Role.KEPALA_PD, Role.PETUGAS_PD})

ROLE_WORDS = {
    Role.ADMIN_DISKOMINFO: "Admin Diskominfo",
    Role.OPERATOR: "Operator",
    Role.KEPALA_PD: "Kepala Perangkat Daerah",
    Role.PETUGAS_PD: "Petugas Perangkat Daerah",
    Role.PIMPINAN: "Pimpinan",
    Role.INSPEKTORAT: "Inspektorat",
    Role.SUPERADMIN: "Pengelola sistem",
}

# In a kabupaten and in a kota; the sekda is the same in both.
_SEATS = {
    Position.BUPATI: ("Bupati", "Wali Kota"),
    Position.WAKIL_BUPATI: ("Wakil Bupati", "Wakil Wali Kota"),
    Position.SEKDA: ("Sekda", "Sekda"),
}

__all__ = [
    "HELPED_ROLES",
    "INBOX_ROLES",
    "LEADERSHIP",
    "PD_ROLES",
    "ROLE_WORDS",
    "Permission",
    "Position",
    "Role",
    "Staff",
    "position_words",
]


def position_words(position: Position | None, kabupaten: str) -> str:
    """Return a seat of the leadership as people of this government say it.

    `kabupaten` carries its type, as in `Profile`. Where nobody said which seat: "Pimpinan".
    """
    if position is None:
        return ROLE_WORDS[Role.PIMPINAN]
    return _SEATS[position][kabupaten.startswith("Kota ")]


@dataclass(frozen=True, slots=True)
class Staff:
    """A logged-in member of staff.

    Who `must_enrol` does nothing else before the second step; who `must_change_password` has one
    that somebody else typed, and first chooses another.

    `single_keys` and `own_keys` are how they use the keyboard (`gateway.rules.shortcuts`).
    """

    id: int
    username: str
    name: str
    role: Role
    pd_code: str | None = None
    pd_name: str | None = None
    must_enrol: bool = False
    position: Position | None = None
    must_change_password: bool = False
    single_keys: bool = True
    own_keys: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def held_back(self) -> bool:
        """Whether something about the account comes before everything else."""
        return self.must_enrol or self.must_change_password

    @property
    def lacks_pd(self) -> bool:
        """Whether the role needs a perangkat daerah and the account has none."""
        return self.role in PD_ROLES and self.pd_code is None

    @property
    def unit(self) -> str:
        """The office shown beside the service's name."""
        if self.role in PD_ROLES:
            return self.pd_name or "Perangkat Daerah"
        return "Pimpinan" if self.role is Role.PIMPINAN else "Diskominfo"

    @property
    def initials(self) -> str:
        """Two letters for the round mark."""
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words))

    def may(self, permission: Permission | str) -> bool:
        """Whether the role has this permission; templates name it by its value."""
        return permission in GRANTS[self.role]

    def require(self, *any_of: Permission) -> None:
        """Check that this person has one of the permissions.

        Raises:
            ForbiddenError: they have none.
        """
        if GRANTS[self.role].isdisjoint(any_of):
            raise ForbiddenError(self.role.value)
