"""Text in work at a case: it follows its writer to another device and goes when it is sent."""

import pytest
from sqlalchemy import select, text

from gateway import sweeps
from gateway.answering import unsent_words
from gateway.answering.unsent_words import Unsent, Writer
from gateway.errors import InvalidInputError, NotFoundError
from gateway.runtime import Runtime
from store.models.recording import RecordingDraft
from tests.gateway.office import Office, open_office
from tests.gateway.pages import logged_in, make_app

PHONE, DESK = "halaman-ponsel", "halaman-meja"


@pytest.fixture
def office(runtime: Runtime) -> Office:
    return open_office(runtime)


def test_what_is_written_on_one_device_is_offered_on_another(runtime, office, clock):
    words = "Baik, kami cek \N{HAMMER} besok"
    mark = unsent_words.keep(runtime, office.dewi, "26-1-7-balas", words, Writer(PHONE))
    clock.advance(seconds=20)

    found = unsent_words.find(runtime, office.dewi, "26-1-7-balas")
    refused = unsent_words.keep(runtime, office.dewi, "26-1-7-balas", "Halo", Writer(DESK))
    known = Writer(DESK, found.mark)
    taken = unsent_words.keep(runtime, office.dewi, "26-1-7-balas", f"{words}.", known)
    behind = unsent_words.keep(runtime, office.dewi, "26-1-7-balas", "Hm", Writer(PHONE, mark))

    assert found == Unsent(words, "pukul 08.15", mark)
    assert refused == found
    assert isinstance(taken, str)
    assert behind == Unsent(f"{words}.", "pukul 08.15", taken)
    assert unsent_words.find(runtime, office.rina, "26-1-7-balas") is None
    with runtime.transaction() as session:
        raw = session.execute(text("SELECT fields FROM recording_draft")).scalar_one()
    assert b"kami cek" not in bytes(raw)


def test_what_is_emptied_or_left_for_two_weeks_goes(runtime, office, clock):
    for key in ("p1", "p2"):
        unsent_words.keep(runtime, office.dewi, key, "Baik", Writer(PHONE))
    unsent_words.keep(runtime, office.dewi, "p1", " ", Writer(PHONE))
    emptied = unsent_words.find(runtime, office.dewi, "p1")
    clock.advance(days=13)
    sweeps.run(runtime)
    kept = unsent_words.find(runtime, office.dewi, "p2")
    clock.advance(days=1, seconds=1)
    sweeps.run(runtime)

    assert emptied is None
    assert kept is not None
    assert kept.at == "pada Jum 20/11 08.15"
    assert rows(runtime) == []
    with pytest.raises(InvalidInputError):
        unsent_words.keep(runtime, office.dewi, "p1", "a" * 10_001, Writer(PHONE))
    with pytest.raises(NotFoundError):
        unsent_words.find(runtime, office.dewi, "../p1")


def test_words_that_were_sent_are_forgotten_and_a_late_copy_of_them_is_not_kept(runtime, office):
    ticket = office.hears()
    case, key = f"/kotak/aduan/{ticket}", f"{ticket}-balas"
    dewi = logged_in(make_app(runtime), "dewi")
    page = dewi.opens(case).text

    def sends(address: str, **fields: str):
        dewi.opens(case)
        return dewi.sends(address, **{"halaman": PHONE, **fields})

    kept = sends("/langsung/tulisan", kunci=key, teks="Baik, kami cek.").get_json()
    sends(f"{case}/balas", text=" ", tulisan=key)
    not_sent = dewi.opens(f"/langsung/tulisan?kunci={key}").get_json()
    sends(f"{case}/balas", text="Baik, kami cek.", tulisan=key)
    late = sends("/langsung/tulisan", kunci=key, teks="Baik, kami cek.").get_json()
    after = dewi.opens(f"/langsung/tulisan?kunci={key}").get_json()
    anew = sends("/langsung/tulisan", kunci=key, teks="Baik", halaman=DESK).get_json()

    assert f'data-keep="{key}" data-draft="/langsung/tulisan"' in page
    assert not_sent["lain"]["text"] == "Baik, kami cek."
    assert not_sent["lain"]["mark"] == kept["tanda"]
    assert (late, after) == ({"tanda": ""}, {})
    assert anew["tanda"]


def rows(runtime: Runtime) -> list[RecordingDraft]:
    with runtime.transaction() as session:
        return list(session.scalars(select(RecordingDraft)))
