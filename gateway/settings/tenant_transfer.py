"""A government out of the database into a file, and back."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from gateway.errors import InvalidInputError
from gateway.rules.clocks import rules
from gateway.runtime import Runtime
from gateway.settings import setting_areas, setting_texts, tenant_toml
from gateway.settings.government import make_government
from gateway.settings.setting_areas import AREAS, Area, Asked
from gateway.settings.setting_templates import TEMPLATE, plain
from store import answer_templates, setting_changes, tenant

_LISTS = {"agency": "pd", "category": "category"}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One thing as the file has it."""

    area: Area
    key: str
    value: Any


def export(runtime: Runtime) -> str:
    """Return everything that is set, as TOML that seeds the same rows."""
    with runtime.transaction() as session:
        return tenant_toml.dumps(tenant.read_all(session))


def bring_in(runtime: Runtime, text: str) -> int:
    """Make the settings those of a TOML file, all or nothing; return how many things changed.

    A PD or category that the file lacks is switched off. Without holidays in the file the calendar
    stays. Every change is in the history, made by the command line.

    Raises:
        InvalidInputError: the file is not TOML, lacks something, or something in it will not do.
    """
    data = _read(runtime, text)
    with runtime.transaction() as session:
        setting_changes.lock(session)
        changed = sum(_apply(runtime, session, one) for one in _wanted(session, data))
        session.flush()
        return changed


def _read(runtime: Runtime, text: str) -> dict[str, Any]:
    try:
        data = tomllib.loads(text)
        made = make_government(0, data, runtime.profile.public_url, runtime.catalogue)
        tried = replace(runtime, profile=made.profile, facts=data)
        rules(tried)
        _check_texts(runtime, data.get("texts", {}))
        _check_days(data.get("holiday", ()))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInputError({"file": f"Bukan TOML: {error}"}) from error
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise InvalidInputError({"file": f"Isi tidak lengkap atau keliru: {error}"}) from error
    unknown = set(data) - {*tenant.SECTIONS, *_LISTS, "holiday", "answer_template"}
    if unknown:
        raise InvalidInputError({"file": f"Bagian tidak dikenal: {', '.join(sorted(unknown))}"})
    return data


def _check_texts(runtime: Runtime, texts: Mapping[str, Any]) -> None:
    for key, wording in texts.items():
        setting_texts.judge(runtime.catalogue.originals[key], wording)


def _check_days(rows: Iterable[Mapping[str, Any]]) -> None:
    for row in rows:
        if not isinstance(row["day"], date) or not isinstance(row["name"], str):
            raise TypeError("holiday: a day and its name")


def _wanted(session: Session, data: Mapping[str, Any]) -> Iterator[_Wanted]:
    """Yield what the file wants; what is switched off comes last, for others may hang on it."""
    for name in tenant.SECTIONS:
        if name in data and name != "texts":
            yield _Wanted(AREAS.get(name) or _other(name), "", data[name])
    texts = data.get("texts", {})
    for key in {*texts, *(tenant.section(session, "texts") or {})}:
        yield _Wanted(AREAS["text"], key, texts.get(key))
    here = {
        "agency": {row.code: tenant.pd_row(row) for row in tenant.pds(session)},
        "category": {row.code: tenant.category_row(row) for row in tenant.categories(session)},
    }
    given = {name: {row["code"]: tenant.whole(name, row) for row in data[name]} for name in here}
    off = {
        name: {code: {**row, "active": False} for code, row in rows.items()}
        for name, rows in here.items()
    }
    order = [("agency", True), ("category", True), ("category", False), ("agency", False)]
    for name, active in order:
        for code, row in {**off[name], **given[name]}.items():
            if row["active"] is active:
                yield _Wanted(AREAS[_LISTS[name]], code, row)
    yield from _days(session, data)
    yield from _ready_texts(session, data)


def _ready_texts(session: Session, data: Mapping[str, Any]) -> Iterator[_Wanted]:
    """Yield the office's ready-made texts; one that the file lacks is put away."""
    if "answer_template" not in data:
        return
    given = {row["name"]: plain(row) for row in data["answer_template"]}
    off = {row["name"]: {**plain(row), "active": False} for row in _templates(session)}
    for name, row in {**off, **given}.items():
        yield _Wanted(_READY_TEXT, name, row)


def _days(session: Session, data: Mapping[str, Any]) -> Iterator[_Wanted]:
    if "holiday" not in data:
        return
    given = {row["day"].isoformat(): row["name"] for row in data["holiday"]}
    here = {row["day"].isoformat() for row in tenant.read_all(session)["holiday"]}
    for day in sorted({*given, *here}):
        value = {"day": day, "name": given[day]} if day in given else None
        yield _Wanted(AREAS["holiday"], day, value)


def _apply(runtime: Runtime, session: Session, wanted: _Wanted) -> bool:
    about, asked = wanted.area, Asked(runtime, session, None, wanted.key)
    old = about.read(session, wanted.key)
    if old == wanted.value:
        return False
    about.check(asked, wanted.value)
    about.write(asked, wanted.value)
    if about is _READY_TEXT:  # its history stands under its id, for names change
        asked = replace(asked, key=str(answer_templates.named_id(session, wanted.key)))
    setting_areas.note(asked, about, old, wanted.value)
    return True


def _templates(session: Session) -> list[dict[str, Any]]:
    return answer_templates.read_all(session)


def _read_text(session: Session, name: str) -> Any:
    found = (plain(row) for row in _templates(session) if row["name"] == name)
    return next(found, None)


def _write_text(asked: Asked, value: Any) -> None:
    day = value.get("review_on")
    row = {**value, "review_on": date.fromisoformat(day) if day else None}
    kept = answer_templates.named(asked.session, asked.key)
    if kept is None:
        answer_templates.seed(asked.session, [row])
        asked.session.flush()
        return
    for name, one in row.items():
        setattr(kept, name, one)


_READY_TEXT = replace(TEMPLATE, read=_read_text, write=_write_text)


def _other(name: str) -> Area:
    """A part of the file that no form sets as a whole, such as the areas of the region."""
    return replace(
        AREAS["identity"],
        name=name,
        read=lambda session, _key: tenant.section(session, name),
        write=lambda asked, value: tenant.put_section(asked.session, name, value),
    )
