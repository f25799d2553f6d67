"""Names that are announced in one message and written in the next."""

from datetime import UTC, datetime, timedelta

import pytest

from normalizer.draft import SourceMessage
from normalizer.names import find_names
from normalizer.transcript import read_transcript

START = datetime(2026, 11, 20, 1, 15, tzinfo=UTC)


def names_in(*texts):
    messages = [
        SourceMessage(str(number), START + timedelta(seconds=number), text)
        for number, text in enumerate(texts)
    ]
    return [name.text for name in find_names(read_transcript(messages), None, frozenset())]


@pytest.mark.parametrize("announced", ["nama saya", "Nama:", "nama lengkap saya :", "nm"])
def test_a_name_in_the_message_below_its_announcement_is_one(announced):
    assert "Bayu Pratama" in names_in("jalan rusak di Damon", announced, "Bayu Pratama")


def test_a_request_to_hide_the_name_announces_nothing():
    assert names_in("tolong rahasiakan nama saya", "Jalan Antara rusak parah sejak kemarin") == []
