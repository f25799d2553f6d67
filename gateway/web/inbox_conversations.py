"""Kotak Masuk: the steps on a conversation, on one of its messages, on an outgoing part."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from gateway.answering import correspondence, undelivered
from gateway.answering.correspondence import Reply
from gateway.cases.casefile import UNDO
from gateway.casework import identity_photos
from gateway.errors import InvalidInputError, MoveNotAllowedError, NotFoundError
from gateway.rules.people import Permission
from gateway.sending import replies
from gateway.web import forms
from gateway.web.access import me, runtime, staff
from gateway.web.inbox import render_conversation
from gateway.web.toasts import toast, undoable

blueprint = Blueprint("inbox_conversations", __name__, url_prefix="/kotak")


@blueprint.post("/pesan/<int:message_id>/pindah")
@staff(Permission.HANDLE_CASES)
def move_message(message_id: int) -> Any:
    """Give a message to another complaint of the same person."""
    target = forms.text("ticket")
    correspondence.move_message(runtime(), me(), message_id, target)
    toast(f"Pesan dipindahkan ke {target}.")
    return redirect(url_for("inbox.case", ticket=target))


_PART_STEPS: dict[str, tuple[Callable[[int], None], str]] = {
    "ulang": (lambda part_id: replies.retry_part(runtime(), part_id, me().id), "Dikirim ulang."),
    "selesai": (
        lambda part_id: replies.dismiss_part(runtime(), part_id, me().id),
        "Ditandai selesai.",
    ),
    "sms": (
        lambda part_id: undelivered.send_by_sms(runtime(), me(), part_id),
        "Dikirim lewat SMS.",
    ),
    "telepon": (
        lambda part_id: undelivered.phone_instead(runtime(), me(), part_id, forms.text("note")),
        "Hasil telepon dicatat.",
    ),
}


@blueprint.post("/bagian/<int:part_id>/<step>")
@staff(Permission.HANDLE_CASES)
def part(part_id: int, step: str) -> Response:
    """Send an undelivered part again or by SMS, or note that a person has dealt with it."""
    if step not in _PART_STEPS:
        raise NotFoundError("step")
    act, words = _PART_STEPS[step]
    try:
        act(part_id)
    except InvalidInputError as error:
        toast(next(iter(error.problems.values())), bad=True)
    except MoveNotAllowedError:
        toast("Warga belum menyetujui nomor SMS. Telepon lalu catat hasilnya.", bad=True)
    else:
        toast(words)
    return redirect(forms.safe_next(forms.text("kembali")) or url_for("inbox.index"))


_VERDICTS: dict[str, tuple[bool | None, str]] = {
    "ya": (True, "Foto tetap disembunyikan, lalu dihapus."),
    "bukan": (False, "Foto menjadi bukti dan terlihat oleh PD."),
    "tutup": (None, "Foto disembunyikan lagi."),
}


@blueprint.post("/lampiran/<int:attachment_id>/<any(ya, bukan, tutup):answer>")
@staff(Permission.HANDLE_CASES)
def judge_photo(attachment_id: int, answer: str) -> Response:
    """Say whether a hidden photo shows an identity card."""
    verdict, words = _VERDICTS[answer]
    back = forms.safe_next(forms.text("kembali"))
    try:
        ticket = identity_photos.judge(runtime(), me(), attachment_id, verdict=verdict)
    except MoveNotAllowedError:
        toast("Buka identitas dulu, lalu lihat fotonya.", bad=True)
        return redirect(back or url_for("inbox.index"))
    if verdict is False:
        hide = url_for(
            "inbox_conversations.judge_photo", attachment_id=attachment_id, answer="tutup"
        )
        undoable(words, hide, runtime().now() + UNDO, saved=False)
    else:
        toast(words, saved=False)
    return redirect(back or url_for("inbox.case", ticket=ticket))


@blueprint.post("/percakapan/<int:conversation_id>/balas")
@staff(Permission.HANDLE_CASES)
def reply_to_conversation(conversation_id: int) -> Any:
    """Write to a citizen who has no complaint yet."""
    words = Reply(forms.text("text"), forms.text("key"))
    try:
        correspondence.reply_to_conversation(runtime(), me(), conversation_id, words)
    except InvalidInputError as error:
        return render_conversation(
            conversation_id, problems=error.problems, filled=request.form
        ), 422
    toast("Balasan dikirim.")
    return redirect(
        url_for(
            "inbox.conversation",
            conversation_id=conversation_id,
            antrean=request.args.get("antrean"),
        )
    )


@blueprint.post("/percakapan/<int:conversation_id>/jadikan-aduan")
@staff(Permission.HANDLE_CASES)
def file_draft(conversation_id: int) -> Response:
    """Make a complaint of the conversation."""
    ticket = correspondence.file_draft(runtime(), me(), conversation_id)
    toast(f"Menjadi aduan {ticket}. Nomor dan PIN dikirim kepada warga.")
    return redirect(url_for("inbox.case", ticket=ticket))


@blueprint.post("/percakapan/<int:conversation_id>/selesai")
@staff(Permission.HANDLE_CASES)
def handled(conversation_id: int) -> Response:
    """Take the conversation out of the queue."""
    correspondence.mark_handled(runtime(), me(), conversation_id)
    toast("Percakapan ditandai selesai.")
    return redirect(url_for("inbox.index", antrean="percakapan"))
