"""Local SMS with the real daemon: in, out, reports, and everything that goes down in between."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_plus, unquote_to_bytes

import pytest

from channels.errors import SendError
from channels.kannel import KannelAdapter
from channels.message import ErrorClass
from local.kannel import KannelPrograms
from tests.channels.provider import Answer, Provider
from tests.kannel.daemon import Kannel, four_ports, running_kannel
from tests.kannel.talk import (
    adapter_for,
    answer,
    message_from,
    messages_from,
    receipts_of,
)
from tests.live import eventually

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def kannel(kannel_programs: KannelPrograms, kannel_home: Path, web: Provider) -> Iterator[Kannel]:
    with running_kannel(kannel_programs, kannel_home, four_ports(), web.origin) as running:
        running.phone.listens()
        yield running


@pytest.fixture
def adapter(kannel: Kannel, web: Provider) -> Iterator[KannelAdapter]:
    built = adapter_for(kannel, web)
    yield built
    built.close()


def test_a_message_arrives_as_the_citizen_wrote_it(kannel, adapter, web):
    kannel.phone.writes("+6281255501021 1708 text Lampu  jalan mati di RT 03/RW 05, tolong @desa")

    message = message_from(adapter, web, "+6281255501021")

    assert message.text == "Lampu  jalan mati di RT 03/RW 05, tolong @desa"
    assert message.account == "1708"
    assert message.repliable
    assert message.sent_at is not None


def test_no_address_that_kannel_calls_names_a_citizen_or_a_text(kannel, adapter, web):
    kannel.phone.writes("+6281255501022 1708 text Rahasia sekali")
    message_from(adapter, web, "+6281255501022")

    addresses = "".join(call.path for call in web.calls)

    assert "81255501022" not in addresses
    assert "Rahasia" not in addresses


def test_emoji_and_other_scripts_arrive(kannel, adapter, web):
    content = "".join(f"%{byte:02X}" for byte in "Got mampet 😀 ꦗ".encode("utf-16-be"))
    kannel.phone.writes(f"081255501023 1708 ucs2 {content}")

    assert message_from(adapter, web, "+6281255501023").text == "Got mampet 😀 ꦗ"


def test_the_pieces_of_a_long_message_are_one(kannel, adapter, web):
    kannel.phone.writes(
        "+6281255501024 1708 udh-text %05%00%03%2A%02%01 Jalan di Dusun II longsor, ",
        "+6281255501024 1708 udh-text %05%00%03%2A%02%02 mohon alat berat",
    )

    message = message_from(adapter, web, "+6281255501024")

    assert message.text == "Jalan di Dusun II longsor, mohon alat berat"
    assert message.group_key is None


def test_binary_content_is_kept_as_unsupported(kannel, adapter, web):
    kannel.phone.writes("+6281255501025 1708 data %00%01%FF%D8")

    message = message_from(adapter, web, "+6281255501025")

    assert (message.unsupported, message.text) == (True, None)


def test_an_answer_reaches_the_phone_and_is_reported(kannel, adapter, web):
    part = answer("Aduan Anda ADU-26-000123 sudah kami terima.", "+6281255501026")

    result = adapter.send(part)

    assert result.external_id == part.reference
    line = "1708 +6281255501026 text Aduan Anda ADU-26-000123 sudah kami terima."
    eventually(lambda: line in kannel.phone.heard(), "the answer on the phone")
    eventually(
        lambda: receipts_of(adapter, web, part.reference) == {"sent", "delivered"},
        "accepted and delivered",
    )


def test_an_answer_of_four_segments_arrives_whole(kannel, adapter, web):
    text = "".join(f"Kalimat {number:02d} dari jawaban panjang. " for number in range(17)).strip()
    part = answer(text, "+6281255501027")

    adapter.send(part)

    pieces = eventually(
        lambda: pieces_for(kannel, "81255501027", at_least=4), "four pieces on the phone"
    )
    joined = "".join(unquote_plus(piece.partition(" data ")[2]) for piece in pieces)
    assert joined == text
    eventually(
        lambda: receipts_of(adapter, web, part.reference) == {"sent", "delivered"}, "reports"
    )


def pieces_for(kannel: Kannel, number: str, at_least: int) -> list[str]:
    found = [line for line in kannel.phone.heard() if number in line]
    return found if len(found) >= at_least else []


def test_letters_that_gsm_lacks_leave_as_ucs2(kannel, adapter):
    adapter.send(answer("Matur nuwun ꦩ", "+6281255501028"))

    (line,) = eventually(
        lambda: [one for one in kannel.phone.heard() if "81255501028" in one], "the answer"
    )
    content = unquote_to_bytes(line.partition(" ucs-2 ")[2].replace("+", " "))
    assert content.decode("utf-16-be") == "Matur nuwun ꦩ"


def test_a_wrong_password_pauses_the_channel(kannel, web):
    adapter = adapter_for(kannel, web, password="sandi-lama")

    with pytest.raises(SendError) as caught:
        adapter.send(answer("Halo", "+6281255501029"))
    adapter.close()

    assert (caught.value.error_class, caught.value.code) == (ErrorClass.REAUTH, "auth")


def test_a_number_that_no_connection_takes_is_said_so(kannel, web):
    adapter = KannelAdapter(
        number="1708",
        webhook_keys=("kunci-uji-kannel-bukan-rahasia",),
        sendsms_url=kannel.sendsms_url,
        username="sahut",
        password="sandi-kirim-uji",
        callback_base_url=web.origin,
        smsc_id="tidak-ada",
    )

    with pytest.raises(SendError) as caught:
        adapter.send(answer("Halo", "+6281255501030"))
    adapter.close()

    assert (caught.value.error_class, caught.value.code) == (ErrorClass.PERMANENT, "no-route")


@pytest.mark.parametrize(("status", "sender"), [(503, "31"), (500, "32"), (403, "33"), (404, "34")])
def test_what_we_could_not_take_comes_again_under_the_same_id(kannel, adapter, web, status, sender):
    number = f"+62812555010{sender}"
    web.will_answer(Answer(status, b"", {"Content-Type": "text/plain"}))

    kannel.phone.writes(f"{number} 1708 text Web sedang mati")
    eventually(lambda: len(messages_from(adapter, web, number)) >= 2, "a repetition")
    repeated = {one.external_id for one in messages_from(adapter, web, number)}
    web.will_answer(Answer(200, b"", {"Content-Type": "text/plain"}))
    taken = message_from(adapter, web, number)

    assert repeated == {taken.external_id}
    assert not [line for line in kannel.phone.heard() if number in line]


def test_an_answer_waits_on_disk_while_the_network_and_kannel_are_away(kannel, adapter, web):
    kannel.phone.switch_off()
    eventually(lambda: "connecting" in kannel.status(), "the network is gone")
    part = answer("Jawaban yang menunggu", "+6281255501041")
    adapter.send(part)

    kannel.kill()
    kannel.start()
    kannel.phone.listens()

    eventually(
        lambda: "1708 +6281255501041 text Jawaban yang menunggu" in kannel.phone.heard(),
        "the answer after the restart",
    )
    eventually(
        lambda: receipts_of(adapter, web, part.reference) == {"sent", "delivered"}, "reports"
    )


def test_a_message_waits_on_disk_while_smsbox_is_away_and_bearerbox_falls(kannel, adapter, web):
    kannel.kill("smsbox")
    kannel.phone.writes("+6281255501042 1708 text Jembatan roboh")
    eventually(lambda: any((kannel.home / "store").rglob("*-*")), "the message on disk")

    kannel.kill()
    kannel.start()

    assert message_from(adapter, web, "+6281255501042").text == "Jembatan roboh"
    assert len(messages_from(adapter, web, "+6281255501042")) == 1


def test_kannel_writes_down_neither_numbers_nor_texts(kannel, adapter, web):
    kannel.phone.writes("+6281255501043 1708 text Pungli di kantor")
    message_from(adapter, web, "+6281255501043")
    adapter.send(answer("Terima kasih sudah melapor", "+6281255501043"))
    eventually(
        lambda: any("Terima kasih sudah melapor" in line for line in kannel.phone.heard()),
        "the answer",
    )

    logs = "".join(
        (kannel.home / name).read_text(errors="replace") for name in ("bearerbox.log", "smsbox.log")
    )

    assert "81255501043" not in logs
    assert "Pungli" not in logs
    assert "Terima kasih" not in logs
