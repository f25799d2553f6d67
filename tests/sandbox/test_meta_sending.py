import json
from typing import Any

import facebook
import pytest
import requests

from sandbox import defaults
from sandbox.samples import document, photo
from tests.sandbox.sdk import graph, send_meta
from tests.sandbox.stage import Stage

PSID = "6120000000000001"
DAY_S = 24 * 3600


def refusal(stage: Stage, channel: str, message: dict[str, Any], **fields: str) -> tuple[Any, Any]:
    with pytest.raises(facebook.GraphAPIError) as raised:
        send_meta(stage, channel, message, **fields)
    error = raised.value.result["error"]
    return error["code"], error.get("error_subcode")


@pytest.mark.parametrize(
    ("channel", "message", "fields", "expected"),
    [
        ("messenger", {"text": "x" * 2001}, {}, (100, None)),
        ("instagram", {"text": "é" * 501}, {}, (100, None)),
        ("messenger", {"text": ""}, {}, (100, None)),
        ("messenger", {"text": "a", "attachment": {"type": "image"}}, {}, (100, None)),
        ("messenger", {"attachment": {"type": "poster"}}, {}, (100, None)),
        ("messenger", {"text": "a", "metadata": "x" * 1001}, {}, (100, None)),
        (
            "messenger",
            {"text": "a", "quick_replies": [{"title": "x" * 21, "payload": "y"}]},
            {},
            (100, None),
        ),
        ("messenger", {"text": "a"}, {"messaging_type": "SPAM"}, (100, None)),
        (
            "messenger",
            {"text": "a"},
            {"messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"},
            (100, 1893061),
        ),
        ("messenger", {"text": "a"}, {"messaging_type": "MESSAGE_TAG"}, (100, 1893061)),
        ("messenger", {"text": "a"}, {"recipient": '{"id": "6120000000000002"}'}, (100, 2018001)),
        ("messenger", {"text": "a"}, {"recipient": "id"}, (100, None)),
        (
            "messenger",
            {"attachment": {"type": "image", "payload": {"url": "https://example.org/x.jpg"}}},
            {},
            (100, 2018047),
        ),
    ],
)
def test_what_meta_refuses_is_refused_with_its_codes(talking, channel, message, fields, expected):
    assert refusal(talking, channel, message, **fields) == expected
    assert talking.get("/api/sent")["count"] == 0


def test_nested_values_that_the_sdk_flattens_are_refused(talking):
    with pytest.raises(facebook.GraphAPIError) as raised:
        graph(talking, defaults.META_PAGE_TOKEN).put_object(
            "me", "messages", recipient={"id": PSID}, message={"text": "halo"}
        )

    assert raised.value.result["error"]["code"] == 100


@pytest.mark.parametrize(("channel", "subcode"), [("messenger", 2018278), ("instagram", 2534022)])
def test_the_window_closes_after_a_day_and_for_people_after_a_week(talking, channel, subcode):
    tagged = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}

    talking.post("/api/clock", {"advance_s": DAY_S + 60})
    free = refusal(talking, channel, {"text": "halo"})
    by_person = send_meta(talking, channel, {"text": "halo"}, **tagged)
    talking.post("/api/clock", {"advance_s": 6 * DAY_S})
    late = refusal(talking, channel, {"text": "halo"}, **tagged)

    assert free == (10, subcode)
    assert "message_id" in by_person
    assert late == (10, subcode)


def test_a_wrong_token_is_refused(talking):
    with pytest.raises(facebook.GraphAPIError) as raised:
        graph(talking, "wrong").put_object("me", "messages", recipient="{}", message="{}")

    assert raised.value.result["error"]["code"] == 190


def test_an_upload_and_an_address_both_reach_the_phone(talking):
    talking.gateway.files["/media/foto.jpg"] = (photo(), "image/jpeg")
    url = f"{talking.gateway.url}/media/foto.jpg"
    send_meta(talking, "instagram", {"attachment": {"type": "image", "payload": {"url": url}}})
    recipient = json.dumps({"id": PSID})
    message = json.dumps({"attachment": {"type": "file", "payload": {}}})
    requests.post(
        f"{talking.url}/v25.0/me/messages",
        data={
            "recipient": recipient,
            "message": message,
            "access_token": defaults.META_PAGE_TOKEN,
        },
        files={"filedata": ("surat.pdf", document(), "application/pdf")},
        timeout=5,
    )

    talking.settled()
    image = talking.thread("salmah", "instagram")[-1]["files"][0]
    file = talking.thread("salmah", "messenger")[-1]["files"][0]
    assert requests.get(talking.url + image["url"], timeout=5).content == photo()
    assert (file["filename"], file["kind"]) == ("surat.pdf", "document")


def test_instagram_takes_no_word_document(talking):
    talking.gateway.files["/media/a.docx"] = (b"PK", "application/msword")
    url = f"{talking.gateway.url}/media/a.docx"

    refused = refusal(
        talking, "instagram", {"attachment": {"type": "file", "payload": {"url": url}}}
    )

    assert refused == (100, 2018047)


def test_a_kept_attachment_can_be_sent_again_by_its_id(talking):
    kept = requests.post(
        f"{talking.url}/v25.0/me/message_attachments",
        data={
            "message": json.dumps({"attachment": {"type": "image", "payload": {}}}),
            "access_token": defaults.META_PAGE_TOKEN,
        },
        files={"filedata": ("foto.jpg", photo(), "image/jpeg")},
        timeout=5,
    ).json()

    payload = {"attachment_id": kept["attachment_id"]}
    send_meta(talking, "messenger", {"attachment": {"type": "image", "payload": payload}})

    talking.settled()
    assert talking.thread("salmah", "messenger")[-1]["files"][0]["kind"] == "image"


def test_subscriptions_and_tokens_answer(stage):
    api = graph(stage, defaults.META_PAGE_TOKEN)

    before = api.get_connections("me", "subscribed_apps")["data"]
    api.put_object("me", "subscribed_apps", subscribed_fields="messages,message_reads")
    after = api.get_connections("me", "subscribed_apps")["data"]
    me = api.get_object("me")

    assert "message_echoes" in before[0]["subscribed_fields"]  # connected from the start
    assert after[0]["subscribed_fields"] == ["messages", "message_reads"]
    assert me["id"] == defaults.META_PAGE_ID
