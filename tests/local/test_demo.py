import re

import pytest

from config.tenant_files import tenant_names
from local.demo_complaints import demo_messages
from sandbox.people import CHANNELS, first_citizens


@pytest.mark.parametrize("tenant", tenant_names())
def test_the_demo_writes_on_every_channel_with_places_of_its_government(tenant: str):
    messages = demo_messages(tenant)

    assert sorted(message["channel"] for message in messages) == sorted(CHANNELS)
    assert not [message for message in messages if "{" in message["text"]]


def test_the_citizens_of_the_demo_are_those_of_the_sandbox():
    known = {citizen.id for citizen in first_citizens()}

    assert {message["citizen"] for message in demo_messages("bengkalis")} <= known


def test_the_niks_of_the_demo_belong_to_nobody():
    niks = [
        nik for message in demo_messages("bintan") for nik in re.findall(r"\d{16}", message["text"])
    ]

    assert len(niks) == 5
    assert all(int(nik[-4:]) >= 9000 for nik in niks)
