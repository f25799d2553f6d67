"""Which settings of Kannel work, and what a deployment makes of them."""

import pytest

from channels.message import (
    ChannelName,
)
from channels.registry import (
    ChannelSettings,
    KannelSettings,
    TwilioSettings,
    adapters_for,
    build_channels,
    close_channels,
)
from tests.channels.kannel_parts import KEY, make
from tests.channels.own_payloads import BASE_URL


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook_keys": ()},
        {"webhook_keys": ("pendek",)},
        {"webhook_keys": (KEY, "ada spasi di dalamnya")},
        {"number": "TERLALUPANJANG"},
        {"number": "1708\r\nX-Kannel-To: 1"},
        {"sendsms_url": "ftp://127.0.0.1/"},
        {"username": "ada spasi"},
        {"password": "sandi\nrahasia"},
        {"smsc_id": "modem\r\n"},
        {"sources": ("kannel.kabcontoh.go.id",)},
    ],
)
def test_settings_that_cannot_work_are_named_and_not_repeated(changes):
    with pytest.raises(ValueError, match=r"Kannel|does not appear") as caught:
        make(**changes)

    assert "rahasia" not in str(caught.value)


def kannel_settings() -> KannelSettings:
    return KannelSettings(
        number="1708",
        webhook_keys=(KEY,),
        sendsms_url="http://127.0.0.1:13013/cgi-bin/sendsms",
        username="sahut",
        password="sandi-uji-kannel",
    )


def test_kannel_is_the_sms_of_a_deployment_and_only_its_own_webhook_reaches_it():
    built = build_channels(ChannelSettings(public_base_url=BASE_URL, kannel=kannel_settings()))

    assert [one.account for one in adapters_for(built, "kannel")] == ["1708"]
    assert adapters_for(built, "twilio") == ()
    close_channels(built)


def test_twilios_whatsapp_and_kannels_sms_go_together():
    twilio = TwilioSettings("AC1", ("token",), whatsapp_number="whatsapp:+6281100000900")
    built = build_channels(
        ChannelSettings(public_base_url=BASE_URL, twilio=twilio, kannel=kannel_settings())
    )

    assert set(built) == {ChannelName.WHATSAPP, ChannelName.SMS}
    assert [one.name for one in adapters_for(built, "twilio")] == [ChannelName.WHATSAPP]
    close_channels(built)


def test_two_providers_of_sms_are_refused():
    twilio = TwilioSettings("AC1", ("token",), sms_number="+12025550143")

    with pytest.raises(ValueError, match="SMS has two providers"):
        build_channels(
            ChannelSettings(public_base_url=BASE_URL, twilio=twilio, kannel=kannel_settings())
        )


def test_settings_do_not_print_their_secrets():
    printed = repr(kannel_settings())

    assert KEY not in printed
    assert "sandi-uji" not in printed
