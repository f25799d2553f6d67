"""What pages ask by themselves: who is there, what is new, whether the session still stands."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_wtf.csrf import generate_csrf

from gateway.answering import unsent_words
from gateway.answering.unsent_words import Unsent, Writer
from gateway.casework import assignments
from gateway.errors import NotFoundError
from gateway.reading import delivery_marks, presence
from gateway.reading.presence import Seen
from gateway.rules.permissions import Permission
from gateway.upkeep import channel_health
from gateway.web import forms
from gateway.web.access import me, runtime, staff

blueprint = Blueprint("live", __name__, url_prefix="/langsung")


@blueprint.post("/aduan/<ticket>")
@staff(Permission.OPEN_INBOX, Permission.WORK_AT_PD)
def case(ticket: str) -> dict[str, Any]:
    """A heartbeat of a page with a case open; answers what the page does not show yet."""
    seen = Seen(forms.number("versi") or 0, forms.number("pesan") or 0)
    news = presence.attend(runtime(), me(), ticket, forms.text("cara"), seen)
    return {
        "nama": news.name,
        "hadir": list(news.people),
        "berubah": news.changed,
        "jumlah": news.count,
        "pesan": _bubbles(ticket, news) if news.count else "",
        "terakhir": max(news.message_ids, default=seen.message_id),
    }


@blueprint.get("/kirim")
@staff(Permission.OPEN_INBOX)
def marks() -> dict[str, str]:
    """What became of messages that a thread shows, by their numbers (`pesan`)."""
    sent = [one for one in request.args.getlist("pesan") if one.isascii() and one.isdigit()]
    asked = [int(one) for one in sent if len(one) < 19]
    back = forms.safe_next(request.args.get("kembali", "")) or url_for("inbox.index")
    found = delivery_marks.marks(runtime(), me(), asked)
    return {
        str(number): render_template("kotak/_tanda.html", parts=parts, back=back, case=None)
        for number, parts in found.items()
    }


@blueprint.get("/kanal")
@staff(Permission.OPEN_INBOX)
def channels() -> dict[str, str]:
    """The line on the channels, on top of the inbox."""
    line = channel_health.line(runtime())
    return {"baris": render_template("kanal/_baris.html", channels=line)}


@blueprint.get("/tulisan")
@staff(Permission.HANDLE_CASES)
def unsent() -> dict[str, Any]:
    """What one has not sent at a place (`kunci`), from whichever device."""
    return _offer(unsent_words.find(runtime(), me(), request.args.get("kunci", "")))


@blueprint.post("/tulisan")
@staff(Permission.HANDLE_CASES)
def keep_unsent() -> dict[str, Any]:
    """Keep text in work; answers what another page has kept, where this one does not know it."""
    writer = Writer(forms.text("halaman")[:32], forms.text("tanda"))
    text = forms.text("teks")
    kept = unsent_words.keep(runtime(), me(), forms.text("kunci"), text, writer)
    return {"tanda": kept} if isinstance(kept, str) else _offer(kept)


@blueprint.after_app_request
def forget_sent(response: Response) -> Response:
    """Forget the copy of words that a form has just sent (`tulisan`), wherever it led."""
    said = g.get("said")
    if said and said["saved"] and response.status_code in {302, 303} and forms.text("tulisan"):
        page = forms.text("halaman")[:32]
        unsent_words.forget(runtime(), me(), forms.text("tulisan"), page)
    return response


def _offer(found: Unsent | None) -> dict[str, Any]:
    return {"lain": asdict(found)} if found else {}


@blueprint.get("/pd")
@staff(Permission.WORK_AT_PD)
def pd() -> dict[str, int]:
    """How many cases of one's own PD changed since a list was read."""
    try:
        since = datetime.fromtimestamp(int(request.args.get("sejak", "")) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        raise NotFoundError("updates") from None
    return {"berubah": presence.changed_for_pd(runtime(), me(), since), "mendesak": 0}


@blueprint.get("/sesi")
@staff()
def session() -> dict[str, str | int]:
    """Whose session it is, the token for forms of an older page, how much waits for this person."""
    unread = assignments.count_unread(runtime(), me())
    return {"token": generate_csrf(), "id": me().id, "saya": unread}


def _bubbles(ticket: str, news: presence.CaseNews) -> str:
    if news.redacted:
        return render_template("pd/_baru.html", messages=news.redacted)
    back = url_for("inbox.case", ticket=ticket)
    return render_template("kotak/_baru.html", messages=news.messages, back=back, case=None)
