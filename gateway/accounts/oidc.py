"""Logging in by way of the government's OpenID provider: only accounts that an admin connected."""

import hmac
import secrets

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway.accounts import login_history, passwords
from gateway.accounts.sessions import Login, enter, open_session
from gateway.errors import InvalidInputError, NotFoundError, OidcError
from gateway.rules.people import Permission, Staff
from gateway.runtime import OidcPerson, OidcProvider, OidcTrip, Runtime
from store import staff as staff_rows
from store.models.staff import AuditEntry, StaffUser

_NOT_CONNECTED = {
    "username": "Akun itu belum dihubungkan dengan layanan ini. Hubungi admin Diskominfo."
}
_TAKEN = {"oidc_login": "Alamat itu sudah dihubungkan dengan akun lain."}
_LONGEST_LOGIN = 255


def set_out(runtime: Runtime, back: str) -> tuple[OidcTrip, str]:
    """Return what the browser carries along, and where to send it.

    Args:
        runtime: the connected parts.
        back: our address to which the provider sends it back.

    Raises:
        NotFoundError: no provider is set up.
        OidcError: the provider does not answer.
    """
    provider = _provider(runtime)
    trip = OidcTrip(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
    return trip, provider.address(trip, back)


def finish(
    runtime: Runtime, trip: OidcTrip, back: str, state: str, answer: str, browser: tuple[str, str]
) -> Login:
    """Let in who came back from the provider.

    The provider's own second step stands in for ours, where its token says that there was one.

    Args:
        runtime: the connected parts.
        trip: what the browser carried.
        back: as in `set_out`.
        state: as it came back.
        answer: the whole address at which the browser arrived.
        browser: browser and system in words, and the token of a session that it already had.

    Raises:
        NotFoundError: no provider is set up.
        OidcError: the answer is not genuine, or the provider does not answer.
        InvalidInputError: nobody connected this person with an account; under ``username``.
    """
    provider = _provider(runtime)
    if not hmac.compare_digest(trip.state.encode(), state.encode()):
        raise OidcError("another trip")
    person = provider.person(trip, back, answer)
    client, replaces = browser
    with runtime.transaction() as session:
        user = _account(session, person)
        if user is not None and user.active:
            user.oidc_subject = person.subject
            _forget_foreign_password(user)
            let_in = open_session if person.strong else enter
            return let_in(runtime, session, user, client, replaces or None)
    raise InvalidInputError(_NOT_CONNECTED)


def connect(runtime: Runtime, keeper: Staff | None, username: str, login: str) -> None:
    """Write down who somebody is at the provider; empty ends that.

    The provider's own mark of the person is learned again at their next login from there.

    Args:
        runtime: the connected parts.
        keeper: who does it; None is the command line.
        username: the account.
        login: verified e-mail address, or the name that the settings trust.

    Raises:
        ForbiddenError: `keeper` does not keep accounts.
        NotFoundError: no such account.
        InvalidInputError: another account has this login, under ``oidc_login``.
    """
    if keeper is not None:
        keeper.require(Permission.KEEP_ACCOUNTS)
    wanted = login.strip().lower()[:_LONGEST_LOGIN] or None
    try:
        with runtime.transaction() as session:
            login_history.begin(session)
            user = staff_rows.user_by_username(session, username)
            if user is None:
                raise NotFoundError("account")
            change = {"oidc_login": user.oidc_login}, {"oidc_login": wanted}
            user.oidc_login, user.oidc_subject = wanted, None
            actor = keeper.id if keeper else None
            entry = AuditEntry(at=runtime.now(), actor_id=actor, action="oidc_connected")
            entry.data = {"user": user.id, "on": wanted is not None}
            session.add(entry)
            login_history.note(runtime, session, keeper, user.id, change)
    except IntegrityError:
        raise InvalidInputError(_TAKEN) from None


def _provider(runtime: Runtime) -> OidcProvider:
    if runtime.logins.oidc is None:
        raise NotFoundError("provider")
    return runtime.logins.oidc


def _forget_foreign_password(user: StaffUser) -> None:
    """Let nobody's password open the account where only a keeper knows the one it has."""
    if user.must_change_password:
        user.password_hash = passwords.hashed(secrets.token_hex(32))
        user.must_change_password = False


def _account(session: Session, person: OidcPerson) -> StaffUser | None:
    """Return the account of this person: by the mark once it is known, else by the login."""
    found = staff_rows.user_by_oidc_subject(session, person.subject)
    if found is not None or not person.login:
        return found
    return staff_rows.user_by_oidc_login(session, person.login)
