import hashlib
import hmac

import requests

from sandbox import defaults
from sandbox.samples import photo
from tests.sandbox.sdk import send_meta
from tests.sandbox.stage import eventually

HOOK = "/webhooks/meta"
PSID = "6120000000000001"
IGSID = "1203000000000001"


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

    events = sorted(stage.meta_events(2), key=lambda event: "text" in event["message"])
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

    [event] = stage.meta_events(1)
    [place] = event["message"]["attachments"]
    assert place["payload"]["coordinates"] == {"lat": -1.5, "long": 102.25}
    assert (answer.status_code, answer.json()["error"]) == (422, "Instagram tidak mengirim lokasi.")


def test_a_quotation_names_the_message(talking):
    first = talking.thread("salmah", "instagram")[0]["id"]

    talking.write("salmah", "instagram", "yang itu", quote=first)

    assert talking.meta_events(3)[2]["message"]["reply_to"] == {"mid": first}


def test_unsending_is_told_by_instagram(talking):
    first = talking.thread("salmah", "instagram")[0]["id"]

    body = {"channel": "instagram", "message": first}
    talking.post("/api/citizens/salmah/withdrawals", body)

    assert talking.meta_events(3)[2]["message"] == {"mid": first, "is_deleted": True}


def test_events_of_one_moment_share_a_request(open_stage):
    stage = open_stage(meta_batch_s=0.3)

    stage.write("salmah", "messenger", "satu")
    stage.write("yusuf", "messenger", "dua")
    stage.write("salmah", "instagram", "tiga")

    heard = stage.webhooks(HOOK, 2)
    sizes = {one.json["object"]: len(one.json["entry"][0]["messaging"]) for one in heard}
    assert sizes == {"page": 2, "instagram": 1}


def test_messenger_echoes_with_metadata_then_delivers_and_reads(talking):
    answer = send_meta(talking, "messenger", {"text": "Terima kasih", "metadata": "part-7"})

    events = talking.meta_events(5)[2:]
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
    answer = send_meta(talking, "instagram", {"text": "Terima kasih", "metadata": "part-7"})

    events = talking.meta_events(4)[2:]
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
    first = send_meta(talking, "messenger", {"text": "NIK?", "quick_replies": [reply]})
    attachment = {"type": "template", "payload": template}
    second = send_meta(talking, "messenger", {"attachment": attachment})
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
