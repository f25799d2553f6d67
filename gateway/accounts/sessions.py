"""What every way of logging in shares: opening a session, and a limit on guessing.

Works inside the caller's transaction. The cookie holds a random token, the row only its SHA-256.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gateway.errors import InvalidInputError
from gateway.rules.people import Staff
from gateway.runtime import Runtime
from store import second_step, staff
from store.models.staff import AuditEntry, StaffSession, StaffUser

TRIES = 5
TRIES_WINDOW = timedelta(minutes=15)
# So long may one look for the telephone with the app.
HALF_LIFE = timedelta(minutes=10)
_LONGEST_CLIENT = 80


class TooManyAttemptsError(InvalidInputError):
    """Too many tries.

    Attributes:
        again_at: when the next one counts, aware UTC.
    """

    def __init__(self, again_at: datetime) -> None:
        super().__init__({"username": "too many attempts"})
        self.again_at = again_at


@dataclass(frozen=True, slots=True)
class Login:
    """A fresh login: the token for the cookie, and the previous login of the account.

    While `needs_code`, the token opens nothing but the page that asks for the code.
    """

    token: str
    staff: Staff
    previous_login_at: datetime | None = None
    previous_client: str = ""
    needs_code: bool = False


def hash_token(token: str) -> str:
    """Return what the database knows of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def refuse_too_many(runtime: Runtime, session: Session, space: str, keys: Sequence[str]) -> None:
    """Take one's turn among the tries of these keys.

    Raises:
        TooManyAttemptsError: five failures in 15 minutes for one of them.
    """
    for key in keys:
        staff.lock_attempts(session, key)
    since = runtime.now() - TRIES_WINDOW
    if staff.count_attempts(session, space, keys, since) < TRIES:
        return
    first = staff.first_attempt(session, space, keys, since) or runtime.now()
    raise TooManyAttemptsError(first + TRIES_WINDOW)


def enter(
    runtime: Runtime, session: Session, user: StaffUser, client: str, replaces: str | None
) -> Login:
    """Let somebody in whose password was right, or half in if a code is needed too.

    `client` names browser and system; the session of the token `replaces` ends.
    """
    step = second_step.of(session, user.id)
    if step is not None and step.confirmed_at is not None:
        if replaces:
            staff.revoke_session(session, hash_token(replaces), runtime.now())
        token = _add(runtime, session, user, client, half=True)
        return Login(token, person(user), needs_code=True)
    if runtime.logins.second_step and (step is None or step.asked_at is None):
        second_step.make(session, user.id).asked_at = runtime.now()
    return open_session(runtime, session, user, client, replaces)


def open_session(
    runtime: Runtime, session: Session, user: StaffUser, client: str, replaces: str | None
) -> Login:
    """Let somebody in; a session that the browser already had ends."""
    now = runtime.now()
    if replaces:
        staff.revoke_session(session, hash_token(replaces), now)
    token = _add(runtime, session, user, client, half=False)
    session.add(AuditEntry(at=now, actor_id=user.id, action="login"))
    login = Login(token, person(user), user.last_login_at, user.last_login_client or "")
    user.last_login_at, user.last_login_client = now, client[:_LONGEST_CLIENT]
    return login


def person(user: StaffUser, pd_name: str | None = None, *, must_enrol: bool = False) -> Staff:
    """Return the member of staff behind an account."""
    return Staff(
        user.id,
        user.username,
        user.name,
        user.role,
        user.pd_code,
        pd_name,
        must_enrol=must_enrol,
        position=user.position,
        single_keys=user.single_keys,
        own_keys=user.own_keys,
        must_change_password=user.must_change_password,
    )


def _add(runtime: Runtime, session: Session, user: StaffUser, client: str, *, half: bool) -> str:
    now, token = runtime.now(), secrets.token_urlsafe(32)
    life = HALF_LIFE if half else timedelta(seconds=runtime.timers.session_max_s)
    session.add(
        StaffSession(
            token_hash=hash_token(token),
            user_id=user.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + life,
            half=half,
            client=client[:_LONGEST_CLIENT],
        )
    )
    return token
