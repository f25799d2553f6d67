"""What an answer looks like before it is sent is what is sent."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from channels.message import ChannelName
from gateway.answering import answer_photos, answers
from gateway.answering.answer_photos import NewPhotos
from gateway.answering.answers import Correction
from gateway.answering.reply_previews import of_reply
from gateway.cases.casefile import CaseRef
from gateway.media.media_files import Upload
from gateway.reading.correction_view import Unsaved, correction
from gateway.sending import replies
from store.models.answering import AnswerPhoto
from store.models.complaint import Privacy
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import only

LONG = "Sakelar pengaman rusak dan sudah diganti pada Jumat pagi. " * 30


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.mark.parametrize("channel", [ChannelName.WHATSAPP, ChannelName.SMS, ChannelName.TELEGRAM])
@pytest.mark.parametrize("body", ["Lampu *sudah* diganti 😀.", LONG])
def test_the_preview_is_what_leaves(runtime, office, channel, body):
    adapter = runtime.channels[channel]
    adapter.limits = replace(adapter.limits, buttons=3, gsm7=channel is ChannelName.SMS)
    ticket = office.in_correction(channel=channel)
    replies.drain(runtime)
    adapter.sent.clear()

    shown = correction(runtime, office.rina, ticket, Unsaved(body)).previews[0]
    form = Correction(body, final=False)
    answers.send_answer(runtime, office.rina, CaseRef(ticket), form)
    replies.drain(runtime)

    assert shown.chosen
    assert list(shown.bubbles) == [part.text for part in adapter.sent]
    assert list(shown.buttons) == [button.title for button in adapter.sent[-1].buttons]


def test_an_sms_is_counted_with_its_parts(runtime, office):
    ticket = office.hears(channel=ChannelName.SMS)

    short = of_reply(runtime, office.rina, ticket, "x" * 160)[0]
    long = of_reply(runtime, office.rina, ticket, "x" * 161)[0]
    none = of_reply(runtime, office.rina, ticket, "  ")

    assert short.count == "160/160 (1 bagian)"
    assert long.count == "161/160 (2 bagian)"
    assert none == []


def test_of_a_secret_case_the_preview_shows_number_and_status_alone(runtime, office):
    ticket = office.in_correction(privacy=Privacy.SECRET)

    shown = correction(runtime, office.rina, ticket, Unsaved("Pungli dihentikan.")).previews

    assert all("Pungli" not in bubble for item in shown for bubble in item.bubbles)
    assert "Halaman publik" not in [item.title for item in shown]


def test_the_page_shows_three_readers_and_renews_without_saving(runtime, office):
    ticket = office.in_correction()
    rina = logged_in(make_app(runtime), "rina")
    rina.opens(f"/koreksi/{ticket}")

    rina.sends(f"/koreksi/{ticket}", body="Lampu menyala lagi.", step="lihat")

    titles = [name for name in ("WhatsApp", "SMS", "Halaman publik") if f">{name}" in rina.page]
    assert titles == ["WhatsApp", "SMS", "Halaman publik"]
    assert rina.page.count("Lampu menyala lagi.") >= 4
    assert "belum disimpan" in rina.page


def test_ticked_photos_stand_in_the_preview_before_they_are_saved(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "blue").save(target, "JPEG")
    photos = NewPhotos("after", [Upload("a.jpg", target.getvalue())])
    answer_photos.add(runtime, office.andi, CaseRef(ticket), photos)
    office.drafts(ticket)
    number = only(runtime, AnswerPhoto).id

    form = Unsaved("Sudah.", to_public=frozenset({number}))
    shown = correction(runtime, office.rina, ticket, form).previews

    assert [len(item.photos) for item in shown] == [0, 0, 1]
    assert not only(runtime, AnswerPhoto).to_public


def test_a_reply_is_looked_at_and_not_sent(runtime, office, whatsapp):
    ticket = office.hears()
    replies.drain(runtime)
    sent = len(whatsapp.sent)
    rina = logged_in(make_app(runtime), "rina")
    rina.opens(f"/kotak/aduan/{ticket}")

    rina.sends(f"/kotak/aduan/{ticket}/balas", text="Kami *segera* datang.", lihat="1")
    replies.drain(runtime)

    assert "Kami <b>segera</b> datang." in rina.page
    assert "Kami *segera* datang.</textarea>" in rina.page
    assert len(whatsapp.sent) == sent
