"""Officers are told of work where they are: once, joined, without a personal value."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from channels.errors import SendError
from channels.message import ErrorClass
from channels.templates import Approval, ListedTemplate
from gateway import sweeps
from gateway.answering import answers
from gateway.cases.casefile import CaseRef
from gateway.casework import disposal
from gateway.officers import staff_sending
from gateway.sending import replies
from gateway.upkeep.message_templates import state_name, to_state
from store import reach, states
from store.models.messaging import Conversation, Message
from store.models.outbox import OutboxPart
from store.models.staff import StaffUser
from store.models.staff_contact import StaffAlert
from tests.gateway.duty import Officer
from tests.gateway.fakes import ACCOUNT
from tests.gateway.office import PHONE, open_office
from tests.gateway.rows import all_of, only


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def andi(runtime, telegram, hear, office):
    return Officer(runtime, telegram, hear, office.andi).links()


def test_a_new_disposisi_is_told_by_number_category_desa_and_deadline(andi, office, clock):
    ticket = office.hears()
    office.disposes(ticket)
    clock.advance(seconds=11)

    assert andi.is_told() == ["petugas_disposisi"]
    text = andi.last()[0].text
    assert text == (
        f"Disposisi baru *{ticket}*: Penerangan jalan umum, Air Putih. "
        "Respons sebelum Min 22/11 08.15. "
        f"https://aduan.kabcontoh.go.id/pd/aduan/{ticket}"
    )
    for secret in ("1403010107859002", "081255509902", PHONE, "Budi", "masjid"):
        assert secret not in text


def test_nobody_is_told_before_the_disposisi_can_be_undone_no_more(runtime, andi, office, clock):
    ticket = office.hears()
    clock.advance(seconds=1)
    office.disposes(ticket)
    assert andi.is_told() == []

    clock.advance(seconds=5)
    disposal.undo_disposal(runtime, office.rina, CaseRef(ticket))
    clock.advance(seconds=30)

    assert andi.is_told() == []
    assert all_of(runtime, StaffAlert) == []


def test_who_has_left_the_office_meanwhile_hears_nothing_of_its_cases(runtime, andi, office, clock):
    office.disposes(office.hears(sender="+6281255501041"))
    clock.advance(seconds=11)
    andi.is_told()
    office.disposes(office.hears(sender="+6281255501042"))
    clock.advance(seconds=11)
    assert andi.is_told() == []  # within two minutes: it waits
    with runtime.transaction() as session:
        session.get_one(StaffUser, office.andi.id).pd_code = "DISHUB"
    clock.advance(minutes=3)

    assert andi.is_told() == []
    assert all(row.settled_at for row in all_of(runtime, StaffAlert))


def test_telling_again_tells_nothing_new(runtime, andi, office, clock):
    office.disposes(office.hears())
    clock.advance(seconds=11)
    andi.is_told()

    assert [andi.is_told() for _ in range(3)] == [[], [], []]
    clock.advance(hours=1)
    assert andi.is_told() == []
    assert "alerts" not in sweeps.due_kinds(runtime)


def test_many_at_once_are_one_message_of_at_most_ten_lines(runtime, andi, office, clock):
    for number in range(12):
        office.disposes(office.hears(sender=f"+62812555010{number + 40}"))
    clock.advance(seconds=11)

    assert andi.is_told() == ["petugas_gabungan"]
    told = [row for row in all_of(runtime, Message) if row.text_key == "petugas_gabungan"]
    lines = told[0].text.splitlines()
    assert len(lines) == 11
    assert lines[-1].startswith("dan 2 lagi: https://aduan.kabcontoh.go.id/")
    assert andi.last()[0].buttons == ()


def test_what_comes_within_two_minutes_of_a_message_waits_and_is_joined(andi, office, clock):
    office.disposes(office.hears(sender="+6281255501041"))
    clock.advance(seconds=11)
    assert andi.is_told() == ["petugas_disposisi"]
    for sender in ("+6281255501042", "+6281255501043"):
        office.disposes(office.hears(sender=sender))
        clock.advance(seconds=30)
        assert andi.is_told() == []

    clock.advance(minutes=2)
    assert andi.is_told() == ["petugas_gabungan"]


def test_a_disposisi_of_the_night_is_told_in_the_morning(runtime, andi, office, clock):
    clock.advance(hours=13)  # 21.15 on Friday
    ticket = office.hears()
    office.disposes(ticket)
    clock.advance(seconds=11)
    assert andi.is_told() == []
    assert "alerts" not in sweeps.due_kinds(runtime)

    clock.advance(hours=12)  # Saturday
    assert andi.is_told() == []
    clock.advance(days=2)
    assert "alerts" in sweeps.due_kinds(runtime)
    assert andi.is_told() == ["petugas_disposisi"]
    assert ticket in andi.last()[0].text


def test_who_tries_the_service_at_night_may_lift_the_quiet(runtime, andi, office, clock):
    clock.advance(hours=13)
    office.disposes(office.hears())
    clock.advance(seconds=11)
    andi.runtime = replace(runtime, timers=replace(runtime.timers, quiet_hours=False))

    assert andi.is_told() == ["petugas_disposisi"]


def test_only_the_disposed_pd_is_told(runtime, andi, telegram, hear, office, clock):
    hadi = Officer(runtime, telegram, hear, office.hadi, sender="5550100901").links()
    office.disposes(office.hears())
    clock.advance(seconds=11)

    assert hadi.is_told() == []
    assert andi.reads() == ["petugas_disposisi"]


def test_a_case_that_a_colleague_took_up_in_the_meantime_is_not_told(andi, office, clock):
    ticket = office.hears()
    office.disposes(ticket)
    clock.advance(seconds=5)
    office.accepts(ticket)
    clock.advance(seconds=10)

    assert andi.is_told() == []


def test_a_returned_draft_is_told_with_its_reason(runtime, andi, office, clock):
    ticket = office.in_correction()
    clock.advance(seconds=11)
    andi.is_told()
    clock.advance(minutes=3)
    answers.return_draft(runtime, office.rina, CaseRef(ticket), "no_time", "Kapan selesai?")

    assert andi.is_told() == ["petugas_dikembalikan"]
    text = andi.last()[0].text
    assert text.startswith(f"Draf *{ticket}* dikembalikan: tanpa waktu. https://")
    assert "Kapan selesai" not in text
    assert andi.is_told() == []


def test_who_is_away_for_good_is_told_nothing(runtime, andi, office, clock):
    with runtime.transaction() as session:
        session.get_one(StaffUser, office.andi.id).active = False
    office.disposes(office.hears())
    clock.advance(seconds=11)

    assert andi.is_told() == []


def test_who_blocked_the_bot_is_not_written_to_and_nothing_piles_up(
    runtime, andi, telegram, office, clock
):
    with runtime.transaction() as session:
        conversation = session.query(Conversation).filter_by(channel="telegram").one()
        reach.suppress(session, conversation.id, "blocked", clock())
    office.disposes(office.hears())
    clock.advance(seconds=11)
    before = len(telegram.sent)

    assert andi.is_told() == []
    assert len(telegram.sent) == before
    assert only(runtime, StaffAlert).settled_at is not None


def test_a_closed_window_of_whatsapp_is_left_for_telegram(
    runtime, whatsapp, telegram, hear, office, clock
):
    Officer(runtime, whatsapp, hear, office.andi, sender="+6281255501031").links()
    clock.advance(days=3)
    andi = Officer(runtime, telegram, hear, office.andi).links()
    office.disposes(office.hears(sender="+6281255501032"))
    clock.advance(seconds=11)

    assert andi.is_told() == ["petugas_disposisi"]


def test_with_whatsapp_alone_a_closed_window_gets_the_template_and_the_words_follow(
    runtime, whatsapp, hear, office, clock
):
    listed = ListedTemplate(
        content_id="HXkabar", name="kabar", language="id", category="UTILITY",
        body="Ada kabar untuk aduan {{1}} yang ditangani {{2}}.", approval=Approval.APPROVED,
    )  # fmt: skip
    facts = {**runtime.facts, "channels": {"whatsapp_template": "HXkabar"}}
    runtime = replace(runtime, facts=facts)
    with runtime.transaction() as session:
        state = to_state([listed], clock())
        states.put(session, state_name(whatsapp.name, ACCOUNT), state)
    andi = Officer(runtime, whatsapp, hear, office.andi, sender="+6281255501031").links()
    clock.advance(days=3, minutes=1)
    ticket = office.hears(sender="+6281255501032")
    office.disposes(ticket, notify=False)
    clock.advance(seconds=11)
    andi.is_told()
    replies.drain(runtime)

    template = [part for part in whatsapp.sent if part.template][-1]
    assert template.template.variables["1"] == ticket
    assert not [part for part in whatsapp.sent if "Disposisi baru" in (part.text or "")]

    andi.writes("BACA")
    assert [part.text for part in whatsapp.sent if "Disposisi baru" in (part.text or "")]
    assert whatsapp.sent[-1].recipient == andi.sender


def test_two_workers_at_once_tell_once(runtime, andi, office, clock):
    for number in range(5):
        office.disposes(office.hears(sender=f"+62812555010{number + 40}"))
    clock.advance(seconds=11)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(staff_sending.drain, [runtime, runtime]))

    told = andi.reads()
    assert told == ["petugas_gabungan"]
    assert len({row.message_id for row in all_of(runtime, StaffAlert)}) == 1


def test_a_run_that_dies_before_its_end_has_told_nobody(runtime, andi, office, clock):
    office.disposes(office.hears())
    clock.advance(seconds=11)
    broken = replace(runtime, catalogue=None)  # the program dies while the line is made

    with pytest.raises(AttributeError):
        staff_sending.drain(broken)

    assert andi.reads() == []
    assert andi.is_told() == ["petugas_disposisi"]
    assert clock() - only(runtime, StaffAlert).created_at < timedelta(minutes=1)


def test_a_notice_that_one_platform_refuses_goes_to_the_other_once(
    runtime, andi, telegram, whatsapp, hear, office, clock
):
    Officer(runtime, whatsapp, hear, office.andi, sender="+6281255501031").links()
    blocked = SendError(ErrorClass.PERMANENT, "403", "refused")
    ticket = office.hears(sender="+6281255501032")
    office.disposes(ticket, notify=False)
    clock.advance(seconds=11)
    telegram.faults.append(blocked)
    andi.is_told()
    before = len(telegram.sent)

    assert "alerts" in sweeps.due_kinds(runtime)
    clock.advance(minutes=3)
    whatsapp.faults.append(blocked)
    for _ in range(3):
        staff_sending.drain(runtime)
        replies.drain(runtime)
        clock.advance(minutes=3)

    told = [row for row in all_of(runtime, OutboxPart) if "Disposisi baru" in str(row.payload)]
    assert [(row.channel.value, row.status.value) for row in told] == [
        ("telegram", "failed"),
        ("whatsapp", "failed"),
    ]
    assert told[0].dismissed_at is not None  # nobody sends that one by hand now
    assert len(telegram.sent) == before
    assert "alerts" not in sweeps.due_kinds(runtime)
