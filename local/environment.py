"""The environment in which `make run` starts its programs: file `.env`, defaults, sandbox."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox import defaults

WEB_PORT = 8080
_CHANNEL_PREFIXES = ("SAHUT_TWILIO_", "SAHUT_TELEGRAM_", "SAHUT_META_")


class EnvironmentFileError(Exception):
    """The file `.env` or a port cannot be understood. One line, without values."""


@dataclass(frozen=True)
class LocalEnvironment:
    """Variables for the children, and what the supervisor itself needs of them.

    Attributes:
        variables: the whole environment.
        web_port: loopback port of the pages and webhooks.
        sandbox_port: loopback port of the stand-in providers, or None when they are off.
        stream_port: loopback port of the event streams.
        all_played: no channel is real, so that the demo may write on each.
    """

    variables: Mapping[str, str]
    web_port: int
    sandbox_port: int | None
    all_played: bool
    stream_port: int


def read_env_file(path: Path) -> dict[str, str]:
    """Read ``NAME=value`` lines; empty lines and comments are skipped, quotes taken off.

    Raises:
        EnvironmentFileError: a line is something else; names the line, not its content.
    """
    if not path.exists():
        return {}
    values: dict[str, str] = {}
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        name, equals, value = line.removeprefix("export ").strip().partition("=")
        if not name or name.startswith("#"):
            continue
        if not equals or not name.isidentifier():
            raise EnvironmentFileError(f"{path.name}, line {number}: not of the form NAME=value")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        values[name] = value
    return values


def local_environment(given: Mapping[str, str]) -> LocalEnvironment:
    """Add what a single machine needs to the given variables.

    Without any channel credential the sandbox is on. With ``SAHUT_SANDBOX=1`` every provider that
    has no credentials is played by the sandbox, the others stay real.

    Raises:
        EnvironmentFileError: a port is not a number.
    """
    given = {name: value for name, value in given.items() if value}
    web_port = _port(given, "SAHUT_PORT", WEB_PORT)
    sandbox_port = _port(given, "SAHUT_SANDBOX_PORT", defaults.PORT)
    stream_port = _port(given, "SAHUT_STREAM_PORT", _free_port())
    own_url = f"http://127.0.0.1:{web_port}"
    base = {
        "SAHUT_PUBLIC_BASE_URL": own_url,
        "SAHUT_STREAM_URL": f"http://127.0.0.1:{stream_port}/arus",
        "SAHUT_LOG_FORMAT": "text",
        "SAHUT_SANDBOX": "0" if _has_channels(given) else "1",
        "PYTHONUNBUFFERED": "1",
    }
    variables = base | given
    if variables["SAHUT_SANDBOX"].lower() not in {"1", "true", "yes", "on"}:
        return LocalEnvironment(
            variables, web_port, None, all_played=False, stream_port=stream_port
        )
    variables |= {
        "SAHUT_SANDBOX_PORT": str(sandbox_port),
        "SAHUT_SANDBOX_TARGET": own_url,
        "SAHUT_SANDBOX_PUBLIC_BASE": variables["SAHUT_PUBLIC_BASE_URL"],
        "SAHUT_SANDBOX_URL": f"http://127.0.0.1:{sandbox_port}",
    }
    if not _has_channels(given):  # invented words never stand under a real recording
        variables.setdefault("SAHUT_TRANSCRIPTION_URL", variables["SAHUT_SANDBOX_URL"])
        variables.setdefault("SAHUT_QUIET_HOURS", "false")  # whoever tries it may do so at night
    for prefix, credentials in _sandbox_credentials(variables["SAHUT_SANDBOX_URL"]).items():
        if not any(name.startswith(prefix) for name in given):
            variables |= credentials
    return LocalEnvironment(
        variables,
        web_port,
        sandbox_port,
        all_played=not _has_channels(given),
        stream_port=stream_port,
    )


def _has_channels(given: Mapping[str, str]) -> bool:
    return any(name.startswith(_CHANNEL_PREFIXES) for name in given)


def _free_port() -> int:
    """Return a loopback port on which nobody listens: pages learn it from the service."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _port(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name, str(default))
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise EnvironmentFileError(f"{name}: must be a port number between 1 and 65535")
    return int(text)


def _sandbox_credentials(url: str) -> dict[str, dict[str, str]]:
    return {
        "SAHUT_TWILIO_": {
            "SAHUT_TWILIO_ACCOUNT_SID": defaults.TWILIO_ACCOUNT_SID,
            "SAHUT_TWILIO_AUTH_TOKENS": defaults.TWILIO_AUTH_TOKEN,
            "SAHUT_TWILIO_WHATSAPP_NUMBER": defaults.TWILIO_WHATSAPP_NUMBER,
            "SAHUT_TWILIO_SMS_NUMBER": defaults.TWILIO_SMS_NUMBER,
            "SAHUT_TWILIO_VOICE": "true",
            "SAHUT_TWILIO_TEMPLATES": ",".join(
                (
                    f"news={defaults.TEMPLATE_NEWS}",
                    f"question={defaults.TEMPLATE_QUESTION}",
                    f"rating={defaults.TEMPLATE_RATING}",
                    f"pin={defaults.TEMPLATE_PIN}",
                )
            ),
            "SAHUT_TWILIO_API_BASE": url,
        },
        "SAHUT_TELEGRAM_": {
            "SAHUT_TELEGRAM_BOT_TOKEN": defaults.TELEGRAM_BOT_TOKEN,
            "SAHUT_TELEGRAM_SECRET_TOKENS": defaults.TELEGRAM_SECRET,
            "SAHUT_TELEGRAM_API_BASE": url,
        },
        "SAHUT_META_": {
            "SAHUT_META_APP_SECRETS": defaults.META_APP_SECRET,
            "SAHUT_META_VERIFY_TOKEN": defaults.META_VERIFY_TOKEN,
            "SAHUT_META_PAGE_ID": defaults.META_PAGE_ID,
            "SAHUT_META_PAGE_TOKEN": defaults.META_PAGE_TOKEN,
            "SAHUT_META_INSTAGRAM_ID": defaults.META_INSTAGRAM_ID,
            "SAHUT_META_INSTAGRAM_TOKEN": defaults.META_INSTAGRAM_TOKEN,
            "SAHUT_META_GRAPH_VERSION": defaults.META_GRAPH_VERSION,
            "SAHUT_META_GRAPH_BASE": url,
        },
    }
