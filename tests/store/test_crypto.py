"""Encryption at rest: what is written opens again, and nothing else does."""

import base64
import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import keyfile
from store.crypto import CryptoError, KeyRing

OLD, NEW, LOOKUP = b"o" * 32, b"n" * 32, b"l" * 32


@pytest.fixture
def ring():
    return KeyRing(2, {1: OLD, 2: NEW}, LOOKUP)


@given(st.binary(max_size=2000))
def test_what_is_sealed_opens_again(plain):
    ring = KeyRing(1, {1: NEW}, LOOKUP)

    assert ring.decrypt(ring.encrypt(plain)) == plain


def test_the_same_text_is_never_sealed_alike_twice(ring):
    assert ring.encrypt(b"1403010503949103") != ring.encrypt(b"1403010503949103")


def test_values_of_an_older_key_still_open_after_rotation(ring):
    before_rotation = KeyRing(1, {1: OLD}, LOOKUP).encrypt(b"Halo")

    assert ring.decrypt(before_rotation) == b"Halo"
    assert ring.encrypt(b"Halo")[0] == 2


@pytest.mark.parametrize("position", [1, 13, -1])
def test_a_changed_byte_is_noticed(ring, position):
    stored = bytearray(ring.encrypt(b"jalan rusak"))
    stored[position] ^= 1

    with pytest.raises(CryptoError):
        ring.decrypt(bytes(stored))


@pytest.mark.parametrize("stored", [b"", b"\x09" + b"x" * 40, b"\x01short"])
def test_what_we_never_wrote_is_refused(ring, stored):
    with pytest.raises(CryptoError):
        ring.decrypt(stored)


def test_look_up_keys_are_stable_within_a_space_and_differ_between_spaces(ring):
    assert ring.lookup("nik", "1403010503949103") == ring.lookup("nik", "1403010503949103")
    assert ring.lookup("nik", "1403010503949103") != ring.lookup("phone", "1403010503949103")


def test_the_keys_do_not_show_in_a_printed_ring(ring):
    assert "nnnn" not in repr(ring)


def test_the_first_run_makes_a_key_file_that_only_its_owner_reads(tmp_path: Path):
    path = tmp_path / "keys" / "ring.json"

    first = keyfile.load_or_create(path)
    second = keyfile.load_or_create(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert second.decrypt(first.encrypt(b"Halo")) == b"Halo"
    assert list(path.parent.iterdir()) == [path]


def test_keys_may_come_from_a_command(tmp_path: Path):
    path = tmp_path / "ring.json"
    made = keyfile.load_or_create(path)

    ring = keyfile.load_from_command(f"cat {path}")

    assert ring.decrypt(made.encrypt(b"Halo")) == b"Halo"


@pytest.mark.parametrize("command", ["false", "echo bukan-kunci", "program-yang-tidak-ada"])
def test_a_command_without_keys_is_one_clear_error(command):
    with pytest.raises(CryptoError):
        keyfile.load_from_command(command)


def _ring_json(**changes):
    key = base64.b64encode(b"k" * 32).decode()
    return json.dumps({"current": 1, "keys": {"1": key}, "lookup": key} | changes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        _ring_json(current=2),
        _ring_json(lookup=base64.b64encode(b"short").decode()),
        _ring_json(keys={"1": "%%%"}),
        _ring_json(keys=None),
    ],
)
def test_a_damaged_key_file_is_refused_without_quoting_it(text):
    with pytest.raises(CryptoError, match=r"^not a key ring$"):
        keyfile.parse(text)
