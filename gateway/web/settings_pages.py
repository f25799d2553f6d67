"""The pages of Pengaturan: what each form and list needs to be shown."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import redirect, render_template, request, url_for

from gateway import erasure
from gateway.accounts import staff_accounts
from gateway.casework import assignments
from gateway.errors import NotFoundError
from gateway.rules.clocks import NAMES, PRESETS, Unit
from gateway.rules.dates import day_and_time
from gateway.rules.people import ROLE_WORDS, Permission, Position, Staff, position_words
from gateway.runtime import Runtime
from gateway.settings import setting_areas, setting_texts, setting_views, settings
from gateway.settings.government import ZONE_LABELS
from gateway.settings.setting_checks import LOCATIONS, PUBLISHED
from gateway.settings.settings import Shown, StaleSettingError
from gateway.web import forms
from gateway.web.access import me, runtime
from gateway.web.toasts import toast

KEEPERS = (Permission.KEEP_SETTINGS, Permission.KEEP_GOVERNMENT, Permission.KEEP_ACCOUNTS)
SLUGS: Mapping[str, str] = {
    "identitas": "identity",
    "nomor-darurat": "emergency",
    "jam-kerja": "hours",
    "alamat-kanal": "channels",
    "batas-waktu": "clocks",
    "penyimpanan": "retention",
    "perangkat-daerah": "pd",
    "kategori": "category",
    "kecamatan": "district",
    "desa": "village",
    "label": "label",
    "libur": "holiday",
    "teks": "text",
    "pengguna": "user",
}
_SLUG_OF = {area: slug for slug, area in SLUGS.items()}
_GROWING = frozenset({"pd", "category", "district", "village", "label", "holiday", "user"})
_UNITS = {
    Unit.WORKING_DAYS.value: "hari kerja",
    Unit.CALENDAR_DAYS.value: "hari kalender",
    Unit.HOURS.value: "jam",
}


def sent() -> dict[str, str]:
    """Return the fields of the form, the first of each name."""
    return {name: forms.text(name) for name in request.form}


def form_page(
    name: str,
    key: str,
    *,
    filled: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    stale: StaleSettingError | None = None,
) -> str:
    """Return the form of one thing with its history.

    Args:
        name: the area.
        key: which; empty where there is only one.
        filled: what the person typed, where it could not be saved.
        problems: what is wrong with it, by field.
        stale: what somebody else wrote meanwhile.
    """
    shown = settings.show(runtime(), me(), name, key, forms.asked("sebelum"))
    given = filled if filled is not None else setting_views.fields(name, _value(shown))
    return page(
        "isian",
        shown=shown,
        f=given,
        problems=problems or {},
        stale=stale and _now(name, stale),
        version=forms.number("version") if problems and filled else shown.version,
        **_about(name, key, given),
    )


def _value(shown: Shown) -> Any:
    """Return what the form begins with: a text that is not set is the program's own."""
    if shown.area.name == "retention" and shown.value is None:
        return {"months": erasure.months(runtime())}
    if shown.area.name != "text" or shown.value is not None:
        return shown.value
    said = runtime().catalogue.originals[shown.key]
    return {"sms": said.sms, "rich": said.rich}


def _now(name: str, stale: StaleSettingError) -> dict[str, Any]:
    """Return what stands there now and who wrote it, for the notice."""
    lines = setting_views.differences(name, None, stale.value)
    at = day_and_time(stale.at, runtime().profile.timezone)
    return {"by": stale.by or "Baris perintah", "at": at, "lines": lines}


def new_area_of(slug: str) -> str:
    """Return the area with this word in its address, if one can add to it."""
    name = area_of(slug)
    if name not in _GROWING:
        raise NotFoundError("settings")
    me().require(setting_areas.area(name).permission)
    return name


def blank_page(name: str, given: Mapping[str, str], problems: Mapping[str, str]) -> str:
    """Return the empty form of an area, or one with what is wrong in it."""
    return page("isian", shown=None, f=given, problems=problems, **_about(name, "", given))


def _about(name: str, key: str, given: Mapping[str, str]) -> dict[str, Any]:
    """Return what the form of this area chooses from."""
    kabupaten = runtime().profile.kabupaten
    about: dict[str, Any] = {
        "area": name,
        "key": key,
        "title": setting_views.TITLES[name],
        "slug": _SLUG_OF[name],
        "published": PUBLISHED,
        "locations": LOCATIONS,
        "zones": ZONE_LABELS,
        "presets": PRESETS,
        "units": _UNITS,
        "clock_names": NAMES,
        "roles": ROLE_WORDS,
        "positions": [(one.value, position_words(one, kabupaten)) for one in Position],
    }
    if name == "village":
        about["region"] = settings.region(runtime(), me())
    if name in {"category", "user"}:
        about["pds"] = settings.choices(runtime())
    if name == "retention":
        about["outlook"] = erasure.outlook(runtime(), me())
    if name == "user" and key:
        about["work"] = assignments.open_work(runtime(), int(key))
        about["ways"] = staff_accounts.ways_in(runtime(), me(), int(key))
    if name == "text" and key in runtime().catalogue.originals:
        original = runtime().catalogue.originals[key]
        about |= {
            "original": original,
            "allowed": setting_texts.allowed(original),
            "preview": setting_texts.preview(runtime(), original, given),
        }
    return about


_LISTS: Mapping[str, tuple[str, Callable[[Runtime, Staff], Any]]] = {
    "pd": ("daftar_pd", settings.pds),
    "category": ("daftar_kategori", settings.categories),
    "district": ("daftar_wilayah", settings.region),
    "village": ("daftar_wilayah", settings.region),
    "label": ("daftar_label", settings.labels),
    "user": ("daftar_pengguna", staff_accounts.list_accounts),
}


def list_page(name: str) -> str:
    """Return the list of an area."""
    about: dict[str, Any] = {"slug": _SLUG_OF[name], "title": setting_views.TITLES[name]}
    if name == "holiday":
        return holiday_page()
    if name in _LISTS:
        template, read = _LISTS[name]
        return page(template, area=name, lines=read(runtime(), me()), **about)
    me().require(Permission.KEEP_SETTINGS)
    own = (runtime().facts or {}).get("texts", {})
    said = {
        key: runtime().catalogue.wording(key)
        for key in runtime().catalogue.originals
        if key not in setting_texts.FIXED
    }
    return page("daftar_teks", said=said, own=own, **about)


def holiday_page(problems: Mapping[str, str] | None = None) -> str:
    """Return the calendar of a year."""
    today = runtime().now().year
    year = forms.asked("tahun") or today
    year = min(max(year, today - 5), today + 10)
    days = settings.holidays(runtime(), me(), year)
    return page(
        "daftar_libur",
        days=days,
        year=year,
        problems=problems or {},
        slug="libur",
        title=setting_views.TITLES["holiday"],
    )


def code_page(made: staff_accounts.Invited | int) -> Any:
    """Show the code once, or go back to the list."""
    if isinstance(made, int):
        toast("Akun dibuat.")
        return redirect(url_for("settings.listing", slug="pengguna", _anchor=str(made)))
    until = day_and_time(made.until, runtime().profile.timezone)
    link = url_for("activation.show", _anchor=made.code, _external=False)
    opens = runtime().profile.public_url.rstrip("/") + link
    mine = me().may(Permission.KEEP_ACCOUNTS)
    listed = address("user", "") if mine else url_for("settings_more.pd_logins")
    back = f"{listed}#{made.user_id}"
    return page("kode", made=made, until=until, address=opens, back=back, title="Pengguna")


def address(name: str, key: str) -> str:
    """Return where a thing is shown; a holiday may be gone, so its year is."""
    if name == "holiday":
        return url_for("settings.listing", slug=_SLUG_OF[name], tahun=key[:4])
    if key:
        return url_for("settings.thing", slug=_SLUG_OF[name], key=key)
    return url_for("settings.listing", slug=_SLUG_OF[name])


def area_of(slug: str) -> str:
    """Return the area with this word in its address."""
    if slug not in SLUGS:
        raise NotFoundError("settings")
    return SLUGS[slug]


def page(template: str, **shown: Any) -> str:
    """Return a page in the frame of Pengaturan, with the menu of this person."""
    mine = {one.name for one in setting_areas.of(me())}
    menu = [(slug, setting_views.TITLES[area]) for slug, area in SLUGS.items() if area in mine]
    return render_template(
        f"pengaturan/{template}.html",
        here="pengaturan",
        menu=menu,
        slug_of=_SLUG_OF,
        role_words=ROLE_WORDS,
        **shown,
    )
