"""Own wordings: what they may hold, and how they read."""

from pathlib import Path

import pytest

from channels.message import ChannelName
from gateway.errors import InvalidInputError
from gateway.settings import setting_texts
from gateway.texts import Catalogue

ORIGINALS = Catalogue.read(Path(__file__).parents[2] / "config" / "messages.csv")
TICKET = ORIGINALS.originals["tiket_terbit"]
GOOD = {
    "sms": "Aduan {T} diterima, PIN {PIN}. Cek: {URL}",
    "rich": "Aduan *{T}* diterima.\r\nPIN: *{PIN}*",
}


def test_a_wording_is_kept_with_plain_line_ends():
    assert setting_texts.judge(TICKET, GOOD) == {
        "sms": "Aduan {T} diterima, PIN {PIN}. Cek: {URL}",
        "rich": "Aduan *{T}* diterima.\nPIN: *{PIN}*",
    }


def test_the_original_wording_is_no_wording_of_ones_own():
    form = {"sms": TICKET.sms, "rich": TICKET.rich.replace("\n", "\r\n")}

    assert setting_texts.judge(TICKET, form) is None


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"sms": ""}, "sms", "wajib"),
        ({"rich": "Aduan {T}"}, "rich", "{PIN}"),
        ({"sms": "Aduan {T} PIN {PIN} {NAMA}"}, "sms", "{NAMA}"),
        ({"sms": "Aduan {T} PIN {PIN} {URL"}, "sms", "kurung"),
        ({"sms": "Aduan {T} PIN {PIN} {url}"}, "sms", "kurung"),
        ({"sms": "Aduan {T} PIN {PIN} 🙏"}, "sms", "🙏"),
        ({"sms": "Aduan {T} PIN {PIN} " + "x" * 480}, "sms", "SMS"),
        ({"rich": "Aduan {T} PIN {PIN} " + "x" * 1100}, "rich", "huruf"),
    ],
)
def test_what_would_fail_a_citizen_is_refused_with_its_reason(change, field, words):
    with pytest.raises(InvalidInputError) as refused:
        setting_texts.judge(TICKET, GOOD | change)

    assert words in refused.value.problems[field]


def test_an_emergency_text_keeps_its_number():
    danger = ORIGINALS.originals["darurat"]

    with pytest.raises(InvalidInputError) as refused:
        setting_texts.judge(danger, {"sms": "Tunggu saja.", "rich": "Tunggu saja."})

    assert set(refused.value.problems) == {"sms", "rich"}


def test_every_original_may_be_saved_as_it_is():
    for key in ORIGINALS.keys - setting_texts.FIXED:
        said = ORIGINALS.originals[key]

        assert setting_texts.judge(said, {"sms": said.sms, "rich": said.rich}) is None, key


def test_a_preview_has_the_governments_values_and_counts_parts(runtime):
    form = {"sms": "Halo {APP} {T}: " + "x" * 160, "rich": "Halo *{KAB}* {TIDAKADA}"}

    shown = setting_texts.preview(runtime, TICKET, form)

    assert shown.sms.startswith("Halo SiPendekar 26-00421-3: ")
    assert (shown.sms_length, shown.sms_parts) == (188, 2)
    assert shown.rich == "Halo *Bengkalis* {TIDAKADA}"
    assert "rich" in shown.problems


def test_own_wordings_are_said_and_the_others_stay():
    own = ORIGINALS.with_own({"nilai_terima": {"sms": "Terima kasih!", "rich": "*Terima kasih!*"}})

    assert own.render("nilai_terima", ChannelName.SMS, {}) == "Terima kasih!"
    assert own.render("nilai_terima", ChannelName.TELEGRAM, {}) == "*Terima kasih!*"
    assert own.wording("gangguan") == ORIGINALS.wording("gangguan")


def test_a_wording_that_asks_for_what_is_not_known_gives_way_to_the_original():
    own = ORIGINALS.with_own({"sms_berhenti": {"sms": "Baik {T}.", "rich": "Baik {T}."}})

    said = own.render("sms_berhenti", ChannelName.SMS, {})

    assert said.startswith("Baik, kabar aduan tidak lagi")
