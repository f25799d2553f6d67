"""Who else is at a case, and what a page is told that does not show it yet."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest
import redis as redis_client
from sqlalchemy import select

from channels.message import DeliveryStatus
from gateway.errors import NotFoundError
from gateway.reading import presence
from gateway.reading.presence import Seen
from gateway.reading.presence_board import RedisPresence
from gateway.runtime import Runtime
from store.models.outbox import OutboxPart
from tests.gateway.office import Office, open_office
from tests.gateway.pages import logged_in, make_app

UP_TO_DATE = Seen(version=0, message_id=0)


@pytest.fixture
def runtime(runtime: Runtime, redis_url: str) -> Runtime:
    return replace(runtime, presence=RedisPresence(redis_client.Redis.from_url(redis_url)))


@pytest.fixture
def office(runtime: Runtime) -> Office:
    return open_office(runtime)


def at_case(office: Office, person: str, ticket: str, mode: str = "buka"):
    seen = Seen(office.complaint(ticket).version, 0)
    return presence.attend(office.runtime, office.people[person], ticket, mode, seen)


def test_two_people_see_each_other_and_who_writes(office):
    ticket = office.hears()

    at_case(office, "dewi", ticket, "tulis")
    first = at_case(office, "rina", ticket)
    second = at_case(office, "dewi", ticket)

    assert first.people == ["Dewi sedang menulis"]
    assert second.people == ["Rina sedang membuka"]


def test_who_leaves_or_falls_silent_is_not_shown(office, clock):
    ticket = office.hears()
    at_case(office, "dewi", ticket)
    at_case(office, "dewi", ticket, "pergi")
    assert at_case(office, "rina", ticket).people == []

    at_case(office, "dewi", ticket)
    clock.advance(seconds=41)

    assert at_case(office, "rina", ticket).people == []


def test_the_board_holds_numbers_only(office, redis_url):
    ticket = office.hears()
    at_case(office, "dewi", ticket, "<script>Dewi")

    with redis_client.Redis.from_url(redis_url) as board:
        (key,) = board.keys("*")
        noted = board.hgetall(key)
        assert 0 < board.ttl(key) <= 60

    assert key == b"sahut:presence:1"
    assert list(noted) == [str(office.dewi.id).encode()]
    assert noted[str(office.dewi.id).encode()].startswith(b"buka:")


def test_without_redis_nobody_is_shown_and_nothing_fails(office):
    nobody = RedisPresence(redis_client.Redis.from_url("redis://127.0.0.1:1"))
    office.runtime = replace(office.runtime, presence=nobody)
    ticket = office.hears()

    assert list(at_case(office, "dewi", ticket).people) == []
    office.runtime = replace(office.runtime, presence=None)
    assert at_case(office, "dewi", ticket).people == ()


def test_an_outdated_page_is_told_who_changed_the_case(runtime, office):
    ticket = office.hears()
    stale = Seen(office.complaint(ticket).version, 0)
    office.disposes(ticket)

    told = presence.attend(runtime, office.dewi, ticket, "buka", stale)
    own = presence.attend(runtime, office.rina, ticket, "buka", stale)

    assert told.changed == "Rina sudah mendisposisikan aduan ini (08.15)."
    assert own.changed == "Aduan ini baru saja Anda ubah di tempat lain (08.15)."
    assert at_case(office, "dewi", ticket).changed == ""


def test_new_messages_reach_diskominfo_as_bubbles_and_a_pd_redacted(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    office.hears_more(ticket, "Sekarang dua lampu, telepon 081255509902")
    case = office.complaint(ticket)

    inbox = presence.attend(runtime, office.dewi, ticket, "buka", Seen(case.version, 1))
    pd = presence.attend(runtime, office.andi, ticket, "buka", Seen(case.version, 1))

    assert any("dua lampu" in message.text for message in inbox.messages)
    assert "081255509902" not in str(inbox.messages)
    assert pd.messages == []
    assert [message.text for message in pd.redacted] == [
        "Sekarang dua lampu, telepon [nomor HP disamarkan]"
    ]
    assert pd.count == 1

    andi = logged_in(make_app(runtime), "andi")
    andi.opens(f"/pd/aduan/{ticket}")
    address = f"/langsung/aduan/{ticket}"
    news = andi.sends(address, versi=case.version, pesan=1).get_json()
    assert "dua lampu, telepon [nomor HP disamarkan]</span></li>" in news["pesan"]
    assert news["terakhir"] == pd.redacted[-1].id
    andi.opens(f"/pd/aduan/{ticket}")
    assert andi.sends(address, versi=case.version, pesan=news["terakhir"]).get_json()["jumlah"] == 0


def test_a_case_of_another_pd_answers_as_one_that_does_not_exist(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)

    for number in (ticket, "26-99999-9"):
        with pytest.raises(NotFoundError):
            presence.attend(runtime, office.hadi, number, "buka", UP_TO_DATE)


def test_a_page_asks_for_its_news_and_gets_a_fragment(runtime, office):
    ticket = office.hears()
    dewi = logged_in(make_app(runtime), "dewi")
    dewi.opens(f"/kotak/aduan/{ticket}")
    office.hears_more(ticket, "Masih mati & gelap <b>sekali</b>")

    answer = dewi.sends(f"/langsung/aduan/{ticket}", versi=1, pesan=1, cara="buka").get_json()

    assert answer["nama"] == "aduan:1"
    assert "Masih mati &amp; gelap &lt;b&gt;sekali&lt;/b&gt;" in answer["pesan"]
    assert answer["terakhir"] > 1
    assert answer["berubah"].startswith("Aduan ini baru saja diubah")


def test_a_page_asks_what_became_of_its_messages_and_of_the_channels(runtime, office):
    ticket = office.hears()
    page = f"/kotak/aduan/{ticket}?antrean=verifikasi"
    dewi = logged_in(make_app(runtime), "dewi")
    shown = dewi.opens(page).text
    with runtime.transaction() as session:
        part = session.scalars(select(OutboxPart)).one()
        part.status, part.error_code = DeliveryStatus.FAILED, "63016"
    several = {"pesan": [part.message_id, 1, 424242, 10**19, "a"], "kembali": page}

    marks = dewi.opens(f"/langsung/kirim?{urlencode(several, doseq=True)}").get_json()
    line = dewi.opens("/langsung/kanal").get_json()["baris"]

    assert f'data-parts="{part.message_id}"' in shown
    assert "menunggu dikirim" in shown
    assert list(marks) == [str(part.message_id)]
    assert "gagal" in marks[str(part.message_id)]
    assert f'name="kembali" value="{page}"' in marks[str(part.message_id)]
    assert "WhatsApp" in line


def test_a_list_of_a_pd_learns_how_many_cases_changed(runtime, office, clock):
    ticket = office.hears()
    office.disposes(ticket)
    since = int(clock().timestamp() * 1000)
    clock.advance(minutes=1)
    andi, hadi = (logged_in(make_app(runtime), name) for name in ("andi", "hadi"))
    office.accepts(ticket)

    assert andi.opens(f"/langsung/pd?sejak={since}").get_json() == {"berubah": 1, "mendesak": 0}
    assert hadi.opens(f"/langsung/pd?sejak={since}").get_json() == {"berubah": 0, "mendesak": 0}
    assert andi.opens("/langsung/pd?sejak=kemarin").status_code in {403, 404}


def test_a_page_read_before_a_new_login_gets_a_token_that_counts(runtime, office):
    dewi = logged_in(make_app(runtime), "dewi")

    token = dewi.opens("/langsung/sesi").get_json()["token"]

    ticket = office.hears()
    answer = dewi.sends(f"/langsung/aduan/{ticket}", token=False, csrf_token=token, cara="buka")
    assert answer.status_code == 200


def test_a_note_by_the_citizen_is_said_to_be_the_citizens(runtime, office):
    ticket = office.hears()
    stale = Seen(office.complaint(ticket).version, 0)
    office.hears_more(ticket, "Tambahan")

    told = presence.attend(runtime, office.dewi, ticket, "buka", stale)

    assert told.changed == "Aduan ini baru saja diubah oleh warga (08.15)."
