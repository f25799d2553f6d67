"""Connecting a process: which channels the settings switch on."""

import pytest

from channels.message import ChannelName
from channels.registry import build_channels, close_channels
from config.settings import SettingsError, load_settings
from config.tenant_files import read_tenant_file
from gateway.boot import channel_settings, make_profile, with_templates

SID = "AC" + "0" * 32
SERVERS = {"DATABASE_URL": "postgresql://later", "REDIS_URL": "redis://later"}
TWILIO = {"SAHUT_TWILIO_ACCOUNT_SID": SID, "SAHUT_TWILIO_AUTH_TOKENS": "kunci-uji"}
META = {"SAHUT_META_APP_SECRETS": "kunci-uji-meta", "SAHUT_META_VERIFY_TOKEN": "token-uji"}


PROFILE = make_profile(read_tenant_file("bengkalis"), "https://aduan.kabcontoh.go.id")


def channels_of(environment):
    settings = load_settings(SERVERS | environment)
    channels = build_channels(channel_settings(settings, PROFILE))
    close_channels(channels)
    return set(channels)


def test_without_credentials_no_channel_is_on():
    assert channels_of({}) == set()


def test_calls_are_taken_only_when_asked_for():
    assert channels_of(TWILIO | {"SAHUT_TWILIO_SMS_NUMBER": "+12025550143"}) == {ChannelName.SMS}
    assert channels_of(TWILIO | {"SAHUT_TWILIO_VOICE": "true"}) == {ChannelName.VOICE}


def test_whatsapp_without_twilio_is_the_cloud_api():
    cloud = {
        "SAHUT_META_WHATSAPP_PHONE_ID": "106540352242922",
        "SAHUT_META_WHATSAPP_TOKEN": "token-uji-wa",
    }

    assert channels_of(META | cloud) == {ChannelName.WHATSAPP_CLOUD}


def test_templates_come_from_the_governments_file_and_a_variable_wins():
    settings = load_settings(
        SERVERS
        | TWILIO
        | META
        | {
            "SAHUT_TWILIO_TEMPLATES": "news=HX1,pin=HX4",
            "SAHUT_META_WHATSAPP_TEMPLATES": "news=kabar_aduan",
        }
    )

    named = with_templates(
        {"channels": {"templates": {"whatsapp": {"news": "HX9", "rating": "HX3"}}}}, settings
    )

    assert named["channels"]["templates"] == {
        "whatsapp": {"news": "HX1", "rating": "HX3", "pin": "HX4"},
        "whatsapp_cloud": {"news": "kabar_aduan"},
    }


def test_half_a_whatsapp_number_is_named():
    with pytest.raises(SettingsError, match="SAHUT_META_WHATSAPP_TOKEN"):
        load_settings(SERVERS | META | {"SAHUT_META_WHATSAPP_PHONE_ID": "106540352242922"})
