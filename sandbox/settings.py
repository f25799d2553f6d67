"""What the sandbox is told: where the gateway is, the credentials, how quickly things happen."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sandbox import defaults

ENVIRONMENT_PREFIX = "SAHUT_SANDBOX_"


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """Everything that can be chosen. Names ending in ``_s`` are seconds.

    Attributes:
        target: origin to which webhooks are posted.
        public_base: origin as the gateway believes it is called; Twilio signs it. Empty: `target`.
        own_url: origin under which the gateway reaches this sandbox. Empty: host and port.
        brand: name of the service in the header of the phone.
        inbox_url: where "Buka di Kotak Masuk" leads. Empty: ``/inbox`` of `public_base`.
        sent_after_s, delivered_after_s, read_after_s: when receipts follow an accepted message.
        retry_base_s, retry_cap_s: first and longest pause between two redeliveries.
        twilio_retries: repetitions after a connection failure (Twilio's default is one).
        meta_batch_s: how long events are collected into one request; 0 posts each alone.
        late_s, reorder_hold_s, silence_s: lengths of the faults late, out of order and time-out.
        webhook_timeout_s: how long the gateway may take to answer a webhook.
        pause_scale: how long a pause of a call is, as a share of what is asked for.
        pin_latitude_deg, pin_longitude_deg: the place that the phone shares.
    """

    host: str = defaults.HOST
    port: int = defaults.PORT
    target: str = defaults.TARGET
    public_base: str = ""
    own_url: str = ""
    brand: str = "Sahut"
    inbox_url: str = ""

    account_sid: str = defaults.TWILIO_ACCOUNT_SID
    auth_token: str = defaults.TWILIO_AUTH_TOKEN
    whatsapp_number: str = defaults.TWILIO_WHATSAPP_NUMBER
    sms_number: str = defaults.TWILIO_SMS_NUMBER
    messaging_service_sid: str = ""

    bot_token: str = defaults.TELEGRAM_BOT_TOKEN
    bot_username: str = "sahut_sandbox_bot"
    telegram_secret: str = defaults.TELEGRAM_SECRET

    app_id: str = defaults.META_APP_ID
    app_secret: str = defaults.META_APP_SECRET
    verify_token: str = defaults.META_VERIFY_TOKEN
    page_id: str = defaults.META_PAGE_ID
    page_token: str = defaults.META_PAGE_TOKEN
    instagram_id: str = defaults.META_INSTAGRAM_ID
    instagram_token: str = defaults.META_INSTAGRAM_TOKEN
    whatsapp_phone_id: str = defaults.META_WHATSAPP_PHONE_ID
    whatsapp_business_id: str = defaults.META_WHATSAPP_BUSINESS_ID
    whatsapp_token: str = defaults.META_WHATSAPP_TOKEN

    sent_after_s: float = 0.3
    delivered_after_s: float = 0.9
    read_after_s: float = 2.5
    retry_base_s: float = 1.0
    retry_cap_s: float = 60.0
    twilio_retries: int = 1
    meta_batch_s: float = 0.1
    late_s: float = 30.0
    reorder_hold_s: float = 20.0
    silence_s: float = 30.0
    webhook_timeout_s: float = 15.0
    pause_scale: float = 1.0
    workers: int = 12

    pin_latitude_deg: float = 1.4667
    pin_longitude_deg: float = 102.1167

    @property
    def signed_base(self) -> str:
        """The origin that Twilio signs."""
        return (self.public_base or self.target).rstrip("/")

    @property
    def base_url(self) -> str:
        """The origin of this sandbox, as the gateway reaches it."""
        return (self.own_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def inbox_address(self) -> str:
        """Where the staff read what the phone wrote."""
        return self.inbox_url or f"{self.signed_base}/inbox"


def load_settings(arguments: Sequence[str], environment: Mapping[str, str]) -> SandboxSettings:
    """Read the settings; a flag beats a variable, a variable beats the default.

    Every field is a flag (``--auth-token``) and a variable (``SAHUT_SANDBOX_AUTH_TOKEN``).

    Raises:
        SystemExit: a flag or a variable is wrong; argparse has printed one line that names it.
    """
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    for setting in fields(SandboxSettings):
        parser.add_argument(
            f"--{setting.name.replace('_', '-')}", type=_type_of(setting.default), default=None
        )
    given = vars(parser.parse_args(arguments))
    chosen: dict[str, Any] = {}
    for setting in fields(SandboxSettings):
        variable = ENVIRONMENT_PREFIX + setting.name.upper()
        value = given[setting.name]
        if value is None and variable in environment:
            value = _convert(parser, variable, environment[variable], setting.default)
        if value is not None:
            chosen[setting.name] = value
    return replace(SandboxSettings(), **chosen)


def _type_of(default: object) -> type:
    return type(default)


def _convert(parser: argparse.ArgumentParser, variable: str, text: str, default: object) -> object:
    try:
        return _type_of(default)(text)
    except ValueError:
        # The value is left out: it may be a credential in the wrong place.
        parser.error(f"{variable}: not a {_type_of(default).__name__}")
