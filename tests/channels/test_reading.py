"""Cases of each platform that the payload set does not hold."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from channels.errors import PayloadError
from channels.message import (
    ChannelEvent,
    ChannelName,
    ControlEvent,
    ControlKind,
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
    MediaKind,
    RottenEvent,
)
from channels.payload import instant, location
from tests.channels.support import channels, signed

CHANNELS = channels()
PERSON = {"id": 5550100001, "first_name": "Agus"}
CHAT = {"id": 5550100001, "type": "private"}
PAGE = "104857600123456"
INSTAGRAM = "17841400001234567"


def twilio(name: ChannelName = ChannelName.SMS, url: str | None = None, **fields: str) -> Any:
    prefix = "whatsapp:" if name is ChannelName.WHATSAPP else ""
    form = {"MessageSid": "SM1", "From": f"{prefix}+6281255501001", "To": f"{prefix}+1"} | fields
    return CHANNELS[name].parse(signed("twilio", urlencode(form).encode(), url=url))


def telegram(**update: Any) -> list[ChannelEvent]:
    body = json.dumps({"update_id": 7, **update}).encode()
    return CHANNELS[ChannelName.TELEGRAM].parse(signed("telegram", body))


def said(**content: Any) -> Any:
    base = {"message_id": 1, "from": PERSON, "chat": CHAT, "date": 1795137300}
    (event,) = telegram(message=base | content)
    return event


def meta(event: Any, name: ChannelName = ChannelName.MESSENGER) -> list[ChannelEvent]:
    kind, account = ("page", PAGE) if name is ChannelName.MESSENGER else ("instagram", INSTAGRAM)
    whole = {"sender": {"id": "6120000000000001"}, "recipient": {"id": account}}
    whole |= {"timestamp": 1795137300321, **event}
    entry = {"id": account, "time": 1, "messaging": [whole]}
    body = json.dumps({"object": kind, "entry": [entry]}).encode()
    return CHANNELS[name].parse(signed("meta", body))


def attached(*attachments: Any) -> Any:
    (message,) = meta({"message": {"mid": "m1", "attachments": list(attachments)}})
    return message


@pytest.mark.parametrize(
    ("sender", "read"),
    [
        ("+6281255501001", "+6281255501001"),
        (" 6281255501001", "+6281255501001"),
        ("3636", "3636"),
        ("TELKOMSEL", "TELKOMSEL"),
    ],
)
def test_senders_of_sms_keep_their_form(sender, read):
    (message,) = twilio(From=sender, Body="x")

    assert message.sender == read
    assert message.repliable == read.startswith("+")


@pytest.mark.parametrize("word", ["STOP", " stop ", "Unsubscribe"])
def test_a_bare_stop_word_is_an_opt_out_even_without_the_flag(word):
    (event,) = twilio(Body=word)

    assert event.kind is ControlKind.OPT_OUT


def test_a_stop_word_inside_a_complaint_or_on_whatsapp_is_a_message():
    (complaint,) = twilio(Body="Tolong stop truk pasir di jalan kami")
    (whatsapp,) = twilio(ChannelName.WHATSAPP, Body="STOP")

    assert isinstance(complaint, InboundMessage)
    assert isinstance(whatsapp, InboundMessage)


def test_start_opts_in_and_help_was_answered_by_twilio():
    (event,) = twilio(Body="START")

    assert event.kind is ControlKind.OPT_IN
    assert twilio(Body="HELP", OptOutType="HELP") == []


def test_forms_of_other_accounts_and_channels_are_left_out():
    assert twilio(AccountSid="ACxyz", Body="x") == []
    assert twilio(From="messenger:1", To="messenger:2", Body="x") == []


def test_a_form_from_nobody_is_refused():
    with pytest.raises(PayloadError):
        twilio(From="", To="")
    with pytest.raises(PayloadError):
        twilio(ChannelName.WHATSAPP, From=" ")


@pytest.mark.parametrize(
    ("mime", "kind"),
    [
        ("image/webp", MediaKind.STICKER),
        ("video/mp4", MediaKind.VIDEO),
        ("application/pdf", MediaKind.DOCUMENT),
        ("", MediaKind.DOCUMENT),
    ],
)
def test_media_of_whatsapp_have_their_kind(mime, kind):
    (message,) = twilio(
        ChannelName.WHATSAPP, MediaUrl0="https://api.twilio.com/a", MediaContentType0=mime
    )

    assert message.media[0].kind is kind


def test_media_are_read_in_order_and_once():
    url = "https://api.twilio.com/"
    (message,) = twilio(
        MediaUrl10=f"{url}k", MediaUrl2=f"{url}c", MediaUrl0=f"{url}a", MediaUrl1=f"{url}a"
    )

    assert [ref.source for ref in message.media] == [f"{url}a", f"{url}c", f"{url}k"]


def test_content_that_was_announced_but_not_given_is_unsupported():
    (lost,) = twilio(ChannelName.WHATSAPP, NumMedia="1", Body="")
    (future,) = twilio(ChannelName.WHATSAPP, MessageType="hologram", Body="")
    (blank,) = twilio(ChannelName.WHATSAPP, MessageType="text", Body="")

    assert (lost.unsupported, future.unsupported, blank.unsupported) == (True, True, False)


def test_a_forwarded_message_and_a_list_choice_are_marked():
    (message,) = twilio(
        ChannelName.WHATSAPP, Body="Pilihan", Forwarded="true", ListId="p1", ListTitle="Satu"
    )

    assert message.forwarded
    assert (message.choice.payload, message.choice.title) == ("p1", "Satu")


@pytest.mark.parametrize("word", ["queued", "sending", "accepted", ""])
def test_a_status_before_sent_moves_nothing(word):
    url = "https://aduan.kabcontoh.go.id/webhooks/twilio/status"

    assert twilio(url=url, MessageStatus=word) == []


def test_a_failure_without_a_code_is_permanent():
    (receipt,) = twilio(MessageStatus="failed", ErrorCode="0")

    assert (receipt.error_code, receipt.error_class) == (None, "permanent")


def test_a_failure_tells_the_pauses_that_its_page_advises():
    (unknown,) = twilio(MessageStatus="undelivered", ErrorCode="30008")
    (unreachable,) = twilio(MessageStatus="undelivered", ErrorCode="30003")

    assert (unknown.retry_waits_s, unreachable.retry_waits_s) == ((900.0,), ())


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_groups_are_not_ours(kind):
    chat = {"id": -1, "type": kind}

    assert telegram(message={"message_id": 1, "chat": chat, "text": "x"}) == []
    assert telegram(edited_message={"message_id": 1, "chat": chat, "text": "x"}) == []
    assert telegram(channel_post={"message_id": 1, "chat": chat, "text": "x"}) == []
    assert telegram(callback_query={"id": "1", "from": PERSON, "message": {"chat": chat}}) == []


def test_a_pressed_button_is_acknowledged_so_that_the_phone_stops_waiting():
    adapter = CHANNELS[ChannelName.TELEGRAM]
    events = telegram(
        callback_query={
            "id": "42",
            "from": PERSON,
            "data": "rate:5",
            "message": {"message_id": 3, "chat": CHAT},
        }
    )

    (event,) = events
    assert isinstance(event, ControlEvent)
    assert (event.kind, event.value, event.event_id) == (ControlKind.BUTTON, "rate:5", "42")
    assert (event.sender, event.external_id) == ("5550100001", "3")
    assert json.loads(adapter.acknowledge(events).body) == {
        "method": "answerCallbackQuery",
        "callback_query_id": "42",
    }


def test_other_commands_are_control_events_with_their_words():
    event = said(text="/status@aduan_kabcontoh_bot 26-00421-3")

    assert (event.kind, event.value) == (ControlKind.COMMAND, "status 26-00421-3")


@pytest.mark.parametrize("text", ["/ jalan rusak", "lihat /start", "jl. a/b"])
def test_a_slash_alone_makes_no_command(text):
    assert isinstance(said(text=text), InboundMessage)


def test_an_edit_into_a_command_is_left_out():
    edited = {"message_id": 1, "chat": CHAT, "text": "/start", "edit_date": 2}

    assert telegram(edited_message=edited) == []


def test_an_animation_and_its_document_are_one():
    file = {"file_id": "A", "mime_type": "video/mp4"}

    message = said(animation=file, document=file)

    assert [(ref.kind, ref.source) for ref in message.media] == [(MediaKind.VIDEO, "A")]


def test_the_largest_photo_wins_wherever_it_stands():
    big, small = {"width": 9, "height": 9}, {"width": 1, "height": 1}

    message = said(photo=[big | {"file_id": "B"}, small | {"file_id": "S"}])

    assert [ref.source for ref in message.media] == ["B"]


@pytest.mark.parametrize("key", ["video", "video_note", "voice", "audio", "sticker", "document"])
def test_every_kind_of_file_is_kept(key):
    assert len(said(**{key: {"file_id": "A"}}).media) == 1


def test_the_citizens_own_contact_is_told_apart():
    own = said(contact={"phone_number": "6281255501001", "user_id": 5550100001, "first_name": "A"})

    assert (own.contact.phone, own.contact.is_sender, own.contact.name) == (
        "+6281255501001",
        True,
        "A",
    )


def test_a_reply_a_forward_and_an_album_are_marked():
    message = said(
        text="x",
        reply_to_message={"message_id": 55, "chat": CHAT},
        forward_origin={"type": "user"},
        media_group_id="g1",
    )

    assert (message.reply_to, message.forwarded, message.group_key) == ("55", True, "g1")


@pytest.mark.parametrize("key", ["pinned_message", "message_auto_delete_timer_changed"])
def test_notices_of_telegram_are_not_messages(key):
    message = {"message_id": 1, "chat": CHAT, "date": 1, key: {"a": 1}}

    assert telegram(message=message) == []


@pytest.mark.parametrize("date", ["kemarin", -5, 10**30, None, True])
def test_a_broken_clock_costs_no_message(date):
    assert said(text="x", date=date).sent_at is None


def test_a_broken_name_costs_no_message():
    assert said(text="x", **{"from": {"id": 1, "first_name": 5}}).sender_name is None


def test_a_citizen_who_comes_back_is_reported():
    (event,) = telegram(
        my_chat_member={"chat": CHAT, "date": 1795137500, "new_chat_member": {"status": "member"}}
    )

    assert isinstance(event, ControlEvent)
    assert event.kind is ControlKind.UNBLOCKED
    left = {"chat": CHAT, "new_chat_member": {"status": "left"}}
    assert telegram(my_chat_member=left) == []


def test_reactions_name_their_message_and_can_be_taken_back():
    given = {"chat": CHAT, "message_id": 9, "new_reaction": [{"type": "emoji", "emoji": "👍"}]}
    (reaction,) = telegram(message_reaction=given)
    (taken_back,) = telegram(message_reaction=given | {"new_reaction": []})

    assert isinstance(reaction, ControlEvent)
    assert isinstance(taken_back, ControlEvent)
    assert (reaction.value, reaction.external_id, taken_back.value) == ("👍", "9", None)


def test_a_sticker_announced_as_image_and_as_sticker_is_one():
    payload = {"url": "https://scontent.xx.fbcdn.net/s.png", "sticker_id": 369}

    message = attached(
        {"type": "image", "payload": payload},
        {"type": "sticker", "payload": payload | {"url": "https://scontent.xx.fbcdn.net/t.png"}},
    )

    assert [ref.kind for ref in message.media] == [MediaKind.STICKER]


def test_links_are_kept_but_never_fetched():
    message = attached({"type": "fallback", "title": "x", "url": "https://berita.example/1"})

    assert [(ref.kind, ref.fetchable) for ref in message.media] == [(MediaKind.LINK, False)]


def test_a_heart_is_a_blank_message_and_a_vanishing_photo_an_unsupported_one():
    assert attached({"type": "like_heart"}).unsupported is False
    assert attached({"type": "ephemeral"}).unsupported is True


def test_the_advertisement_that_led_somebody_to_us_is_named():
    (message,) = twilio(ChannelName.WHATSAPP, Body="Halo", ReferralHeadline="Lapor lampu mati")

    assert isinstance(message, InboundMessage)
    assert message.origin == "Lapor lampu mati"


def test_get_started_and_referrals_start_a_conversation():
    (started,) = meta(
        {"postback": {"title": "Mulai", "payload": "GET_STARTED", "referral": {"ref": "poster"}}}
    )
    (referred,) = meta({"referral": {"ref": "kec12", "source": "SHORTLINK"}})

    assert isinstance(started, ControlEvent)
    assert isinstance(referred, ControlEvent)
    assert (started.kind, started.value) == (ControlKind.START, "poster")
    assert (referred.kind, referred.value) == (ControlKind.START, "kec12")


def test_a_postback_is_a_button_that_its_redelivery_repeats():
    event = {"postback": {"title": "Cek status", "payload": "status"}}
    (first,), (again,) = meta(event), meta(event)

    assert isinstance(first, ControlEvent)
    assert (first.kind, first.value) == (ControlKind.BUTTON, "status")
    assert first == again


def test_a_postback_with_an_id_keeps_it():
    (event,) = meta({"postback": {"mid": "m9", "payload": "x"}})

    assert isinstance(event, ControlEvent)
    assert event.event_id == "m9"


def test_a_postback_without_anything_is_rotten():
    assert isinstance(meta({"postback": {}})[0], RottenEvent)


def test_a_quick_reply_is_a_message_with_a_choice():
    (message,) = meta(
        {"message": {"mid": "m1", "text": "Belum", "quick_reply": {"payload": "belum"}}}
    )

    assert isinstance(message, InboundMessage)
    assert message.choice is not None
    assert (message.choice.title, message.choice.payload) == ("Belum", "belum")


def test_deliveries_name_each_message_or_everything_until_then():
    by_id = meta({"delivery": {"mids": ["a", "b"], "watermark": 1795137300321}})
    (until,) = meta({"delivery": {"watermark": 1795137300}})

    assert [r.external_id for r in by_id if isinstance(r, DeliveryReceipt)] == ["a", "b"]
    assert isinstance(until, DeliveryReceipt)
    assert until.watermark == instant(1795137300)
    assert meta({"delivery": {}}) == []


def test_an_edited_message_carries_its_new_text():
    (event,) = meta({"message_edit": {"mid": "m1", "text": "RT 07", "num_edit": 1}})

    assert isinstance(event, ControlEvent)
    assert event.kind is ControlKind.EDITED
    assert event.message is not None
    assert (event.external_id, event.message.text) == ("m1", "RT 07")


@pytest.mark.parametrize(("action", "emoji"), [("react", "😍"), ("unreact", None)])
def test_meta_reactions_are_read(action, emoji):
    (event,) = meta({"reaction": {"mid": "m1", "action": action, "emoji": "😍"}})

    assert isinstance(event, ControlEvent)
    assert (event.kind, event.value, event.external_id) == (ControlKind.REACTION, emoji, "m1")


def test_our_own_words_are_an_echo_even_without_the_flag():
    (event,) = meta(
        {
            "sender": {"id": PAGE},
            "recipient": {"id": "6120000000000001"},
            "message": {"mid": "m1", "text": "Ditulis petugas di kotak masuk halaman"},
        }
    )

    assert isinstance(event, ControlEvent)
    assert (event.kind, event.sender, event.value) == (ControlKind.ECHO, "6120000000000001", None)


def test_standby_is_read_and_page_comments_are_not():
    event = {"sender": {"id": "6120000000000001"}, "message": {"mid": "m1", "text": "x"}}
    comment = {"field": "feed", "value": {"item": "comment", "message": "x"}}
    entry = {"id": PAGE, "standby": [event], "changes": [comment]}
    body = json.dumps({"object": "page", "entry": [entry]}).encode()

    events = CHANNELS[ChannelName.MESSENGER].parse(signed("meta", body))

    assert [type(event) for event in events] == [InboundMessage]


def test_each_rotten_place_is_named():
    body = json.dumps(
        {
            "object": "page",
            "entry": [5, {"id": PAGE, "messaging": "x"}, {"id": PAGE, "standby": [1]}],
        }
    ).encode()

    events = CHANNELS[ChannelName.MESSENGER].parse(signed("meta", body))

    assert [event.path for event in events if isinstance(event, RottenEvent)] == [
        "entry[0]",
        "entry[1].messaging",
        "entry[2].standby[0]",
    ]


def test_reads_of_instagram_name_the_message():
    (receipt,) = meta({"read": {"mid": "ig1"}}, ChannelName.INSTAGRAM)

    assert isinstance(receipt, DeliveryReceipt)
    assert (receipt.status, receipt.external_id) == (DeliveryStatus.READ, "ig1")


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(91, 0), (0, 181), ("x", 0), (None, 0), (float("nan"), 0), (True, 0), (10**400, 0)],
)
def test_a_place_that_is_not_on_the_globe_is_no_location(latitude, longitude):
    assert location(latitude, longitude) is None


@pytest.mark.parametrize("value", [1795137300, 1795137300000, "1795137300"])
def test_seconds_and_milliseconds_are_the_same_instant(value):
    found = instant(value)

    assert found is not None
    assert found.isoformat() == "2026-11-20T01:15:00+00:00"
