"""One's own account: the places where one is logged in, ending the others, one's own keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.accounts.sessions import hash_token
from gateway.errors import NotFoundError
from gateway.rules.people import Staff
from gateway.rules.shortcuts import own_keys
from gateway.runtime import Runtime
from store import hints, staff
from store.models.staff import AuditEntry, StaffUser

_KEY_LENGTH = 16


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One place where somebody is logged in; `key` names it in forms and opens nothing."""

    key: str
    client: str
    since: datetime
    seen: datetime
    here: bool


def open_sessions(runtime: Runtime, me: Staff, token: str | None) -> Sequence[OpenSession]:
    """Return one's own sessions that still count, the one of `token` first."""
    now = runtime.now()
    idle = now - timedelta(seconds=runtime.timers.session_idle_s)
    with runtime.transaction() as session:
        found = staff.open_sessions_of(session, me.id, now, idle)
        here = hash_token(token or "")
        listed = [
            OpenSession(
                _key(runtime, row.token_hash),
                row.client,
                row.created_at,
                row.last_seen_at,
                row.token_hash == here,
            )
            for row in found
        ]
    return sorted(listed, key=lambda one: not one.here)


def end_session(runtime: Runtime, me: Staff, key: str) -> None:
    """End one of one's own sessions.

    Raises:
        NotFoundError: none of one's own open sessions has this key.
    """
    now = runtime.now()
    with runtime.transaction() as session:
        idle = now - timedelta(seconds=runtime.timers.session_idle_s)
        for row in staff.open_sessions_of(session, me.id, now, idle):
            if _key(runtime, row.token_hash) == key:
                row.revoked_at = now
                session.add(AuditEntry(at=now, actor_id=me.id, action="session_ended"))
                return
    raise NotFoundError("session")


def end_other_sessions(runtime: Runtime, me: Staff, token: str | None) -> None:
    """End all of one's own sessions but the one of `token`."""
    now = runtime.now()
    with runtime.transaction() as session:
        staff.revoke_sessions_of(session, me.id, now, but=hash_token(token or ""))
        session.add(AuditEntry(at=now, actor_id=me.id, action="other_sessions_ended"))


def keep_shortcuts(runtime: Runtime, me: Staff, single: bool, chosen: Mapping[str, str]) -> None:
    """Keep how somebody uses the keyboard, for every device.

    `single`: whether letters and signs alone do something. `chosen`: usual key to the key that
    the person typed for it.

    Raises:
        InvalidInputError: a key that cannot be, or one that is given twice.
    """
    own = own_keys(chosen)
    with runtime.transaction() as session:
        user = session.get_one(StaffUser, me.id)
        user.single_keys, user.own_keys = single, own


def put_away(runtime: Runtime, me: Staff, hint: str) -> None:
    """Show a help no more to this person, on any device; twice does no harm."""
    with runtime.transaction() as session:
        hints.close(session, me.id, hint, runtime.now())


def _key(runtime: Runtime, token_hash: str) -> str:
    return runtime.keys.lookup("session", token_hash)[:_KEY_LENGTH]
