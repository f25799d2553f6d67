"""Pengaturan: what is changed is judged, noted, told to every process, and can be taken back."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event, select

from gateway import jobs
from gateway.accounts import accounts
from gateway.errors import ForbiddenError, InvalidInputError, NotFoundError
from gateway.rules import clocks
from gateway.settings import holiday_lists, settings, settings_version
from gateway.settings.government import make_government
from gateway.settings.settings import StaleSettingError
from gateway.texts import Catalogue
from store import setting_changes, tenant
from store.models.setting import SettingChange
from store.models.staff import AuditEntry, Holiday
from tests.gateway.office import open_office

CATALOGUE = Path(__file__).parents[2] / "config" / "messages.csv"
CATEGORY = {"name": "Penerangan jalan", "default_pd": "DPUPR", "days": "7", "active": "ya"}


@pytest.fixture
def office(runtime):
    return open_office(with_rereading(runtime))


def with_rereading(runtime):
    """The runtime as `gateway.boot` makes it: it reads the stored government again."""

    def reread():
        with runtime.transaction() as session:
            version, data = setting_changes.version(session), tenant.read(session)
        return make_government(version, data, runtime.profile.public_url, Catalogue.read(CATALOGUE))

    return replace(runtime, reread=reread)


def change(office, area, key="", person=None, seen=0, **form):
    return settings.change(office.runtime, person or office.tuti, area, key, form, seen)


def stored(office, area, key=""):
    return settings.show(office.runtime, office.tuti, area, key)


def test_a_change_is_stored_and_noted_with_what_stood_before(office):
    assert change(office, "category", "PJU", office.rina, **CATEGORY)

    shown = stored(office, "category", "PJU")
    line = shown.history[0]
    assert shown.value["days"] == 7
    assert (line.actor, line.title) == ("Rina", "Kategori: Penerangan jalan")
    assert ("Hari penyelesaian", "", "7") in [
        (one.label, one.before, one.after) for one in line.differences
    ]


def test_a_change_stands_in_the_audit_by_its_number(office):
    change(office, "category", "PJU", office.rina, **CATEGORY)

    with office.runtime.transaction() as session:
        entry = session.scalars(select(AuditEntry)).one()
        newest = setting_changes.version(session)
    assert (entry.action, entry.actor_id) == ("setting_changed", office.rina.id)
    assert entry.data == {"change": newest, "area": "category"}


def test_what_was_saved_as_it_was_leaves_no_trace(office):
    change(office, "category", "PJU", **CATEGORY)
    seen = stored(office, "category", "PJU").version

    again = change(office, "category", "PJU", seen=seen, **CATEGORY)
    twice_sent = change(office, "category", "PJU", seen=0, **CATEGORY)

    assert (again, twice_sent) == (False, False)
    assert len(stored(office, "category", "PJU").history) == 1


def test_two_at_once_the_second_is_told_who_was_first_and_nothing_is_lost(office):
    change(office, "category", "PJU", office.rina, **CATEGORY)

    with pytest.raises(StaleSettingError) as refused:
        change(office, "category", "PJU", seen=0, **(CATEGORY | {"days": "30"}))

    assert (refused.value.by, refused.value.value["days"]) == ("Rina", 7)
    assert stored(office, "category", "PJU").value["days"] == 7


def test_a_version_comes_back_as_a_new_change(office):
    change(office, "category", "PJU", **CATEGORY)
    first = stored(office, "category", "PJU")
    change(office, "category", "PJU", seen=first.version, **(CATEGORY | {"days": "30"}))
    seen = stored(office, "category", "PJU").version

    settings.restore(office.runtime, office.tuti, first.version, seen)

    now = stored(office, "category", "PJU")
    assert now.value["days"] == 7
    assert len(now.history) == 3


def test_what_stood_before_the_first_change_comes_back_too(office):
    before = stored(office, "clocks").value
    change(office, "clocks", preset="besadu")
    only = stored(office, "clocks").version

    settings.restore(office.runtime, office.tuti, only, only, before=True)

    assert stored(office, "clocks").value == before


def test_a_way_back_that_somebody_else_has_changed_meanwhile_is_refused(office):
    change(office, "clocks", preset="besadu")
    first = stored(office, "clocks").version
    change(office, "clocks", seen=first, preset="sp4n")

    with pytest.raises(StaleSettingError):
        settings.restore(office.runtime, office.tuti, first, first)


def test_an_admin_keeps_the_daily_parts_and_not_the_governments_own(office):
    for area in ("identity", "clocks", "hours", "emergency", "channels"):
        with pytest.raises(ForbiddenError):
            settings.show(office.runtime, office.rina, area, "")
    with pytest.raises(ForbiddenError):
        settings.show(office.runtime, office.rina, "user", str(office.andi.id))
    with pytest.raises(ForbiddenError):
        settings.show(office.runtime, office.andi, "category", "PJU")

    assert settings.show(office.runtime, office.rina, "pd", "DPUPR").value["active"]


def test_an_admin_does_not_bring_back_what_is_not_theirs(office):
    change(office, "clocks", preset="besadu")
    only = stored(office, "clocks").version

    with pytest.raises(ForbiddenError):
        settings.restore(office.runtime, office.rina, only, only, before=True)


@pytest.mark.parametrize(
    ("area", "key"),
    [
        ("pd", "TIDAKADA"),
        ("text", "luar_jendela"),
        ("text", "x"),
        ("holiday", "kapan"),
        ("user", "0"),
        ("user", "9" * 30),
    ],
)
def test_what_is_not_there_cannot_be_opened(office, area, key):
    with pytest.raises(NotFoundError):
        settings.show(office.runtime, office.tuti, area, key)


def test_the_next_request_and_the_next_job_know_the_change(office):
    change(office, "identity", **IDENTITY)
    other = office.runtime  # as another process holds it

    seen = settings_version.look(other)
    jobs.install(other)
    jobs.drain("spool")

    assert (other.profile.app, seen.profile.app) == ("SiPendekar", "Lapor Kita")
    assert jobs._Installed.runtime.profile.app == "Lapor Kita"


def test_looking_twice_reads_once(office):
    change(office, "identity", **IDENTITY)
    newer = settings_version.look(office.runtime)

    assert settings_version.look(newer) is newer


def test_own_days_run_in_the_clocks_and_the_category_wins_for_the_solution(office):
    change(office, "clocks", **{"preset": "sop", "K3-amount": "10", "K3-unit": "working_days"})
    change(office, "category", "PJU", **CATEGORY)

    now = settings_version.look(office.runtime)
    complaint = office.complaint(office.hears())
    complaint.category_code = "PJU"

    assert clocks.rules(now)["K3"].words == "10 hari kerja"
    assert clocks.rules(now)["K1"].words == "2 hari kerja"
    assert clocks.rule_for(now, complaint, "K5").words == "7 hari"


def test_a_rule_that_is_the_presets_own_is_not_kept_twice(office):
    change(office, "clocks", **{"preset": "sp4n", "K1-amount": "2", "K1-unit": "working_days"})

    assert stored(office, "clocks").value == {"preset": "sp4n"}


IDENTITY = {
    "name": "Kabupaten Bengkalis",
    "kabupaten": "Bengkalis",
    "app": "Lapor Kita",
    "timezone": "Asia/Jakarta",
    "contact": "Diskominfo, lantai 2",
    "aliases": "bkls, bks",
}


@pytest.mark.parametrize(
    ("area", "form", "field"),
    [
        ("identity", IDENTITY | {"name": "Bengkalis"}, "name"),
        ("identity", IDENTITY | {"app": "Nama terlalu panjang"}, "app"),
        ("identity", IDENTITY | {"app": "Lapor 🙏"}, "app"),
        ("identity", IDENTITY | {"timezone": "Mars/Olympus"}, "timezone"),
        ("identity", IDENTITY | {"contact": " "}, "contact"),
        ("emergency", {"numbers": "", "text": "112"}, "numbers"),
        ("emergency", {"numbers": "satu", "text": "112"}, "numbers"),
        ("hours", {"text": "Senin", "opens": "08:00", "closes": "16:00"}, "day-1"),
        ("hours", {"text": "Senin", "day-1": "ya", "opens": "16:00", "closes": "08:00"}, "closes"),
        ("hours", {"text": "Senin", "day-1": "ya", "opens": "pagi", "closes": "16:00"}, "opens"),
        ("clocks", {"preset": "entah"}, "preset"),
        ("clocks", {"preset": "sop", "K3-amount": "0"}, "K3-amount"),
        ("clocks", {"preset": "sop", "K3-amount": "90"}, "K3-amount"),
        ("clocks", {"preset": "sop", "K3-amount": "3", "K3-unit": "pekan"}, "K3-unit"),
        ("channels", {"whatsapp": "9" * 101}, "whatsapp"),
    ],
)
def test_a_form_that_will_not_do_says_so_beside_its_field(office, area, form, field):
    with pytest.raises(InvalidInputError) as refused:
        settings.change(office.runtime, office.tuti, area, "", form, 0)

    assert field in refused.value.problems


def test_a_category_asks_for_a_pd_that_is_in_use(office):
    with pytest.raises(InvalidInputError) as refused:
        change(office, "category", "PJU", **(CATEGORY | {"default_pd": "TIDAKADA"}))

    assert "default_pd" in refused.value.problems


def test_a_pd_with_work_people_or_categories_stays_active(office):
    office.disposes(office.hears())

    with pytest.raises(InvalidInputError) as refused:
        change(office, "pd", "DPUPR", name="Dinas PUPR")

    words = refused.value.problems["active"]
    assert "1 aduan yang belum selesai" in words
    assert "1 akun aktif" in words
    assert "kategori" in words


def test_a_pd_is_added_once(office):
    form = {"code": "bpbd-x", "name": "Badan Bencana", "keywords": "banjir, longsor\nbanjir"}

    key = settings.create(office.runtime, office.rina, "pd", form)
    again = settings.create(office.runtime, office.rina, "pd", form)

    shown = stored(office, "pd", "BPBD-X")
    assert (key, again) == ("BPBD-X", "BPBD-X")
    assert shown.value["keywords"] == ["banjir", "longsor"]
    assert len(shown.history) == 1


def test_a_code_that_is_taken_is_refused(office):
    with pytest.raises(InvalidInputError) as refused:
        settings.create(office.runtime, office.rina, "pd", {"code": "DPUPR", "name": "Lain"})

    assert "code" in refused.value.problems


def test_a_holiday_comes_goes_and_comes_back(office):
    add = {"day": "2026-12-01", "name": "Hari jadi kabupaten"}
    key = settings.create(office.runtime, office.rina, "holiday", add)
    added = stored(office, "holiday", key).version
    settings.remove(office.runtime, office.rina, "holiday", key, added)
    with office.runtime.transaction() as session:
        gone = tenant.holiday(session, date(2026, 12, 1))

    settings.restore(office.runtime, office.rina, added, added + 1)

    assert gone is None
    assert stored(office, "holiday", key).value["name"] == "Hari jadi kabupaten"


def test_a_category_cannot_be_taken_away(office):
    with pytest.raises(NotFoundError):
        settings.remove(office.runtime, office.tuti, "category", "PJU", 0)


def test_the_national_list_fills_a_year_without_touching_what_is_there(office):
    added = holiday_lists.fill_year(office.runtime, office.rina, 2026)
    again = holiday_lists.fill_year(office.runtime, office.rina, 2026)

    with office.runtime.transaction() as session:
        own = tenant.holiday(session, date(2026, 11, 26))
        new_year = tenant.holiday(session, date(2026, 1, 1))
    assert added > 15
    assert again == 0
    assert own == "Libur daerah"
    assert new_year is not None


def test_a_year_without_a_list_is_said(office):
    with pytest.raises(InvalidInputError):
        holiday_lists.fill_year(office.runtime, office.rina, 1066)


@pytest.mark.parametrize(
    "text",
    [
        "tanggal;nama\r\n2027-01-01;Tahun Baru\r\n17/08/2027;Kemerdekaan\r\n",
        "2027-01-01,Tahun Baru\n2027-08-17,Kemerdekaan",
    ],
)
def test_a_csv_file_brings_days(office, text):
    changed = holiday_lists.import_csv(office.runtime, office.rina, text)

    with office.runtime.transaction() as session:
        days = [row.name for row in tenant.holidays(session, date(2027, 1, 1), date(2027, 12, 31))]
    assert changed == 2
    assert days == ["Tahun Baru", "Kemerdekaan"]


@pytest.mark.parametrize(
    "text", ["", "entah", "2027-01-01,A\n31/31/2027,B", "2027-01-01,", "2027-01-01,A\n" * 401]
)
def test_a_csv_file_with_a_line_that_cannot_be_read_changes_nothing(office, text):
    with pytest.raises(InvalidInputError):
        holiday_lists.import_csv(office.runtime, office.rina, text)

    with office.runtime.transaction() as session:
        assert session.query(SettingChange).count() == 0
        assert session.query(Holiday).count() == 1


def test_a_page_of_the_staff_needs_no_query_more_for_the_version(office, engine):

    statements = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    accounts.current(office.runtime, "tidak-ada")

    assert len(statements) == 1
    assert "setting_change" in statements[0]


def test_the_history_goes_on_page_by_page(office):
    for day in range(1, 24):
        seen = stored(office, "category", "PJU").version
        change(office, "category", "PJU", seen=seen, **(CATEGORY | {"days": str(day)}))

    first = stored(office, "category", "PJU")
    rest = settings.show(office.runtime, office.tuti, "category", "PJU", first.older)

    assert (len(first.history), len(rest.history), rest.older) == (20, 3, None)
