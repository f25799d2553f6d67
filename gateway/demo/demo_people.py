"""The invented people of the demo: one login for every role."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.accounts import accounts
from gateway.cases.conflict_signs import INSPECTORATE
from gateway.rules.people import Position, Role, Staff
from gateway.runtime import Runtime
from store import staff

_PEOPLE = (
    ("rina", "Rina Marlina", Role.ADMIN_DISKOMINFO, None),
    ("operator", "Dewi Kurnia", Role.OPERATOR, None),
    ("andi", "Andi Saputra", Role.PETUGAS_PD, "DPUPR"),
    ("kepala.pupr", "Hasan Basri", Role.KEPALA_PD, "DPUPR"),
    ("inspektorat", "Yusuf Rahman", Role.INSPEKTORAT, INSPECTORATE),
    ("sekda", "Sekretaris Daerah", Role.PIMPINAN, None),
    ("bupati", "Bupati", Role.PIMPINAN, None),
    ("superadmin", "Tuti Handayani", Role.SUPERADMIN, None),
)
_SEATS = {"sekda": Position.SEKDA, "bupati": Position.BUPATI}


@dataclass(frozen=True)
class Cast:
    """Who carries out the steps."""

    admin: Staff
    officers: Mapping[str, Staff]


def make_cast(runtime: Runtime, password: str) -> Cast:
    """Create the accounts that are not there yet, and return who plays what.

    An officer whose office this government has not works for its first one; nobody inspects it
    then.
    """
    known = {agency.code: agency for agency in runtime.tenant.agencies if not agency.external}
    fallback = next(iter(known), None)
    taken = {account.username for account in accounts.list_users(runtime)}
    for username, name, role, pd in _PEOPLE:
        if username in taken or (pd == INSPECTORATE and pd not in known):
            continue
        code = pd if pd in known else fallback
        accounts.create_user(runtime, username, name, role, password, code if pd else None)
    with runtime.transaction() as session:
        for leader in staff.active_in_role(session, Role.PIMPINAN):
            leader.position = _SEATS.get(leader.username, leader.position)
        rina, andi = (staff.user_by_username(session, name) for name in ("rina", "andi"))
    if rina is None or andi is None:
        raise LookupError("the demo's staff is missing")
    admin = Staff(rina.id, rina.username, rina.name, rina.role)
    officers = {
        code: Staff(andi.id, andi.username, andi.name, Role.PETUGAS_PD, code, agency.name)
        for code, agency in known.items()
    }
    return Cast(admin, officers)
