"""Kotak Masuk of Diskominfo."""

from gateway.rules.people import Role
from tests.gateway.access_rows import ADMIN, ALL_CASES, INBOX, Row

_ONLY_ADMIN = {Role.ADMIN_DISKOMINFO: ALL_CASES}
_CASE = "/kotak/aduan/<ticket>"
_TALK = "/kotak/percakapan/<int:conversation_id>"
_VERDICT = "/kotak/lampiran/<int:attachment_id>/<any(ya, bukan, tutup):answer>"
_DIALOGS = ("bukan-aduan", "tanya", "identitas", "sampaikan", "perbaiki")
_ADMIN_DIALOGS = ("disposisi", "bukan-kewenangan", "jawab")
_STEPS = (
    "bukan-darurat", "dibaca", "pulihkan", "diperiksa", "lanjutkan",
)  # fmt: skip

ROWS = (
    Row("GET", "/kotak/", INBOX),
    Row("GET", "/kotak/pembaruan", INBOX, query={"sejak": "0"}),
    Row("GET", _CASE, INBOX),
    *(Row("GET", f"{_CASE}/<dialog>", INBOX, values={"dialog": name}) for name in _DIALOGS),
    *(
        Row("GET", f"{_CASE}/<dialog>", INBOX, values={"dialog": name}, sees=_ONLY_ADMIN)
        for name in _ADMIN_DIALOGS
    ),
    Row("POST", f"{_CASE}/disposisi", ADMIN),
    Row("POST", f"{_CASE}/urungkan", ADMIN),
    Row("POST", f"{_CASE}/bukan-aduan", INBOX),
    Row("POST", f"{_CASE}/bukan-kewenangan", ADMIN),
    Row("POST", f"{_CASE}/tanya", INBOX),
    Row("POST", f"{_CASE}/identitas", INBOX),
    Row("POST", f"{_CASE}/perbaiki", INBOX),
    Row("POST", f"{_CASE}/jawab", ADMIN),
    Row("POST", f"{_CASE}/balas", INBOX),
    Row("POST", f"{_CASE}/catatan", INBOX),
    Row("POST", f"{_CASE}/templat", INBOX),
    Row("POST", f"{_CASE}/sampaikan", INBOX),
    *(Row("POST", f"{_CASE}/langkah/<step>", INBOX, values={"step": step}) for step in _STEPS),
    Row(
        "POST",
        f"{_CASE}/langkah/<step>",
        INBOX,
        values={"step": "terima-keberatan"},
        ok={302, 403},  # 403: operators
    ),
    Row("GET", _TALK, INBOX),
    Row("POST", f"{_TALK}/balas", INBOX),
    Row("POST", f"{_TALK}/jadikan-aduan", INBOX),
    Row("POST", f"{_TALK}/selesai", INBOX),
    Row("POST", f"{_TALK}/templat", INBOX),
    Row("POST", "/kotak/pesan/<int:message_id>/pindah", INBOX, ok={404}),  # no target
    *(
        Row("POST", _VERDICT, INBOX, values={"answer": answer})
        for answer in ("ya", "bukan", "tutup")
    ),
    Row("POST", "/kotak/bagian/<int:part_id>/<step>", INBOX, values={"step": "ulang"}),
    Row("POST", "/kotak/bagian/<int:part_id>/<step>", INBOX, values={"step": "selesai"}),
)
