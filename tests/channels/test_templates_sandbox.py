"""Templates by both ways to WhatsApp, against the sandbox: listed, sent, refused as they are."""

from collections.abc import Iterator

import pytest

from channels.errors import SendError
from channels.message import ChannelName, ErrorClass
from channels.outbound import OutboundPart, Template
from channels.registry import ChannelSettings, MetaSettings, TwilioSettings
from channels.templates import Approval, condemns_template
from sandbox import defaults
from sandbox.server import SandboxServer
from sandbox.settings import SandboxSettings
from tests.channels import admin_stage
from tests.sandbox.conftest import QUICK, free_port
from tests.sandbox.stage import ListeningGateway, Stage

WHATSAPP, CLOUD = ChannelName.WHATSAPP, ChannelName.WHATSAPP_CLOUD
SALMAH = "+6281255501001"
NEWS = {"1": "26-00421-3", "2": "Dinas Perhubungan"}
# The same templates by the name that each provider sends them by.
IDS = {
    WHATSAPP: {
        "news": defaults.TEMPLATE_NEWS,
        "pending": defaults.TEMPLATE_PENDING,
        "paused": defaults.TEMPLATE_PAUSED,
    },
    CLOUD: {"news": "kabar_aduan", "pending": "survei_layanan", "paused": "kantor_tutup"},
}


@pytest.fixture
def stage() -> Iterator[Stage]:
    gateway = ListeningGateway()
    server = SandboxServer(SandboxSettings(target=gateway.url, port=free_port(), **QUICK))
    server.start()
    yield Stage(server, gateway)
    server.close()
    gateway.close()


@pytest.fixture
def adapters(stage):
    made = ChannelSettings(
        public_base_url=stage.gateway.url,
        twilio=TwilioSettings(
            defaults.TWILIO_ACCOUNT_SID,
            (defaults.TWILIO_AUTH_TOKEN,),
            defaults.TWILIO_WHATSAPP_NUMBER,
            api_base=stage.url,
        ),
        meta=MetaSettings(
            (defaults.META_APP_SECRET,),
            defaults.META_VERIFY_TOKEN,
            whatsapp_phone_id=defaults.META_WHATSAPP_PHONE_ID,
            whatsapp_token=defaults.META_WHATSAPP_TOKEN,
            whatsapp_business_id=defaults.META_WHATSAPP_BUSINESS_ID,
            graph_base=stage.url,
        ),
        sandbox_origin=stage.url,
    )
    with admin_stage.channels(made) as built:
        yield built


def part(name, template=None, **more):
    return OutboundPart(name, "akun", SALMAH, "bagian-1", template=template, **more)


@pytest.mark.parametrize("name", [WHATSAPP, CLOUD])
def test_every_template_is_listed_with_its_state(adapters, name):
    found = {one.name: one for one in adapters[name].templates()}

    assert {name: one.approval for name, one in found.items()} == {
        "kabar_aduan": Approval.APPROVED,
        "minta_keterangan": Approval.APPROVED,
        "penilaian": Approval.APPROVED,
        "pin_baru": Approval.APPROVED,
        "survei_layanan": Approval.PENDING,
        "undangan_pekan": Approval.REJECTED,
        "kantor_tutup": Approval.PAUSED,
    }
    assert found["undangan_pekan"].reason == "TAG_CONTENT_MISMATCH"
    assert [button.title for button in found["penilaian"].buttons] == [
        "Sudah teratasi",
        "Sebagian",
        "Belum",
    ]
    assert (found["kabar_aduan"].variables, found["kabar_aduan"].usable) == (("1", "2"), True)


@pytest.mark.parametrize("name", [WHATSAPP, CLOUD])
def test_a_template_arrives_as_its_preview_reads_though_nobody_wrote(adapters, stage, name):
    listed = {one.name: one for one in adapters[name].templates()}["kabar_aduan"]

    sent = adapters[name].send(part(name, Template(listed.content_id, NEWS, listed.language)))
    stage.shown("salmah", "whatsapp", sent.external_id)

    [shown] = stage.thread("salmah", "whatsapp")
    assert shown["text"] == listed.filled(NEWS)


@pytest.mark.parametrize(
    ("wanted", "variables", "code"),
    [
        ("unknown", NEWS, "132001"),
        ("pending", {"1": "Siti"}, "132001"),
        ("paused", {"1": "Senin"}, "132015"),
        ("news", {"1": "26-00421-3"}, "132000"),
        ("news", {**NEWS, "3": "lebih"}, "132000"),
    ],
)
def test_meta_refuses_a_template_at_once(adapters, stage, wanted, variables, code):
    template = Template(IDS[CLOUD].get(wanted, "tidak_ada"), variables)

    with pytest.raises(SendError) as refused:
        adapters[CLOUD].send(part(CLOUD, template))

    assert refused.value.code == code
    assert refused.value.error_class in (ErrorClass.CONFIG, ErrorClass.PERMANENT)
    assert condemns_template(refused.value.code)
    assert stage.thread("salmah", "whatsapp") == []


@pytest.mark.parametrize(
    ("wanted", "variables", "code"),
    [
        ("unknown", NEWS, "21655"),
        ("news", {"1": "26-00421-3"}, "21656"),
        ("news", {**NEWS, "3": "lebih"}, "21656"),
    ],
)
def test_twilio_refuses_what_is_no_template_of_the_account(adapters, wanted, variables, code):
    template = Template(IDS[WHATSAPP].get(wanted, "HX" + "0" * 32), variables)

    with pytest.raises(SendError) as refused:
        adapters[WHATSAPP].send(part(WHATSAPP, template))

    assert (refused.value.code, condemns_template(code)) == (code, True)


@pytest.mark.parametrize(
    ("wanted", "variables", "code"),
    [("pending", {"1": "Siti"}, "63016"), ("paused", {"1": "Senin"}, "63041")],
)
def test_twilio_takes_what_is_not_approved_and_fails_later(
    adapters, stage, wanted, variables, code
):
    adapters[WHATSAPP].send(part(WHATSAPP, Template(IDS[WHATSAPP][wanted], variables)))

    [state] = stage.statuses(1)
    assert (state["MessageStatus"], state["ErrorCode"]) == ("failed", code)


def test_a_template_that_is_paused_meanwhile_is_listed_so_and_refused(adapters, stage):
    stage.post(f"/api/templates/{defaults.TEMPLATE_NEWS}", {"status": "paused"})

    states = {one.name: one.approval for one in adapters[CLOUD].templates()}
    with pytest.raises(SendError) as refused:
        adapters[CLOUD].send(part(CLOUD, Template("kabar_aduan", NEWS)))

    assert states["kabar_aduan"] is Approval.PAUSED
    assert refused.value.code == "132015"


def test_free_text_by_meta_outside_the_window_is_refused(adapters, stage):
    with pytest.raises(SendError) as refused:
        adapters[CLOUD].send(part(CLOUD, text="Halo"))
    stage.write("salmah", "whatsapp", "halo")
    taken = adapters[CLOUD].send(part(CLOUD, text="Halo"))

    assert refused.value.error_class is ErrorClass.WINDOW_CLOSED
    assert taken.external_id.startswith("wamid.")
