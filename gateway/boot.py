"""Connect everything once: settings in, a `Runtime` out. The only place that reads settings."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy.exc import OperationalError, ProgrammingError

from channels.message import ChannelName
from channels.registry import (
    PLATFORMS,
    ChannelSettings,
    KannelSettings,
    MetaSettings,
    TelegramSettings,
    TwilioSettings,
    build_channels,
)
from config.settings import Settings
from config.tenant_files import read_tenant_file
from gateway.accounts.oidc_provider import AuthlibProvider, OidcClient
from gateway.dialogue.call_texts import read_call_prompts
from gateway.jobs import QUEUE_NAME, RedisNudger
from gateway.media.ktp_reader import ProcessReader, is_installed
from gateway.media.transcription_api import SpeechService
from gateway.reading.presence_board import RedisPresence
from gateway.rules import national_days
from gateway.runtime import Government, LoginRules, Profile, Runtime, Timers, Transcriber
from gateway.sending.rates import RedisBuckets
from gateway.settings.government import make_government, make_profile
from gateway.texts import Catalogue
from store import crypto, keyfile, setting_changes, tenant
from store.crypto import CryptoError
from store.db import Transaction, make_engine, transactions
from store.media_files import MediaFolder

logger = logging.getLogger(__name__)

_CATALOGUE = Path(__file__).parent.parent / "config" / "messages.csv"
_CALL_PROMPTS = _CATALOGUE.with_name("call_prompts.csv")
_REDIS_ANSWER_S = 2.0
_NOT_READ = -1  # no version of the settings: the file stands in for the database


def build_runtime(settings: Settings) -> Runtime:
    """Return the runtime of one process.

    A database that is down does not stop a web process from starting: the government's data then
    comes from its file, and webhooks go to the spool.

    Raises:
        CryptoError: the key file or key command gives no keys.
        ValueError: the tenant's data are incomplete.
    """
    keys = _keys(settings)
    crypto.install(keys)
    transaction = transactions(make_engine(settings.database_url))
    government = _stored(transaction, settings) or _government(
        _NOT_READ, read_tenant_file(settings.tenant), settings
    )
    redis = connect_redis(settings.redis_url, _REDIS_ANSWER_S)
    return Runtime(
        transaction=transaction,
        channels=build_channels(channel_settings(settings, government.profile)),
        media=MediaFolder(settings.data_dir / "media"),
        nudger=RedisNudger(redis, Queue(QUEUE_NAME, connection=redis, serializer=JSONSerializer)),
        now=lambda: datetime.now(UTC),
        keys=keys,
        tenant=government.tenant,
        profile=government.profile,
        catalogue=government.catalogue,
        spool_dir=settings.data_dir / "spool",
        timers=_timers(settings),
        logins=_logins(settings),
        facts=government.facts,
        throttle=RedisBuckets(redis),
        card_reader=ProcessReader() if is_installed() else None,
        transcriber=_transcriber(settings),
        learning_dir=settings.data_dir / "learning",
        presence=RedisPresence(redis),
        stream_url=settings.stream_url,
        version=government.version,
        reread=lambda: _stored(transaction, settings),
    )


def channel_settings(settings: Settings, profile: Profile) -> ChannelSettings:
    """Pick out what the channels need; a provider without credentials stays off.

    `profile` gives the names that callers hear.

    Raises:
        ValueError: a recorded prompt is unknown or has no https address.
    """
    return ChannelSettings(
        public_base_url=settings.public_base_url,
        twilio=_twilio(settings, profile),
        telegram=_telegram(settings),
        meta=_meta(settings),
        kannel=_kannel(settings),
        platforms=_platforms(settings),
        sandbox_origin=settings.sandbox_url if settings.sandbox else None,
    )


def connect_redis(url: str, answer_within_s: float | None = None) -> Redis:
    """Return a client.

    A worker waits long for its next job; a webhook must not, so it sets `answer_within_s`.
    """
    return Redis.from_url(
        url,
        socket_connect_timeout=_REDIS_ANSWER_S,
        socket_timeout=answer_within_s,
        health_check_interval=30,
    )


def seed_tenant(transaction: Transaction, name: str, years: tuple[int, ...]) -> bool:
    """Store the government `name` if the database knows none yet; say whether it did.

    `years` are the calendar years whose national holidays and cuti bersama are seeded.
    """
    with transaction() as session:
        tenant.lock(session)
        if tenant.is_seeded(session):
            return False
        tenant.seed(session, read_tenant_file(name), national_days.of_years(years))
        return True


def _twilio(settings: Settings, profile: Profile) -> TwilioSettings | None:
    if settings.twilio_account_sid is None:
        return None
    twilio = TwilioSettings(
        account_sid=settings.twilio_account_sid,
        auth_tokens=settings.twilio_auth_tokens,
        whatsapp_number=settings.twilio_whatsapp_number,
        sms_number=settings.twilio_sms_number,
        messaging_service_sid=settings.twilio_messaging_service_sid,
        voice=read_call_prompts(_CALL_PROMPTS, profile, settings.twilio_voice_prompts)
        if settings.twilio_voice
        else None,
    )
    base = settings.twilio_api_base
    return replace(twilio, api_base=base) if base else twilio


def _telegram(settings: Settings) -> TelegramSettings | None:
    if settings.telegram_bot_token is None:
        return None
    telegram = TelegramSettings(
        bot_token=settings.telegram_bot_token,
        secret_tokens=settings.telegram_secret_tokens,
    )
    base = settings.telegram_api_base
    return replace(telegram, api_base=base) if base else telegram


def _meta(settings: Settings) -> MetaSettings | None:
    if settings.meta_verify_token is None:
        return None
    meta = MetaSettings(
        app_secrets=settings.meta_app_secrets,
        verify_token=settings.meta_verify_token,
        page_id=settings.meta_page_id,
        page_token=settings.meta_page_token,
        instagram_id=settings.meta_instagram_id,
        instagram_token=settings.meta_instagram_token,
        whatsapp_phone_id=settings.meta_whatsapp_phone_id,
        whatsapp_token=settings.meta_whatsapp_token,
        whatsapp_business_id=settings.meta_whatsapp_business_id,
        graph_version=settings.meta_graph_version,
    )
    base = settings.meta_graph_base
    return replace(meta, graph_base=base) if base else meta


def _kannel(settings: Settings) -> KannelSettings | None:
    number, sendsms_url = settings.kannel_number, settings.kannel_sendsms_url
    if number is None or sendsms_url is None:
        return None
    return KannelSettings(
        number=number,
        webhook_keys=settings.kannel_webhook_keys,
        sendsms_url=sendsms_url,
        username=settings.kannel_username or "",
        password=settings.kannel_password or "",
        smsc_id=settings.kannel_smsc_id,
        sources=settings.kannel_sources,
        callback_base_url=settings.kannel_callback_base_url,
        status_url=settings.kannel_status_url,
    )


def _transcriber(settings: Settings) -> Transcriber | None:
    url, key = settings.transcription_url, settings.transcription_key
    if url is None:
        return None
    model, timeout_s = settings.transcription_model, settings.transcription_timeout_s
    return SpeechService(url, model, key, timeout_s)


def _platforms(settings: Settings) -> dict[str, dict[str, Any]]:
    """Collect what is set for each platform under its prefix; one without any setting is off."""
    found = {
        platform.name.value: {
            field.removeprefix(prefix): getattr(settings, field)
            for field in Settings.model_fields
            if field.startswith(prefix)
        }
        for platform in PLATFORMS
        if (prefix := f"{platform.name.value}_")
    }
    return {name: own for name, own in found.items() if any(own.values())}


def _keys(settings: Settings) -> crypto.KeyRing:
    if settings.key_command:
        return keyfile.load_from_command(settings.key_command)
    return keyfile.load_or_create(settings.key_file)


def _stored(transaction: Transaction, settings: Settings) -> Government | None:
    """Return the government that is stored, seeding a database that knows none yet.

    None: the database is away, or not migrated yet.

    Raises:
        CryptoError: the database was written with other keys.
    """
    this_year = datetime.now(UTC).year
    try:
        seed_tenant(transaction, settings.tenant, (this_year, this_year + 1))
        with transaction() as session:
            tenant.lock(session)
            if not tenant.same_keys(session, crypto.installed().lookup("mark", "key ring")):
                raise CryptoError("the database was written with other keys than those at hand")
            # The version first: a change that comes between them is then read once more.
            version = setting_changes.version(session)
            data = tenant.read(session)
    except (OperationalError, ProgrammingError) as error:
        logger.warning("tenant_from_file", extra={"reason": type(error).__name__})
        return None
    return _government(version, data, settings)


def _government(version: int, data: dict[str, Any], settings: Settings) -> Government:
    complete, url = with_templates(data, settings), settings.public_base_url
    originals = Catalogue.read(_CATALOGUE, make_profile(complete, url).government)
    return make_government(version, complete, url, originals)


def with_templates(data: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Add the WhatsApp templates by purpose; their ids belong to the account in the settings."""
    channels = data.get("channels", {})
    named = channels.get("templates", {})
    given = {
        ChannelName.WHATSAPP.value: settings.twilio_templates,
        ChannelName.WHATSAPP_CLOUD.value: settings.meta_whatsapp_templates,
    }
    templates = {name: {**named.get(name, {}), **pairs} for name, pairs in given.items()}
    return data | {"channels": channels | {"templates": templates}}


def _logins(settings: Settings) -> LoginRules:
    required = settings.second_step_required
    client = OidcClient(
        settings.oidc_issuer or "",
        settings.oidc_client_id or "",
        settings.oidc_client_secret or "",
        settings.oidc_name,
        settings.oidc_login_claim,
    )
    return LoginRules(
        second_step=not settings.sandbox if required is None else required,
        grace_days=settings.second_step_grace_days,
        oidc=AuthlibProvider(client, lambda: datetime.now(UTC)) if client.issuer else None,
    )


def _timers(settings: Settings) -> Timers:
    return Timers(
        quiet_s=settings.quiet_period_s,
        burst_cap_s=settings.burst_cap_s,
        media_wait_s=settings.media_wait_s,
        webhook_retention_days=settings.webhook_retention_days,
        card_photo_days=settings.card_photo_days,
        quiet_hours=settings.quiet_hours,
        session_idle_s=settings.session_idle_minutes * 60,
        session_max_s=settings.session_hours * 3600,
    )
