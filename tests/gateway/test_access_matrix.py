"""Every route, every role and nobody, own, foreign and secret cases. How to add a row stands in
`tests/gateway/access_rows/__init__.py`.
"""

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from gateway.rules.people import Role
from store.db import make_engine
from tests.gateway.access_rows import ALL_CASES, INBOX, KINDS, SEES, WEBHOOK, Row, all_rows
from tests.gateway.access_world import HOST, MARKS, NIK, REPORTER, World, open_world

ROWS = all_rows()
EVERYBODY: tuple[Role | None, ...] = (None, *Role)
_PARAMETER = re.compile(r"<(?:[^<>:]+:)?([a-z_]+)>")
_TOKEN = re.compile(r'(name="csrf_token" value=|name="csrf-token" content=)"[^"]*"')
_CHANGING = frozenset({"Set-Cookie", "Date"})
# The numbers from which the cases came, as any page would write them.
_PHONE = re.compile(r"812[- ]?5550[- ]?103\d")


@dataclass(frozen=True)
class Answer:
    """What can be told apart from outside; `betrays` names what stands in it, not for comparing."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes  # its SHA-256
    statements: int
    betrays: frozenset[str] = field(compare=False)

    @property
    def location(self) -> str:
        return dict(self.headers).get("Location", "")


@pytest.fixture(scope="module")
def world(
    module_database_url: str, keys: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    engine = make_engine(module_database_url)
    made = open_world(engine, keys, tmp_path_factory.mktemp("matrix"))
    made.app.config["WTF_CSRF_ENABLED"] = False  # its own test below switches it on again
    yield made
    made.transactions.connection.close()
    engine.dispose()


def _routes(world: World) -> set[tuple[str, str]]:
    return {
        (method, rule.rule)
        for rule in world.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_has_a_row(world):
    missing = _routes(world) - {(row.method, row.rule) for row in ROWS}

    assert not missing, "Add to tests/gateway/access_rows/<area>.py:\n" + "\n".join(
        f'    Row("{method}", "{rule}", <who>),' for method, rule in sorted(missing)
    )


def test_every_row_has_a_route(world):
    left_over = {(row.method, row.rule) for row in ROWS} - _routes(world)

    assert not left_over, "No such route any more; remove its row: " + ", ".join(
        f"{method} {rule}" for method, rule in sorted(left_over)
    )


def test_every_role_is_played(world):
    assert set(world.cookies) == set(Role)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_who_gets_in_and_what_they_learn(world, row):
    for role in EVERYBODY:
        for kind in _kinds_of(world, row, role):
            answer = _ask(world, row, role, kind)
            where = f"{row.name} as {_word(role)}, {kind}"
            verdict = _verdict(row, role, kind, answer)
            assert verdict is None, f"{where}: {verdict}"
            betrayed = answer.betrays - _may_read(row, role)
            assert not betrayed, f"{where}: words of others stand in it: {sorted(betrayed)}"


@pytest.mark.parametrize(
    "row", [row for row in ROWS if isinstance(row.who, frozenset)], ids=lambda row: row.name
)
def test_what_is_not_yours_answers_as_what_is_not_there(world, row):
    for role in sorted(row.who):
        kinds = _kinds_of(world, row, role)
        hidden = [kind for kind in kinds if kind not in {"any", *row.sees.get(role, ())}]
        if kinds == ("any",):
            continue
        absent = _ask(world, row, role, "absent")
        assert 400 <= absent.status < 500, f"{row.name} as {role}: absent, yet {absent.status}"
        for kind in hidden:
            assert _ask(world, row, role, kind) == absent, f"{row.name} as {role}: {kind}"


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row.method not in {"GET"} and row.who != WEBHOOK],
    ids=lambda row: row.name,
)
def test_no_form_is_taken_without_its_token(world, row):
    world.app.config["WTF_CSRF_ENABLED"] = True
    try:
        role = next(iter(sorted(row.who))) if isinstance(row.who, frozenset) else None
        answer = _ask(world, row, role, _kinds_of(world, row, role)[0])
    finally:
        world.app.config["WTF_CSRF_ENABLED"] = False

    assert answer.status == 400


def _verdict(row: Row, role: Role | None, kind: str, answer: Answer) -> str | None:
    """Return what is wrong with an answer, or None."""
    due = _due(row, role, kind)
    if answer.status not in due:
        return f"{answer.status}; due was one of {sorted(due)} (field `ok` if that is wrong)"
    at_login = row.rule.startswith(("/masuk", "/keluar"))
    sent_to_login = not at_login and answer.location.startswith("/masuk")
    if sent_to_login != (isinstance(row.who, frozenset) and role is None):
        return "sent to the login" if sent_to_login else "not sent to the login"
    return None


def _due(row: Row, role: Role | None, kind: str) -> Collection[int]:
    """Return the statuses that are right for this role and kind of case."""
    if row.who == WEBHOOK:
        return range(400, 500)
    if isinstance(row.who, frozenset) and role is None:
        return {302}
    if not row.lets_in(role):
        return {403}
    if kind != "any" and role is not None and kind not in row.sees.get(role, ()):
        return range(400, 500)
    return row.ok


def _may_read(row: Row, role: Role | None) -> frozenset[str]:
    """Return whose words may stand on a page of this role: kinds of case, and `identity`."""
    nothing = frozenset[str]()
    seen = SEES.get(role, nothing) | row.sees.get(role, nothing) if role else nothing
    return seen | {"identity"} if role in INBOX else seen


def _betrays(text: str) -> frozenset[str]:
    """Return whose words stand in a page."""
    lower = text.lower()
    found = {kind for kind, mark in MARKS.items() if mark in lower}
    if REPORTER.lower() in lower or NIK in lower or _PHONE.search(lower):
        found.add("identity")
    return frozenset(found)


def _kinds_of(world: World, row: Row, role: Role | None) -> tuple[str, ...]:
    """Return for which kinds of case a row is asked; `any` when it names none.

    Who is refused at the door is asked about one case: the door does not look which. Steps of those
    who see every case are tried on two: the pages of all five are looked at.
    """
    named = [name for name in _PARAMETER.findall(row.rule) if name in world.values]
    if not named or not isinstance(row.who, frozenset):
        return ("any",)
    values = world.values[named[0]]
    kinds = tuple(kind for kind in (*KINDS, "any") if kind in values)
    if role not in row.who:
        return kinds[:1]
    if row.method != "GET" and row.sees.get(role) == ALL_CASES:
        return tuple(kind for kind in kinds if kind in {"own", "secret_foreign", "any"})
    return kinds


def _ask(world: World, row: Row, role: Role | None, kind: str) -> Answer:
    """Make the request, or remember what came of it."""
    key = (row.name, role, kind, world.app.config["WTF_CSRF_ENABLED"])
    if key not in world.answers:
        world.answers[key] = _request(world, row, role, kind)
    return world.answers[key]


def _request(world: World, row: Row, role: Role | None, kind: str) -> Answer:
    def value(found: re.Match[str]) -> str:
        if found[1] in row.values:
            return row.values[found[1]]
        known = world.values[found[1]]
        return str(known.get(kind, known["absent"]))

    with world.transactions.undone():
        response = world.client(role).open(
            _PARAMETER.sub(value, row.rule),
            method=row.method,
            query_string=dict(row.query),
            data=dict(row.form) if row.method != "GET" else None,
            base_url=f"https://{HOST}",
            buffered=not row.endless,
        )
        headers = tuple(sorted(item for item in response.headers if item[0] not in _CHANGING))
        text = "" if row.endless else response.get_data().decode("utf-8", "replace")
        statements = world.transactions.statements
        response.close()
    body = hashlib.sha256(_TOKEN.sub(r"\1", text).encode()).digest()
    return Answer(response.status_code, headers, body, statements, _betrays(text))


def _word(role: Role | None) -> str:
    return role.value if role else "nobody"
