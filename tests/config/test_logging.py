import io
import json
import logging
from collections.abc import Iterator

import pytest

from config.logging import configure_logging, log_context, mask


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the process would print; the test runner's own handlers come back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("json", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("nik 1408015507909001 salah", "nik [16 digits] salah"),
        ("nik 1408.0155.0790.9001", "nik [16 digits]"),
        ("140801-550790-9001", "[16 digits]"),
        ("dari +6281255501001", "dari [phone]"),
        ("dari 0812-5550-1001.", "dari [phone]."),
        ("dari 62 812 5550 1001", "dari [phone]"),
        ("dari whatsapp:+12025550143", "dari whatsapp:[phone]"),
        (
            "POST https://api.telegram.org/bot7001234567:AAFxyz-_12345/sendMessage",
            "POST https://api.telegram.org/bot[token]/sendMessage",
        ),
        ("GET /me?access_token=abc123&x=1", "GET /me?access_token=[token]&x=1"),
        ("Authorization: Bearer abcdefgh.ijk", "Authorization: Bearer [token]"),
        ("postgresql://sahut:s3cret@db/sahut", "postgresql://[token]@db/sahut"),
    ],
)
def test_persons_and_secrets_are_masked(text: str, kept: str):
    assert mask(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T08:15:30.123+00:00",
        "entry_id=1234567",
        "ticket 26-00421-3",
        "took 0.0812345678 s",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)
def test_ordinary_values_stay_readable(text: str):
    assert mask(text) == text


def test_a_line_is_one_json_object_with_its_fields(lines: io.StringIO):
    logging.getLogger("gateway.sending.replies").warning(
        "send_failed", extra={"entry_id": 7, "channel": "sms", "uncertain": True, "waited_s": 1.5}
    )

    line = json.loads(lines.getvalue())
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "warning",
        "logger": "gateway.sending.replies",
        "event": "send_failed",
        "entry_id": 7,
        "channel": "sms",
        "uncertain": True,
        "waited_s": 1.5,
    }


def test_fields_are_masked_too(lines: io.StringIO):
    logging.getLogger("x").info("odd", extra={"sender": "+6281255501001", "n": 1408015507909001})

    line = json.loads(lines.getvalue())
    assert line["sender"] == "[phone]"
    assert line["n"] == "[16 digits]"


def test_the_ids_of_request_and_job_are_on_every_line_inside(lines: io.StringIO):
    logger = logging.getLogger("x")

    with log_context(request_id="r1"):
        with log_context(job_id="j1"):
            logger.info("both")
        logger.info("request")
    logger.info("none")

    both, request, none = (json.loads(line) for line in lines.getvalue().splitlines())
    assert (both["request_id"], both["job_id"]) == ("r1", "j1")
    assert request["request_id"] == "r1"
    assert "job_id" not in request
    assert "request_id" not in none


def test_an_exception_is_logged_without_the_number_in_it(lines: io.StringIO):
    try:
        int("bad sender +6281255501001")
    except ValueError:
        logging.getLogger("x").exception("parse_failed")

    line = json.loads(lines.getvalue())
    assert "ValueError" in line["error"]
    assert "[phone]" in line["error"]
    assert "+62812" not in lines.getvalue()


@pytest.mark.parametrize("library", ["httpx", "urllib3.connectionpool", "twilio.http_client"])
def test_libraries_that_log_addresses_with_tokens_are_quiet(lines: io.StringIO, library: str):
    logging.getLogger(library).info("GET /bot7001234567:secret")

    assert lines.getvalue() == ""


def test_at_a_terminal_a_line_is_plain_and_masked_as_well(lines: io.StringIO):
    configure_logging("text", lines)

    logging.getLogger("x").error("odd", extra={"sender": "0812-5550-1001"})
    try:
        {}["+6281255501001"]
    except KeyError:
        logging.getLogger("x").exception("lost")

    first, rest = lines.getvalue().split("\n", 1)
    assert first == "error odd sender=[phone]"
    assert "KeyError" in rest
    assert "+62812" not in rest
