"""Providers are asked once a minute at most, tokens renewed in time, tests written down."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from channels.errors import SendError
from channels.message import ChannelName, ErrorClass
from gateway import sweeps
from gateway.errors import InvalidInputError, NotFoundError
from gateway.runtime import Runtime
from gateway.upkeep import channel_care
from store import states
from store.models.staff import AuditEntry
from tests.gateway.conftest import PUBLIC_URL
from tests.gateway.fakes import ACCOUNT
from tests.gateway.keeper import BAD, GOOD, KeptAdapter
from tests.gateway.rows import only

INSTAGRAM = ChannelName.INSTAGRAM
REFUSED = SendError(ErrorClass.PERMANENT, "100", "too young")


@pytest.fixture
def instagram() -> KeptAdapter:
    return KeptAdapter(INSTAGRAM)


@pytest.fixture
def kept(runtime: Runtime, instagram: KeptAdapter) -> Runtime:
    return replace(runtime, channels={**runtime.channels, INSTAGRAM: instagram})


# Asking


def test_a_provider_is_asked_once_a_minute_however_many_ask(kept, instagram, clock):
    found = [channel_care.check(kept, INSTAGRAM) for _ in range(3)]
    clock.advance(seconds=61)
    channel_care.check(kept, INSTAGRAM)

    assert [list(one) for one in found] == [[GOOD]] * 3
    assert [url for url, _ in instagram.asked] == [PUBLIC_URL] * 2


def test_no_transaction_is_open_while_a_provider_is_asked(kept, instagram, engine):
    open_ones: list[int] = []

    def look(*_):
        with engine.connect() as connection:
            query = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'"
            open_ones.append(connection.execute(text(query)).scalar_one())
        return (GOOD,)

    instagram.check = look
    channel_care.check(kept, INSTAGRAM)

    assert open_ones == [0]


def test_the_worker_asks_everybody_once_an_hour(kept, instagram, clock):
    due = []
    for minutes in (0, 30, 31):
        clock.advance(minutes=minutes)
        due.append("care" in sweeps.due_kinds(kept))
        if due[-1]:
            channel_care.drain(kept)

    assert due == [True, False, True]
    assert len(instagram.asked) == 2


def test_a_channel_that_turns_bad_is_logged_once(kept, instagram, clock, caplog):
    for finds in ((GOOD,), (BAD,), (BAD,), (GOOD,)):
        instagram.finds = finds
        channel_care.check(kept, INSTAGRAM)
        clock.advance(minutes=2)

    said = [record.msg for record in caplog.records if record.name == "gateway.upkeep.channel_care"]
    assert said.count("channel_bad") == 1


@pytest.mark.parametrize("name", [ChannelName.TELEGRAM, ChannelName.X])
def test_a_channel_that_is_off_or_cannot_be_asked_is_not_found(kept, name):
    with pytest.raises(NotFoundError):
        channel_care.check(kept, name)
    with pytest.raises(NotFoundError):
        channel_care.connect(kept, name)


# Setting up


def test_connecting_makes_the_next_check_a_fresh_one(kept, instagram):
    instagram.finds = (BAD,)
    channel_care.check(kept, INSTAGRAM)
    instagram.finds = (GOOD,)

    lines = channel_care.connect(kept, INSTAGRAM)

    assert lines == (f"Webhook dipasang ke {PUBLIC_URL}.",)
    assert list(channel_care.check(kept, INSTAGRAM)) == [GOOD]


def test_a_refused_connection_says_why(kept, instagram):
    instagram.refuses = SendError(ErrorClass.REAUTH, "190", "x")

    with pytest.raises(InvalidInputError) as raised:
        channel_care.connect(kept, INSTAGRAM)

    assert "Token halaman kedaluwarsa" in raised.value.problems["channel"]


# Tokens


def test_a_token_is_renewed_and_used_from_then_on(kept, instagram):
    channel_care.drain(kept)

    assert instagram.token == "token-baru-1"


def test_a_renewed_token_is_kept_sealed(kept):
    channel_care.drain(kept)

    with kept.transaction() as session:
        state = states.get(session, f"token:instagram:{ACCOUNT}")
    assert "token" not in str(state)
    assert state["expires_at"] == (kept.now() + timedelta(days=60)).isoformat()


def test_a_token_is_renewed_again_a_month_before_it_ends(kept, instagram, clock):
    counts = []
    for days in (0, 1, 28, 2, 1):
        clock.advance(days=days)
        channel_care.drain(kept)
        counts.append(instagram.renewed)

    assert counts == [1, 1, 1, 2, 2]


def test_a_token_that_cannot_be_renewed_is_tried_once_a_day(kept, instagram, clock, caplog):
    instagram.refuses = REFUSED
    for _ in range(3):
        channel_care.drain(kept)
        clock.advance(hours=2)

    tried = [record for record in caplog.records if record.msg == "token_not_renewed"]
    assert len(tried) <= 1
    assert instagram.token == "token-satu"


def test_another_process_takes_the_renewed_token_over(kept, runtime):
    channel_care.drain(kept)
    elsewhere = KeptAdapter(INSTAGRAM)
    other = replace(runtime, channels={INSTAGRAM: elsewhere})

    channel_care.install_tokens(other)

    assert elsewhere.token == "token-baru-1"


def test_a_new_token_in_the_settings_counts_more(kept, runtime):
    channel_care.drain(kept)
    elsewhere = KeptAdapter(INSTAGRAM)
    elsewhere.token = "token-dari-pengaturan"

    channel_care.install_tokens(replace(runtime, channels={INSTAGRAM: elsewhere}))

    assert elsewhere.token == "token-dari-pengaturan"


def test_a_second_renewal_is_still_known_to_a_process_with_the_first_token(
    kept, runtime, instagram, clock
):
    channel_care.drain(kept)
    clock.advance(days=31)
    channel_care.drain(kept)
    elsewhere = KeptAdapter(INSTAGRAM)

    channel_care.install_tokens(replace(runtime, channels={INSTAGRAM: elsewhere}))

    assert (instagram.token, elsewhere.token) == ("token-baru-2", "token-baru-2")


def test_the_end_of_a_renewed_token_is_found_where_the_provider_does_not_say_it(kept):
    channel_care.drain(kept)

    (token,) = [one for one in channel_care.check(kept, INSTAGRAM) if one.subject == "token"]

    assert token.expires_at == kept.now() + timedelta(days=60)


# A test message


@pytest.mark.parametrize("typed", ["0812 5550 1001", "+62 812-5550-1001", "081255501001"])
def test_a_test_message_goes_to_a_number_as_people_write_it(kept, sms, typed):
    channel_care.send_test(kept, ChannelName.SMS, typed, None)

    (part,) = sms.sent
    assert part.recipient == "+6281255501001"
    assert part.text == "Pesan uji SiPendekar, Jum 20/11 08.15 WIB. Abaikan pesan ini."


def test_who_sent_a_test_is_written_down_and_to_whom_is_not(kept):
    channel_care.send_test(kept, ChannelName.TELEGRAM, "5550100001", None)

    entry = only(kept, AuditEntry)
    assert (entry.action, entry.reason) == ("channel_tested", "telegram")


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        (ChannelName.SMS, "halo"),
        (ChannelName.SMS, "12"),
        (ChannelName.TELEGRAM, "@salmah"),
        (ChannelName.TELEGRAM, ""),
    ],
)
def test_an_address_that_cannot_be_right_is_refused_before_anything_leaves(kept, name, typed):
    with pytest.raises(InvalidInputError):
        channel_care.send_test(kept, name, typed, None)

    assert kept.channels[name].sent == []


def test_a_refused_test_says_why(kept, telegram):
    telegram.refuse(SendError(ErrorClass.RECIPIENT_GONE, "403-not-started", "x"))

    with pytest.raises(InvalidInputError) as raised:
        channel_care.send_test(kept, ChannelName.TELEGRAM, "5550100001", None)

    assert "belum pernah memulai percakapan" in raised.value.problems["to"]
