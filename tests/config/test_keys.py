from pathlib import Path

from config.keys import cookie_key
from config.settings import Settings, load_settings


def _settings(folder: Path, **more: str) -> Settings:
    servers = {"DATABASE_URL": "postgresql:///x", "REDIS_URL": "redis://q"}
    return load_settings({**servers, "SAHUT_DATA_DIR": str(folder), **more})


def test_the_first_run_makes_a_cookie_key_that_only_the_owner_can_read(tmp_path: Path):
    key = cookie_key(_settings(tmp_path))

    assert len(key) >= 32
    assert [file.name for file in (tmp_path / "keys").iterdir()] == ["cookies"]
    assert (tmp_path / "keys" / "cookies").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_the_second_run_finds_the_same_key(tmp_path: Path):
    assert cookie_key(_settings(tmp_path)) == cookie_key(_settings(tmp_path))


def test_a_key_from_outside_is_used_as_it_is(tmp_path: Path):
    settings = _settings(tmp_path, SAHUT_SECRET_KEY="k" * 40)

    assert cookie_key(settings) == "k" * 40
    assert not (tmp_path / "keys").exists()
