"""What the machine remembers between two runs: rows beside the government's own settings.

Keys begin with ``state:``; an export of the government leaves them out. Nothing personal is kept
here, and whatever is lost is found again by asking or counting anew.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, cast, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from store.models.staff import TenantSetting

PREFIX = "state:"
_RECORDS_WANTED = "records_wanted"


def get(session: Session, name: str, *, lock: bool = False) -> Any:
    """Return what is remembered under a name, None if nothing; `lock` keeps others from it."""
    statement = select(TenantSetting.value).where(TenantSetting.key == PREFIX + name)
    return session.scalar(statement.with_for_update() if lock else statement)


def put(session: Session, name: str, value: Any) -> None:
    """Remember a JSON value under a name, whatever was there."""
    statement = upsert(TenantSetting).values(key=PREFIX + name, value=value)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[TenantSetting.key], set_={"value": statement.excluded.value}
        )
    )


def starting(session: Session, beginning: str) -> dict[str, Any]:
    """Return everything whose name begins like this, by the rest of the name."""
    whole = PREFIX + beginning
    rows = session.execute(
        select(TenantSetting.key, TenantSetting.value).where(
            TenantSetting.key.startswith(whole, autoescape=True)
        )
    )
    return {key.removeprefix(whole): value for key, value in rows}


def take_turn(session: Session, name: str, now: datetime, every: timedelta) -> bool:
    """Whether it is time again: True for one caller in `every`, also across processes."""
    statement = upsert(TenantSetting).values(key=PREFIX + name, value={"at": now.isoformat()})
    last = cast(TenantSetting.value["at"].astext, DateTime(timezone=True))
    taken = session.execute(
        statement.on_conflict_do_update(
            index_elements=[TenantSetting.key],
            set_={"value": statement.excluded.value},
            where=last <= now - every,
        ).returning(TenantSetting.key)
    )
    return taken.first() is not None


def last_turn(session: Session, name: str) -> datetime | None:
    """Return when the turn was last taken (aware UTC), None if never."""
    return instant(get(session, name), "at")


def want_records(session: Session, now: datetime) -> None:
    """Note that messages may have been lost: the providers' records are to be read soon."""
    put(session, _RECORDS_WANTED, {"at": now.isoformat()})


def records_wanted_at(session: Session) -> datetime | None:
    """Return when messages may last have been lost (aware UTC), None if never."""
    return last_turn(session, _RECORDS_WANTED)


def instant(value: Any, field: str) -> datetime | None:
    """Return an instant out of a remembered value, None if it is not there."""
    text = value.get(field) if isinstance(value, dict) else None
    return datetime.fromisoformat(text) if isinstance(text, str) else None
