from pathlib import Path

import pytest

from config.settings import load_settings
from local.environment import EnvironmentFileError, local_environment, read_env_file

SERVERS = {"DATABASE_URL": "postgresql://db/x", "REDIS_URL": "redis://q"}


def test_without_credentials_the_sandbox_plays_every_provider():
    local = local_environment({"PATH": "/bin"})

    settings = load_settings({**SERVERS, **local.variables})
    assert settings.sandbox is True
    assert settings.sandbox_url == "http://127.0.0.1:8090"
    assert settings.twilio_api_base == "http://127.0.0.1:8090"
    assert settings.telegram_api_base == "http://127.0.0.1:8090"
    assert settings.meta_graph_base == "http://127.0.0.1:8090"
    assert settings.transcription_url == "http://127.0.0.1:8090"
    assert settings.quiet_hours is False
    assert local.sandbox_port == 8090
    assert local.variables["PATH"] == "/bin"


def test_with_a_real_channel_the_sandbox_stays_off():
    local = local_environment({"SAHUT_TELEGRAM_BOT_TOKEN": "7009:real"})

    assert local.variables["SAHUT_SANDBOX"] == "0"
    assert local.sandbox_port is None
    assert "SAHUT_TWILIO_AUTH_TOKENS" not in local.variables


def test_a_real_channel_stays_real_beside_the_sandbox():
    local = local_environment(
        {
            "SAHUT_SANDBOX": "1",
            "SAHUT_TELEGRAM_BOT_TOKEN": "7009:real",
            "SAHUT_TELEGRAM_SECRET_TOKENS": "s",
        }
    )

    assert local.variables["SAHUT_TELEGRAM_BOT_TOKEN"] == "7009:real"
    assert "SAHUT_TELEGRAM_API_BASE" not in local.variables
    assert "SAHUT_TRANSCRIPTION_URL" not in local.variables
    assert local.variables["SAHUT_TWILIO_API_BASE"] == "http://127.0.0.1:8090"


def test_ports_can_be_chosen():
    local = local_environment({"SAHUT_PORT": "9001", "SAHUT_SANDBOX_PORT": "9002"})

    assert local.web_port == 9001
    assert local.variables["SAHUT_PUBLIC_BASE_URL"] == "http://127.0.0.1:9001"
    assert local.variables["SAHUT_SANDBOX_TARGET"] == "http://127.0.0.1:9001"
    assert local.variables["SAHUT_SANDBOX_URL"] == "http://127.0.0.1:9002"


@pytest.mark.parametrize("port", ["0", "65536", "acht", "-1"])
def test_a_port_that_is_none_is_refused_with_its_name(port: str):
    with pytest.raises(EnvironmentFileError, match=r"^SAHUT_PORT: must be a port number"):
        local_environment({"SAHUT_PORT": port})


def test_the_env_file_gives_variables(tmp_path: Path):
    file = tmp_path / ".env"
    file.write_text("# channels\n\nexport A=1\nB='two words'\nC=a=b\nD=\n")

    assert read_env_file(file) == {"A": "1", "B": "two words", "C": "a=b", "D": ""}


def test_no_env_file_is_no_variable(tmp_path: Path):
    assert read_env_file(tmp_path / ".env") == {}


def test_a_broken_line_is_named_and_not_shown(tmp_path: Path):
    file = tmp_path / ".env"
    file.write_text("A=1\ngeheim\n")

    with pytest.raises(EnvironmentFileError) as caught:
        read_env_file(file)

    assert str(caught.value) == ".env, line 2: not of the form NAME=value"
