"""The access matrix: one row for every route, in a file for each area.

A new route needs a row, or `tests/gateway/test_access_matrix.py` fails and says which:

    # tests/gateway/access_rows/<area>.py
    from tests.gateway.access_rows import INBOX, Row

    ROWS = (
        Row("GET", "/kotak/laporan", INBOX),
        Row("POST", "/kotak/aduan/<ticket>/gabung", INBOX, form={"into": "26-00001-0"}),
        Row("GET", "/kotak/aduan/<ticket>/<dialog>", INBOX, values={"dialog": "gabung"}),
    )

The rest follows from the row:

- nobody is sent to the login, roles that the row does not name get 403, the others get in;
- a rule with a parameter of `World.values` (`<ticket>`, `<int:attachment_id>`,
  `<int:conversation_id>`, `<int:message_id>`, `<int:part_id>`) is asked for five cases: `own` (of
  DPUPR), `foreign` (of DISHUB), `secret` and `secret_foreign` (both Rahasia) and `inspected` (a
  Rahasia case in the hands of the Inspektorat). `SEES` says which role sees which; a case that is
  not seen must answer exactly as one that does not exist: status, body, headers, queries;
- a page that somebody gets holds no word of a case that they may not see;
- a form without its token is refused.

Requests are undone afterwards, so rows do not disturb each other. An area with parameters or rows
of its own may have `def seed(world): ...`, which is called once: it may write rows and set
`world.values["group_id"] = {"own": 1, "foreign": 2, "absent": 999}` (a kind that is left out is not
asked for; `any` stands for a thing that belongs to no case).
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from gateway.rules.people import Role

PUBLIC = "public"  # anybody, without a login
WEBHOOK = "webhook"  # a platform: refused without its signature

ADMIN = frozenset({Role.ADMIN_DISKOMINFO})
INBOX = frozenset({Role.ADMIN_DISKOMINFO, Role.OPERATOR})
PD = frozenset({Role.KEPALA_PD, Role.PETUGAS_PD, Role.INSPEKTORAT})
SUPER = frozenset({Role.SUPERADMIN})
LEADERS = frozenset({Role.PIMPINAN})
STAFF = frozenset(Role)

KINDS = ("own", "foreign", "secret", "secret_foreign", "inspected")
ALL_CASES = frozenset(KINDS)
# product.md 2.0.4: whose content a role may read. Who is not here sees no case at all.
SEES: Mapping[Role, frozenset[str]] = {
    Role.ADMIN_DISKOMINFO: ALL_CASES,
    Role.OPERATOR: ALL_CASES,
    Role.KEPALA_PD: frozenset({"own", "secret"}),
    Role.PETUGAS_PD: frozenset({"own", "secret"}),
    Role.INSPEKTORAT: frozenset({"inspected"}),
    Role.PIMPINAN: frozenset({"own", "foreign"}),  # their public text
}
# What a request that is let in may answer: the page, a way on, or a form that was not filled in.
LET_IN = frozenset({200, 204, 302, 303, 409, 422})


@dataclass(frozen=True)
class Row:
    """One method of one route, and who may call it.

    Attributes:
        method: GET, POST, ...
        rule: the rule as Flask knows it, with its prefix, e.g. ``/pd/aduan/<ticket>``.
        who: `PUBLIC`, `WEBHOOK`, or the roles.
        values: parameters of the rule that name no thing of the world, such as ``dialog``.
        query: fields behind the question mark.
        form: fields of the form.
        sees: which role sees which kinds of case here, where it is not `SEES`.
        ok: what those who are let in get.
        endless: the answer is a stream; only its head is read.
    """

    method: str
    rule: str
    who: str | frozenset[Role]
    values: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    sees: Mapping[Role, frozenset[str]] = field(default_factory=lambda: SEES)
    ok: frozenset[int] | set[int] = LET_IN
    endless: bool = False

    @property
    def name(self) -> str:
        """How the row is called in a failing test."""
        more = "".join(f" {name}={value}" for name, value in sorted(self.values.items()))
        return f"{self.method} {self.rule}{more}"

    def lets_in(self, role: Role | None) -> bool:
        """Whether the route itself is open to this role; None is nobody."""
        return not isinstance(self.who, frozenset) or role in self.who


def _areas() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(__path__):
        yield importlib.import_module(f"{__name__}.{found.name}")


def all_rows() -> list[Row]:
    """Return the rows of every area."""
    return [row for area in _areas() for row in area.ROWS]


def seeds() -> list[Callable[[Any], None]]:
    """Return what the areas want to have in the database."""
    return [area.seed for area in _areas() if hasattr(area, "seed")]
