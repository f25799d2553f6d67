"""What a new service has already, counted for its first-run checklist."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store import states
from store.models.messaging import Direction, Message
from store.models.second_step import SecondStep
from store.models.setting import SettingChange
from store.models.staff import Holiday, PerangkatDaerah, Role, StaffUser

_CONFIRMED = "first_run"


def changed_areas(session: Session) -> set[str]:
    """Return the areas of settings in which something was ever changed."""
    return set(session.scalars(select(SettingChange.area).distinct()))


def confirmed(session: Session) -> Mapping[str, Any]:
    """Return the steps that somebody has looked at and found right."""
    return states.get(session, _CONFIRMED) or {}


def confirm(session: Session, step: str, by: int) -> None:
    """Note that a step was found right."""
    known = states.get(session, _CONFIRMED, lock=True) or {}
    states.put(session, _CONFIRMED, {**known, step: by})


def users_by_role(session: Session) -> dict[Role, int]:
    """Return how many accounts of each role may log in."""
    rows = session.execute(
        select(StaffUser.role, func.count()).where(StaffUser.active).group_by(StaffUser.role)
    )
    return {row[0]: row[1] for row in rows}


def pds_without_head(session: Session) -> int:
    """Return how many PDs of the government have no account of their head."""
    head = select(StaffUser.id).where(
        StaffUser.pd_code == PerangkatDaerah.code,
        StaffUser.role == Role.KEPALA_PD,
        StaffUser.active,
    )
    own = [PerangkatDaerah.active, ~PerangkatDaerah.external, ~head.exists()]
    return session.scalar(select(func.count()).select_from(PerangkatDaerah).where(*own)) or 0


def days_off(session: Session, year: int) -> int:
    """Return how many days without work the calendar has of a year."""
    year_days = Holiday.day.between(date(year, 1, 1), date(year, 12, 31))
    return session.scalar(select(func.count()).select_from(Holiday).where(year_days)) or 0


def was_heard(session: Session) -> bool:
    """Whether a citizen's message has ever come in."""
    found = select(Message.id).where(Message.direction == Direction.IN).limit(1)
    return session.scalar(found) is not None


def has_second_step(session: Session, user_id: int) -> bool:
    """Whether this person's login asks for a code."""
    step = session.get(SecondStep, user_id)
    return step is not None and step.confirmed_at is not None
