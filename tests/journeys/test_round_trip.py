"""A complaint goes in by each channel and the answer comes back to the same phone."""

import io
import re
from dataclasses import dataclass

import pytest
from PIL import Image

from tests.journeys.desk import Desk
from tests.journeys.phone import Phone, pin_of, ticket_of
from tests.journeys.privacy import Secrets, assert_not_logged, assert_not_shown
from tests.journeys.rows import complaints_of, query
from tests.journeys.steps import accept, dispose, send_answer, status_of, submit_draft
from tests.live import Stack, eventually

pytestmark = pytest.mark.journey

DISPOSED = "Aduan {} didisposisikan ke Dinas Pekerjaan Umum"
NOTE = "Mohon cek sakelar tiang."
PLAN = "Tim memeriksa tiang malam ini"
DRAFT = "lampu sdh diganti"
ANSWER = "Lampu sudah kami ganti malam ini."
_THUMBNAIL = re.compile(r"/lampiran/(\d+)/kecil")


@dataclass(frozen=True)
class Story:
    """One citizen, one channel, and what the citizen thinks of the answer."""

    channel: str
    citizen: str
    name: str
    nik: str
    village: str
    verdict: str

    @property
    def words(self) -> str:
        return (
            f"Lampu jalan depan Masjid Al Ikhlas Desa {self.village} Kec. Bengkalis mati sejak "
            f"kemarin malam. NIK {self.nik} nama {self.name}"
        )

    @property
    def has_photos(self) -> bool:
        return self.channel != "sms"


STORIES = [
    Story("whatsapp", "w1", "Nurhayati Basri", "1403016502879001", "Air Putih", "5"),
    Story("sms", "s1", "Zulkifli Rambe", "1403010907809002", "Senggoro", "BELUM"),
    Story("telegram", "t1", "Rosmawati Lubis", "1403014803919003", "Damon", "5"),
    Story("messenger", "m1", "Hendrik Tampubolon", "1403011106759004", "Penampi", "BELUM"),
    Story("instagram", "i1", "Maisarah Harahap", "1403015204959005", "Wonosari", "5"),
]

# The last thing that each platform tells us about a message.
REPORTED = {
    "whatsapp": "read",
    "sms": "delivered",
    "telegram": "sent",
    "messenger": "read",
    "instagram": "read",
}


def send_complaint(stack: Stack, story: Story) -> tuple[Phone, str, Secrets]:
    phone = Phone.of(stack, story.channel, story.citizen, story.name)
    phone.writes(story.words, attachments=[{"kind": "photo"}] if story.has_photos else [])

    receipt = phone.reads("PIN")
    ticket, pin = ticket_of(receipt), pin_of(receipt)
    phone.ticks(receipt)
    return phone, ticket, Secrets(story.nik, story.name, phone.address, pin, "Al Ikhlas")


def look_at_photo(admin: Desk, ticket: str) -> None:
    """The photo is there, and the copy that others see knows no place."""

    def shown() -> str | None:
        found = _THUMBNAIL.search(admin.opens(f"/kotak/aduan/{ticket}"))
        return found.group(1) if found else None

    attachment = eventually(shown, f"the photo of {ticket}")
    with Image.open(io.BytesIO(admin.fetches(f"/lampiran/{attachment}/tampil"))) as picture:
        assert picture.size == (1280, 960)
        assert not picture.getexif()


def delivered_as(stack: Stack, ticket: str) -> str:
    """What the gateway knows of the answer's delivery."""
    statement = (
        "SELECT part.status FROM outbox_part part JOIN message ON message.id = part.message_id"
        " JOIN complaint ON complaint.id = message.complaint_id"
        " WHERE message.text_key = 'dijawab' AND ticket = %s"
    )
    ((status,),) = query(stack, statement, ticket)
    return str(status)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.channel)
def test_the_answer_returns_to_the_phone_it_came_from(stack, admin, officer, neighbour, story):
    phone, ticket, secrets = send_complaint(stack, story)
    assert status_of(stack, ticket) == "received"
    if story.has_photos:
        look_at_photo(admin, ticket)

    assert DISPOSED.format(ticket) in dispose(admin, ticket, notify=True, note=NOTE)
    phone.reads("diteruskan ke")
    assert ticket in officer.opens("/pd/")
    assert NOTE in officer.reads(f"/pd/aduan/{ticket}")
    accept(officer, ticket, PLAN)
    assert PLAN in phone.reads("sedang ditangani")["text"]
    assert "Draf diajukan ke Diskominfo." in submit_draft(officer, ticket, DRAFT)
    assert DRAFT in admin.opens(f"/koreksi/{ticket}")
    assert "Aduan Selesai." in send_answer(admin, ticket, ANSWER)

    answer = phone.reads(ANSWER.rstrip("."))
    assert ticket in answer["text"]
    phone.ticks(answer)
    reported = REPORTED[story.channel]
    eventually(lambda: delivered_as(stack, ticket) == reported, f"the answer is {reported}")
    question = phone.reads("dinyatakan selesai")
    assert status_of(stack, ticket) == "resolved"
    judge(stack, admin, phone, ticket, story.verdict, question)
    assert complaints_of(stack, ticket) == 1
    assert neighbour.status_of(f"/pd/aduan/{ticket}") == 403
    assert_not_shown(officer.seen + neighbour.seen, secrets)
    assert_not_logged(stack, secrets)


def judge(stack, admin, phone, ticket, verdict, question):
    """The citizen says 5, or BELUM and the case is open again."""
    if verdict == "5":
        phone.writes("5")
        assert "Beri nilai" not in phone.reads("Terima kasih")["text"]
        assert query(stack, "SELECT rating FROM complaint WHERE ticket = %s", ticket) == [(5,)]
        return
    phone.presses(question, "Belum")
    phone.reads("buka kembali" if phone.channel != "sms" else "dibuka kembali")
    assert status_of(stack, ticket) == "in_progress"
    assert ticket in admin.opens("/kotak/?antrean=dibuka")
