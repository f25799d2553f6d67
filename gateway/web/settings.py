"""Pengaturan: lists, forms, history and "Kembalikan ke versi ini"."""

from typing import Any

from flask import Blueprint, redirect, request, url_for

from gateway.accounts import staff_accounts
from gateway.errors import InvalidInputError
from gateway.rules.people import Permission
from gateway.settings import first_run, setting_areas, settings
from gateway.settings.settings import StaleSettingError
from gateway.web import forms
from gateway.web import settings_pages as pages
from gateway.web.access import me, runtime, staff
from gateway.web.toasts import toast

blueprint = Blueprint("settings", __name__, url_prefix="/pengaturan")


@blueprint.get("/")
@staff(*pages.KEEPERS)
def index() -> str:
    """What can be set, what was changed of late, and what is still missing."""
    recent, older = settings.recent(runtime(), me(), forms.asked("sebelum"))
    steps = first_run.steps(runtime(), me())
    return pages.page("indeks", recent=recent, older=older, steps=steps)


@blueprint.get("/periksa")
@staff(*pages.KEEPERS)
def checklist() -> str:
    """What a new service still needs, each with the page where it is done."""
    return pages.page("periksa", steps=first_run.steps(runtime(), me()))


@blueprint.get("/<slug>")
@staff(*pages.KEEPERS)
def listing(slug: str) -> str:
    """A list, or the form of what there is only one of."""
    name = pages.area_of(slug)
    if setting_areas.area(name).single:
        return pages.form_page(name, "")
    return pages.list_page(name)


@blueprint.post("/<slug>")
@staff(*pages.KEEPERS)
def save_single(slug: str) -> Any:
    """Save what there is only one of."""
    return _save(pages.area_of(slug), "")


@blueprint.get("/<slug>/<key>")
@staff(*pages.KEEPERS)
def thing(slug: str, key: str) -> str:
    """One thing of a list with its history."""
    return pages.form_page(pages.area_of(slug), key)


@blueprint.post("/<slug>/<key>")
@staff(*pages.KEEPERS)
def save(slug: str, key: str) -> Any:
    """Save one thing of a list."""
    return _save(pages.area_of(slug), key)


@blueprint.get("/tambah/<slug>")
@staff(*pages.KEEPERS)
def new(slug: str) -> str:
    """An empty form."""
    name = pages.new_area_of(slug)
    given = {"role": request.args.get("peran", ""), "pd_code": request.args.get("pd", "")}
    return pages.blank_page(name, given, {})


@blueprint.post("/tambah/<slug>")
@staff(*pages.KEEPERS)
def add(slug: str) -> Any:
    """Add to a list; an account brings the code that opens it."""
    name, form = pages.new_area_of(slug), pages.sent()
    try:
        if name == "user":
            return pages.code_page(staff_accounts.create(runtime(), me(), form))
        key = settings.create(runtime(), me(), name, form)
    except InvalidInputError as error:
        return pages.blank_page(name, form, error.problems), 422
    toast("Ditambahkan.")
    return redirect(url_for("settings.listing", slug=slug, _anchor=key))


@blueprint.post("/hapus/<slug>/<key>")
@staff(*pages.KEEPERS)
def remove(slug: str, key: str) -> Any:
    """Take something off a list, or go back to the text that the program brings."""
    name = pages.area_of(slug)
    try:
        settings.remove(runtime(), me(), name, key, forms.number("version") or 0)
    except StaleSettingError as error:
        return pages.form_page(name, key, stale=error), 409
    toast("Kembali ke teks bawaan." if name == "text" else "Dihapus.")
    return redirect(url_for("settings.listing", slug=slug))


@blueprint.post("/versi/<int:change_id>")
@staff(*pages.KEEPERS)
def restore(change_id: int) -> Any:
    """Kembalikan ke versi ini."""
    name, key = forms.text("area"), forms.text("key")
    back = forms.text("side") == "sebelum"
    try:
        name, key = settings.restore(
            runtime(), me(), change_id, forms.number("version") or 0, before=back
        )
    except StaleSettingError as error:
        return pages.form_page(name, key, stale=error), 409
    except InvalidInputError as error:
        return pages.form_page(name, key, problems={"": " ".join(error.problems.values())}), 422
    toast("Dikembalikan.")
    return redirect(pages.address(name, key))


@blueprint.post("/kode/<int:user_id>")
@staff(Permission.KEEP_ACCOUNTS, Permission.HELP_PD_LOGIN)
def code(user_id: int) -> Any:
    """End the password of an account and show a code for a new one, once."""
    return pages.code_page(staff_accounts.reset(runtime(), me(), user_id))


def _save(name: str, key: str) -> Any:
    form = pages.sent()
    try:
        changed = settings.change(runtime(), me(), name, key, form, forms.number("version") or 0)
    except StaleSettingError as error:
        return pages.form_page(name, key, filled=form, stale=error), 409
    except InvalidInputError as error:
        return pages.form_page(name, key, filled=form, problems=error.problems), 422
    toast("Tersimpan." if changed else "Tidak ada yang berubah.")
    return redirect(pages.address(name, key))
