"""Composer, server and outbox judge the reply window alike, to the second."""

from datetime import timedelta

import pytest

from gateway.answering import correspondence
from gateway.answering.correspondence import Reply
from gateway.cases.casefile import CaseRef
from gateway.rules.windows import WindowState, judge
from gateway.sending import replies
from gateway.sending.sending import Leave, WindowView, judge_window
from gateway.upkeep import channel_care
from store.models.messaging import Conversation, Message
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of, only
from tests.gateway.shelves import ShelvedAdapter, with_purposes

DAY = timedelta(hours=24)


@pytest.fixture
def whatsapp():
    return ShelvedAdapter()


@pytest.fixture
def run(runtime, whatsapp):
    """A government whose WhatsApp has templates, all of them listed."""
    return with_purposes(runtime, whatsapp.name)


@pytest.fixture
def office(run):
    return open_office(run)


@pytest.mark.parametrize(
    ("passed", "state"),
    [
        (timedelta(hours=23, minutes=59), WindowState.OPEN),
        (DAY - timedelta(seconds=1), WindowState.OPEN),
        (DAY, WindowState.CLOSED),
        (DAY + timedelta(seconds=1), WindowState.CLOSED),
        (timedelta(minutes=-30), WindowState.OPEN),  # the clock was set back
        (timedelta(days=400), WindowState.CLOSED),
    ],
)
def test_what_the_composer_says_the_outbox_does(run, office, clock, whatsapp, passed, state):
    office.hears()
    conversation = only(run, Conversation)
    clock.instant += passed

    said = judge(run, conversation).state
    view = WindowView(conversation.last_inbound_at, human=True, template=False)
    done = judge_window(whatsapp.limits, view, clock())

    assert said is state
    assert (done is Leave.YES) is (state is WindowState.OPEN)


def test_a_closed_window_takes_no_free_text_even_by_a_direct_post(run, office, clock, whatsapp):
    ticket = office.hears()
    channel_care.check(run, whatsapp.name)
    replies.drain(run)
    rina = logged_in(make_app(run), "rina")
    rina.opens(f"/kotak/aduan/{ticket}")
    before = len(all_of(run, Message))
    clock.advance(hours=24)
    rina = _again(rina)

    response = rina.sends(f"/kotak/aduan/{ticket}/balas", text="Kami sudah di lokasi.")
    replies.drain(run)

    assert response.status_code == 422
    assert "Jendela balasan sudah tertutup." in rina.page
    assert "Kami sudah di lokasi." in rina.page
    assert len(all_of(run, Message)) == before
    assert all("Kami sudah di lokasi." not in (part.text or "") for part in whatsapp.sent)


def test_without_any_template_the_words_wait_and_nothing_leaves(run, office, clock, whatsapp):
    ticket = office.hears()
    clock.advance(hours=24)

    correspondence.reply_to_case(run, office.rina, CaseRef(ticket), Reply("Kami datang."))
    replies.drain(run)

    assert all("Kami datang." not in (part.text or "") for part in whatsapp.sent)


def test_a_reply_a_second_before_the_end_still_leaves(run, office, clock, whatsapp):
    ticket = office.hears()
    channel_care.check(run, whatsapp.name)
    clock.advance(hours=23, minutes=59, seconds=59)

    correspondence.reply_to_case(run, office.rina, CaseRef(ticket), Reply("Kami datang."))
    replies.drain(run)

    assert whatsapp.sent[-1].text == "Kami datang."


def test_the_composer_counts_down_from_the_servers_seconds(run, office, clock):
    ticket = office.hears()
    clock.advance(hours=22)
    rina = logged_in(make_app(run), "rina")

    rina.opens(f"/kotak/aduan/{ticket}")

    assert 'data-closes-in="7200">Jendela WhatsApp tutup dalam 2 jam 00 mnt' in rina.page


def _again(browser):
    """The same person after a day: logged in anew, the old page's form still open."""
    fresh = logged_in(browser.client.application, "rina")
    fresh.opens("/akun")
    return fresh
