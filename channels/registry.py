"""The explicit list of channels: the only place that names adapters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, runtime_checkable

from channels import meta_graph, telegram, twilio_media
from channels.adapter import ChannelAdapter
from channels.call_prompts import CallPrompts
from channels.http import DEFAULT_MAX_BYTES, MediaFetcher
from channels.kannel import KannelAdapter
from channels.message import ChannelName
from channels.meta_admin import comes_from_instagram
from channels.meta_graph import MetaGraph, MetaWebhook
from channels.meta_messaging import InstagramMessaging, MetaMessaging
from channels.platform import Given, Platform
from channels.platforms import x
from channels.telegram import TelegramAdapter
from channels.twilio_media import TwilioMedia
from channels.twilio_messaging import TwilioMessaging
from channels.twilio_voice import TwilioVoice
from channels.webhook import WebhookRequest
from channels.whatsapp_cloud import WhatsAppCloudAdapter

# Platforms with one channel and one webhook: a new one is one line here.
PLATFORMS: tuple[Platform, ...] = (x.PLATFORM,)
# Which channels arrive at which webhook, in the order in which they are asked.
PROVIDERS: Mapping[str, tuple[ChannelName, ...]] = {
    "twilio": (ChannelName.WHATSAPP, ChannelName.SMS),
    "voice": (ChannelName.VOICE,),
    "telegram": (ChannelName.TELEGRAM,),
    "meta": (ChannelName.MESSENGER, ChannelName.INSTAGRAM, ChannelName.WHATSAPP_CLOUD),
    "kannel": (ChannelName.SMS,),
    **{platform.name.value: (platform.name,) for platform in PLATFORMS},
}


@dataclass(frozen=True, slots=True)
class TwilioSettings:
    """One Twilio account. A number that is None leaves its channel off.

    `voice` are the prompts that callers hear; None takes no calls.
    """

    account_sid: str
    auth_tokens: tuple[str, ...] = field(repr=False)
    whatsapp_number: str | None = None
    sms_number: str | None = None
    messaging_service_sid: str | None = None
    voice: CallPrompts | None = None
    api_base: str = twilio_media.API_BASE


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """One bot."""

    bot_token: str = field(repr=False)
    secret_tokens: tuple[str, ...] = field(repr=False)
    api_base: str = telegram.API_BASE


@dataclass(frozen=True, slots=True)
class MetaSettings:
    """One app with a page, an Instagram account, a WhatsApp number; None leaves each off."""

    app_secrets: tuple[str, ...] = field(repr=False)
    verify_token: str = field(repr=False)
    page_id: str | None = None
    page_token: str | None = field(default=None, repr=False)
    instagram_id: str | None = None
    instagram_token: str | None = field(default=None, repr=False)
    whatsapp_phone_id: str | None = None
    whatsapp_token: str | None = field(default=None, repr=False)
    whatsapp_business_id: str | None = None
    graph_version: str = "v25.0"
    graph_base: str = meta_graph.GRAPH_BASE


@dataclass(frozen=True, slots=True)
class KannelSettings:
    """One Kannel; `callback_base_url` is where it reaches us, the public address by default."""

    number: str
    webhook_keys: tuple[str, ...] = field(repr=False)
    sendsms_url: str
    username: str
    password: str = field(repr=False)
    smsc_id: str | None = None
    sources: tuple[str, ...] = ()
    callback_base_url: str | None = None
    status_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """Everything that the channels need to know; None leaves a provider off.

    `public_base_url` is where providers reach us. `sandbox_origin` is the one private address
    from which attachments may be fetched. SMS has one provider: Kannel, or a number of Twilio.
    `platforms` are the settings of those of `PLATFORMS` that are on, by name (see `Given`).
    """

    public_base_url: str
    twilio: TwilioSettings | None = None
    telegram: TelegramSettings | None = None
    meta: MetaSettings | None = None
    kannel: KannelSettings | None = None
    platforms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    sandbox_origin: str | None = None
    media_max_bytes: int = DEFAULT_MAX_BYTES


@runtime_checkable
class Closable(Protocol):
    """An adapter that holds connections."""

    def close(self) -> None:
        """Give them back."""
        ...


def build_channels(settings: ChannelSettings) -> Mapping[ChannelName, ChannelAdapter]:
    """Return the adapters of all channels that have credentials. Connects to nothing.

    Raises:
        ValueError: SMS has two providers, or a setting of Kannel cannot work.
    """
    media = MediaFetcher(settings.sandbox_origin, settings.media_max_bytes)
    adapters: list[ChannelAdapter] = []
    if settings.twilio is not None:
        adapters += _twilio(settings.twilio, settings.public_base_url, media)
    if settings.telegram is not None:
        adapters.append(
            TelegramAdapter(
                bot_token=settings.telegram.bot_token,
                secret_tokens=settings.telegram.secret_tokens,
                media=media,
                api_base=settings.telegram.api_base,
            )
        )
    if settings.meta is not None:
        adapters += _meta(settings.meta, media)
    if settings.kannel is not None:
        adapters.append(_kannel(settings.kannel, settings.public_base_url))
    adapters += [
        platform.build(Given(own, settings.public_base_url, media))
        for platform in PLATFORMS
        if (own := settings.platforms.get(platform.name.value))
    ]
    if len({adapter.name for adapter in adapters}) < len(adapters):
        raise ValueError("SMS has two providers: leave out Kannel or Twilio's SMS number")
    return {adapter.name: adapter for adapter in adapters}


def adapters_for(
    channels: Mapping[ChannelName, ChannelAdapter], provider: str
) -> tuple[ChannelAdapter, ...]:
    """Return the adapters behind one provider's webhook.

    They share the provider's secrets, so one may verify for all; each parses its own events.

    Args:
        channels: as built.
        provider: ``twilio``, ``voice``, ``telegram``, ``meta``, ``kannel`` or the name of one of
            `PLATFORMS`; behind any other word stands nobody.
    """
    found = [channels[name] for name in PROVIDERS.get(provider, ()) if name in channels]
    # SMS is Kannel's or Twilio's; the other one's webhook must not reach it.
    return tuple(one for one in found if _is_kannel(one) == (provider == "kannel"))


def is_handshake(provider: str, request: WebhookRequest) -> bool:
    """Say whether a request only sets the webhook up; Kannel's GETs carry messages and reports."""
    return request.method == "GET" and provider != "kannel"


def close_channels(channels: Mapping[ChannelName, ChannelAdapter]) -> None:
    """Close every connection pool and event loop."""
    for adapter in channels.values():
        if isinstance(adapter, Closable):
            adapter.close()


def _twilio(
    settings: TwilioSettings, public_base_url: str, media: MediaFetcher
) -> list[ChannelAdapter]:
    numbers = {
        ChannelName.WHATSAPP: settings.whatsapp_number,
        ChannelName.SMS: settings.sms_number,
    }
    access = TwilioMedia(
        media, settings.account_sid, settings.auth_tokens[0], settings.api_base.rstrip("/")
    )
    adapters: list[ChannelAdapter] = [
        TwilioMessaging(
            name,
            auth_tokens=settings.auth_tokens,
            number=number,
            public_base_url=public_base_url,
            media=access,
            # A WhatsApp sender stands for itself; the service would only have to know it too.
            messaging_service_sid=settings.messaging_service_sid
            if name is ChannelName.SMS
            else None,
        )
        for name, number in numbers.items()
        if number
    ]
    if settings.voice is not None:
        adapters.append(
            TwilioVoice(
                auth_tokens=settings.auth_tokens,
                public_base_url=public_base_url,
                media=access,
                prompts=settings.voice,
            )
        )
    return adapters


def _meta(settings: MetaSettings, media: MediaFetcher) -> list[ChannelAdapter]:
    webhook = MetaWebhook(settings.app_secrets, settings.verify_token)
    messenger = partial(MetaMessaging, ChannelName.MESSENGER)
    instagram = partial(InstagramMessaging, ChannelName.INSTAGRAM)
    cloud = partial(WhatsAppCloudAdapter, business_id=settings.whatsapp_business_id)
    accounts: tuple[tuple[Callable[..., ChannelAdapter], str | None, str | None], ...] = (
        (messenger, settings.page_id, settings.page_token),
        (instagram, settings.instagram_id, settings.instagram_token),
        (cloud, settings.whatsapp_phone_id, settings.whatsapp_token),
    )
    return [
        adapter(
            account,
            webhook,
            MetaGraph(token, settings.graph_version, _graph_base(settings, token)),
            media,
        )
        for adapter, account, token in accounts
        if account and token
    ]


def _graph_base(settings: MetaSettings, token: str) -> str:
    """Return where a token works: those of Instagram's own login have a host of their own."""
    own = settings.graph_base != meta_graph.GRAPH_BASE
    return (
        meta_graph.INSTAGRAM_BASE
        if comes_from_instagram(token) and not own
        else settings.graph_base
    )


def _is_kannel(adapter: ChannelAdapter) -> bool:
    # Asked by its mark and not by its class: an adapter may be wrapped.
    return getattr(adapter, "provider", None) == KannelAdapter.provider


def _kannel(settings: KannelSettings, public_base_url: str) -> ChannelAdapter:
    return KannelAdapter(
        number=settings.number,
        webhook_keys=settings.webhook_keys,
        sendsms_url=settings.sendsms_url,
        username=settings.username,
        password=settings.password,
        callback_base_url=settings.callback_base_url or public_base_url,
        smsc_id=settings.smsc_id,
        sources=settings.sources,
        status_url=settings.status_url,
    )
