"""Kill the worker while it assembles and while it sends: one complaint each, one answer at most."""

from collections import Counter

import pytest

from tests.journeys.phone import Phone
from tests.journeys.rows import change, count, query
from tests.live import Stack, eventually

pytestmark = pytest.mark.journey

STORY = (
    "Lampu jalan depan Masjid Al Ikhlas Desa Air Putih Kec. Bengkalis mati sejak kemarin malam. "
    "NIK 14030165028791{:02d}"
)
CITIZENS = 45


def write_all(stack: Stack, channels: tuple[str, ...]) -> list[Phone]:
    """Let many citizens complain while nobody works, and wait until all is stored."""
    phones = []
    for number in range(CITIZENS):
        phone = Phone.of(stack, channels[number % len(channels)], f"u{number}", "Warga Uji")
        phone.writes(STORY.format(number))
        phones.append(phone)
    eventually(lambda: count(stack, "message", "direction = 'in'") == CITIZENS, "all are stored")
    return phones


def receipts(phones: list[Phone]) -> Counter[int]:
    """How many citizens have how many receipts with a PIN."""
    return Counter(sum("PIN" in (one["text"] or "") for one in phone.answers()) for phone in phones)


def sent(stack: Stack) -> int:
    return int(stack.sandbox("GET", "/api/sent")["count"])


def statuses(stack: Stack) -> Counter[str]:
    """What became of the receipts; where a chat can close, an offer of an SMS follows them."""
    rows = query(
        stack,
        "SELECT outbox_part.status FROM outbox_part JOIN message ON message.id = message_id"
        " WHERE text_key = 'tiket_terbit'",
    )
    return Counter(row[0] for row in rows)


def test_a_worker_killed_while_assembling_makes_one_complaint_of_each(stack):
    phones = write_all(stack, ("telegram", "messenger"))
    for goal in (1, 21):
        stack.start("worker")
        eventually(lambda goal=goal: count(stack, "complaint") >= goal, f"{goal} complaints")
        stack.kill("worker")

    stack.start("worker")

    eventually(lambda: count(stack, "complaint") == CITIZENS, "all complaints")
    assert len(query(stack, "SELECT DISTINCT conversation_id FROM complaint")) == CITIZENS
    assert len(query(stack, "SELECT DISTINCT ticket FROM complaint")) == CITIZENS
    settle(stack)
    assert receipts(phones)[2] == 0


def test_a_worker_killed_while_sending_sends_nothing_twice(stack):
    phones = write_all(stack, ("telegram", "messenger"))
    stack.sandbox("POST", "/api/faults", {"name": "timeout", "delay_s": 0.5})
    stack.start("worker")
    eventually(lambda: sent(stack) >= 5, "some are sent")
    stack.kill("worker")
    stack.sandbox("DELETE", "/api/faults")

    stack.start("worker")

    settle(stack)
    found = statuses(stack)
    assert found["uncertain"] > 0
    assert sum(found.values()) == CITIZENS
    heard = receipts(phones)
    assert set(heard) <= {0, 1}
    # Whoever heard nothing is one of those about whom a person is asked.
    assert heard[0] <= found["uncertain"]


def settle(stack: Stack) -> None:
    """Wait until nothing is due; what was under way at a kill is old enough to be given up."""
    done = "status IN ('queued', 'parked')"
    eventually(lambda: count(stack, "outbox_part", done) == 0, "nothing waits")
    eventually(lambda: count(stack, "complaint") == CITIZENS, "all complaints")
    change(
        stack,
        "UPDATE outbox_part SET claimed_at = claimed_at - interval '11 minutes'"
        " WHERE status = 'sending'",
    )
    eventually(lambda: count(stack, "outbox_part", "status = 'sending'") == 0, "none under way")
