"""Changing one's own password; who came with one that a keeper typed does nothing else before."""

from dataclasses import dataclass, field

from gateway.accounts import passwords
from gateway.accounts.sessions import TRIES_WINDOW, hash_token, refuse_too_many
from gateway.errors import InvalidInputError
from gateway.rules.people import Staff
from gateway.runtime import Runtime
from store import staff
from store.models.staff import AuditEntry, StaffUser

_SPACE = "password"
_WRONG = {"old": "Kata sandi sekarang keliru."}
_SAME = {"password": "Kata sandi baru harus lain dari yang sekarang."}
_TYPED_OTHERWISE = {"again": "Kedua kata sandi tidak sama."}


@dataclass(frozen=True, slots=True)
class NewPassword:
    """The form: the password as it is, the new one, and the new one once more."""

    old: str = field(repr=False)
    new: str = field(repr=False)
    again: str = field(repr=False)


def change(runtime: Runtime, me: Staff, token: str | None, form: NewPassword) -> None:
    """Take a new password and end all of one's other sessions; the one of `token` goes on.

    Raises:
        InvalidInputError: the old one is wrong (``old``), the new one will not do (``password``),
            or was typed differently (``again``).
        TooManyAttemptsError: five wrong old ones in 15 minutes.
    """
    passwords.check(form.new, me.username)
    if form.new == form.old:
        raise InvalidInputError(_SAME)
    if form.new != form.again:
        raise InvalidInputError(_TYPED_OTHERWISE)
    now, key = runtime.now(), runtime.keys.lookup("password-user", str(me.id))
    with runtime.transaction() as session:
        refuse_too_many(runtime, session, _SPACE, [key])
        # Locked: a keeper who ends this password at the same instant must not be overruled.
        user = session.get_one(StaffUser, me.id, with_for_update=True)
        right = passwords.matches(user.password_hash, form.old)
        if right:
            user.password_hash = passwords.hashed(form.new)
            user.must_change_password = False
            staff.clear_attempts(session, _SPACE, key, now - TRIES_WINDOW)
            staff.revoke_sessions_of(session, me.id, now, but=hash_token(token or ""))
            session.add(AuditEntry(at=now, actor_id=me.id, action="password_changed"))
        else:
            staff.add_attempts(session, _SPACE, [key], now)
    if not right:
        raise InvalidInputError(_WRONG)
