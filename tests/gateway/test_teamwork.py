"""Working together: mentions, followers, assignments, and what waits in Untuk saya."""

import pytest

from gateway.cases.casefile import CaseRef
from gateway.cases.mentions import mentioned_names
from gateway.casework import assignments, casework, pdwork
from gateway.casework.pdwork import Return
from gateway.errors import ForbiddenError, InvalidInputError, NotFoundError
from gateway.rules.people import Role, Staff
from gateway.runtime import Runtime
from store.models.complaint import ComplaintEvent, ComplaintStatus
from store.models.staff import StaffUser
from store.models.teamwork import StaffNotice
from tests.gateway.office import Office, open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of


@pytest.fixture
def office(runtime: Runtime) -> Office:
    made = open_office(runtime)
    for username, role in (("budi", Role.PETUGAS_PD), ("kadis", Role.KEPALA_PD)):
        with runtime.transaction() as session:
            user = StaffUser(
                username=username,
                name=username.capitalize(),
                role=role,
                pd_code="DPUPR",
                password_hash="-",
                created_at=runtime.now(),
            )
            session.add(user)
            session.flush()
            made.people[username] = Staff(user.id, username, user.name, role, "DPUPR", "PUPR")
    return made


@pytest.fixture
def ticket(office: Office) -> str:
    number = office.hears()
    office.disposes(number)
    return number


def words(office: Office, name: str) -> list[str]:
    return [line.words for line in assignments.lines(office.runtime, office.people[name]).rows]


def note(office: Office, ticket: str, text: str, who: str = "rina", *, for_pd: bool = False):
    person = office.people[who]
    casework.add_note(office.runtime, person, CaseRef(ticket), text, for_pd=for_pd)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@dewi tolong cek, cc @Rina.", ["dewi", "rina"]),
        ("@dewi @dewi @DEWI", ["dewi"]),
        ("surat ke dewi@contoh.go.id", []),
        ("@ dewi, @@dewi dan (@budi)", ["budi"]),
        ("🙂@andi_pd-2!", ["andi_pd-2"]),
        ("@sari@kabcontoh.go.id, @dewi@", ["sari@kabcontoh.go.id", "dewi"]),
        ("", []),
    ],
)
def test_a_mention_is_a_user_name_behind_an_at(text, names):
    assert mentioned_names(text) == names


def test_who_is_mentioned_is_told_without_a_word_of_the_note(runtime, office, ticket):
    note(office, ticket, "@dewi pelapor bernama Budi Santoso, telepon 081255509902")

    assert words(office, "dewi") == ["Rina menyebut Anda dalam catatan"]
    (notice,) = all_of(runtime, StaffNotice)
    assert notice.kind == "mention"
    assert assignments.count_unread(runtime, office.dewi) == 1


def test_nobody_is_called_to_what_they_may_not_read(runtime, office, ticket):
    note(office, ticket, "@andi catatan ini hanya untuk Diskominfo")
    note(office, ticket, "@hadi PD lain, @sekda pimpinan, @tuti pengelola", for_pd=True)
    note(office, ticket, "@rina saya sendiri, @tidakada")
    assert all_of(runtime, StaffNotice) == []

    note(office, ticket, "@andi mohon cek tiang", for_pd=True)
    note(office, ticket, "@rina sudah dicek", who="andi")

    assert words(office, "andi") == ["Rina menyebut Anda dalam catatan"]
    assert words(office, "rina") == ["Andi menyebut Anda dalam catatan"]


def test_who_follows_a_case_hears_what_others_do_there(runtime, office, ticket):
    assignments.set_following(runtime, office.dewi, CaseRef(ticket), follow=True)
    assignments.set_following(runtime, office.dewi, CaseRef(ticket), follow=True)
    assignments.set_following(runtime, office.andi, CaseRef(ticket), follow=True)

    office.accepts(ticket)
    office.hears_more(ticket, "Masih gelap")
    assignments.set_following(runtime, office.dewi, CaseRef(ticket), follow=False)
    office.drafts(ticket)

    assert words(office, "dewi") == [
        "Aduan yang Anda ikuti ditambah keterangannya oleh warga",
        "Aduan yang Anda ikuti diterima Perangkat Daerah",
    ]
    assert words(office, "andi") == ["Aduan yang Anda ikuti ditambah keterangannya oleh warga"]


def test_lines_of_a_case_that_went_elsewhere_are_not_shown_any_more(runtime, office, ticket):
    assignments.set_following(runtime, office.andi, CaseRef(ticket), follow=True)
    office.hears_more(ticket, "Masih gelap")
    with runtime.transaction() as session:
        session.merge(office.complaint(ticket)).pd_code = "DISHUB"

    assert words(office, "andi") == []
    with pytest.raises(NotFoundError):
        assignments.set_following(runtime, office.andi, CaseRef(ticket), follow=True)


def test_the_first_reader_or_the_head_gives_a_case_to_a_colleague(runtime, office, ticket):
    assignments.assign(runtime, office.andi, CaseRef(ticket), office.budi.id)

    assert assignments.team(runtime, office.andi, ticket).assignee == "Budi"
    assert words(office, "budi") == ["Andi menugaskan aduan ini kepada Anda"]
    with pytest.raises(ForbiddenError):
        assignments.assign(runtime, office.andi, CaseRef(ticket), office.andi.id)

    assignments.assign(runtime, office.kadis, CaseRef(ticket), office.andi.id)
    moves = [e.data["assignee"] for e in all_of(runtime, ComplaintEvent) if e.kind == "assigned"]
    assert moves == [[None, office.budi.id], [office.budi.id, office.andi.id]]


def test_a_case_stays_inside_its_office(runtime, office, ticket):
    for stranger in (office.hadi.id, office.rina.id, 999, None):
        with pytest.raises(InvalidInputError):
            assignments.assign(runtime, office.kadis, CaseRef(ticket), stranger)
    with pytest.raises(NotFoundError):
        assignments.assign(runtime, office.hadi, CaseRef(ticket), office.hadi.id)
    with pytest.raises(ForbiddenError):
        assignments.assign(runtime, office.rina, CaseRef(ticket), office.andi.id)


def test_an_officer_of_diskominfo_takes_what_waits_there(runtime, office):
    ticket = office.hears()
    dewi = logged_in(make_app(runtime), "dewi")
    dewi.opens(f"/kotak/aduan/{ticket}")
    assert 'data-key="a">Ambil' in dewi.page

    dewi.sends(f"/untuk-saya/aduan/{ticket}/tugaskan", petugas=str(office.dewi.id))

    dewi.opens(f"/kotak/aduan/{ticket}")
    assert "Petugas: <b>Dewi</b>" in dewi.page
    assert "Ambil" not in dewi.page
    assignments.assign(runtime, office.rina, CaseRef(ticket), office.rina.id)  # she decides
    with pytest.raises(ForbiddenError):
        assignments.assign(runtime, office.dewi, CaseRef(ticket), office.dewi.id)
    assert assignments.open_work(runtime, office.rina.id).count == 1
    office.disposes(ticket)
    assert assignments.team(runtime, office.rina, ticket).assignee == ""
    assert assignments.open_work(runtime, office.rina.id).count == 0


def test_assigning_twice_is_as_once(runtime, office, ticket):
    assignments.assign(runtime, office.kadis, CaseRef(ticket), office.budi.id)
    assignments.assign(runtime, office.kadis, CaseRef(ticket), office.budi.id)

    kinds = [event.kind for event in all_of(runtime, ComplaintEvent)]
    assert kinds.count("assigned") == 1
    assert len(words(office, "budi")) == 1


def test_who_leaves_hands_over_what_is_open(runtime, office, ticket):
    closed = office.hears("Pohon tumbang di Damon kemarin sore", sender="+6281255501031")
    office.disposes(closed)
    for number in (ticket, closed):
        assignments.assign(runtime, office.kadis, CaseRef(number), office.andi.id)
    with runtime.transaction() as session:
        session.merge(office.complaint(closed)).status = ComplaintStatus.RESOLVED

    asked = assignments.open_work(runtime, office.andi.id)
    moved = assignments.hand_over(runtime, office.tuti, office.andi.id, office.budi.id)

    assert (asked.count, moved) == (1, 1)
    assert ("Budi" in dict(asked.colleagues).values()) is True
    assert assignments.team(runtime, office.kadis, ticket).assignee == "Budi"
    assert words(office, "budi") == ["Tuti mengalihkan aduan ini kepada Anda"]
    assert assignments.hand_over(runtime, office.kadis, office.andi.id, None) == 0


def test_what_has_gone_to_another_office_is_not_handed_over(runtime, office, ticket):
    assignments.assign(runtime, office.kadis, CaseRef(ticket), office.andi.id)
    pdwork.send_back(runtime, office.andi, CaseRef(ticket), Return("not_ours", "", "DISHUB"))
    office.disposes(ticket, pd_code="DISHUB")

    moved = assignments.hand_over(runtime, office.kadis, office.andi.id, office.budi.id)

    assert moved == 0
    assert [event.kind for event in all_of(runtime, ComplaintEvent)].count("assigned") == 1
    assert [notice.user_id for notice in all_of(runtime, StaffNotice)] == [office.andi.id]


def test_work_can_go_back_to_the_office(runtime, office, ticket):
    assignments.assign(runtime, office.kadis, CaseRef(ticket), office.andi.id)

    assert assignments.hand_over(runtime, office.kadis, office.andi.id, None) == 1
    assert assignments.team(runtime, office.andi, ticket).assignee == ""


def test_not_everybody_hands_over_and_not_to_anybody(runtime, office):
    for who in ("andi", "rina", "hadi"):
        with pytest.raises(ForbiddenError):
            assignments.hand_over(runtime, office.people[who], office.andi.id, None)
    for to in (office.hadi.id, office.andi.id, 999):
        with pytest.raises(InvalidInputError):
            assignments.hand_over(runtime, office.tuti, office.andi.id, to)
    with pytest.raises(NotFoundError):
        assignments.open_work(runtime, 999)


def test_the_page_lists_what_is_new_and_forgets_it_when_read(runtime, office, ticket):
    note(office, ticket, "@dewi tolong")
    dewi = logged_in(make_app(runtime), "dewi")

    dewi.opens("/untuk-saya/")
    assert "Rina menyebut Anda dalam catatan" in dewi.page
    assert "Baru" in dewi.page
    assert dewi.opens("/langsung/sesi").get_json()["saya"] == 1
    dewi.opens("/untuk-saya/")
    dewi.sends("/untuk-saya/dibaca")
    dewi.opens("/untuk-saya/")

    assert "Baru" not in dewi.page
    assert dewi.opens("/langsung/sesi").get_json()["saya"] == 0


def test_a_long_list_is_paged(runtime, office, ticket):
    for _ in range(31):
        note(office, ticket, "@dewi")
    dewi = logged_in(make_app(runtime), "dewi")

    dewi.opens("/untuk-saya/")
    first = dewi.page.count("menyebut Anda")
    older = assignments.lines(runtime, office.dewi).older
    dewi.opens(f"/untuk-saya/?sebelum={older}")

    assert (first, dewi.page.count("menyebut Anda")) == (30, 1)
    assert dewi.opens("/untuk-saya/?sebelum=" + "9" * 40).status_code == 200


def test_a_pd_page_gives_a_case_and_shows_who_has_it(runtime, office, ticket):
    andi = logged_in(make_app(runtime), "andi")
    andi.opens(f"/pd/aduan/{ticket}")
    assert "Belum ada petugas" in andi.page

    andi.follows(andi.sends(f"/untuk-saya/aduan/{ticket}/tugaskan", petugas=office.budi.id))
    assert "Petugas: <b>Budi</b>" in andi.page
    assert "Ditugaskan kepada Budi." in andi.page
    assert "<dt>Petugas</dt><dd><del>kosong</del> <ins>Budi</ins>" in andi.page

    andi.follows(andi.sends(f"/untuk-saya/aduan/{ticket}/ikuti", ikuti="ya"))
    assert "Berhenti mengikuti" in andi.page


def test_a_case_that_nobody_took_for_four_office_hours_is_marked(runtime, office, ticket, clock):
    app = make_app(runtime)
    clock.advance(hours=3, minutes=59)
    andi = logged_in(app, "andi")
    andi.opens("/pd/")
    assert "Belum ada petugas" not in andi.page

    clock.advance(minutes=1)
    andi.opens("/pd/")
    assert '<span class="tag urgent">Belum ada petugas</span>' in andi.page

    assignments.assign(runtime, office.kadis, CaseRef(ticket), office.budi.id)
    andi.opens("/pd/")
    assert "Petugas: Budi" in andi.page
    assert "Belum ada petugas" not in andi.page
