"""The parts that adapters share: the event loop, guarded reading, connecting, and odd answers."""

import asyncio
import threading

import pytest

from channels.background_loop import BackgroundLoop
from channels.errors import MediaError
from channels.http import MediaFetcher
from channels.message import ErrorClass, RottenEvent
from channels.meta_errors import class_of_report
from channels.meta_errors import refusal as meta_refusal
from channels.payload import guarded, is_blank
from channels.telegram_errors import refusal as telegram_refusal
from channels.twilio_errors import refusal as twilio_refusal
from tests.channels.provider import Answer, running_provider


async def here() -> str:
    return threading.current_thread().name


def test_all_work_is_done_on_one_thread_that_ends_with_the_loop():
    loop = BackgroundLoop("pekerja-uji", timeout_s=5)

    names = {loop.run(here()), loop.run(here())}
    loop.stop(here())

    assert names == {"pekerja-uji"}
    assert "pekerja-uji" not in {thread.name for thread in threading.enumerate()}


def test_stopping_a_loop_that_never_ran_starts_nothing():
    before = threading.active_count()

    BackgroundLoop("pekerja-uji", timeout_s=5).stop(here())

    assert threading.active_count() == before


def test_work_that_hangs_is_given_up():
    loop = BackgroundLoop("pekerja-uji", timeout_s=0.01)
    forever = asyncio.Event()

    with pytest.raises(TimeoutError):
        loop.run(forever.wait())

    loop._timeout_s = 5
    loop.stop(here())


@pytest.mark.parametrize("damage", [KeyError("rahasia"), TypeError("rahasia"), RecursionError()])
def test_any_damage_in_one_event_is_named_without_its_content(damage):
    def read():
        raise damage

    (event,) = guarded("entry[0]", read)

    assert event == RottenEvent("entry[0]", f"unreadable: {type(damage).__name__}")


def test_a_fault_of_ours_is_not_hidden_as_damage():
    def read():
        raise AssertionError

    with pytest.raises(AssertionError):
        guarded("entry[0]", read)


@pytest.mark.parametrize(
    "text", [None, "", " \n\t", "\u200b\u2060\ufeff", "\u3164", "\u202e\u00ad"]
)
def test_what_nobody_can_see_is_blank(text):
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", ".", "🙏", "م", "\u200ba"])
def test_what_somebody_can_see_is_not_blank(text):
    assert not is_blank(text)


def test_the_next_address_is_tried_when_the_first_does_not_answer():
    with running_provider() as provider:
        provider.will_answer(Answer(200, b"isi", {"Content-Type": "text/plain"}))
        fetcher = MediaFetcher(provider.origin, resolve=lambda _host, _port: ["::1", "127.0.0.1"])

        content = fetcher.fetch(f"{provider.origin}/a")

        assert content.content == b"isi"
        fetcher.close()


@pytest.mark.parametrize("answer", [[], OSError("tidak ada"), UnicodeError("nama")])
def test_a_name_that_does_not_exist_may_exist_later(answer):
    def resolve(_host: str, _port: int) -> list[str]:
        if isinstance(answer, Exception):
            raise answer
        return answer

    fetcher = MediaFetcher(resolve=resolve)

    with pytest.raises(MediaError) as caught:
        fetcher.fetch("https://gambar.example/a")

    assert (caught.value.reason, caught.value.retryable) == ("unavailable", True)
    fetcher.close()


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, ErrorClass.REAUTH),
        (403, ErrorClass.CONFIG),
        (404, ErrorClass.CONFIG),
        (429, ErrorClass.RETRY_AFTER),
        (422, ErrorClass.PERMANENT),
        (500, ErrorClass.RETRY),
    ],
)
@pytest.mark.parametrize("body", ["", "<html>", "[]", '{"code": "x"}', '{"error": []}', "null"])
def test_an_answer_without_a_known_code_is_judged_by_its_status(status, expected, body):
    assert twilio_refusal(status, {}, body).error_class is expected
    assert meta_refusal(status, {}, body).error_class is expected


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (403, b"{}", ErrorClass.RECIPIENT_GONE),
        (400, b"[]", ErrorClass.PERMANENT),
        (500, b"<html>", ErrorClass.RETRY),
        (418, b"", ErrorClass.PERMANENT),
        (429, b'{"parameters": {"retry_after": "x"}}', ErrorClass.RETRY_AFTER),
    ],
)
def test_an_unknown_refusal_of_telegram_is_judged_by_its_status(status, body, expected):
    error = telegram_refusal(status, body)

    assert error.error_class is expected
    assert error.retry_after_s is None


@pytest.mark.parametrize("usage", ["", "x", "[]", "{}", '{"1": []}', '{"1": [{}]}', '{"1": [5]}'])
def test_a_usage_header_that_cannot_be_read_says_nothing(usage):
    error = meta_refusal(400, {"X-Business-Use-Case-Usage": usage}, '{"error": {"code": 80004}}')

    assert (error.error_class, error.retry_after_s) == (ErrorClass.RETRY_AFTER, None)


def test_an_unknown_reported_code_is_permanent():
    assert class_of_report("999999") is ErrorClass.PERMANENT
