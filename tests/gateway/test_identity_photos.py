"""A hidden photo: an officer looks at it and says whether it is an identity card or evidence."""

import pytest
from sqlalchemy import select

from channels.message import MediaKind
from gateway.cases.casefile import CaseRef
from gateway.casework import casework, identity_photos
from gateway.dialogue import ktp
from gateway.errors import MoveNotAllowedError, NotFoundError
from gateway.reading import pd_reading, reading
from gateway.runtime import Runtime
from store import cards, media
from store.models.card import CardReading
from store.models.complaint import ComplaintEvent
from store.models.messaging import Attachment, MediaState
from tests.gateway.office import Office, attach, open_office
from tests.gateway.pages import logged_in, make_app

QUESTION = "Foto ini disembunyikan."


@pytest.fixture
def office(runtime: Runtime) -> Office:
    return open_office(runtime)


def photo(runtime: Runtime, number: int) -> Attachment:
    with runtime.transaction() as session:
        return session.get_one(Attachment, number)


def seen_by_pd(office: Office, ticket: str) -> int:
    return len(pd_reading.case(office.runtime, office.andi, ticket).attachments)


def test_a_photo_that_is_no_card_becomes_evidence_once_somebody_has_looked(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    hidden = attach(runtime, ticket, identity=True)
    case = f"/kotak/aduan/{ticket}"
    dewi = logged_in(make_app(runtime), "dewi")

    closed = dewi.opens(case).text
    unseen = dewi.sends(f"/kotak/lampiran/{hidden}/bukan", kembali=case)
    still = (photo(runtime, hidden).is_identity, seen_by_pd(office, ticket))
    casework.unmask(runtime, office.dewi, CaseRef(ticket), "Memeriksa foto")
    asked = dewi.opens(case).text
    dewi.sends(f"/kotak/lampiran/{hidden}/bukan", kembali=case)
    shown = (photo(runtime, hidden).is_identity, seen_by_pd(office, ticket))
    with runtime.transaction() as session:
        media.hide_pictures_of(session, [photo(runtime, hidden).message_id])
    after = dewi.opens(case).text
    dewi.sends(f"/kotak/lampiran/{hidden}/tutup", kembali=case)

    assert QUESTION in closed
    assert f"/kotak/lampiran/{hidden}/bukan" not in closed
    assert unseen.headers["Location"] == case
    assert still == (True, 0)
    assert f"/kotak/lampiran/{hidden}/bukan" in asked
    assert shown == (False, 1)
    assert "Sembunyikan lagi" in after
    assert (photo(runtime, hidden).is_identity, seen_by_pd(office, ticket)) == (True, 0)


def test_a_card_that_an_officer_has_seen_stays_hidden_and_ends_after_its_time(
    runtime, office, clock
):
    ticket = office.hears()
    hidden = attach(runtime, ticket, identity=True)

    for _ in range(2):
        identity_photos.judge(runtime, office.dewi, hidden, verdict=True)
    (line,) = [
        item
        for message in reading.case(runtime, office.dewi, ticket).thread.messages
        for item in message.attachments
    ]
    clock.advance(days=6, hours=23)
    early = ktp.erase_due(runtime)
    clock.advance(hours=2)
    gone = ktp.erase_due(runtime)

    assert (line.is_identity, line.looked_at) == (True, "officer")
    assert (early, gone) == (0, 1)
    assert photo(runtime, hidden).state is MediaState.ERASED
    with runtime.transaction() as session:
        kinds = select(ComplaintEvent.kind).where(ComplaintEvent.kind == "photo_judged")
        assert len(list(session.scalars(kinds))) == 1
    with pytest.raises(NotFoundError):
        identity_photos.judge(runtime, office.dewi, hidden, verdict=False)


def test_no_reader_overrules_an_officer_and_nothing_else_is_judged(runtime, office):
    ticket = office.hears()
    hidden = attach(runtime, ticket, identity=True)
    with pytest.raises(MoveNotAllowedError):
        identity_photos.judge(runtime, office.rina, hidden, verdict=False)
    casework.unmask(runtime, office.rina, CaseRef(ticket), "Memeriksa foto")
    identity_photos.judge(runtime, office.rina, hidden, verdict=False)
    now = runtime.now()
    with runtime.transaction() as session:
        session.get_one(CardReading, hidden).due_at = now
        session.flush()
        card = {"nik": None, "name": None, "family": True}
        cards.settle(session, hidden, card, now, held=ktp.HOLD, kept=ktp.HOLD)
    recording = attach(runtime, ticket, kind=MediaKind.AUDIO)

    assert photo(runtime, hidden).is_identity is False
    for number in (recording, 424242):
        with pytest.raises(NotFoundError):
            identity_photos.judge(runtime, office.rina, number, verdict=True)
