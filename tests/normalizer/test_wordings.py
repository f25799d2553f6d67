"""Many wordings of one meaning: danger that is happening, wishes for secrecy, and look-alikes.

The sentences stand one to a line in tests/data/wordings; each was written before the rules were
changed for it, so a new one that fails shows a rule that is too narrow.
"""

from pathlib import Path

import pytest

from config.tenant_files import read_tenant_file
from normalizer.records import findings_of
from normalizer.tenant import load_tenant

FOLDER = Path(__file__).resolve().parent.parent / "data" / "wordings"
BENGKALIS = load_tenant(read_tenant_file("bengkalis"))
MISDEED = "Kepala Desa Sepahat minta uang ke warga. "


def sentences(name: str) -> list[str]:
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def found(text: str) -> dict[str, object]:
    at = "2026-11-16T14:00:00+07:00"
    message = {"at": at, "text": text, "attachments": []}
    row = {"id": "W", "tenant": "bengkalis", "channel": "whatsapp", "received_at": at}
    return findings_of({**row, "messages": [message]}, BENGKALIS)


@pytest.mark.parametrize("text", sentences("emergency"))
def test_danger_that_is_happening_is_an_emergency(text):
    assert found(text)["kind"] == "darurat"


@pytest.mark.parametrize("text", sentences("no_emergency"))
def test_danger_that_is_past_feared_or_named_is_none(text):
    assert found(text)["kind"] != "darurat"


@pytest.mark.parametrize("text", sentences("hide_identity"))
def test_who_asks_to_stay_unnamed_is_heard(text):
    assert found(MISDEED + text)["anonymous"] is True


@pytest.mark.parametrize("text", sentences("close_report"))
def test_who_asks_for_a_closed_report_is_heard(text):
    assert found(MISDEED + text)["secret"] is True


@pytest.mark.parametrize("text", sentences("no_wish"))
def test_words_about_other_peoples_secrets_are_no_wish(text):
    wishes = found(MISDEED + text)
    assert (wishes["anonymous"], wishes["secret"]) == (False, False)


@pytest.mark.parametrize("line", sentences("names"))
def test_who_tells_their_name_does_not_read_it_in_public(line):
    name, _, text = line.partition("|")

    public = str(found(text.replace("\\n", "\n"))["public_text"])

    assert "rusak" in public.lower()
    assert not [word for word in name.split() if word.lower() in public.lower().split()]


@pytest.mark.parametrize("text", sentences("no_names"))
def test_a_word_behind_i_is_not_always_a_name(text):
    assert found(f"{text}\njalan di desa sepahat rusak")["reporter_name"] is None
