"""The thread in a real browser: a PDF in its place, a shared location, who else answers."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from channels.message import MediaKind
from store.models.messaging import Attachment, Conversation, MediaState, Message
from tests.browser.accessible import broken_rules
from tests.browser.test_pages import chromium, runtime, site, window

__all__ = ["chromium", "runtime", "site", "window"]

pytestmark = pytest.mark.browser


def _pdf(words: str) -> bytes:
    """The smallest document with one page that says something."""
    drawn = f"BT /F1 24 Tf 40 760 Td ({words}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources 6 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Font<</F1 5 0 R>>>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"xref\n0 7\n0000000000 65535 f \n" + b"".join(
        b"%010d 00000 n \n" % at for at in places
    )
    return body + table + b"trailer<</Size 7/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(body)


@pytest.fixture(scope="module")
def told(site):
    """The received case, with a PDF, a location that was shared live, and a person who answers."""
    now = datetime.now(UTC)
    points = [
        [(now - timedelta(minutes=9 - n)).isoformat(), 1.46 + n / 500, 102.1, None]
        for n in range(8)
    ]
    with site.runtime.transaction() as session:
        message = session.scalars(select(Message).order_by(Message.id)).first()
        session.add(
            Attachment(
                message_id=message.id,
                ordinal=9,
                kind=MediaKind.DOCUMENT,
                filename="surat-warga.pdf",
                state=MediaState.STORED,
                mime="application/pdf",
                size_bytes=900,
                original_key=site.runtime.media.put(_pdf("Surat warga"), "pdf"),
            )
        )
        message.extras = {
            "location": {"latitude_deg": 1.474, "longitude_deg": 102.1},
            "live": {
                "points": points,
                "count": 8,
                "until": (now + timedelta(minutes=9)).isoformat(),
                "ended_at": None,
            },
            "reaction": {"emoji": "👍", "at": now.isoformat()},
        }
        conversation = session.get_one(Conversation, message.conversation_id)
        conversation.held_by, conversation.held_at = "inbox", now
        conversation.held_until = now + timedelta(hours=3)
    return site


@pytest.mark.parametrize("width", [360, 1280])
def test_a_pdf_opens_in_its_place_and_nothing_runs_off_the_screen(told, window, width):
    page = window("rina", width)
    page.goto(f"{told.url}/kotak/aduan/{told.received}")
    frame = page.locator("iframe[title='surat-warga.pdf dari warga']")
    expect(frame).to_be_hidden()

    with page.expect_response(lambda response: "/tampil" in response.url) as answered:
        page.get_by_text("Lihat di sini").click()

    expect(frame).to_be_visible()
    assert answered.value.headers["content-type"] == "application/pdf"
    box = frame.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    expect(page.get_by_role("link", name="surat-warga.pdf")).to_be_visible()


def test_the_thread_keeps_the_rules_of_accessibility(told, window):
    page = window("rina", 360)
    page.goto(f"{told.url}/kotak/aduan/{told.received}")
    page.get_by_text("Lihat jejak").click()

    assert broken_rules(page) == []
    expect(page.get_by_text("Lokasi langsung, 8 titik, sampai")).to_be_visible()
    expect(page.get_by_text("Percakapan ini dipegang kotak masuk Halaman;")).to_be_visible()
    expect(page.get_by_text("reaksi warga 👍")).to_be_visible()


def test_without_scripts_the_pdf_can_be_opened_all_the_same(told, window):
    page = window("rina", 1280, java_script_enabled=False)
    page.goto(f"{told.url}/kotak/aduan/{told.received}")

    page.locator("summary", has_text="Lihat di sini").click()

    expect(page.locator("iframe[title='surat-warga.pdf dari warga']")).to_be_visible()
