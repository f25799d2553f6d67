"""Our signature check against the SDK's own validator."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from channels.errors import SignatureError
from channels.twilio_signature import check_signature, form_fields, sign

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FORMS = st.lists(st.tuples(TEXTS.filter(bool), TEXTS), max_size=8)
HOSTS = st.sampled_from(["aduan.kabcontoh.go.id", "localhost"])
PORTS = st.sampled_from(["", ":443", ":80", ":8080"])
PATHS = st.sampled_from(["/webhooks/twilio/messaging", "/webhooks/twilio/status?ref=a%20b", "/"])
URLS = st.builds(
    lambda scheme, host, port, path: f"{scheme}://{host}{port}{path}",
    st.sampled_from(["http", "https"]),
    HOSTS,
    PORTS,
    PATHS,
)
KEYS = st.sampled_from(["kunci-satu", "kunci-dua", "kunci-tiga"])
URL = "https://aduan.kabcontoh.go.id/webhooks/twilio/messaging"


def ours(url: str, body: bytes, signature: str, *tokens: str, **headers: str) -> bool:
    try:
        check_signature(url, {"x-twilio-signature": signature, **headers}, body, tokens)
    except SignatureError:
        return False
    return True


@given(signed_url=URLS, called_url=URLS, form=FORMS, signing=KEYS, checking=KEYS)
def test_we_accept_exactly_what_the_sdk_accepts(signed_url, called_url, form, signing, checking):
    signature = RequestValidator(signing).compute_signature(signed_url, MultiDict(form))

    theirs = RequestValidator(checking).validate(called_url, MultiDict(form), signature)

    assert ours(called_url, urlencode(form).encode(), signature, checking) == theirs


@given(url=URLS, form=FORMS, key=KEYS)
def test_what_we_sign_the_sdk_accepts(url, form, key):
    signature = sign(url, urlencode(form).encode(), key)

    assert signature == RequestValidator(key).compute_signature(url, MultiDict(form))


@given(body=st.binary(max_size=200), signature=st.text(max_size=40))
def test_junk_is_refused_and_never_raises_anything_else(body, signature):
    assert not ours(URL, body, signature, "kunci-satu")


def test_a_shared_key_signs_with_sha256():
    signature = RequestValidator("kunci").compute_signature(URL, {"Body": "x"}, "HMAC_SHA256")
    settings = {"x-twilio-webhooks-signature-settings": "key=a,algorithm=HMAC_SHA256"}

    assert ours(URL, b"Body=x", signature, "kunci", **settings)
    assert not ours(URL, b"Body=x", signature, "kunci")


def test_damaged_utf8_is_verified_as_sent_and_as_repaired():
    as_repaired = RequestValidator("kunci").compute_signature(URL, {"Body": "a\ufffdb"})

    assert ours(URL, b"Body=a%FFb", sign(URL, b"Body=a%FFb", "kunci"), "kunci")
    assert ours(URL, b"Body=a%FFb", as_repaired, "kunci")


@pytest.mark.parametrize("url", ["https://[::1/x", "", "aduan"])
def test_an_odd_address_is_no_crash(url):
    assert not ours(url, b"a=b", "abc", "kunci")


def test_the_first_of_repeated_fields_counts():
    assert form_fields(b"Body=satu&Body=dua&Kosong=&=x") == {"Body": "satu", "Kosong": "", "": "x"}


def test_a_form_far_larger_than_any_of_twilio_is_checked_like_the_others():
    body = urlencode({"Body": "sampah menumpuk + bau 100% " * 4000}).encode()

    assert ours(URL, body, sign(URL, body, "kunci-satu"), "kunci-satu")
    assert not ours(URL, body + b"&a=b", sign(URL, body, "kunci-satu"), "kunci-satu")
    assert form_fields(body)["Body"] == "sampah menumpuk + bau 100% " * 4000
