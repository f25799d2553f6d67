"""Decisions on cases in work: conflicts of interest, the public text."""

from gateway.rules.people import Role
from tests.gateway.access_rows import ADMIN, ALL_CASES, Row

_CASE = "/kotak/aduan/<ticket>"

ROWS = (
    Row("POST", f"{_CASE}/konflik", ADMIN, form={"conflict": "DISHUB", "reason": "Disebut"}),
    Row("POST", f"{_CASE}/cabut-konflik", ADMIN, form={"reason": "Ternyata bukan"}),
    Row("POST", f"{_CASE}/isi-publik", ADMIN, form={"title": "Lampu", "public_text": "Mati"}),
    *(
        Row("GET", f"{_CASE}/<dialog>", ADMIN | {Role.OPERATOR}, values={"dialog": name},
            sees={Role.ADMIN_DISKOMINFO: ALL_CASES})
        for name in ("konflik", "cabut-konflik", "isi-publik")
    ),
)  # fmt: skip
