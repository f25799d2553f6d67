"""Aduan: the list, its search, its views and what can be downloaded of it."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from gateway.casework.bulk import KINDS
from gateway.errors import InvalidInputError, NotFoundError
from gateway.listing import cases_list, exports, searches, views
from gateway.listing.exports import Format
from gateway.listing.list_filter import choices, read_criteria
from gateway.listing.search_words import What, read_typed
from gateway.rules.people import INBOX_ROLES, PD_ROLES, Permission
from gateway.web import forms
from gateway.web.access import me, runtime, staff
from gateway.web.toasts import toast

blueprint = Blueprint("cases_list", __name__, url_prefix="/daftar")

_listed = staff(Permission.LIST_CASES)
_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_WRONG_TICKET = "Nomor aduan itu tidak cocok. Periksa lagi angkanya."
_NOT_FOR_PERSONS = "Nomor HP dan NIK tidak dicari dari akun ini. Cari dengan nomor aduan atau kata."
_NO_NUMBER = "Nomor HP atau NIK belum benar. Contoh: 0812-5550-1021."


@blueprint.get("/")
@_listed
def index() -> str:
    """The list, as its address says."""
    asked = read_criteria(runtime(), request.args)
    return render_template(
        "daftar/daftar.html",
        found=cases_list.cases(runtime(), me(), asked, request.args.get("dari")),
        asked=asked,
        choices=choices(runtime()),
        views=views.offered(runtime(), me()),
        may_export=me().may(Permission.EXPORT_CASES),
        choosing="saring" in request.args,
        saving="simpan" in request.args,
        bulk_kinds=KINDS if me().may(Permission.DECIDE_CASES) else {},
        here="aduan",
    )


@blueprint.post("/cari")
@_listed
def search() -> Any:
    """Go to the case with this number, to the list of those with these words, or to a person's."""
    typed = read_typed(forms.text("q"))
    if typed.what is What.TICKET:
        return redirect(_case_address(typed.value))
    if typed.what in {What.NIK, What.PHONE} and me().may(Permission.SEARCH_PERSONS):
        return redirect(
            url_for("cases_list.person", search_key=searches.open_search(runtime(), me(), typed))
        )
    if typed.what in {What.NOTHING, What.WORDS}:
        fields = {"kata": typed.value, "pd": _pd_code(typed.pd_hint)}
        query: dict[str, Any] = {name: value for name, value in fields.items() if value}
        return redirect(url_for("cases_list.index", **query))
    if typed.what is What.WRONG_TICKET:
        words = _WRONG_TICKET
    else:
        words = _NO_NUMBER if me().may(Permission.SEARCH_PERSONS) else _NOT_FOR_PERSONS
    toast(words, bad=True)
    return redirect(url_for("cases_list.index"))


@blueprint.get("/pelapor/<search_key>")
@staff(Permission.SEARCH_PERSONS)
def person(search_key: str) -> str:
    """The cases of the person who was searched; first the reason where a NIK was given."""
    result = searches.results(runtime(), me(), search_key)
    return render_template("daftar/pelapor.html", result=result, problems={}, here="aduan")


@blueprint.post("/pelapor/<search_key>")
@staff(Permission.SEARCH_PERSONS)
def give_reason(search_key: str) -> Any:
    """Say why a NIK is searched."""
    try:
        searches.give_reason(runtime(), me(), search_key, forms.text("reason"))
    except InvalidInputError as error:
        result = searches.results(runtime(), me(), search_key)
        page = render_template(
            "daftar/pelapor.html", result=result, problems=error.problems, here="aduan"
        )
        return page, 422
    return redirect(url_for("cases_list.person", search_key=search_key))


@blueprint.post("/unduh/<kind>")
@staff(Permission.EXPORT_CASES)
def download(kind: str) -> Response:
    """Give the present filter as a file; the filter stands in the address, as in the list."""
    if kind not in set(Format):
        raise NotFoundError("format")
    chosen = Format(kind)
    asked = read_criteria(runtime(), request.args)
    body = exports.stream(runtime(), me(), asked, chosen)
    response = Response(body, content_type=_TYPES[chosen])
    response.headers["Content-Disposition"] = f'attachment; filename="aduan.{chosen.value}"'
    return response


@blueprint.post("/tampilan")
@_listed
def save_view() -> Any:
    """Keep the present filter under a name."""
    asked = read_criteria(runtime(), request.args)
    query: dict[str, Any] = asked.query()
    back = redirect(url_for("cases_list.index", **query))
    try:
        views.save(runtime(), me(), forms.text("name"), asked, shared=forms.flag("shared"))
    except InvalidInputError as error:
        toast(error.problems["name"], bad=True)
        return back
    toast("Tampilan disimpan.")
    return back


@blueprint.post("/tampilan/<int:view_id>/hapus")
@_listed
def remove_view(view_id: int) -> Any:
    """Remove a saved view."""
    name = views.remove(runtime(), me(), view_id)
    toast(f"Tampilan “{name}” dihapus.")
    return redirect(url_for("cases_list.index"))


def _case_address(ticket: str) -> str:
    if me().role in INBOX_ROLES:
        return url_for("inbox.case", ticket=ticket)
    if me().role in PD_ROLES:
        return url_for("pd.case", ticket=ticket)
    words: dict[str, Any] = {"kata": ticket}
    return url_for("cases_list.index", **words)


def _pd_code(hint: str) -> str:
    """Return the PD whose code or name holds what was typed after ``pd:``."""
    wanted = hint.casefold()
    if not wanted:
        return ""
    agencies = choices(runtime())["pd"]
    named = [code for code, name in agencies.items() if wanted in f"{code} {name}".casefold()]
    return named[0] if named else ""
