"""Kotak Masuk where WhatsApp's window is closed: choose a template, look at it, send it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from channels.message import ChannelName
from channels.templates import Approval
from gateway.answering.template_replies import TemplateReply, offer_for_case, send_to_case
from gateway.errors import InvalidInputError
from gateway.sending import replies
from gateway.upkeep import channel_care
from store import reach, second_channel
from store.models.complaint import Complaint
from store.models.messaging import Author, Conversation, Message
from store.models.outbox import OutboxPart, PartKind
from store.models.second_channel import Agreement
from tests.gateway.fakes import ACCOUNT
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of, queue_answer, statuses
from tests.gateway.shelves import (
    NEWS,
    PENDING,
    SURVEY,
    ShelvedAdapter,
    with_purposes,
)

KEY = "HX01/id"


@pytest.fixture
def adapter():
    return ShelvedAdapter()


@pytest.fixture
def run(runtime, adapter):
    channels = {**runtime.channels, adapter.name: adapter}
    return with_purposes(replace(runtime, channels=channels), adapter.name)


@pytest.fixture
def office(run):
    return open_office(run)


@pytest.fixture
def ticket(office, run, adapter, clock):
    """A case whose reporter has been silent for 25 hours; the templates have been listed."""
    found = office.hears()
    replies.drain(run)
    adapter.sent.clear()
    clock.advance(hours=25)
    channel_care.check(run, adapter.name)
    return found


@pytest.fixture
def rina(run, ticket):
    browser = logged_in(make_app(run), "rina")
    browser.opens(f"/kotak/aduan/{ticket}")
    return browser


def test_the_composer_offers_what_is_approved_and_our_own_first(rina, ticket):
    rina.opens(f"/kotak/aduan/{ticket}")

    lines = rina.page.partition('class="template-lines"')[2].partition("</nav>")[0]
    places = [lines.index(word) for word in ("kabar aduan", "minta keterangan", "survei")]
    assert places == sorted(places)
    assert not any(word in lines for word in ("menunggu", "ditolak", "dijeda"))
    assert "Tulis balasan…" not in rina.page


def test_a_chosen_template_is_filled_from_the_case_and_read_as_the_citizen_will(rina, ticket):
    rina.opens(f"/kotak/aduan/{ticket}?tulis=balas&templat={KEY}")

    assert f'name="isi-1" value="{ticket}"' in rina.page
    assert 'name="isi-2" value="Diskominfo"' in rina.page
    assert f'<b data-filled-by="1">{ticket}</b> yang ditangani ' in rina.page
    assert "<li>Baca jawaban</li>" in rina.page


def test_without_a_script_the_preview_is_renewed_by_a_button_and_nothing_leaves(rina, run, ticket):
    rina.opens(f"/kotak/aduan/{ticket}?templat={KEY}")
    before = len(all_of(run, OutboxPart))

    answer = rina.sends(
        f"/kotak/aduan/{ticket}/templat",
        **{"templat": KEY, "isi-1": ticket, "isi-2": "<b>Dinas\nPU</b> 😀", "text": "Menyusul"},
    )

    assert answer.status_code == 200
    assert "&lt;b&gt;Dinas PU&lt;/b&gt; 😀" in answer.get_data(as_text=True)
    assert "Menyusul</textarea>" in rina.page
    assert len(all_of(run, OutboxPart)) == before


def test_a_template_leaves_with_its_author_and_words_wait_for_the_answer(
    rina, run, ticket, adapter, office
):
    rina.opens(f"/kotak/aduan/{ticket}?templat={KEY}")
    form = {"templat": KEY, "isi-1": ticket, "isi-2": "Dinas PU", "text": "Foto tiangnya ada?"}

    sent = rina.sends(f"/kotak/aduan/{ticket}/templat", langkah="kirim", **form)
    page = rina.follows(sent)
    replies.drain(run)

    told, words = all_of(run, Message)[-2:]
    assert (told.author, told.staff_id) == (Author.STAFF, office.rina.id)
    assert told.text == (
        f"Bapak/Ibu, ada kabar untuk aduan nomor {ticket} yang ditangani Dinas PU. Terima kasih."
    )
    assert words.text == "Foto tiangnya ada?"
    (call,) = adapter.sent
    assert (call.text, call.template.content_id) == (None, "HX01")
    assert dict(call.template.variables) == {"1": ticket, "2": "Dinas PU"}
    assert statuses(run)[-2:] == ["sent", "parked"]
    assert "Templat dikirim. Isi menyusul setelah warga membalas." in page
    assert office.complaint(ticket).citizen_wrote_at is None


def test_one_form_sends_one_template_however_often_it_is_pressed(rina, run, ticket):
    rina.opens(f"/kotak/aduan/{ticket}?templat={KEY}")
    page = rina.page
    before = len(all_of(run, OutboxPart))
    form = {"templat": KEY, "isi-1": ticket, "isi-2": "Dinas PU", "text": "Satu"}

    for _ in range(2):
        rina.page = page
        rina.sends(f"/kotak/aduan/{ticket}/templat", langkah="kirim", **form)

    added = all_of(run, OutboxPart)[before:]
    assert [part.kind for part in added] == [PartKind.TEMPLATE, PartKind.TEXT]


def test_the_same_form_from_several_windows_at_once_sends_one(run, ticket, office):
    reply = TemplateReply({"templat": KEY, "isi-1": ticket, "isi-2": "PU"}, "Satu", "kunci-1")
    before = len(all_of(run, OutboxPart))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: send_to_case(run, office.rina, ticket, reply), range(6)))

    added = all_of(run, OutboxPart)[before:]
    assert [part.kind for part in added] == [PartKind.TEMPLATE, PartKind.TEXT]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("HX06/id", "Templat “menunggu” tidak dapat dikirim. Menunggu."),
        ("HX07/id", "Templat “ditolak” tidak dapat dikirim. Ditolak, isinya promosi"),
        ("HX08/id", "Templat “dijeda” tidak dapat dikirim. Dijeda, karena"),
        ("HX99/id", "Pilih templat dari daftar."),
        ("", "Pilih templat dari daftar."),
    ],
)
def test_what_is_not_approved_does_not_leave_by_a_direct_post(rina, run, ticket, key, words):
    rina.opens(f"/kotak/aduan/{ticket}?templat={KEY}")
    before = len(all_of(run, OutboxPart))

    answer = rina.sends(
        f"/kotak/aduan/{ticket}/templat",
        langkah="kirim",
        **{"templat": key, "isi-1": "a", "isi-2": "b", "isi-3": "c"},
    )

    assert answer.status_code == 422
    assert words in rina.page
    assert len(all_of(run, OutboxPart)) == before


def test_one_that_was_paused_while_the_form_stood_open_is_refused(
    rina, run, ticket, adapter, clock
):
    rina.opens(f"/kotak/aduan/{ticket}?templat={KEY}")
    before = len(all_of(run, OutboxPart))
    adapter.shelf = (replace(NEWS, approval=Approval.PAUSED), SURVEY)
    clock.advance(minutes=2)
    channel_care.check(run, adapter.name)

    answer = rina.sends(
        f"/kotak/aduan/{ticket}/templat",
        langkah="kirim",
        **{"templat": KEY, "isi-1": ticket, "isi-2": "PU", "text": "Tetap ada"},
    )

    assert answer.status_code == 422
    assert len(all_of(run, OutboxPart)) == before


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"isi-1": " ", "isi-2": "PU"}, "Bagian ini belum diisi."),
        ({"isi-1": "26-1", "isi-2": "p" * 301}, "Terlalu panjang."),
        ({"isi-1": "26-1", "isi-2": "PU", "text": "x" * 4001}, "Isi yang menyusul paling panjang"),
    ],
)
def test_places_must_be_filled_and_what_was_written_stays(rina, run, ticket, fields, words):
    rina.opens(f"/kotak/aduan/{ticket}?templat={KEY}")
    before = len(all_of(run, OutboxPart))

    answer = rina.sends(f"/kotak/aduan/{ticket}/templat", langkah="kirim", templat=KEY, **fields)

    assert answer.status_code == 422
    assert words in rina.page
    assert f'value="{fields["isi-2"]}"' in rina.page
    assert len(all_of(run, OutboxPart)) == before


def test_an_open_window_and_an_account_without_templates_keep_free_words(
    rina, run, ticket, adapter, clock, office
):
    adapter.shelf = (PENDING,)
    clock.advance(minutes=2)
    channel_care.check(run, adapter.name)
    rina.opens(f"/kotak/aduan/{ticket}")
    without = "Tulis balasan…" in rina.page
    adapter.shelf = (NEWS,)
    clock.advance(minutes=2)
    channel_care.check(run, adapter.name)
    office.hears("Masih mati", sender="+6281255501031")
    with run.transaction() as session:
        for conversation in session.query(Conversation):
            conversation.last_inbound_at = run.now()

    rina.opens(f"/kotak/aduan/{ticket}")

    assert without
    assert "Tulis balasan…" in rina.page
    assert "template-lines" not in rina.page


@pytest.mark.parametrize(("key", "announcements"), [(KEY, ["HX01"]), ("HX05/id", ["HX05", "HX01"])])
def test_later_words_are_announced_unless_the_officers_template_did_so(
    rina, run, ticket, adapter, key, announcements
):
    form = {"templat": key, "isi-1": ticket, "isi-2": "PU", "isi-3": "Oktober"}
    rina.sends(f"/kotak/aduan/{ticket}/templat", langkah="kirim", **form)
    replies.drain(run)

    queue_answer(run, "Tiang sudah berdiri.")
    replies.drain(run)
    replies.drain(run)

    assert [call.template.content_id for call in adapter.sent] == announcements


def test_a_conversation_without_a_case_has_the_same_form(rina, run, adapter):
    place = f"/kotak/percakapan/{all_of(run, Conversation)[0].id}"
    rina.opens(f"{place}?tulis=balas&templat={KEY}")
    empty = 'name="isi-1" value=""' in rina.page

    shown = rina.sends(f"{place}/templat", **{"templat": KEY, "isi-1": "26-1", "isi-2": "PU"})
    refused = rina.sends(f"{place}/templat", langkah="kirim", **{"templat": KEY, "isi-2": "PU"})
    sent = rina.sends(
        f"{place}/templat", langkah="kirim", **{"templat": KEY, "isi-1": "26-1", "isi-2": "PU"}
    )
    replies.drain(run)

    assert empty
    assert (shown.status_code, refused.status_code, sent.status_code) == (200, 422, 302)
    assert [dict(call.template.variables) for call in adapter.sent] == [{"1": "26-1", "2": "PU"}]


def test_the_address_that_a_citizen_agreed_to_stands_beside_the_templates(rina, run, ticket):
    with run.transaction() as session:
        own = session.query(Conversation).one().id
        contact = reach.Contact(ChannelName.SMS, ACCOUNT, "+6281255501021")
        target = reach.open_conversation(session, contact, run.now())
        second_channel.agree(session, own, target, Agreement.CHAT, run.now())

    rina.opens(f"/kotak/aduan/{ticket}")

    assert "Hanya templat yang dapat dikirim sekarang. Lewat SMS bila 2 jam" in rina.page
    assert "template-lines" in rina.page


def test_a_citizen_who_cannot_be_reached_gets_no_template(rina, run, ticket):
    rina.opens(f"/kotak/aduan/{ticket}?templat={KEY}")
    before = len(all_of(run, OutboxPart))
    with run.transaction() as session:
        session.query(Conversation).one().suppressed_reason = "opted_out"

    answer = rina.sends(
        f"/kotak/aduan/{ticket}/templat",
        langkah="kirim",
        **{"templat": KEY, "isi-1": ticket, "isi-2": "PU"},
    )

    assert answer.status_code == 422
    assert len(all_of(run, OutboxPart)) == before


def test_nothing_goes_to_a_conversation_that_is_not_there(rina, run):
    before = len(all_of(run, OutboxPart))

    shown = rina.sends("/kotak/percakapan/999/templat", templat=KEY)
    rina.opens("/kotak/")
    sent = rina.sends("/kotak/aduan/26-99999-9/templat", langkah="kirim", templat=KEY)

    assert (shown.status_code, sent.status_code) == (404, 404)
    assert len(all_of(run, OutboxPart)) == before


def test_a_case_without_a_conversation_takes_no_template(office, run, ticket):
    with run.transaction() as session:
        session.query(Complaint).one().conversation_id = None

    with pytest.raises(InvalidInputError):
        send_to_case(run, office.rina, ticket, TemplateReply({"templat": KEY}))

    assert offer_for_case(run, office.rina, ticket, {}) is None


def test_what_whatsapp_would_find_too_long_is_refused_here(rina, run, ticket, adapter, clock):
    adapter.shelf = (replace(NEWS, body=NEWS.body + "x" * 1000),)
    clock.advance(minutes=2)
    channel_care.check(run, adapter.name)
    rina.opens(f"/kotak/aduan/{ticket}?templat={KEY}")

    answer = rina.sends(
        f"/kotak/aduan/{ticket}/templat",
        langkah="kirim",
        **{"templat": KEY, "isi-1": ticket, "isi-2": "PU"},
    )

    assert answer.status_code == 422
    assert "Isi templat paling panjang 1024 huruf." in rina.page


def test_only_the_desk_sends_templates(run, ticket):
    andi = logged_in(make_app(run), "andi")
    andi.opens("/akun")

    answer = andi.sends(f"/kotak/aduan/{ticket}/templat", langkah="kirim", templat=KEY)

    assert answer.status_code == 403


def test_of_a_secret_case_no_office_is_put_into_the_template(office, run, adapter, clock):
    ticket = office.hears(privacy="secret", pd_code="DPUPR")
    clock.advance(hours=25)
    channel_care.check(run, adapter.name)
    rina = logged_in(make_app(run), "rina")

    rina.opens(f"/kotak/aduan/{ticket}?templat={KEY}")

    assert 'name="isi-2" value="Kabupaten Bengkalis"' in rina.page


def test_the_page_of_the_channels_shows_each_template_and_its_state(rina):
    rina.opens("/kanal/")

    assert "Templat WhatsApp: 4 disetujui, 1 menunggu, 1 ditolak, 1 dijeda." in rina.page
    assert "isinya promosi, padahal kategorinya bukan promosi." in rina.page
    assert '<b>kabar_aduan</b> <span class="tag">kabar aduan</span>' in rina.page


@pytest.mark.usefixtures("ticket")
def test_the_command_prints_the_states_too(run, clock):
    clock.advance(minutes=2)

    result = make_app(run).test_cli_runner().invoke(args=["channels", "check", "whatsapp"])

    assert "Templat WhatsApp: 4 disetujui, 1 menunggu, 1 ditolak, 1 dijeda." in result.output
    assert result.exit_code == 0
