from pathlib import Path

import pytest

from config.settings import Settings, SettingsError, load_settings

SERVERS = {
    "DATABASE_URL": "postgresql://sahut@db/sahut",
    "REDIS_URL": "redis://queue/0",
}


def _faults(environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ)
    return caught.value.lines


def test_two_addresses_are_enough():
    settings = load_settings(SERVERS)

    assert settings.database_url == "postgresql://sahut@db/sahut"
    assert settings.tenant == "bengkalis"
    assert settings.quiet_period_s == 90
    assert settings.log_format == "json"


def test_other_variables_of_the_machine_are_left_alone():
    settings = load_settings({**SERVERS, "PATH": "/bin", "HOME": "/home/x"})

    assert settings.sandbox is False


def test_every_fault_is_listed_at_once_and_no_value_is_shown():
    faults = _faults(
        {
            **SERVERS,
            "SAHUT_TICK_S": "geheim-1",
            "SAHUT_PUBLIC_BASE_URL": "geheim-2",
            "SAHUT_TYPO": "geheim-3",
            "SAHUT_TELEGRAM_BOT_TOKEN": "geheim-4",
        }
    )

    assert [line.split(":")[0] for line in faults] == [
        "SAHUT_PUBLIC_BASE_URL",
        "SAHUT_TELEGRAM_BOT_TOKEN",
        "SAHUT_TELEGRAM_SECRET_TOKENS",
        "SAHUT_TICK_S",
        "SAHUT_TYPO",
    ]
    assert "geheim" not in "\n".join(faults)


def test_a_database_of_another_kind_is_refused():
    faults = _faults({**SERVERS, "DATABASE_URL": "mysql://db/sahut"})

    assert faults == ("DATABASE_URL: must begin with postgresql://",)


def test_a_queue_of_another_kind_is_refused():
    faults = _faults({**SERVERS, "REDIS_URL": "amqp://queue"})

    assert [line.split(":")[0] for line in faults] == ["REDIS_URL"]


def test_without_addresses_both_are_named(tmp_path: Path):
    faults = _faults({"SAHUT_DATA_DIR": str(tmp_path)})

    assert [line.split(":")[0] for line in faults] == ["DATABASE_URL", "REDIS_URL"]


def test_the_servers_of_a_run_under_way_are_found(tmp_path: Path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "database_url").write_text("postgresql://postgres@/sahut?host=/s\n")
    (tmp_path / "run" / "redis_url").write_text("unix:///r.sock\n")

    settings = load_settings({"SAHUT_DATA_DIR": str(tmp_path)})

    assert settings.database_url == "postgresql://postgres@/sahut?host=/s"
    assert settings.redis_url == "unix:///r.sock"


def test_a_secret_may_stand_in_a_file(tmp_path: Path):
    token = tmp_path / "token"
    token.write_text("7009:abc\n")

    settings = load_settings(
        {
            **SERVERS,
            "SAHUT_TELEGRAM_BOT_TOKEN_FILE": str(token),
            "SAHUT_TELEGRAM_SECRET_TOKENS": "new, old",
        }
    )

    assert settings.telegram_bot_token == "7009:abc"
    assert settings.telegram_secret_tokens == ("new", "old")


def test_a_secret_file_that_is_missing_is_named(tmp_path: Path):
    faults = _faults({**SERVERS, "SAHUT_META_VERIFY_TOKEN_FILE": str(tmp_path / "nowhere")})

    assert faults == ("SAHUT_META_VERIFY_TOKEN_FILE: cannot be read (No such file or directory)",)


def test_a_secret_file_that_is_not_text_is_named(tmp_path: Path):
    (tmp_path / "key").write_bytes(b"\xff\xfe\x00")

    faults = _faults({**SERVERS, "SAHUT_META_VERIFY_TOKEN_FILE": str(tmp_path / "key")})

    assert faults == ("SAHUT_META_VERIFY_TOKEN_FILE: cannot be read (is not text)",)


def test_a_value_given_twice_is_refused(tmp_path: Path):
    address = tmp_path / "address"
    address.write_text("redis://other/0")

    faults = _faults({**SERVERS, "REDIS_URL_FILE": str(address)})

    assert faults == ("REDIS_URL: given twice, as a variable and as REDIS_URL_FILE",)


def test_an_empty_variable_counts_as_not_set():
    settings = load_settings({**SERVERS, "SAHUT_TENANT": "", "SAHUT_TELEGRAM_BOT_TOKEN": ""})

    assert settings.tenant == "bengkalis"
    assert settings.telegram_bot_token is None


def test_a_page_without_its_token_is_refused():
    faults = _faults(
        {
            **SERVERS,
            "SAHUT_META_APP_SECRETS": "s",
            "SAHUT_META_VERIFY_TOKEN": "v",
            "SAHUT_META_PAGE_ID": "104857600123456",
            "SAHUT_META_INSTAGRAM_TOKEN": "t",
        }
    )

    assert faults == (
        "SAHUT_META_INSTAGRAM_ID: needed because SAHUT_META_INSTAGRAM_TOKEN is given",
        "SAHUT_META_PAGE_TOKEN: needed because SAHUT_META_PAGE_ID is given",
    )


def test_templates_are_read_as_pairs():
    settings = load_settings(
        {
            **SERVERS,
            "SAHUT_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "SAHUT_TWILIO_AUTH_TOKENS": "t",
            "SAHUT_TWILIO_TEMPLATES": "kabar=HX1, penilaian=HX2",
        }
    )

    assert settings.twilio_templates == {"kabar": "HX1", "penilaian": "HX2"}


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost:8080/", "https://aduan.example.go.id/"]
)
def test_citizens_reach_us_by_https_or_on_this_machine(url: str):
    settings = load_settings({**SERVERS, "SAHUT_PUBLIC_BASE_URL": url})

    assert settings.public_base_url == url.rstrip("/")


def test_plain_http_to_other_machines_is_refused():
    faults = _faults({**SERVERS, "SAHUT_PUBLIC_BASE_URL": "http://10.0.0.5:8080"})

    assert faults == ("SAHUT_PUBLIC_BASE_URL: must begin with https://, except on this machine",)


def test_printing_the_settings_shows_no_secret():
    settings = load_settings(
        {
            **SERVERS,
            "DATABASE_URL": "postgresql://u:geheim@db/x",
            "SAHUT_META_VERIFY_TOKEN": "geheim",
            "SAHUT_META_APP_SECRETS": "geheim",
        }
    )

    assert "geheim" not in repr(settings)
    assert "geheim" not in str(settings)


def test_the_key_file_lies_in_the_data_folder_unless_it_is_named(tmp_path: Path):
    usual = load_settings({**SERVERS, "SAHUT_DATA_DIR": str(tmp_path)})
    named = load_settings({**SERVERS, "SAHUT_KEY_FILE": "/etc/sahut/ring.json"})

    assert usual.key_file == tmp_path / "keys" / "ring.json"
    assert named.key_file == Path("/etc/sahut/ring.json")


def test_every_setting_is_in_the_handbook_for_operators():
    handbook = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    bare = {"database_url": "DATABASE_URL", "redis_url": "REDIS_URL"}

    missing = [
        name
        for name in Settings.model_fields
        if f"`{bare.get(name, 'SAHUT_' + name.upper())}`" not in handbook
    ]

    assert missing == []


def test_a_speech_service_is_off_unless_its_address_is_given():
    assert load_settings(SERVERS).transcription_url is None

    settings = load_settings({**SERVERS, "SAHUT_TRANSCRIPTION_URL": "http://10.0.0.5:8000/"})

    assert settings.transcription_url == "http://10.0.0.5:8000"
    assert settings.transcription_timeout_s == 120


def test_a_speech_service_without_its_address_is_a_fault():
    faults = _faults({**SERVERS, "SAHUT_TRANSCRIPTION_KEY": "geheim"})

    assert [line.split(":")[0] for line in faults] == ["SAHUT_TRANSCRIPTION_URL"]
