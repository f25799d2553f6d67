"""The second step of the login: setting it up, passing it, taking it away."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gateway.accounts import login_history, totp
from gateway.accounts.sessions import (
    TRIES_WINDOW,
    Login,
    hash_token,
    open_session,
    refuse_too_many,
)
from gateway.errors import ConflictError, InvalidInputError, NotFoundError
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from store import second_step as rows
from store import staff as staff_rows
from store.models.second_step import SecondStep
from store.models.staff import AuditEntry, StaffSession, StaffUser

_SPACE = "code"
_WRONG = {"code": "Kode keliru atau sudah dipakai. Tunggu kode berikutnya, lalu coba lagi."}
_NOT_ONESELF = {"second_step": "Langkah kedua sendiri disetel ulang oleh pengelola lain."}
_REQUIRED = {"code": "Langkah kedua wajib di sini dan tidak dapat dimatikan."}


@dataclass(frozen=True, slots=True)
class State:
    """How it stands with one's own second step.

    Attributes:
        on: the app is set up.
        required: everybody needs it here.
        until: when the days of grace end, if they have begun and `on` is false.
        address: for the QR code, while setting up.
        key: the same, for typing it off.
        codes_left: codes on paper that still count.
    """

    on: bool
    required: bool
    until: datetime | None
    address: str
    key: str
    codes_left: int


def state(runtime: Runtime, me: Staff) -> State:
    """Return how it stands with one's own second step."""
    with runtime.transaction() as session:
        step = rows.of(session, me.id)
        left = rows.recovery_codes_left(session, me.id) if step else 0
    on = step is not None and step.confirmed_at is not None
    until = None
    if step is not None and step.asked_at is not None and not on:
        until = step.asked_at + timedelta(days=runtime.logins.grace_days)
    secret = step.secret if step is not None and step.secret and not on else ""
    address = totp.app_address(secret, me.username, runtime.profile.app) if secret else ""
    key = totp.grouped(secret)
    return State(on, runtime.logins.second_step, until, address, key, left)


def prepare(runtime: Runtime, me: Staff) -> None:
    """Make a secret that waits for its first code; the one of a page left open is kept.

    Raises:
        ConflictError: the second step is on already.
    """
    with runtime.transaction() as session:
        step = rows.make(session, me.id)
        if step.confirmed_at is not None:
            raise ConflictError("second step")
        step.secret = step.secret or totp.new_secret()


def confirm(runtime: Runtime, me: Staff, code: str) -> list[str]:
    """Switch the second step on and return the ten codes on paper: nobody shows them again.

    Raises:
        ConflictError: it is on already, or was never prepared.
        InvalidInputError: the code is wrong, under ``code``.
        TooManyAttemptsError: five wrong codes in 15 minutes.
    """
    with runtime.transaction() as session:
        step = rows.make(session, me.id)
        if step.confirmed_at is not None or step.secret is None:
            raise ConflictError("second step")
        if _takes(runtime, session, step, code, paper=False):
            step.confirmed_at = runtime.now()
            _note(runtime, session, me.id, "second_step_on")
            return _new_codes(runtime, session, me.id)
    raise InvalidInputError(_WRONG)


def renew_codes(runtime: Runtime, me: Staff, code: str) -> list[str]:
    """Return ten new codes on paper; the old ones count no more.

    Raises:
        NotFoundError: the second step is off.
        InvalidInputError: the code of the app is wrong, under ``code``.
        TooManyAttemptsError: five wrong codes in 15 minutes.
    """
    with runtime.transaction() as session:
        if _takes(runtime, session, _on(session, me.id), code, paper=False):
            _note(runtime, session, me.id, "recovery_codes_renewed")
            return _new_codes(runtime, session, me.id)
    raise InvalidInputError(_WRONG)


def turn_off(runtime: Runtime, me: Staff, code: str) -> None:
    """Take one's own second step away, where it is not required.

    Raises:
        NotFoundError: it is off.
        InvalidInputError: it is required here, or the code is wrong; under ``code``.
        TooManyAttemptsError: five wrong codes in 15 minutes.
    """
    if runtime.logins.second_step:
        raise InvalidInputError(_REQUIRED)
    with runtime.transaction() as session:
        taken = _takes(runtime, session, _on(session, me.id), code, paper=True)
        if taken:
            rows.forget(session, me.id)
            _note(runtime, session, me.id, "second_step_off")
    if not taken:
        raise InvalidInputError(_WRONG)


def waits(runtime: Runtime, token: str | None) -> bool:
    """Whether this token is of a login whose code is still missing."""
    if not token:
        return False
    with runtime.transaction() as session:
        return _half(runtime, session, token) is not None


def pass_step(runtime: Runtime, token: str | None, code: str, address: str, client: str) -> Login:
    """Finish a login with a code of the app, or one from paper.

    Args:
        runtime: the connected parts.
        token: of the half login.
        code: as typed.
        address: the browser's network address; counted, never stored in the open.
        client: browser and system in words.

    Raises:
        NotFoundError: no login waits for this code, or it waited more than ten minutes.
        InvalidInputError: the code is wrong, under ``code``.
        TooManyAttemptsError: five wrong codes in 15 minutes.
    """
    with runtime.transaction() as session:
        found = _half(runtime, session, token or "")
        if found is None:
            raise NotFoundError("login")
        half, user = found
        step = _on(session, user.id)
        if _takes(runtime, session, step, code, paper=True, address=address):
            half.revoked_at = runtime.now()
            return open_session(runtime, session, user, client, None)
    raise InvalidInputError(_WRONG)


def reset(runtime: Runtime, keeper: Staff | None, username: str) -> None:
    """Take somebody's second step away whose telephone is lost, and end all their sessions.

    Args:
        runtime: the connected parts.
        keeper: who does it; None is the command line.
        username: whose.

    Raises:
        ForbiddenError: `keeper` does not keep accounts.
        NotFoundError: no such account.
        InvalidInputError: it is the keeper's own, under ``second_step``.
    """
    if keeper is not None:
        keeper.require(Permission.KEEP_ACCOUNTS)
    with runtime.transaction() as session:
        login_history.begin(session)
        user = staff_rows.user_by_username(session, username)
        if user is None:
            raise NotFoundError("account")
        if keeper is not None and keeper.id == user.id:
            raise InvalidInputError(_NOT_ONESELF)
        rows.forget(session, user.id)
        staff_rows.revoke_sessions_of(session, user.id, runtime.now())
        actor = keeper.id if keeper else None
        entry = AuditEntry(at=runtime.now(), actor_id=actor, action="second_step_reset")
        entry.data = {"user": user.id}
        session.add(entry)
        change = {"second_step": "ada"}, {"second_step": "disetel ulang"}
        login_history.note(runtime, session, keeper, user.id, change)


def _on(session: Session, user_id: int) -> SecondStep:
    """Lock a second step that is on.

    Raises:
        NotFoundError: it is off.
    """
    step = rows.of(session, user_id, lock=True)
    if step is None or step.confirmed_at is None:
        raise NotFoundError("second step")
    return step


def _half(runtime: Runtime, session: Session, token: str) -> tuple[StaffSession, StaffUser] | None:
    row = staff_rows.session_row(session, hash_token(token))
    if row is None or not row.session.half or not row.user.active:
        return None
    if row.session.revoked_at is not None or runtime.now() >= row.session.expires_at:
        return None
    return row.session, row.user


def _takes(
    runtime: Runtime,
    session: Session,
    step: SecondStep,
    code: str,
    *,
    paper: bool,
    address: str = "",
) -> bool:
    """Whether a code counts; it is used up then. A wrong one is counted against the person."""
    keys = [runtime.keys.lookup("code-user", str(step.user_id))]
    if address:
        keys.append(runtime.keys.lookup("code-address", address))
    refuse_too_many(runtime, session, _SPACE, keys)
    counter = totp.matching_counter(step.secret or "", code, runtime.now(), step.counter)
    if counter is not None:
        step.counter = counter
    elif not (paper and _from_paper(runtime, session, step.user_id, code)):
        staff_rows.add_attempts(session, _SPACE, keys, runtime.now())
        return False
    staff_rows.clear_attempts(session, _SPACE, keys[0], runtime.now() - TRIES_WINDOW)
    return True


def _from_paper(runtime: Runtime, session: Session, user_id: int, code: str) -> bool:
    used = rows.use_recovery_code(session, user_id, _hash(runtime, user_id, code), runtime.now())
    if used:
        _note(runtime, session, user_id, "recovery_code_used")
    return used


def _new_codes(runtime: Runtime, session: Session, user_id: int) -> list[str]:
    codes = totp.new_recovery_codes()
    hashes = [_hash(runtime, user_id, code) for code in codes]
    rows.replace_recovery_codes(session, user_id, hashes)
    return codes


def _hash(runtime: Runtime, user_id: int, code: str) -> str:
    return runtime.keys.lookup("recovery", f"{user_id}:{totp.plain_recovery_code(code)}")


def _note(runtime: Runtime, session: Session, user_id: int, action: str) -> None:
    session.add(AuditEntry(at=runtime.now(), actor_id=user_id, action=action))
