"""Photos of the work, and the ready-made texts."""

from gateway.rules.people import Role
from store.models.answering import AnswerPhoto, AnswerTemplate
from store.models.complaint import Complaint
from tests.gateway.access_rows import ADMIN, ALL_CASES, INBOX, PD, PUBLIC, Row

_PHOTO = "/lampiran/foto/<int:photo_id>/<variant>"
_PICTURE = "/kotak/aduan/<ticket>/foto/<kind>/<int:source_id>"
_LINK = "/foto/<kind>/<int:photo_id>/<int:expires>/<signature>/<variant>"
_TEXT = "/templat-jawaban/<int:template_id>"

_KEEPERS = ADMIN | {Role.KEPALA_PD, Role.INSPEKTORAT}
# A text is its office's: the first one Diskominfo's, the other one of DPUPR.
_OWN_TEXTS = {
    Role.ADMIN_DISKOMINFO: frozenset({"own"}),
    Role.KEPALA_PD: frozenset({"foreign"}),
}

ROWS = (
    Row("GET", _PHOTO, INBOX | PD, values={"variant": "kecil"}),
    Row("GET", _PHOTO, INBOX | PD, values={"variant": "tampil"}),
    Row(
        "GET",
        _PHOTO,
        INBOX | PD,
        values={"variant": "asli"},
        sees={Role.ADMIN_DISKOMINFO: ALL_CASES, Role.OPERATOR: ALL_CASES},
        ok={200, 404},  # 404: operators, who see the case but not the original
    ),
    Row("GET", "/kotak/aduan/<ticket>/foto", ADMIN),
    Row("GET", _PICTURE, ADMIN, values={"kind": "warga", "source_id": "1"}, ok={200, 302, 404}),
    Row("POST", _PICTURE, ADMIN, values={"kind": "warga", "source_id": "1"}, ok={200, 302, 404}),
    Row(
        "GET",
        _LINK,
        PUBLIC,
        values={"kind": "publik", "expires": "1", "signature": "x", "variant": "besar"},
        ok={403, 404},  # 403: what a PD gets for all that is not there
    ),
    Row("POST", "/kotak/bagian/<int:part_id>/<step>", INBOX, values={"step": "sms"}),
    Row("POST", "/kotak/bagian/<int:part_id>/<step>", INBOX, values={"step": "telepon"}),
    Row("GET", "/templat-jawaban/", _KEEPERS),
    Row("GET", "/templat-jawaban/baru", _KEEPERS),
    Row("POST", "/templat-jawaban/baru", _KEEPERS),
    Row("GET", _TEXT, _KEEPERS, sees=_OWN_TEXTS),
    Row("POST", _TEXT, _KEEPERS, sees=_OWN_TEXTS),
    Row(
        "POST",
        f"{_TEXT}/versi/<int:change_id>",
        _KEEPERS,
        values={"change_id": "999999"},
        sees=_OWN_TEXTS,
        ok={403, 404},  # no such version
    ),
    Row("GET", "/makro/<ticket>", INBOX | PD),
    Row("POST", "/makro/<ticket>", INBOX | PD, form={"makro": "1"}, ok={403, 404}),  # no macro
)


def seed(world) -> None:
    """Give every case a photo of the work."""
    photos = {}
    with world.runtime.transaction() as session:
        staff_id = world.office.people["rina"].id
        for kind, ticket in world.values["ticket"].items():
            complaint = session.query(Complaint).filter_by(ticket=ticket).one_or_none()
            if complaint is None:
                photos[kind] = 999_999
                continue
            photo = AnswerPhoto(
                complaint_id=complaint.id,
                added_by=staff_id,
                added_at=world.runtime.now(),
                moment="after",
                sha256=f"{complaint.id:064d}",
                mime="image/jpeg",
                size_bytes=5,
                original_key=world.runtime.media.put(b"whole photo", "jpg"),
                shared_key=world.runtime.media.put(b"drawn photo", "jpg"),
                thumbnail_key=world.runtime.media.put(b"small photo", "jpg"),
            )
            session.add(photo)
            session.flush()
            photos[kind] = photo.id
    world.values["photo_id"] = photos
    with world.runtime.transaction() as session:
        text = AnswerTemplate(name="Milik PUPR", body="Isi", owner="PUPR", pd_code="DPUPR",
                              statuses=[], categories=[])  # fmt: skip
        session.add(text)
        session.flush()
        world.values["template_id"] = {"own": 1, "foreign": text.id, "absent": 999_999}
