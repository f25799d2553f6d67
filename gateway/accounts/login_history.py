"""What keepers of accounts did to somebody's ways in: password, second step, outside login.

Kept beside the history of settings under an area of its own, which nobody can go back in.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from gateway.rules.people import Staff
from gateway.runtime import Runtime
from gateway.settings import setting_views
from store import setting_changes
from store.models.setting import SettingChange

_AREA = "login"
_MOST = 20


def begin(session: Session) -> None:
    """Take the writers' turn, as first thing of a transaction that will `note`.

    The ids of this history are versions of the settings: they become visible in their order.
    """
    setting_changes.lock(session)


def note(
    runtime: Runtime,
    session: Session,
    keeper: Staff | None,
    user_id: int,
    change: tuple[Mapping[str, str | bool | None], Mapping[str, str | bool | None]],
) -> None:
    """Write one line: what stood there before, and what stands there now.

    Args:
        runtime: the connected parts.
        session: of the caller's transaction.
        keeper: who did it; None is the command line.
        user_id: whose ways in.
        change: the fields before and after; never a password or a secret.
    """
    before, after = change
    row = SettingChange(
        at=runtime.now(),
        actor_id=keeper.id if keeper else None,
        area=_AREA,
        key=str(user_id),
        old=dict(before),
        new=dict(after),
    )
    setting_changes.add(session, row)


def lines(runtime: Runtime, session: Session, user_id: int) -> list[setting_views.Change]:
    """Return the newest twenty lines about one account, newest first."""
    rows = setting_changes.history(session, _AREA, str(user_id), None, _MOST)
    return [setting_views.change(row, runtime.profile.timezone) for row in rows]
