from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from channels.message import ChannelName
from normalizer.assemble import assemble
from normalizer.draft import Act, Context, DialogueState, SourceMessage, Span
from normalizer.transcript import clean, lower, read_transcript

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def test_lowering_never_changes_the_length():
    assert lower("\u0130STANBUL ABC") == "\u0130stanbul abc"
    assert lower("ABC") == "abc"


def test_broken_characters_are_cleaned_at_equal_length():
    text = "a\\nb\u200bc \u201cd\u201d"

    assert clean([text]) == ['a\n b c "d"']
    assert len(clean(text)) == len(text)


def test_messages_are_read_oldest_first_and_spans_lead_back():
    late = SourceMessage("2", AT + timedelta(seconds=9), "dunia")
    early = SourceMessage("1", AT, "halo")

    transcript = read_transcript([late, early])

    assert transcript.text == "halo\ndunia"
    assert transcript.span(5, 10) == Span("2", 0, 5)
    assert transcript.message_at(7) is late
    assert transcript.range_of(1) == (5, 10)


def test_a_range_over_an_empty_message_is_a_range_in_its_neighbours():
    messages = [SourceMessage(str(i), AT, text) for i, text in enumerate(("ab", "", "cd"))]

    spans = read_transcript(messages).spans(0, 5)

    assert spans == (Span("0", 0, 2), Span("2", 0, 1))


@pytest.fixture
def context(tenant):
    return Context(tenant=tenant, channel=ChannelName.WHATSAPP, now=AT + timedelta(hours=1))


def overheard(text):
    return SourceMessage("1", AT, text, ("audio",), spoken=True)


def test_what_a_machine_heard_is_a_guess_that_the_citizen_confirms(context):
    words = (
        "Jalan berlubang di Jl. Sudirman desa Air Putih sejak tgl 3 november. NIK 1403160901909105"
    )

    written = assemble(DialogueState(), [replace(overheard(words), spoken=False)], context)
    heard = assemble(DialogueState(), [overheard(words)], context)

    assert (written.act, heard.act) == (Act.FILE, Act.ASK)
    assert heard.say == ("konfirmasi",)
    assert heard.draft.place.confidence == heard.draft.nik.confidence == 0.45
    assert heard.draft.place.value == written.draft.place.value


def test_what_the_citizen_wrote_stays_sure_beside_a_recording(context):
    place = SourceMessage("2", AT + timedelta(minutes=1), "Jl. Sudirman desa Air Putih")

    heard = assemble(DialogueState(), [overheard("Jalan berlubang parah"), place], context)

    assert heard.draft.place.confidence > 0.5


def test_no_command_is_taken_from_a_recording(context):
    answer = assemble(DialogueState(), [overheard("batal")], context)

    assert answer.act is not Act.CANCEL
