"""Attachments, each to those who may see it. A file never runs as a page of ours."""

from flask import Blueprint, Response, send_file

from gateway.media.handed_files import MediaFile
from gateway.reading import attachments
from gateway.rules.people import Permission
from gateway.web.access import me, runtime, staff

blueprint = Blueprint("files", __name__, url_prefix="/lampiran")

_SANDBOX = "sandbox; default-src 'none'"
# A browser's PDF viewer does not run in a sandbox. It is a program of its own, so that a document
# cannot act as a page of ours; nothing may be loaded all the same. Our own pages may frame it.
_DOCUMENT = "application/pdf"
_POLICIES = {_DOCUMENT: "default-src 'none'; object-src 'self'; frame-ancestors 'self'"}


@blueprint.get("/<int:attachment_id>/<variant>")
@staff(Permission.OPEN_FILES)
def show(attachment_id: int, variant: str) -> Response:
    """One copy of an attachment: kecil, tampil or asli."""
    return handed_out(attachments.open_file(runtime(), me(), attachment_id, variant))


@blueprint.get("/foto/<int:photo_id>/<variant>")
@staff(Permission.OPEN_FILES)
def photo(photo_id: int, variant: str) -> Response:
    """One copy of a photo of the work: kecil, tampil or asli."""
    return handed_out(attachments.open_photo(runtime(), me(), photo_id, variant))


def handed_out(file: MediaFile) -> Response:
    """Return a file as an answer that can do nothing on our pages."""
    response = send_file(
        file.path,
        mimetype=file.mime,
        as_attachment=not file.inline,
        download_name=file.filename,
        conditional=True,
        etag=False,
    )
    response.headers["Content-Security-Policy"] = _POLICIES.get(file.mime, _SANDBOX)
    if file.mime == _DOCUMENT:
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response
