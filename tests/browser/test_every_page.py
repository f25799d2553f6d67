"""Every page of the staff in a real browser: accessible, fitting on each screen, and light."""

import gzip
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from gateway.answering import answer_templates
from gateway.answering.template_checks import TemplateForm
from gateway.app import create_app
from gateway.listing.search_words import Typed, What
from gateway.listing.searches import open_search
from gateway.rules.macro_steps import Acts
from store.models.complaint import Complaint
from store.models.messaging import Attachment, Conversation
from tests.browser.accessible import faults
from tests.browser.staff_pages import NO_PAGE, PAGES
from tests.browser.test_pages import (
    PATIENCE_MS,
    Site,
    _log_in,
    chromium,
    runtime,
    site,
)

__all__ = ["chromium", "runtime", "site"]

pytestmark = pytest.mark.browser

_LONG = "Siti" + "Nurhalizahbinti" * 5  # no space in which a line could break
_LARGEST_PAGE = 30 * 1024  # bytes of HTML, compressed; its style and script: test_bundles.py


@pytest.fixture(scope="module")
def names(site: Site) -> dict[str, object]:
    """What stands in braces in the table."""
    office, runtime = site.office, site.runtime
    late = office.hears("Jembatan rusak di Meskom sejak kemarin", sender="+6281255501042")
    long = office.hears(f"Lampu mati {_LONG}", sender="+6281255501043")
    review_on = runtime.now().date() + timedelta(days=90)
    acts = Acts(note="Sudah dicek.", priority="low")
    made = TemplateForm(
        "Lampu", "Lampu sudah diganti.", owner="Rina", review_on=review_on, acts=acts
    )
    with runtime.transaction() as session:
        overdue = session.query(Complaint).filter_by(ticket=late).one()
        overdue.due_at = runtime.now() - timedelta(days=9)
        named = session.query(Complaint).filter_by(ticket=long).one()
        named.title = _LONG
        talk = session.get_one(Conversation, named.conversation_id)
        talk.sender_name = _LONG
        photo = session.query(Attachment).order_by(Attachment.id).first()
        assert photo is not None
        found = {"talk": talk.id, "photo": photo.id}
    return found | {
        "late": late,
        "long": long,
        "received": site.received,
        "in_correction": site.in_correction,
        "disposed": site.disposed,
        "template": answer_templates.save(runtime, office.rina, made),
        "search": open_search(runtime, office.rina, Typed(What.PHONE, "+6281255501042")),
        "user": office.andi.id,
    }


@pytest.fixture
def desk(chromium: Browser) -> Iterator[Page]:
    """A window; who sits at it logs in."""
    page = chromium.new_page(locale="id-ID")
    page.set_default_timeout(PATIENCE_MS)
    yield page
    page.close()


def test_every_page_of_the_staff_stands_in_the_table(site):
    app = create_app(site.runtime)
    answered = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and getattr(app.view_functions[rule.endpoint], "access_rule", "").startswith("staff")
    }
    listed = {rule for pages in PAGES.values() for rule in pages}

    assert answered == listed | NO_PAGE


@pytest.mark.parametrize("username", sorted(PAGES))
def test_no_page_breaks_a_rule_of_accessibility_or_runs_off_a_screen(desk, site, names, username):
    _log_in(desk, site, username)

    found = []
    for address in (one for pages in PAGES[username].values() for one in pages):
        answer = desk.goto(site.url + address.format(**names))
        assert answer is not None
        if answer.status != 200:
            found.append(f"{address}: {answer.status}")
        if len(gzip.compress(answer.body())) > _LARGEST_PAGE:
            found.append(f"{address}: more than 30 KB")
        found += faults(desk)

    assert found == []


def test_what_is_forbidden_wrong_or_changed_meanwhile_is_as_accessible(desk, site):
    ticket = site.office.hears("Parit meluap di Pedekik sejak kemarin", sender="+6281255501044")
    _log_in(desk, site, "rina")
    desk.goto(f"{site.url}/pd/")
    expect(desk.get_by_role("heading", level=1)).to_be_visible()
    found = faults(desk)
    desk.goto(f"{site.url}/kotak/aduan/{ticket}/disposisi")
    desk.get_by_label("Penanggung jawab").select_option("")
    desk.get_by_role("button", name="Disposisikan").click()
    expect(desk.locator(".error-summary")).to_be_focused()
    found += faults(desk)

    site.office.disposes(ticket)
    desk.get_by_label("Penanggung jawab").select_option("DLH")
    desk.get_by_label("Kategori").select_option("SAMPAH")
    desk.get_by_label("Catatan untuk PD").fill("Tulisan yang tidak boleh hilang.")
    desk.get_by_role("button", name="Disposisikan").click()
    expect(desk.get_by_label("Catatan untuk PD")).to_have_value("Tulisan yang tidak boleh hilang.")

    assert found + faults(desk) == []
