"""The government's configuration in the database: seeded from a file once, then the truth.

The mapping has the shape of `config/tenants/*.toml`, so that it can be exported back.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store import states
from store.models.staff import Category, Holiday, PerangkatDaerah, TenantSetting

_SEED_LOCK = 0x5A48_5554  # any number that nothing else here locks
_KEY_MARK = f"{states.PREFIX}key_mark"
_SECTIONS = ("identity", "emergency", "hours", "clocks", "channels", "kecamatan", "templates")


def lock(session: Session) -> None:
    """Let one process at a time look and seed; ends with the transaction."""
    session.execute(select(func.pg_advisory_xact_lock(_SEED_LOCK)))


def same_keys(session: Session, mark: str) -> bool:
    """Whether the database was written with the key ring of this `mark`; notes the first one."""
    noted = session.get(TenantSetting, _KEY_MARK)
    if noted is None:
        session.add(TenantSetting(key=_KEY_MARK, value=mark))
        return True
    return bool(noted.value == mark)


def is_seeded(session: Session) -> bool:
    """Whether a government was ever stored here."""
    return session.get(TenantSetting, "identity") is not None


def seed(session: Session, data: Mapping[str, Any], holidays: Mapping[date, str]) -> None:
    """Store a whole government in an empty database.

    Raises:
        KeyError: `data` lacks a section that a tenant file must have.
    """
    for section in _SECTIONS:
        if section in data:
            session.add(TenantSetting(key=section, value=data[section]))
    for row in data["agency"]:
        session.add(
            PerangkatDaerah(
                code=row["code"],
                name=row["name"],
                external=row.get("external", False),
                contact=row.get("contact", ""),
                keywords=list(row.get("keywords", ())),
            )
        )
    session.flush()  # categories refer to agencies
    for row in data["category"]:
        session.add(Category(code=row["code"], name=row["name"], default_pd=row.get("default_pd")))
    for day, name in holidays.items():
        session.add(Holiday(day=day, name=name))


def read(session: Session) -> dict[str, Any]:
    """Return the stored government in the shape of a tenant file; inactive rows are left out."""
    own = select(TenantSetting).where(~TenantSetting.key.startswith(states.PREFIX))
    data: dict[str, Any] = {row.key: row.value for row in session.scalars(own)}
    agencies = session.scalars(
        select(PerangkatDaerah).where(PerangkatDaerah.active).order_by(PerangkatDaerah.code)
    )
    data["agency"] = [
        {
            "code": row.code,
            "name": row.name,
            "external": row.external,
            "contact": row.contact,
            "keywords": row.keywords,
        }
        for row in agencies
    ]
    categories = session.scalars(select(Category).where(Category.active).order_by(Category.code))
    data["category"] = [
        {"code": row.code, "name": row.name, "default_pd": row.default_pd} for row in categories
    ]
    return data
