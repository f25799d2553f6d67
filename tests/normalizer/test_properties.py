"""What holds for every input."""

import itertools
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from channels.message import ChannelName, Location
from config.tenant_files import read_tenant_file
from normalizer.assemble import assemble
from normalizer.chronology.read import _tell, _times_in
from normalizer.cues import by_letter, matches_at, positions_of
from normalizer.draft import Act, Context, DialogueState, SourceMessage
from normalizer.gazetteer import gazetteer_of
from normalizer.kind_signs import signs_of
from normalizer.location import _rt_rw_cues
from normalizer.memo import remembered
from normalizer.passages import Passage
from normalizer.routing import suggest
from normalizer.tenant import load_tenant
from normalizer.told_places import read_told_places, told_in
from normalizer.transcript import clean, read_transcript

TENANT = load_tenant(read_tenant_file("bengkalis"))
START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
KEYS = ("minta_nik", "minta_lokasi", "minta_waktu", "minta_kronologi", "konfirmasi", "ubah_apa")

WORDS_OF_CUES = ["rt", "rw", " ", ".", "1", "a", "\n", "rtrt"]

words = st.sampled_from(
    [
        "jalan rusak",
        "jl sudirman",
        "desa air putih",
        "kemarin sore",
        "NIK 1403160901909105",
        "nama saya Ratna",
        "tolong kebakaran",
        "rahasia",
        "ADUAN",
        "LEWATI",
        "YA",
        "STATUS 26-00421-3",
        "tgl 31/2",
        "jam 25.99",
        "rt 5 rw",
        "?",
        "\U0001f621",
        "081255501033",
    ]
)
texts = st.one_of(st.text(max_size=120), st.lists(words, max_size=6).map(" ".join))
attachments = st.lists(
    st.sampled_from(["foto", "video", "audio", "lokasi", "foto_ktp", "stiker"]), max_size=3
)
pins = st.one_of(st.none(), st.builds(Location, st.floats(-90, 90), st.floats(-180, 180)))
states = st.builds(
    DialogueState,
    asked=st.lists(st.sampled_from(KEYS), max_size=4).map(tuple),
    awaiting=st.one_of(st.none(), st.sampled_from(KEYS)),
    misunderstood=st.integers(0, 2),
)


@st.composite
def conversations(draw: st.DrawFn) -> list[SourceMessage]:
    seconds = draw(st.lists(st.integers(0, 5_000), max_size=6, unique=True))
    return [
        SourceMessage(
            str(index),
            START + timedelta(seconds=second),
            draw(texts),
            tuple(draw(attachments)),
            draw(pins),
        )
        for index, second in enumerate(seconds)
    ]


def context() -> Context:
    return Context(TENANT, ChannelName.WHATSAPP, START + timedelta(hours=2))


@given(states, conversations())
def test_no_input_raises_and_the_same_input_gives_the_same_answer(state, messages):
    first = assemble(state, messages, context())

    assert first == assemble(state, messages, context())


@given(conversations(), st.randoms())
def test_the_order_of_arrival_changes_nothing(messages, random):
    shuffled = messages[:]
    random.shuffle(shuffled)

    assert (
        assemble(DialogueState(), messages, context()).draft
        == assemble(DialogueState(), shuffled, context()).draft
    )


@given(states, conversations())
def test_what_was_acted_on_is_not_acted_on_again(state, messages):
    first = assemble(state, messages, context())

    again = assemble(first.state, messages, context())

    assert not first.immediate or again.act is Act.WAIT


@given(conversations())
def test_no_event_lies_in_the_future(messages):
    draft = assemble(DialogueState(), messages, context()).draft

    times = [draft.event_start.value] if draft.event_start else []
    times += [entry.time for entry in draft.chronology if entry.time]
    assert all(time.value <= START + timedelta(days=1) for time in times)


@given(conversations())
def test_every_span_lies_inside_its_message(messages):
    draft = assemble(DialogueState(), messages, context()).draft

    length = {message.id: len(message.text) for message in messages}
    findings = (draft.nik, draft.reporter_name, draft.event_start, draft.place)
    spans = [finding.span for finding in findings if finding and finding.span]
    spans += [entry.span for entry in draft.chronology]
    spans += [redaction.span for redaction in draft.redactions]
    assert all(0 <= span.start <= span.end <= length[span.message_id] for span in spans)


LEAKY = ["1403160901909105", "081255501033", "kk", "nik ", ".", "\n", "x"]


@given(st.lists(st.sampled_from(LEAKY), max_size=10))
def test_no_identity_number_reaches_the_public_text(pieces):
    text = "lampu jalan mati " + " ".join(pieces)

    draft = assemble(DialogueState(), [SourceMessage("1", START, text)], context()).draft

    assert "1403160901909105" not in draft.public_text
    assert "081255501033" not in draft.public_text
    assert "1403160901909105" not in draft.title


@pytest.mark.parametrize(
    "piece", ["1 ", "1.4", "\n", "jl ", "nama A ", "tgl 1 ", "nik 1403 ", "simpang air "]
)
def test_a_text_of_a_hundred_thousand_characters_comes_to_an_end(piece):
    text = "".join(itertools.islice(itertools.cycle(piece), 100_000))

    assembly = assemble(DialogueState(), [SourceMessage("1", START, text)], context())

    assert assembly.act in set(Act)


@given(st.lists(st.text(alphabet="jalan rt0123\nlampu?", max_size=40), max_size=6))
def test_a_reading_is_the_same_remembered_or_not(lines):
    text = "\n".join(lines)
    begins = [0, *(index + 1 for index, char in enumerate(text) if char == "\n")]
    placed_lines = [pair for pair in zip(text.split("\n"), begins, strict=True) if pair[0]]

    assert clean(lines) == [clean.__wrapped__(line) for line in lines]
    assert signs_of(lines) == [signs_of.__wrapped__(line) for line in lines]
    assert _rt_rw_cues(text) == [
        cue for line in placed_lines for cue in _rt_rw_cues.__wrapped__(*line)
    ]


@given(st.lists(st.sampled_from(WORDS_OF_CUES), max_size=8).map("".join))
def test_a_wording_tried_at_its_cues_is_found_as_by_a_search(text):
    pattern = re.compile(r"\brt[ .]*(\d)|\brw\b")
    cues = sorted([*positions_of(text, "rt"), *positions_of(text, "rw")])

    found = [match.span() for match in matches_at(pattern, text, cues)]

    assert found == [match.span() for match in pattern.finditer(text)]


@given(conversations())
def test_a_message_is_understood_the_same_after_its_conversation_or_at_once(messages):
    for count in range(1, len(messages)):
        assemble(DialogueState(), messages[:count], context())
    grown = assemble(DialogueState(), messages, context())

    moved = [replace(message, text=message.text + "\n\n") for message in messages]
    assemble(DialogueState(), moved, context())

    assert assemble(DialogueState(), messages, context()) == grown


TOLD = [
    *("jl", "Jalan", "gang", "depan", "masjid", "pasar", "Pak", "haji", "Air", "Putih", "desa"),
    *("Sungai", "Linau", "Bengkalis", "kec", "rt", "dr", "km", "komplek", "blok", "di", "no"),
    *("tgl", "12", "mei", "2026", "malam", "minggu", "jam", "7.30", "tiga", "hari", "lalu", "tadi"),
    *("sejak", "kemarin", "besok", "5/6", "ini", "lampu", "mati.", ",", "\n", "\n", "\n"),
]


@given(st.lists(st.sampled_from(TOLD), max_size=40).map(" ".join))
@example("tgl 12 mei \n tadi \n malam \n minggu")
def test_a_text_read_line_by_line_tells_what_it_tells_read_as_one(text):
    transcript = read_transcript([SourceMessage("1", START, text)])
    whole = Passage(text, transcript.low, 0, 0, len(text))
    gazetteer, zone = gazetteer_of(TENANT), ZoneInfo(TENANT.timezone)

    places = read_told_places(text, transcript.low, gazetteer)
    times = _tell(transcript, transcript.low, zone)

    told = told_in(whole, gazetteer)
    assert [street for item in places for street in item.streets] == list(told.streets)
    assert [mark for item in places for mark in item.landmarks] == list(told.landmarks)
    assert [name for item in places for name in item.names] == list(told.names)
    assert times == [item for item in _times_in(whole, ((0, START),), zone).told if item.time]


def test_who_is_addressed_without_end_is_read_to_the_end():
    assembly = assemble(
        DialogueState(), [SourceMessage("1", START, "jl " + "pak " * 3_000)], context()
    )

    assert assembly.draft.place is None


@given(st.text(alphabet="abc |", max_size=12))
def test_wordings_put_by_their_letter_match_as_they_stood(text):
    stood = r"ab|(?:c|b)a|ac?|b+|a[|c]b|a\|b|ba|(?<!a)c"

    found = re.findall(rf"\b(?:{by_letter(stood)})", text)

    assert found == re.findall(rf"\b(?:{stood})", text)


def test_a_long_line_is_read_without_remembering_it():
    calls: list[str] = []
    read = remembered(lambda text: calls.append(text) or len(text))

    assert [read("kata"), read("kata"), read("a" * 401), read("a" * 401)] == [4, 4, 401, 401]
    assert len(calls) == 3


def test_a_phrase_over_a_line_end_speaks_like_one_within():
    whole, _ = suggest("lampu jalan mati", TENANT)
    cut, _ = suggest("lampu\njalan\nmati", TENANT)
    longer, _ = suggest("lampu jalan " + "kata " * 90, TENANT)

    assert whole is not None
    assert cut == whole
    assert longer is not None
    assert longer.value == "PJU"
