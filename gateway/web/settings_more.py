"""Pengaturan: previews of texts, many holidays at once, and the checklist."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.accounts import oidc, second_step, staff_accounts
from gateway.casework import assignments
from gateway.errors import InvalidInputError, NotFoundError
from gateway.rules.people import Permission
from gateway.settings import first_run, holiday_lists, setting_texts, settings
from gateway.web import forms
from gateway.web.access import me, runtime, staff
from gateway.web.settings_pages import KEEPERS, form_page, holiday_page, page, sent
from gateway.web.toasts import toast

blueprint = Blueprint("settings_more", __name__, url_prefix="/pengaturan")

_LARGEST_CSV_BYTES = 100_000


@blueprint.post("/pratinjau/<key>")
@staff(Permission.KEEP_SETTINGS)
def preview(key: str) -> str:
    """How the two texts of a form read, as a fragment."""
    original = runtime().catalogue.originals.get(key)
    if original is None:
        raise NotFoundError("text")
    shown = setting_texts.preview(runtime(), original, sent())
    return render_template("pengaturan/_pratinjau.html", preview=shown, original=original)


@blueprint.post("/isi/libur")
@staff(Permission.KEEP_SETTINGS)
def fill_holidays() -> Any:
    """Add the national holidays and cuti bersama of a year."""
    year = forms.number("year") or 0
    try:
        added = holiday_lists.fill_year(runtime(), me(), year)
    except InvalidInputError as error:
        return holiday_page(error.problems), 422
    toast(f"{added} hari ditambahkan." if added else "Semua sudah ada.")
    return redirect(url_for("settings.listing", slug="libur", tahun=year))


@blueprint.post("/impor/libur")
@staff(Permission.KEEP_SETTINGS)
def import_holidays() -> Any:
    """Store the days of a CSV file, all or none."""
    file = request.files.get("file")
    read = file.stream.read(_LARGEST_CSV_BYTES) if file else b""
    text = read.decode("utf-8", "replace") if read else forms.text("csv")
    try:
        changed = holiday_lists.import_csv(runtime(), me(), text)
    except InvalidInputError as error:
        return holiday_page(error.problems), 422
    toast(f"{changed} hari disimpan." if changed else "Tidak ada yang berubah.")
    return redirect(url_for("settings.listing", slug="libur"))


@blueprint.post("/periksa/<step>")
@staff(*KEEPERS)
def confirm(step: str) -> Response:
    """Tick off a step of the checklist."""
    first_run.confirm(runtime(), me(), step)
    toast("Dicatat.")
    return redirect(url_for("settings.checklist"))


@blueprint.post("/alihkan/<int:user_id>")
@staff(Permission.KEEP_ACCOUNTS)
def hand_over(user_id: int) -> Any:
    """Give the open cases of somebody who goes to a colleague, or back to the office."""
    try:
        moved = assignments.hand_over(runtime(), me(), user_id, forms.number("kepada"))
    except InvalidInputError as error:
        return form_page("user", str(user_id), problems=error.problems), 422
    toast(f"{moved} aduan dialihkan.")
    return redirect(url_for("settings.thing", slug="pengguna", key=user_id))


@blueprint.get("/sandi-pd")
@staff(Permission.HELP_PD_LOGIN)
def pd_logins() -> str:
    """The accounts of PDs, each with a button for a new password."""
    lines = staff_accounts.list_helped(runtime(), me())
    return page("sandi_pd", lines=lines, slug="sandi-pd", title="Kata sandi PD")


@blueprint.post("/langkah-kedua/<int:user_id>")
@staff(Permission.KEEP_ACCOUNTS)
def reset_second_step(user_id: int) -> Any:
    """Take the second step of somebody away whose telephone is lost."""
    username = _username(user_id)
    try:
        _be_sure("second_step")
        second_step.reset(runtime(), me(), username)
    except InvalidInputError as error:
        return form_page("user", str(user_id), problems=error.problems), 422
    toast("Langkah kedua disetel ulang; semua sesinya berakhir.")
    return redirect(url_for("settings.thing", slug="pengguna", key=user_id))


@blueprint.post("/masuk-lain/<int:user_id>")
@staff(Permission.KEEP_ACCOUNTS)
def connect_login(user_id: int) -> Any:
    """Write down who somebody is at the government's provider, or end that."""
    username, login = _username(user_id), forms.text("oidc_login")
    try:
        _be_sure("oidc_sure")
        oidc.connect(runtime(), me(), username, login)
    except InvalidInputError as error:
        return form_page("user", str(user_id), problems=error.problems), 422
    toast("Akun dihubungkan." if login.strip() else "Hubungan diputus.")
    return redirect(url_for("settings.thing", slug="pengguna", key=user_id))


def _username(user_id: int) -> str:
    return str(settings.show(runtime(), me(), "user", str(user_id)).value["username"])


def _be_sure(field: str) -> None:
    """Go on only if the box beside the button is ticked.

    Raises:
        InvalidInputError: it is not; under `field`.
    """
    if not forms.flag("sure"):
        raise InvalidInputError({field: "Centang dulu bahwa Anda sudah memastikannya."})
