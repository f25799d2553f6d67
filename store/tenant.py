"""The government's configuration in the database: seeded from a file once, then the truth.

The mapping has the shape of `config/tenants/*.toml`, so that it can be exported back.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store import answer_templates, states
from store.models.staff import Category, Holiday, PerangkatDaerah, TenantSetting

_SEED_LOCK = 0x5A48_5554  # any number that nothing else here locks
_KEY_MARK = f"{states.PREFIX}key_mark"
SECTIONS = (
    "identity",
    "emergency",
    "hours",
    "clocks",
    "channels",
    "kecamatan",
    "labels",
    "retention",
    "templates",
    "texts",
)
_PD_DEFAULTS: Mapping[str, Any] = {"external": False, "contact": "", "keywords": [], "active": True}
_CATEGORY_DEFAULTS: Mapping[str, Any] = {
    "default_pd": None,
    "days": None,
    "needs_photo": False,
    "location": "desa",
    "active": True,
}


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

    Holidays that `data` brings itself (an exported government) take the place of `holidays`.

    Raises:
        KeyError: `data` lacks a section that a tenant file must have.
    """
    for section in SECTIONS:
        if section in data:
            session.add(TenantSetting(key=section, value=data[section]))
    session.add_all(_pd(row) for row in data["agency"])
    session.flush()  # categories refer to agencies
    session.add_all(_category(row) for row in data["category"])
    given = {row["day"]: row["name"] for row in data.get("holiday", ())}
    session.add_all(Holiday(day=day, name=name) for day, name in (given or holidays).items())
    answer_templates.seed(session, data.get("answer_template", ()))


def read(session: Session) -> dict[str, Any]:
    """Return the stored government in the shape of a tenant file; inactive rows are left out."""
    data = sections(session)
    agencies = select(PerangkatDaerah).where(PerangkatDaerah.active).order_by(PerangkatDaerah.code)
    data["agency"] = [_without_active(pd_row(row)) for row in session.scalars(agencies)]
    categories = select(Category).where(Category.active).order_by(Category.code)
    data["category"] = [_without_active(category_row(row)) for row in session.scalars(categories)]
    return data


def read_all(session: Session) -> dict[str, Any]:
    """Return everything that is stored, holidays and inactive rows too, as `seed` takes it."""
    holidays = session.scalars(select(Holiday).order_by(Holiday.day))
    return {
        **sections(session),
        "agency": [pd_row(row) for row in pds(session)],
        "category": [category_row(row) for row in categories(session)],
        "holiday": [{"day": row.day, "name": row.name} for row in holidays],
        "answer_template": answer_templates.read_all(session),
    }


def sections(session: Session) -> dict[str, Any]:
    """Return the parts that are one value each, by name."""
    own = select(TenantSetting).where(~TenantSetting.key.startswith(states.PREFIX))
    return {row.key: row.value for row in session.scalars(own)}


def section(session: Session, name: str) -> Any:
    """Return one part that is one value, None if it is not there."""
    return session.scalar(select(TenantSetting.value).where(TenantSetting.key == name))


def put_section(session: Session, name: str, value: Any) -> None:
    """Store one part that is one value."""
    session.merge(TenantSetting(key=name, value=value))


def whole(kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of a tenant file (`agency` or `category`) with every field that it may have."""
    defaults = _PD_DEFAULTS if kind == "agency" else _CATEGORY_DEFAULTS
    own = {name: row.get(name, default) for name, default in defaults.items()}
    return {"code": row["code"], "name": row["name"], **own}


def pds(session: Session) -> list[PerangkatDaerah]:
    """Return every PD and outside body by code, inactive ones too."""
    return list(session.scalars(select(PerangkatDaerah).order_by(PerangkatDaerah.code)))


def pd_row(row: PerangkatDaerah) -> dict[str, Any]:
    """Return a PD as a tenant file has it."""
    return {
        "code": row.code,
        "name": row.name,
        **{name: getattr(row, name) for name in _PD_DEFAULTS},
    }


def pd(session: Session, code: str) -> PerangkatDaerah | None:
    """Return one PD, None if there is none."""
    return session.get(PerangkatDaerah, code)


def put_pd(session: Session, row: Mapping[str, Any]) -> None:
    """Store a PD."""
    session.merge(_pd(row))


def categories(session: Session) -> list[Category]:
    """Return every category by code, inactive ones too."""
    return list(session.scalars(select(Category).order_by(Category.code)))


def category_row(row: Category) -> dict[str, Any]:
    """Return a category as a tenant file has it."""
    own = {name: getattr(row, name) for name in _CATEGORY_DEFAULTS}
    return {"code": row.code, "name": row.name, **own}


def category(session: Session, code: str) -> Category | None:
    """Return one category, None if there is none."""
    return session.get(Category, code)


def put_category(session: Session, row: Mapping[str, Any]) -> None:
    """Store a category."""
    session.merge(_category(row))


def holidays(session: Session, first: date, last: date) -> list[Holiday]:
    """Return the days without work from `first` to `last`."""
    statement = select(Holiday).where(Holiday.day.between(first, last)).order_by(Holiday.day)
    return list(session.scalars(statement))


def holiday(session: Session, day: date) -> str | None:
    """Return the name of a day without work, None on other days."""
    row = session.get(Holiday, day)
    return None if row is None else row.name


def put_holiday(session: Session, day: date, name: str | None) -> None:
    """Store the name of a day without work; None makes it an ordinary day again."""
    if name is not None:
        session.merge(Holiday(day=day, name=name))
        return
    row = session.get(Holiday, day)
    if row is not None:
        session.delete(row)


def _pd(row: Mapping[str, Any]) -> PerangkatDaerah:
    return PerangkatDaerah(**whole("agency", row))


def _category(row: Mapping[str, Any]) -> Category:
    return Category(**whole("category", row))


def _without_active(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "active"}
