"""Attachments are fetched within bounds and never from a private network."""

import gzip
from collections.abc import Iterator

import pytest
import requests

from channels.errors import MediaError
from channels.http import MediaFetcher, is_public, retry_after_s, send_failure
from channels.message import ErrorClass
from tests.channels.provider import Answer, Provider, running_provider

FILE = Answer(
    200,
    b"isi berkas",
    {"Content-Type": "Image/PNG; x=y", "Content-Disposition": 'inline; filename="foto.png"'},
)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


@pytest.fixture
def fetcher(provider: Provider) -> Iterator[MediaFetcher]:
    built = MediaFetcher(provider.origin, max_bytes=1000)
    yield built
    built.close()


def refused(fetcher: MediaFetcher, url: str, **values: object) -> MediaError:
    with pytest.raises(MediaError) as caught:
        fetcher.fetch(url, **values)
    return caught.value


def test_a_file_comes_with_its_name_and_type(fetcher, provider):
    provider.will_answer(FILE)

    content = fetcher.fetch(f"{provider.origin}/a")

    assert (content.content, content.mime, content.filename) == (
        b"isi berkas",
        "image/png",
        "foto.png",
    )


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1", "172.16.0.1", "0.0.0.1",
        "100.64.0.1", "224.0.0.1", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
        "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1",
    ],
)  # fmt: skip
def test_a_private_address_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2a03:2880::1", "::ffff:8.8.8.8"])
def test_an_address_of_the_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize("found", [["127.0.0.1"], ["8.8.8.8", "10.0.0.7"], ["::ffff:10.0.0.7"]])
def test_a_public_name_that_leads_inside_is_refused_for_good(found):
    fetcher = MediaFetcher(resolve=lambda _host, _port: found)

    error = refused(fetcher, "https://gambar.example/a")

    assert (error.reason, error.retryable) == ("refused", False)
    assert "gambar.example" not in repr(error)
    fetcher.close()


def test_only_the_allowed_origin_may_be_private(provider):
    provider.will_answer(FILE)
    with running_provider() as other:
        other.will_answer(FILE)
        fetcher = MediaFetcher(provider.origin)

        assert fetcher.fetch(f"{provider.origin}/a").content == b"isi berkas"
        assert refused(fetcher, f"{other.origin}/a").reason == "refused"

        assert other.calls == []
        fetcher.close()


def test_a_redirect_into_the_private_network_is_refused(fetcher, provider):
    provider.will_answer(Answer(302, b"", {"Location": "https://127.0.0.1/rahasia"}))

    assert refused(fetcher, f"{provider.origin}/a").reason == "refused"


@pytest.mark.parametrize(
    "url", ["http://8.8.8.8/a", "ftp://a/b", "file:///etc/passwd", "", "https://", "https://[::1/a"]
)
def test_other_schemes_are_refused(url, fetcher):
    assert refused(fetcher, url).retryable is False


def test_credentials_do_not_follow_a_redirect(fetcher, provider):
    provider.will_answer(Answer(302, b"", {"Location": "/b"}), FILE)

    fetcher.fetch(f"{provider.origin}/a", auth=("akun", "kunci"), headers={"X-Kunci": "rahasia"})

    assert provider.calls[0].headers["x-kunci"] == "rahasia"
    assert "authorization" in provider.calls[0].headers
    assert "authorization" not in provider.calls[1].headers
    assert "x-kunci" not in provider.calls[1].headers


def test_redirects_end(fetcher, provider):
    provider.will_answer(Answer(302, b"", {"Location": "/lagi"}))

    assert refused(fetcher, f"{provider.origin}/a").reason == "refused"
    assert len(provider.calls) == 6


def test_a_file_that_is_too_large_is_not_read_to_its_end(fetcher, provider):
    provider.will_answer(Answer(200, b"x" * 1001, {"Content-Type": "image/png"}))

    error = refused(fetcher, f"{provider.origin}/a")

    assert (error.reason, error.retryable) == ("too_large", False)


def test_a_file_that_unpacks_to_too_much_is_refused(fetcher, provider):
    packed = gzip.compress(b"\0" * 200_000)
    provider.will_answer(Answer(200, packed, {"Content-Encoding": "gzip"}))

    assert len(packed) < 1000
    assert refused(fetcher, f"{provider.origin}/a").reason == "too_large"


def test_a_file_that_comes_too_slowly_is_given_up(provider):
    provider.will_answer(FILE)
    seconds = iter([0.0, 61.0])
    fetcher = MediaFetcher(provider.origin, clock=lambda: next(seconds))

    error = refused(fetcher, f"{provider.origin}/a")

    assert (error.reason, error.retryable) == ("unavailable", True)
    fetcher.close()


@pytest.mark.parametrize(
    ("status", "reason", "retryable"),
    [
        (202, "unavailable", True),
        (404, "unavailable", True),
        (401, "unauthorized", True),
        (403, "expired", False),
        (410, "expired", False),
        (400, "refused", False),
        (429, "unavailable", True),
        (503, "unavailable", True),
        (204, "refused", False),
    ],
)
def test_each_answer_says_whether_it_may_come_later(status, reason, retryable, fetcher, provider):
    provider.will_answer(Answer(status, b""))

    error = refused(fetcher, f"{provider.origin}/a")

    assert (error.reason, error.retryable) == (reason, retryable)


def test_a_refusal_of_our_password_is_not_an_expired_address(fetcher, provider):
    provider.will_answer(Answer(403, b""))

    assert refused(fetcher, f"{provider.origin}/a", auth=("a", "b")).reason == "refused"


def test_a_line_that_dies_may_come_back(fetcher, provider):
    provider.will_answer(Answer(silent=True))

    error = refused(fetcher, f"{provider.origin}/a?token=rahasia")

    assert (error.reason, error.retryable) == ("unavailable", True)
    assert "rahasia" not in f"{error!r}{error.__cause__!r}"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "17"}, 17.0),
        ({"retry-after": " 3 "}, 3.0),
        ({"Retry-After": "Fri, 20 Nov 2026 01:15:30 GMT"}, 30.0),
        ({"Retry-After": "Fri, 20 Nov 2026 01:14:00 GMT"}, 0.0),
        ({"Retry-After": "besok"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_as_number_or_date(headers, seconds):
    assert retry_after_s(headers, now_s=lambda: 1795137300.0) == seconds


@pytest.mark.parametrize(
    ("error", "judged"),
    [
        (requests.ConnectTimeout(), ErrorClass.RETRY),
        (requests.exceptions.SSLError("x"), ErrorClass.RETRY),
        (requests.ReadTimeout(), ErrorClass.AMBIGUOUS),
        (requests.ConnectionError("Connection aborted."), ErrorClass.AMBIGUOUS),
        (requests.exceptions.ChunkedEncodingError(), ErrorClass.AMBIGUOUS),
    ],
)
def test_only_what_never_left_is_sent_again(error, judged):
    assert send_failure(error) is judged
