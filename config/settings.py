"""All settings of one deployment: read once, checked at once, frozen.

Every variable begins with ``SAHUT_``, except ``DATABASE_URL`` and ``REDIS_URL``. Every one may be
given as a file instead: ``SAHUT_TELEGRAM_BOT_TOKEN_FILE=/run/secrets/telegram`` (docker, systemd).
The table for operators is in docs/operations.md.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.setting_kinds import (
    DatabaseUrl,
    HttpUrl,
    Pairs,
    PublicUrl,
    RedisUrl,
    Seconds,
    Words,
)

PREFIX = "SAHUT_"
PROJECT_DIR = Path(__file__).resolve().parent.parent
_BARE = {"database_url": "DATABASE_URL", "redis_url": "REDIS_URL"}
# Read by the local supervisor, the sandbox and the browser tests, not by the service.
_FOREIGN = ("SAHUT_PORT", "SAHUT_BROWSER", "SAHUT_SANDBOX_", "SAHUT_STREAM_PORT")
# A provider is on when one of its variables is set; then all of these are needed.
_COMPLETE: Mapping[str, tuple[str, ...]] = {
    "twilio": ("account_sid", "auth_tokens"),
    "telegram": ("bot_token", "secret_tokens"),
    "meta": ("app_secrets", "verify_token"),
    "kannel": ("number", "webhook_keys", "sendsms_url", "username", "password"),
    "transcription": ("url",),
    "oidc": ("issuer", "client_id", "client_secret"),
    "x": ("user_id", "consumer_key", "consumer_secrets", "access_token", "access_token_secret"),
}
_PAIRS = (
    ("meta_page_id", "meta_page_token"),
    ("meta_instagram_id", "meta_instagram_token"),
    ("meta_whatsapp_phone_id", "meta_whatsapp_token"),
)


class SettingsError(Exception):
    """The environment is not usable.

    Attributes:
        lines: one line for each fault, with the variable's name and never its value.
    """

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


_SECRET: Any = Field(default=None, repr=False)
_SECRETS: Any = Field(default=(), repr=False)


def _address_of_running(name: str) -> Any:
    """Default of an address: the server of a `make run` that is under way on the same data."""

    def read(values: dict[str, Any]) -> str | None:
        note = values.get("data_dir", PROJECT_DIR / "var") / "run" / name
        return note.read_text().strip() if note.is_file() else None

    return Field(default_factory=read, repr=False, validate_default=False)


def _key_file(values: dict[str, Any]) -> Path:
    data_dir: Path = values.get("data_dir", PROJECT_DIR / "var")
    return data_dir / "keys" / "ring.json"


class Settings(BaseModel):
    """What the service must know. Build it with `load_settings`.

    Attributes:
        data_dir: attachments, spool, keys, embedded servers.
        database_url: PostgreSQL 15+.
        redis_url: Redis or Valkey 6.2+.
        public_base_url: as citizens and platforms reach us; Twilio signs it.
        key_file: key ring for encryption at rest; the default one is made at the first run.
        key_command: command that prints the key ring instead (KMS, vault).
        tenant: name of a file in config/tenants, seeds an empty database.
        sandbox: talk to the stand-in providers at `sandbox_url`.
        quiet_period_s: a burst of messages is over after this silence.
        burst_cap_s: and after this time in any case.
        media_wait_s: how long a photo alone waits for its story.
        transcription_url: speech service on the premises (OpenAI's API); off unless set.
        transcription_timeout_s: the longest time for one recording.
        tick_s: pause between two looks at due timers.
        sweep_s: pause between two searches for lost work.
        quiet_hours: officers hear nothing at night and on days without work.
        card_photo_days: how long a photo of an identity card stays once its owner has answered.
        stream_url: the event stream as browsers reach it (``/arus`` behind a proxy); none: pages
            ask from time to time.
        second_step_required: whether all staff need an authenticator app; unless set, everywhere
            but with the sandbox.
        second_step_grace_days: so long one may put that off after the first login.
        oidc_issuer: OpenID provider at which staff may log in; off unless set.
        oidc_login_claim: claim that admins write down for each person; only for a provider whose
            people cannot change it themselves.
        trusted_proxies: number of proxies whose X-Forwarded-* headers we believe.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    data_dir: Path = PROJECT_DIR / "var"
    database_url: DatabaseUrl = _address_of_running("database_url")
    redis_url: RedisUrl = _address_of_running("redis_url")
    public_base_url: PublicUrl = "http://127.0.0.1:8080"
    key_file: Path = Field(default_factory=_key_file)
    key_command: str | None = Field(default=None, repr=False)
    tenant: str = Field(default="bengkalis", pattern=r"^[a-z][a-z0-9_-]*$")

    sandbox: bool = False
    sandbox_url: HttpUrl = "http://127.0.0.1:8090"

    twilio_account_sid: str | None = Field(default=None, pattern=r"^AC[0-9a-f]{32}$")
    twilio_auth_tokens: Words = _SECRETS
    twilio_whatsapp_number: str | None = Field(default=None, pattern=r"^(whatsapp:)?\+\d{7,15}$")
    twilio_sms_number: str | None = Field(default=None, pattern=r"^\+\d{7,15}$")
    twilio_messaging_service_sid: str | None = None
    twilio_voice: bool = False
    twilio_voice_prompts: Pairs = Field(default_factory=dict)
    twilio_templates: Pairs = Field(default_factory=dict)
    twilio_api_base: HttpUrl | None = None

    telegram_bot_token: str | None = Field(
        default=None, repr=False, pattern=r"^\d+:[A-Za-z0-9_-]+$"
    )
    telegram_secret_tokens: Words = _SECRETS
    telegram_api_base: HttpUrl | None = None

    meta_app_secrets: Words = _SECRETS
    meta_verify_token: str | None = _SECRET
    meta_page_id: str | None = Field(default=None, pattern=r"^\d+$")
    meta_page_token: str | None = _SECRET
    meta_instagram_id: str | None = Field(default=None, pattern=r"^\d+$")
    meta_instagram_token: str | None = _SECRET
    meta_whatsapp_phone_id: str | None = Field(default=None, pattern=r"^\d+$")
    meta_whatsapp_token: str | None = _SECRET
    meta_whatsapp_business_id: str | None = Field(default=None, pattern=r"^\d+$")
    meta_whatsapp_templates: Pairs = Field(default_factory=dict)
    meta_graph_version: str = Field(default="v25.0", pattern=r"^v\d+\.\d+$")
    meta_graph_base: HttpUrl | None = None

    kannel_number: str | None = None
    kannel_webhook_keys: Words = _SECRETS
    kannel_sendsms_url: HttpUrl | None = None
    kannel_username: str | None = None
    kannel_password: str | None = _SECRET
    kannel_smsc_id: str | None = None
    kannel_sources: Words = ()
    kannel_callback_base_url: HttpUrl | None = None
    kannel_status_url: HttpUrl | None = _SECRET

    x_user_id: str | None = Field(default=None, pattern=r"^\d+$")
    x_consumer_key: str | None = _SECRET
    x_consumer_secrets: Words = _SECRETS
    x_access_token: str | None = _SECRET
    x_access_token_secret: str | None = _SECRET
    x_api_base: HttpUrl | None = None

    transcription_url: HttpUrl | None = None
    transcription_model: str = "whisper-1"
    transcription_key: str | None = _SECRET
    transcription_timeout_s: Seconds = 120

    quiet_period_s: Seconds = 90
    burst_cap_s: Seconds = 900
    media_wait_s: Seconds = 600
    tick_s: Seconds = 5
    sweep_s: Seconds = 60
    quiet_hours: bool = True
    webhook_retention_days: int = Field(default=30, ge=1)
    card_photo_days: int = Field(default=7, ge=1)

    session_hours: int = Field(default=12, ge=1)
    session_idle_minutes: int = Field(default=60, ge=1)
    stream_url: str | None = Field(default=None, pattern=r"^(/|https?://)[^\s'\";,]*$")
    second_step_required: bool | None = None
    second_step_grace_days: int = Field(default=7, ge=0, le=90)
    oidc_issuer: HttpUrl | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = _SECRET
    oidc_name: str = "akun pemerintah"
    oidc_login_claim: str = Field(default="email", pattern=r"^[a-z_]{1,64}$")
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    log_format: Literal["json", "text"] = "json"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the environment.

    Args:
        environ: variables to read; the process's own by default.

    Raises:
        SettingsError: one line for every missing, unknown or bad variable.
    """
    variables = os.environ if environ is None else environ
    faults: list[str] = []
    values = _read_values(variables, faults)
    faults += _unknown(variables) + _incomplete(values)
    settings: Settings | None = None
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        faults += _lines(error)
    else:
        faults += [
            f"{_variable(name)}: not set, and no `make run` is under way"
            for name in _BARE
            if getattr(settings, name) is None
        ]
    if faults or settings is None:
        raise SettingsError(tuple(sorted(faults)))
    return settings


def _lines(error: ValidationError) -> list[str]:
    return [
        f"{_variable(str(fault['loc'][0]))}: {fault['msg'].removeprefix('Value error, ')}"
        for fault in error.errors(include_input=False, include_url=False)
        if fault["type"] != "default_factory_not_called"  # a default that another fault held up
    ]


def _variable(field: str) -> str:
    return _BARE.get(field, PREFIX + field.upper())


def _read_values(variables: Mapping[str, str], faults: list[str]) -> dict[str, str]:
    """Collect raw values by field name; an empty variable counts as not set."""
    values: dict[str, str] = {}
    for field in Settings.model_fields:
        name = _variable(field)
        value, path = variables.get(name, ""), variables.get(f"{name}_FILE", "")
        if value and path:
            faults.append(f"{name}: given twice, as a variable and as {name}_FILE")
        elif path:
            value = _read_secret(f"{name}_FILE", Path(path), faults)
        if value:
            values[field] = value
    return values


def _read_secret(name: str, path: Path, faults: list[str]) -> str:
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not text"
        faults.append(f"{name}: cannot be read ({reason})")
        return ""


def _unknown(variables: Mapping[str, str]) -> list[str]:
    """A typing error in a name must not silently mean the default."""
    known = {_variable(field) for field in Settings.model_fields}
    known |= {f"{name}_FILE" for name in known}
    return [
        f"{name}: unknown setting"
        for name in variables
        if name.startswith(PREFIX) and name not in known and not name.startswith(_FOREIGN)
    ]


def _incomplete(values: Mapping[str, str]) -> list[str]:
    """Name what a half-configured channel still needs."""
    faults = []
    for provider, parts in _COMPLETE.items():
        wanted = {f"{provider}_{part}" for part in parts} - values.keys()
        if any(name.startswith(f"{provider}_") for name in values):
            reason = f"needed because another {provider.capitalize()} setting is given"
            faults += [f"{_variable(field)}: {reason}" for field in wanted]
    for one, other in _PAIRS:
        if (one in values) != (other in values):
            missing, given = (other, one) if one in values else (one, other)
            faults.append(f"{_variable(missing)}: needed because {_variable(given)} is given")
    return faults
