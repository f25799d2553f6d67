import json
import sys
from pathlib import Path

import pytest

from config.keys import cookie_key, key_ring, new_key_ring
from config.settings import Settings, SettingsError, load_settings


def _settings(folder: Path, **more: str) -> Settings:
    servers = {"DATABASE_URL": "postgresql:///x", "REDIS_URL": "redis://q"}
    return load_settings({**servers, "SAHUT_DATA_DIR": str(folder), **more})


def test_the_first_run_makes_keys_that_only_the_owner_can_read(tmp_path: Path):
    settings = _settings(tmp_path)

    ring = key_ring(settings)
    cookie = cookie_key(settings)

    assert len(ring.keys[ring.current]) == 32
    assert len(ring.lookup_key) == 32
    assert len(cookie) >= 32
    files = sorted((tmp_path / "keys").iterdir())
    assert [file.name for file in files] == ["ring.json", "secret_key"]
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_the_second_run_finds_the_same_keys(tmp_path: Path):
    settings = _settings(tmp_path)

    assert key_ring(settings) == key_ring(settings)
    assert cookie_key(settings) == cookie_key(settings)


def test_a_cookie_key_from_outside_is_used_as_it_is(tmp_path: Path):
    settings = _settings(tmp_path, SAHUT_SECRET_KEY="k" * 40)

    assert cookie_key(settings) == "k" * 40
    assert not (tmp_path / "keys").exists()


def test_a_key_file_that_is_named_is_never_made_up(tmp_path: Path):
    settings = _settings(tmp_path, SAHUT_KEY_FILE=str(tmp_path / "nowhere.json"))

    with pytest.raises(SettingsError) as caught:
        key_ring(settings)

    assert caught.value.lines == ("SAHUT_KEY_FILE: cannot be read (No such file or directory)",)


def test_a_command_may_print_the_ring(tmp_path: Path):
    stored = tmp_path / "kms.json"
    stored.write_text(new_key_ring())

    ring = key_ring(_settings(tmp_path, SAHUT_KEY_COMMAND=f"/bin/cat {stored}"))

    assert ring.current == 1


def test_a_failing_command_does_not_repeat_what_it_printed(tmp_path: Path):
    command = f"{sys.executable} -c \"import sys; print('geheim'); sys.exit(3)\""

    with pytest.raises(SettingsError) as caught:
        key_ring(_settings(tmp_path, SAHUT_KEY_COMMAND=command))

    assert caught.value.lines == ("SAHUT_KEY_COMMAND: the command failed",)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"current": 1, "keys": {"1": "c2hvcnQ="}, "lookup_key": "c2hvcnQ="}', "null"],
)
def test_a_file_that_holds_no_ring_is_refused_without_showing_it(tmp_path: Path, text: str):
    (tmp_path / "ring.json").write_text(text)

    with pytest.raises(SettingsError) as caught:
        key_ring(_settings(tmp_path, SAHUT_KEY_FILE=str(tmp_path / "ring.json")))

    assert caught.value.lines == ("SAHUT_KEY_FILE: does not hold a key ring",)


def test_a_ring_without_its_current_key_is_refused(tmp_path: Path):
    ring = json.loads(new_key_ring())
    ring["current"] = 2
    (tmp_path / "ring.json").write_text(json.dumps(ring))

    with pytest.raises(SettingsError) as caught:
        key_ring(_settings(tmp_path, SAHUT_KEY_FILE=str(tmp_path / "ring.json")))

    assert caught.value.lines == ("SAHUT_KEY_FILE: the current key is not in the ring",)


def test_printing_a_ring_shows_no_key(tmp_path: Path):
    ring = key_ring(_settings(tmp_path))

    assert "keys=" not in repr(ring)
    assert "lookup_key=" not in repr(ring)
