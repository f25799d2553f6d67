"""Templates: what the two providers list, what is sent, and what an officer would read of it."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from channels.adapter import ChannelAdapter
from channels.errors import SendError
from channels.message import ChannelName, ErrorClass
from channels.outbound import OutboundPart, Template
from channels.registry import (
    ChannelSettings,
    MetaSettings,
    TwilioSettings,
    build_channels,
    close_channels,
)
from channels.templates import (
    Approval,
    ListedTemplate,
    TemplateButton,
    TemplateLister,
    condemns_template,
)
from channels.twilio_media import at_origin
from channels.twilio_templates import read_template
from tests.channels.provider import Answer, Provider, running_provider

SID = "ACc0ffee00c0ffee00c0ffee00c0ffee00"
WABA = "102290129340398"
NEWS = "Ada kabar untuk aduan {{1}} dari {{2}}. Terima kasih."


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


def adapter_of(provider: Provider, name: ChannelName, business_id: str | None = WABA) -> Any:
    settings = ChannelSettings(
        public_base_url="https://aduan.kabcontoh.go.id",
        twilio=TwilioSettings(SID, ("sandi",), "whatsapp:+6281255501000", api_base=provider.origin),
        meta=MetaSettings(
            ("rahasia",),
            "kata",
            whatsapp_phone_id="106540352242922",
            whatsapp_token="token-awan",
            whatsapp_business_id=business_id,
            graph_base=provider.origin,
        ),
        sandbox_origin=provider.origin,
    )
    return build_channels(settings)[name]


@pytest.fixture
def twilio(provider: Provider) -> Iterator[Any]:
    adapter = adapter_of(provider, ChannelName.WHATSAPP)
    yield adapter
    close_channels({ChannelName.WHATSAPP: adapter})


@pytest.fixture
def cloud(provider: Provider) -> Iterator[Any]:
    adapter = adapter_of(provider, ChannelName.WHATSAPP_CLOUD)
    yield adapter
    close_channels({ChannelName.WHATSAPP_CLOUD: adapter})


def answer(document: object) -> Answer:
    return Answer(200, json.dumps(document).encode())


def content(number: int, status: str, **values: Any) -> dict[str, Any]:
    body = {"body": NEWS, "actions": [{"id": "BACA", "title": "Baca jawaban"}]}
    approval = {"name": "kabar", "category": "UTILITY", "status": status, "rejection_reason": ""}
    row = {
        "sid": f"HX{number}",
        "friendly_name": f"kabar_{number}",
        "language": "id",
        "types": {"twilio/quick-reply": body},
        "approval_requests": approval,
        "date_created": "2026-10-01T02:00:00Z",
        "date_updated": "2026-10-02T02:00:00Z",
    }
    return row | values


def contents(*rows: Any, following: str | None = None) -> Answer:
    meta = {"page": 0, "page_size": 50, "key": "contents", "next_page_url": following}
    return answer({"contents": list(rows), "meta": meta})


def component(kind: str, **values: Any) -> dict[str, Any]:
    return {"type": kind, **values}


def named(name: str, status: str, *more: Any, **values: Any) -> dict[str, Any]:
    row = {
        "id": "594425479261596",
        "name": name,
        "language": "id",
        "status": status,
        "category": "UTILITY",
        "rejected_reason": "NONE",
        "components": [component("BODY", text=NEWS), *more],
    }
    return row | values


def listed(adapter: ChannelAdapter) -> list[ListedTemplate]:
    assert isinstance(adapter, TemplateLister)
    return list(adapter.templates())


def test_twilios_listing_is_read_page_by_page_with_words_buttons_and_state(twilio, provider):
    rejected = content(2, "rejected")
    rejected["approval_requests"]["rejection_reason"] = "TAG_CONTENT_MISMATCH"
    following = "https://content.twilio.com/v1/ContentAndApprovals?Page=1&PageToken=PA1"
    provider.will_answer(
        contents(content(1, "approved"), rejected, following=following),
        contents(content(3, "paused"), content(4, "unsubmitted"), content(5, "received")),
    )

    found = listed(twilio)

    assert [call.path.partition("?")[0] for call in provider.calls] == [
        "/v1/ContentAndApprovals",
        "/v1/ContentAndApprovals",
    ]
    assert all("authorization" in call.headers for call in provider.calls)
    assert [(one.content_id, one.approval) for one in found] == [
        ("HX1", Approval.APPROVED),
        ("HX2", Approval.REJECTED),
        ("HX3", Approval.PAUSED),
        ("HX4", Approval.UNSUBMITTED),
        ("HX5", Approval.PENDING),
    ]
    first = found[0]
    assert (first.name, first.language, first.category) == ("kabar_1", "id", "utility")
    assert (first.body, first.variables) == (NEWS, ("1", "2"))
    assert first.buttons == (TemplateButton("Baca jawaban"),)
    assert found[1].reason == "TAG_CONTENT_MISMATCH"


def test_metas_listing_is_read_by_its_cursors(cloud, provider):
    cursors = {"cursors": {"before": "A", "after": "QVFI"}}
    url = component("BUTTONS", buttons=[{"type": "URL", "text": "Cek", "url": "https://a.go.id"}])
    more = answer({"data": [named("kabar", "APPROVED", url)], "paging": cursors | {"next": "x"}})
    last = answer(
        {
            "data": [
                named("tolak", "REJECTED", rejected_reason="PROMOTIONAL"),
                named("jeda", "PAUSED"),
                named("banding", "IN_APPEAL"),
                named("hapus", "PENDING_DELETION"),
            ],
            "paging": cursors,
        }
    )
    provider.will_answer(more, last)

    found = listed(cloud)

    first, second = (urlsplit(call.path) for call in provider.calls)
    assert first.path == f"/v25.0/{WABA}/message_templates"
    assert (parse_qs(second.query)["after"], parse_qs(first.query).get("after")) == (["QVFI"], None)
    assert [(one.name, one.approval, one.reason) for one in found] == [
        ("kabar", Approval.APPROVED, ""),
        ("tolak", Approval.REJECTED, "PROMOTIONAL"),
        ("jeda", Approval.PAUSED, ""),
        ("banding", Approval.PENDING, ""),
        ("hapus", Approval.DISABLED, ""),
    ]
    assert found[0].buttons == (TemplateButton("Cek", "https://a.go.id"),)
    assert found[0].key == "kabar/id"


@pytest.mark.parametrize(
    "more",
    [
        component("HEADER", format="IMAGE"),
        component("HEADER", format="TEXT", text="Aduan {{1}}"),
        component("CAROUSEL", cards=[]),
        component("BUTTONS", buttons=[{"type": "URL", "text": "Cek", "url": "https://a/{{1}}"}]),
        component("BUTTONS", buttons=[{"type": "COPY_CODE", "text": "Salin"}]),
    ],
)
def test_what_needs_more_than_words_in_the_body_is_listed_but_not_usable(more, cloud, provider):
    provider.will_answer(answer({"data": [named("kabar", "APPROVED", more)]}))

    (found,) = listed(cloud)

    assert (found.approval, found.usable) == (Approval.APPROVED, False)


@pytest.mark.parametrize(
    ("types", "usable"),
    [
        ({"twilio/text": {"body": "Halo {{1}}"}}, True),
        ({"twilio/media": {"body": "Halo", "media": ["https://a/{{1}}"]}}, False),
        ({"whatsapp/card": {"body": "Halo", "header_text": "Kabar", "footer": "Pemkab"}}, True),
        ({"twilio/card": {"title": "Halo", "media": ["https://a/b.jpg"]}}, False),
        (
            {
                "twilio/call-to-action": {
                    "body": "Halo",
                    "actions": [{"type": "URL", "title": "Cek", "url": "https://a/{{1}}"}],
                }
            },
            False,
        ),
        ({"twilio/carousel": {"body": "Halo", "cards": []}}, False),
    ],
)
def test_twilios_types_that_need_files_or_changing_addresses_are_not_usable(types, usable):
    found = read_template(content(1, "approved", types=types))

    assert found is not None
    assert found.usable is usable


@pytest.mark.parametrize(
    "row",
    [None, "baris", {}, {"sid": "HX9", "types": []}, {"sid": 9, "types": {}}, {"sid": "HX9"}],
)
def test_a_row_that_makes_no_sense_costs_no_neighbour(row, twilio, provider):
    rows = [row, content(1, "approved")] if isinstance(row, dict) else [content(1, "approved")]
    provider.will_answer(contents(*rows))

    assert [one.content_id for one in listed(twilio)] == ["HX1"]


def test_metas_rows_that_make_no_sense_cost_no_neighbour(cloud, provider):
    rows = ["x", {}, {"name": "a", "components": [5]}, named("b", "APPROVED", category=5)]
    provider.will_answer(answer({"data": [*rows, named("kabar", "APPROVED")]}))

    assert [one.name for one in listed(cloud)] == ["kabar"]


def test_an_account_that_refuses_or_is_unknown_says_so(cloud, twilio, provider):
    provider.will_answer(Answer(401, b'{"error": {"code": 190}}'))
    with pytest.raises(SendError) as refused:
        cloud.templates()
    provider.will_answer(Answer(200, b'{"success": true}'))
    with pytest.raises(SendError) as unreadable:
        cloud.templates()
    provider.will_answer(Answer(401, b'{"code": 20003}'))
    with pytest.raises(SendError) as by_twilio:
        twilio.templates()
    unknown = adapter_of(provider, ChannelName.WHATSAPP_CLOUD, None)
    with pytest.raises(SendError) as nobody:
        unknown.templates()
    close_channels({ChannelName.WHATSAPP_CLOUD: unknown})

    classes = [one.value.error_class for one in (refused, unreadable, by_twilio, nobody)]
    assert classes == [
        ErrorClass.REAUTH,
        ErrorClass.AMBIGUOUS,
        ErrorClass.REAUTH,
        ErrorClass.CONFIG,
    ]


def test_by_meta_a_template_goes_by_name_and_language_and_never_with_free_text(cloud, provider):
    provider.will_answer(answer({"messages": [{"id": "wamid.1"}]}))
    template = Template("kabar", {"2": "Dinas\nPU", "10": "c", "1": "", "pd": "x"}, "en_US")

    cloud.send(
        OutboundPart(
            ChannelName.WHATSAPP_CLOUD,
            "106540352242922",
            "+6281255501001",
            "bagian-1",
            text="tidak dikirim",
            template=template,
        )
    )

    fields = {name: values[0] for name, values in parse_qs(provider.calls[0].body.decode()).items()}
    sent = json.loads(fields["template"])
    assert (fields["type"], "text" in fields) == ("template", False)
    assert (sent["name"], sent["language"]) == ("kabar", {"code": "en_US"})
    assert sent["components"][0]["parameters"] == [
        {"type": "text", "text": "-"},
        {"type": "text", "text": "Dinas PU"},
        {"type": "text", "text": "c"},
        {"type": "text", "text": "x", "parameter_name": "pd"},
    ]


def test_what_the_citizen_reads_is_head_body_and_foot_with_the_values_on_one_line():
    template = ListedTemplate(
        "HX1",
        "kabar",
        "id",
        "utility",
        "Aduan {{1}} dari {{2}}. {{1}} 😀",
        Approval.APPROVED,
        header="Kabar {{nama}}",
        footer="Pemkab",
    )

    assert template.variables == ("1", "2", "nama")
    assert (
        template.filled({"1": "26-1-2", "2": "Dinas\n  PU {{1}}"})
        == "Kabar {{nama}}\n\nAduan 26-1-2 dari Dinas PU {{1}}. 26-1-2 😀\n\nPemkab"
    )


@pytest.mark.parametrize(
    ("code", "condemned"), [("21655", True), ("132015", True), ("63007", False), ("190", False)]
)
def test_a_templates_own_fault_is_told_from_the_accounts(code, condemned):
    assert condemns_template(code) is condemned


@pytest.mark.parametrize(
    ("base", "there"),
    [
        ("https://api.twilio.com", "https://content.twilio.com/v1/x"),
        ("http://127.0.0.1:8090", "http://127.0.0.1:8090/v1/x"),
        ("https://api.dublin.ie1.twilio.com", "https://content.twilio.com/v1/x"),
    ],
)
def test_another_origin_plays_all_hosts_of_twilio_and_a_region_only_the_first(base, there):
    assert at_origin("https://content.twilio.com/v1/x", base) == there
    assert at_origin("https://api.twilio.com/2010", base) == f"{base}/2010"
