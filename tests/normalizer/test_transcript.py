from datetime import UTC, datetime, timedelta

from normalizer.draft import SourceMessage, Span
from normalizer.transcript import clean, lower, read_transcript

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def test_lowering_never_changes_the_length():
    assert lower("\u0130STANBUL ABC") == "\u0130stanbul abc"
    assert lower("ABC") == "abc"


def test_broken_characters_are_cleaned_at_equal_length():
    text = "a\\nb\u200bc \u201cd\u201d"

    assert clean(text) == 'a\n b c "d"'
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
