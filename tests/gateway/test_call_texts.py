"""The catalogue of prompts: every occasion has words, in the name of every government."""

import csv
from pathlib import Path

import pytest

from channels.call_prompts import CallPrompt, Prompt, spoken_digits, spoken_ticket
from config.tenant_files import read_tenant_file
from gateway.boot import make_profile
from gateway.dialogue.call_texts import read_call_prompts

FILE = Path(__file__).parents[2] / "config" / "call_prompts.csv"
TENANTS = ["bandung", "belitung", "bengkalis", "bintan"]


def profile(name="bengkalis"):
    return make_profile(read_tenant_file(name), "https://aduan.kabcontoh.go.id")


@pytest.mark.parametrize("name", TENANTS)
def test_every_occasion_has_words_without_gaps(name):
    prompts = read_call_prompts(FILE, profile(name), {})

    assert set(prompts) == set(CallPrompt)
    assert all(one.text and "{" not in one.text for one in prompts.values())
    assert profile(name).app in prompts[CallPrompt.GREETING].text


def test_the_catalogue_holds_nothing_that_is_never_said():
    with FILE.open(encoding="utf-8", newline="") as file:
        keys = [row["key"] for row in csv.DictReader(file)]

    assert sorted(keys) == sorted(occasion.value for occasion in CallPrompt)


def test_the_greeting_names_the_government_and_says_the_emergency_numbers():
    greeting = read_call_prompts(FILE, profile(), {})[CallPrompt.GREETING].text

    assert "SiPendekar, layanan aduan Pemerintah Kabupaten Bengkalis" in greeting
    assert "polisi satu satu nol, atau pemadam kebakaran satu satu tiga" in greeting
    assert "direkam" in greeting


def test_a_recorded_prompt_is_named_by_its_key():
    address = "https://suara.kabcontoh.go.id/salam.mp3"

    prompts = read_call_prompts(FILE, profile(), {"greeting": address})

    assert prompts[CallPrompt.GREETING].audio_url == address
    assert prompts[CallPrompt.GOODBYE] == Prompt(
        "Petugas akan mendengar rekaman Anda. Terima kasih sudah melapor."
    )


@pytest.mark.parametrize(
    "audio", [{"salam": "https://suara.kabcontoh.go.id/a.mp3"}, {"greeting": "http://a/b.mp3"}]
)
def test_an_unknown_prompt_or_an_open_address_is_refused(audio):
    with pytest.raises(ValueError, match="voice prompt"):
        read_call_prompts(FILE, profile(), audio)


def test_a_number_is_said_in_breaths_that_can_be_written_down():
    assert spoken_ticket("26-00421-3") == (
        "dua enam",
        "strip, nol nol empat dua satu",
        "strip tiga",
    )
    assert spoken_digits("9876543210") == (
        "sembilan delapan tujuh enam lima empat tiga dua satu nol"
    )
