"""Gagal kirim: what did not arrive is seen within one cycle, and each way out really is one."""

from dataclasses import replace

import pytest

from channels.errors import SendError
from channels.message import ErrorClass
from gateway.answering import correspondence, undelivered
from gateway.answering.correspondence import Reply
from gateway.cases.casefile import CaseRef, News, tell
from gateway.errors import ConflictError, InvalidInputError, MoveNotAllowedError, NotFoundError
from gateway.sending import replies
from store import reach, second_channel
from store.models.complaint import Complaint, ComplaintEvent, Note
from store.models.messaging import Conversation
from store.models.outbox import OutboxPart
from store.models.second_channel import Agreement
from tests.gateway.fakes import ACCOUNT
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of

GONE = SendError(ErrorClass.PERMANENT, "131026", "not on WhatsApp")
WORDS = "Kami datang besok pukul sembilan."


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def failed(runtime, office, whatsapp):
    """A case whose last reply was refused by the platform: its ticket and the part."""
    ticket = office.hears()
    replies.drain(runtime)
    whatsapp.sent.clear()
    whatsapp.refuse(GONE)
    correspondence.reply_to_case(runtime, office.rina, CaseRef(ticket), Reply(WORDS))
    replies.drain(runtime)
    return ticket, all_of(runtime, OutboxPart)[-1].id


def test_a_failed_send_is_in_the_queue_after_one_cycle_with_its_three_ways(runtime, failed):
    ticket, _ = failed
    rina = logged_in(make_app(runtime), "rina")

    rina.opens("/kotak/?antrean=gagal")
    listed = ticket in rina.page
    rina.opens(f"/kotak/aduan/{ticket}?antrean=gagal")

    assert listed
    for words in ("Coba lagi", "Kirim lewat SMS", "Telepon lalu catat"):
        assert words in rina.page


def test_trying_again_makes_a_new_call_to_the_provider(runtime, office, whatsapp, failed):
    _, part_id = failed
    assert whatsapp.sent == []

    replies.retry_part(runtime, part_id, office.rina.id)
    replies.drain(runtime)

    assert [part.text for part in whatsapp.sent] == [WORDS]
    with pytest.raises(ConflictError):
        replies.retry_part(runtime, part_id, office.rina.id)
    replies.drain(runtime)
    assert len(whatsapp.sent) == 1


def test_without_an_agreed_number_nothing_goes_by_sms(runtime, office, sms, failed):
    _, part_id = failed

    with pytest.raises(MoveNotAllowedError):
        undelivered.send_by_sms(runtime, office.rina, part_id)
    replies.drain(runtime)

    assert sms.sent == []


def test_an_officer_need_not_wait_for_the_template_to_be_answered(runtime, office, clock, sms):
    office.hears()
    replies.drain(runtime)
    with runtime.transaction() as session:
        own = session.query(Conversation).one().id
        contact = reach.Contact(sms.name, ACCOUNT, "+6281255501002")
        target = reach.open_conversation(session, contact, runtime.now())
        second_channel.agree(session, own, target, Agreement.CHAT, runtime.now())
    clock.advance(hours=25)
    run = replace(runtime, facts={"channels": {"whatsapp_template": "HX01"}})
    with run.transaction() as session:
        news = News("dijawab", {"JWB": WORDS}, "JWB")
        message_id = tell(run, session, session.query(Complaint).one(), news)
    replies.drain(run)
    parked = [part for part in all_of(run, OutboxPart) if part.message_id == message_id]
    assert sms.sent == []

    undelivered.send_by_sms(run, office.rina, parked[0].id)
    replies.drain(run)
    with pytest.raises(MoveNotAllowedError):
        undelivered.send_by_sms(run, office.rina, parked[0].id)

    assert [call.recipient for call in sms.sent] == ["+6281255501002"]
    assert "Kami datang besok" in (sms.sent[0].text or "")


def test_what_was_phoned_is_noted_once_and_leaves_the_queue(runtime, office, failed):
    ticket, part_id = failed

    undelivered.phone_instead(runtime, office.rina, part_id, "Sudah disampaikan, warga mengerti.")
    with pytest.raises(ConflictError):
        undelivered.phone_instead(runtime, office.rina, part_id, "Dua kali")

    rina = logged_in(make_app(runtime), "rina")
    rina.opens("/kotak/?antrean=gagal")
    assert [note.body for note in all_of(runtime, Note)] == ["Sudah disampaikan, warga mengerti."]
    assert all_of(runtime, ComplaintEvent)[-1].kind == "phoned_back"
    assert f"/kotak/aduan/{ticket}" not in rina.page


def test_a_call_without_a_word_about_it_is_not_noted(runtime, office, failed):
    _, part_id = failed

    with pytest.raises(InvalidInputError):
        undelivered.phone_instead(runtime, office.rina, part_id, "  ")
    with pytest.raises(NotFoundError):
        undelivered.phone_instead(runtime, office.rina, 999_999, "Ada")

    assert all_of(runtime, Note) == []


def test_the_page_says_why_sms_is_not_possible_and_takes_the_note(runtime, failed):
    ticket, part_id = failed
    rina = logged_in(make_app(runtime), "rina")
    rina.opens(f"/kotak/aduan/{ticket}")
    back = f"/kotak/aduan/{ticket}"

    refused = rina.follows(rina.sends(f"/kotak/bagian/{part_id}/sms", kembali=back))
    assert "belum menyetujui nomor SMS" in refused
    noted = rina.follows(rina.sends(f"/kotak/bagian/{part_id}/telepon", kembali=back, note="Oke"))

    assert "Hasil telepon dicatat." in noted
