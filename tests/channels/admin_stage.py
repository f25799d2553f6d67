"""Channels with the sandbox's credentials, led to the sandbox or to a provider of the test."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from channels.adapter import ChannelAdapter
from channels.message import ChannelName
from channels.registry import (
    ChannelSettings,
    MetaSettings,
    TelegramSettings,
    TwilioSettings,
    build_channels,
    close_channels,
)
from sandbox import defaults
from tests.channels.call_prompts import PROMPTS

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PUBLIC = "https://aduan.kabcontoh.go.id"


def settings(origin: str, public_base_url: str = PUBLIC, **changes: Any) -> ChannelSettings:
    """Settings with the sandbox's credentials; `origin` plays all providers."""
    made = ChannelSettings(
        public_base_url=public_base_url,
        twilio=TwilioSettings(
            defaults.TWILIO_ACCOUNT_SID,
            (defaults.TWILIO_AUTH_TOKEN,),
            defaults.TWILIO_WHATSAPP_NUMBER,
            defaults.TWILIO_SMS_NUMBER,
            voice=PROMPTS,
            api_base=origin,
        ),
        telegram=TelegramSettings(defaults.TELEGRAM_BOT_TOKEN, (defaults.TELEGRAM_SECRET,), origin),
        meta=MetaSettings(
            (defaults.META_APP_SECRET,),
            defaults.META_VERIFY_TOKEN,
            defaults.META_PAGE_ID,
            defaults.META_PAGE_TOKEN,
            defaults.META_INSTAGRAM_ID,
            defaults.META_INSTAGRAM_TOKEN,
            graph_base=origin,
        ),
        sandbox_origin=origin,
    )
    return replace(made, **changes)


@contextmanager
def channels(made: ChannelSettings) -> Iterator[Mapping[ChannelName, ChannelAdapter]]:
    """Build the channels and close them afterwards."""
    built = build_channels(made)
    yield built
    close_channels(built)


def with_wrong_secrets(made: ChannelSettings) -> ChannelSettings:
    """The same accounts, and not one secret is right."""
    assert made.twilio is not None
    assert made.telegram is not None
    assert made.meta is not None
    bot_id = made.telegram.bot_token.partition(":")[0]
    return replace(
        made,
        twilio=replace(made.twilio, auth_tokens=("salah-twilio",)),
        telegram=replace(made.telegram, bot_token=f"{bot_id}:salah-telegram"),
        meta=replace(made.meta, page_token="salah-page", instagram_token="salah-instagram"),
    )
