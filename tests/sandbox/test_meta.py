import hashlib
import hmac
import json
from typing import Any

import facebook
import pytest
import requests

from sandbox import defaults
from sandbox.samples import document, photo
from tests.sandbox.stage import Stage, eventually

HOOK = "/webhooks/meta"
PSID = "6120000000000001"
IGSID = "1203000000000001"
DAY_S = 24 * 3600


class RedirectedSession(requests.Session):
    """The SDK's session with another host, as the gateway does it."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def request(self, method, url, **kwargs):
        url = url.replace("https://graph.facebook.com", self._base)
        return super().request(method, url, **kwargs)


def graph(stage: Stage, token: str) -> facebook.GraphAPI:
    api = facebook.GraphAPI(token, timeout=5, session=RedirectedSession(stage.url))
    api.version = defaults.META_GRAPH_VERSION
    return api


def send(stage: Stage, channel: str, message: dict[str, Any], **fields: str) -> dict[str, Any]:
    page = channel == "messenger"
    token = defaults.META_PAGE_TOKEN if page else defaults.META_INSTAGRAM_TOKEN
    recipient = json.dumps({"id": PSID if page else IGSID})
    values = {"recipient": recipient, "message": json.dumps(message), **fields}
    return graph(stage, token).put_object("me", "messages", **values)


def refusal(stage: Stage, channel: str, message: dict[str, Any], **fields: str) -> tuple[Any, Any]:
    with pytest.raises(facebook.GraphAPIError) as raised:
        send(stage, channel, message, **fields)
    error = raised.value.result["error"]
    return error["code"], error.get("error_subcode")


@pytest.fixture
def talking(stage: Stage) -> Stage:
    """Salmah has written on both platforms."""
    stage.write("salmah", "messenger", "halo")
    stage.write("salmah", "instagram", "halo")
    stage.meta_events(2)
    return stage


def messages_of(stage: Stage, count: int) -> list[dict[str, Any]]:
    return stage.meta_events(count)


def test_a_text_arrives_signed_over_its_raw_bytes(stage):
    [sent] = stage.write("salmah", "messenger", "Selamat siang 😤")

    [heard] = stage.webhooks(HOOK, 1)

    digest = hmac.new(defaults.META_APP_SECRET.encode(), heard.body, hashlib.sha256).hexdigest()
    entry = heard.json["entry"][0]
    event = entry["messaging"][0]
    assert heard.headers["x-hub-signature-256"] == f"sha256={digest}"
    assert heard.json["object"] == "page"
    assert entry["id"] == defaults.META_PAGE_ID
    assert event["sender"]["id"] == PSID
    assert event["message"] == {"mid": sent["id"], "text": "Selamat siang 😤"}
    assert heard.body.isascii()


def test_instagram_has_its_own_object_and_account(stage):
    stage.write("salmah", "instagram", "min")

    [heard] = stage.webhooks(HOOK, 1)

    assert heard.json["object"] == "instagram"
    assert heard.json["entry"][0]["id"] == defaults.META_INSTAGRAM_ID
    assert heard.json["entry"][0]["messaging"][0]["sender"]["id"] == IGSID


def test_text_and_pictures_are_two_messages_and_the_pictures_travel_together(stage):
    stage.write("salmah", "messenger", "ini", attachments=[{"kind": "photo"}, {"kind": "photo"}])

    events = sorted(messages_of(stage, 2), key=lambda event: "text" in event["message"])
    attachments = events[0]["message"]["attachments"]
    address = attachments[0]["payload"]["url"]
    assert [one["type"] for one in attachments] == ["image", "image"]
    assert events[1]["message"]["text"] == "ini"
    assert requests.get(address, timeout=5).content == photo()
    assert requests.get(address.replace("oh=00_", "oh=00_x"), timeout=5).status_code == 403


def test_a_place_travels_on_messenger_and_is_refused_on_instagram(stage):
    stage.write("salmah", "messenger", location={"latitude": -1.5, "longitude": 102.25})
    answer = requests.post(
        f"{stage.url}/api/citizens/salmah/messages",
        json={"channel": "instagram", "location": True},
        timeout=5,
    )

    [event] = messages_of(stage, 1)
    [place] = event["message"]["attachments"]
    assert place["payload"]["coordinates"] == {"lat": -1.5, "long": 102.25}
    assert (answer.status_code, answer.json()["error"]) == (422, "Instagram tidak mengirim lokasi.")


def test_a_quotation_names_the_message(talking):
    first = talking.thread("salmah", "instagram")[0]["id"]

    talking.write("salmah", "instagram", "yang itu", quote=first)

    assert messages_of(talking, 3)[2]["message"]["reply_to"] == {"mid": first}


def test_unsending_is_told_by_instagram(talking):
    first = talking.thread("salmah", "instagram")[0]["id"]

    body = {"channel": "instagram", "message": first}
    talking.post("/api/citizens/salmah/withdrawals", body)

    assert messages_of(talking, 3)[2]["message"] == {"mid": first, "is_deleted": True}


def test_events_of_one_moment_share_a_request(open_stage):
    stage = open_stage(meta_batch_s=0.3)

    stage.write("salmah", "messenger", "satu")
    stage.write("yusuf", "messenger", "dua")
    stage.write("salmah", "instagram", "tiga")

    heard = stage.webhooks(HOOK, 2)
    sizes = {one.json["object"]: len(one.json["entry"][0]["messaging"]) for one in heard}
    assert sizes == {"page": 2, "instagram": 1}


def test_messenger_echoes_with_metadata_then_delivers_and_reads(talking):
    answer = send(talking, "messenger", {"text": "Terima kasih", "metadata": "part-7"})

    events = messages_of(talking, 5)[2:]
    [echo] = [event for event in events if "message" in event]
    [delivery] = [event for event in events if "delivery" in event]
    [read] = [event for event in events if "read" in event]
    assert answer["recipient_id"] == PSID
    assert echo["message"]["is_echo"] is True
    assert echo["message"]["metadata"] == "part-7"
    assert echo["message"]["mid"] == answer["message_id"]
    assert (echo["sender"]["id"], echo["recipient"]["id"]) == (defaults.META_PAGE_ID, PSID)
    assert delivery["delivery"]["mids"] == [answer["message_id"]]
    assert read["read"]["watermark"] >= delivery["delivery"]["watermark"]


def test_instagram_echoes_without_metadata_and_names_what_was_read(talking):
    answer = send(talking, "instagram", {"text": "Terima kasih", "metadata": "part-7"})

    events = messages_of(talking, 4)[2:]
    talking.settled()
    [echo] = [event for event in events if "message" in event]
    [read] = [event for event in events if "read" in event]
    assert "metadata" not in echo["message"]
    assert read["read"] == {"mid": answer["message_id"]}
    assert len(talking.meta_events(4)) == 4


def test_quick_replies_and_buttons_come_back_in_their_own_way(talking):
    reply = {"content_type": "text", "title": "Lewati", "payload": "skip:nik"}
    button = {"type": "postback", "title": "Buat aduan", "payload": "new"}
    template = {"template_type": "button", "text": "Mau apa?", "buttons": [button]}
    first = send(talking, "messenger", {"text": "NIK?", "quick_replies": [reply]})
    attachment = {"type": "template", "payload": template}
    second = send(talking, "messenger", {"attachment": attachment})
    talking.settled()
    before = len(talking.meta_events(1))

    talking.write(
        "salmah", "messenger", choice={"message": first["message_id"], "payload": "skip:nik"}
    )
    talking.write("salmah", "messenger", choice={"message": second["message_id"], "payload": "new"})

    events = talking.meta_events(before + 2)[before:]
    [quick] = [event["message"] for event in events if "message" in event]
    [postback] = [event["postback"] for event in events if "postback" in event]
    assert (quick["text"], quick["quick_reply"]) == ("Lewati", {"payload": "skip:nik"})
    assert (postback["title"], postback["payload"]) == ("Buat aduan", "new")


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
    by_person = send(talking, channel, {"text": "halo"}, **tagged)
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
    send(talking, "instagram", {"attachment": {"type": "image", "payload": {"url": url}}})
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
    send(talking, "messenger", {"attachment": {"type": "image", "payload": payload}})

    talking.settled()
    assert talking.thread("salmah", "messenger")[-1]["files"][0]["kind"] == "image"


def test_subscriptions_and_tokens_answer(stage):
    api = graph(stage, defaults.META_PAGE_TOKEN)

    before = api.get_connections("me", "subscribed_apps")["data"]
    api.put_object("me", "subscribed_apps", subscribed_fields="messages,message_reads")
    after = api.get_connections("me", "subscribed_apps")["data"]
    me = api.get_object("me")

    assert before == []
    assert after[0]["subscribed_fields"] == ["messages", "message_reads"]
    assert me["id"] == defaults.META_PAGE_ID


def test_an_answer_other_than_200_is_repeated(stage):
    stage.gateway.answer_next(HOOK, 500, 202)

    stage.write("salmah", "messenger", "halo")

    heard = stage.webhooks(HOOK, 3)
    stage.settled()
    assert len({one.body for one in heard}) == 1
    assert [one["status"] for one in stage.thread("salmah", "messenger")] == ["delivered"]


def test_the_handshake_compares_the_challenge(stage):
    answer = stage.post("/api/handshake")

    [heard] = eventually(
        lambda: [one for one in stage.gateway.heard if one.method == "GET"], len, "a challenge"
    )
    assert answer == {"status": 200, "verified": True}
    assert "hub.verify_token=sandbox-verify" in heard.query
