import base64
from io import BytesIO
from typing import Any

import pytest
import requests
from PIL import Image
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    Update,
)
from telegram.error import BadRequest, Forbidden

from sandbox import defaults
from sandbox.samples import photo, voice
from tests.sandbox.sdk import refusal_of, with_bot
from tests.sandbox.stage import Stage, eventually

HOOK = "/webhooks/telegram"
SALMAH = 5550100001


def test_a_text_arrives_with_the_secret_and_can_be_read_by_the_library(stage):
    [sent] = stage.write("salmah", "telegram", "/start aduan")

    [heard] = stage.webhooks(HOOK, 1)

    update = Update.de_json(heard.json)
    assert heard.headers["x-telegram-bot-api-secret-token"] == defaults.TELEGRAM_SECRET
    assert update.message.text == "/start aduan"
    assert update.message.chat.id == SALMAH
    assert str(update.message.message_id) == sent["id"]
    assert update.message.entities[0].type == "bot_command"


def test_several_photos_are_an_album_with_one_caption(stage):
    files = [{"kind": "photo"}, {"kind": "photo"}, {"kind": "photo"}]

    stage.write("salmah", "telegram", "trotoar rusak", attachments=files)

    messages = [one.json["message"] for one in stage.webhooks(HOOK, 3)]
    assert len({one["media_group_id"] for one in messages}) == 1
    assert [one.get("caption") for one in messages] == ["trotoar rusak", None, None]
    assert [one["message_id"] for one in messages] == [101, 102, 103]


def test_the_largest_photo_is_the_whole_one_and_the_smallest_is_small(stage):
    stage.write("salmah", "telegram", attachments=[{"kind": "photo"}])
    [heard] = stage.webhooks(HOOK, 1)
    sizes = heard.json["message"]["photo"]

    async def download(bot: Bot) -> tuple[bytes, bytes]:
        large = await bot.get_file(sizes[-1]["file_id"])
        small = await bot.get_file(sizes[0]["file_id"])
        return await bytes_of(large), await bytes_of(small)

    whole, reduced = with_bot(stage, download)
    assert whole == photo()
    assert Image.open(BytesIO(reduced)).width == 90
    assert sizes[-1]["file_size"] == len(photo())


def test_a_file_above_20_mb_is_announced_but_not_handed_over(stage):
    content = base64.b64encode(b"%PDF-" + bytes(21 * 1024 * 1024)).decode()
    file = {"kind": "document", "filename": "besar.pdf", "content_base64": content}
    stage.write("salmah", "telegram", attachments=[file])
    [heard] = stage.webhooks(HOOK, 1)
    announced = heard.json["message"]["document"]

    refused = refusal_of(stage, lambda bot: bot.get_file(announced["file_id"]))

    assert announced["file_size"] > 20 * 1024 * 1024
    assert "file is too big" in str(refused).lower()


def test_an_edit_keeps_the_message_id(chatting):
    [sent] = chatting.write("salmah", "telegram", "jembatan lapuk")

    body = {"channel": "telegram", "message": sent["id"], "text": "jembatan lapuk RT 07"}
    chatting.post("/api/citizens/salmah/edits", body)

    edited = Update.de_json(chatting.webhooks(HOOK, 3)[2].json).edited_message
    assert str(edited.message_id) == sent["id"]
    assert edited.text == "jembatan lapuk RT 07"
    assert edited.edit_date is not None


def test_a_place_a_voice_note_and_a_quotation_arrive(chatting):
    [first] = chatting.write("salmah", "telegram", "di sini")
    chatting.write("salmah", "telegram", location={"latitude": -1.5, "longitude": 102.25})
    chatting.write("salmah", "telegram", attachments=[{"kind": "voice"}])
    chatting.write("salmah", "telegram", "yang itu", quote=first["id"])

    heard = [Update.de_json(one.json).message for one in chatting.webhooks(HOOK, 5)]

    assert (heard[2].location.latitude, heard[2].location.longitude) == (-1.5, 102.25)
    assert heard[3].voice.file_size == len(voice())
    assert str(heard[4].reply_to_message.message_id) == first["id"]


def test_an_inline_button_comes_back_once_and_is_answered(chatting):
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Lewati", callback_data="skip:nik")]])
    sent = with_bot(chatting, lambda bot: bot.send_message(SALMAH, "NIK?", reply_markup=keyboard))

    chatting.write(
        "salmah", "telegram", choice={"message": str(sent.message_id), "payload": "skip:nik"}
    )

    query = Update.de_json(chatting.webhooks(HOOK, 2)[1].json).callback_query
    assert query.data == "skip:nik"
    assert query.message.message_id == sent.message_id

    async def answer_twice(bot: Bot) -> tuple[bool, str]:
        first = await bot.answer_callback_query(query.id)
        removed = await bot.edit_message_reply_markup(SALMAH, sent.message_id)
        assert removed.reply_markup is None
        with pytest.raises(BadRequest) as again:
            await bot.answer_callback_query(query.id)
        return first, str(again.value)

    first, again = with_bot(chatting, answer_twice)
    assert first is True
    assert "query is too old" in again.lower()
    assert chatting.thread("salmah", "telegram")[1]["options"] == []


def test_the_location_key_sends_the_place_of_the_phone(chatting):
    keys = ReplyKeyboardMarkup([[KeyboardButton("Kirim lokasi", request_location=True)]])
    sent = with_bot(chatting, lambda bot: bot.send_message(SALMAH, "Di mana?", reply_markup=keys))

    chatting.write(
        "salmah", "telegram", choice={"message": str(sent.message_id), "title": "Kirim lokasi"}
    )

    message = Update.de_json(chatting.webhooks(HOOK, 2)[1].json).message
    assert message.location.latitude == chatting.settings.pin_latitude_deg


def test_set_webhook_changes_address_secret_and_kinds(chatting):
    async def set_up(bot: Bot) -> Any:
        await bot.set_webhook(
            f"{chatting.gateway.url}/other", secret_token="new", allowed_updates=["message"]
        )
        return await bot.get_webhook_info()

    info = with_bot(chatting, set_up)
    [sent] = chatting.write("salmah", "telegram", "satu")
    edit = {"channel": "telegram", "message": sent["id"], "text": "dua"}
    chatting.post("/api/citizens/salmah/edits", edit)
    chatting.settled()

    [heard] = chatting.gateway.on("/other")
    assert heard.headers["x-telegram-bot-api-secret-token"] == "new"
    assert (info.url, info.allowed_updates) == (f"{chatting.gateway.url}/other", ("message",))


def test_a_chat_waits_for_its_first_update_while_others_go_on(open_stage):
    stage = open_stage(retry_base_s=30.0, retry_cap_s=60.0)
    stage.gateway.answer_next(HOOK, 500, 500)

    stage.write("salmah", "telegram", "satu")
    stage.webhooks(HOOK, 2)
    stage.write("salmah", "telegram", "dua")
    stage.write("yusuf", "telegram", "halo")

    heard = stage.webhooks(HOOK, 3)
    info = with_bot(stage, lambda bot: bot.get_webhook_info())
    assert [one.json["message"]["text"] for one in heard] == ["satu", "satu", "halo"]
    assert info.pending_update_count == 2
    assert info.last_error_message == "Wrong response from the webhook: 500"


def test_any_refusal_is_repeated_until_a_2xx_and_the_order_stays(stage):
    stage.gateway.answer_next(HOOK, 500, 403, 204)

    stage.write("salmah", "telegram", "satu")
    stage.write("salmah", "telegram", "dua")

    heard = stage.webhooks(HOOK, 4)
    stage.settled()
    assert [one.json["message"]["text"] for one in heard] == ["satu", "satu", "satu", "dua"]
    assert {one.json["update_id"] for one in heard[:3]} == {880001001}


def test_retry_after_of_the_gateway_is_honoured(stage):
    stage.gateway.answer_next(HOOK, 503, headers={"Retry-After": "3600"})

    stage.write("salmah", "telegram", "satu")

    stage.webhooks(HOOK, 1)
    [line] = [one for one in events_once(stage) if not one["good"]]
    assert line["outcome"] == "ditolak (503), dicoba lagi 3600 detik lagi"


def test_blocking_is_an_update_and_then_a_refusal(chatting):
    chatting.fault("blocked", channel="telegram", citizen="salmah")
    refused = refusal_of(chatting, lambda bot: bot.send_message(SALMAH, "halo"))
    chatting.fault("blocked", channel="telegram", citizen="salmah", active=False)
    with_bot(chatting, lambda bot: bot.send_message(SALMAH, "halo lagi"))

    changes = [Update.de_json(one.json).my_chat_member for one in chatting.webhooks(HOOK, 3)[1:]]
    assert isinstance(refused, Forbidden)
    assert "bot was blocked by the user" in str(refused)
    assert [one.new_chat_member.status for one in changes] == ["kicked", "member"]


async def bytes_of(file: Any) -> bytes:
    return bytes(await file.download_as_bytearray())


def events_once(stage: Stage) -> list[dict[str, Any]]:
    return eventually(
        lambda: stage.get("/api/events")["events"], lambda lines: len(lines) > 0, "an event"
    )


def test_a_location_shared_live_moves_as_an_edit_until_it_ends(stage):
    [sent] = stage.write(
        "salmah", "telegram", location={"latitude": 1.467, "longitude": 102.1, "live_s": 900}
    )
    wish = {"channel": "telegram", "message": sent["id"]}
    for place in (
        {"latitude": 1.468, "longitude": 102.1},
        {"latitude": 1.468, "longitude": 102.1, "live_s": 0},
    ):
        stage.post("/api/citizens/salmah/edits", wish | {"location": place})

    first, moved, ended = (one.json for one in stage.webhooks(HOOK, 3))
    assert first["message"]["location"]["live_period"] == 900
    assert moved["edited_message"]["location"]["latitude"] == 1.468
    assert moved["edited_message"]["message_id"] == first["message"]["message_id"]
    assert "live_period" not in ended["edited_message"]["location"]
    assert ended["edited_message"]["edit_date"] >= first["message"]["date"]


def test_an_ordinary_pin_does_not_move(stage):
    [sent] = stage.write("salmah", "telegram", location={"latitude": 1.467, "longitude": 102.1})
    place = {"latitude": 1.468, "longitude": 102.1}

    answer = requests.post(
        f"{stage.url}/api/citizens/salmah/edits",
        json={"channel": "telegram", "message": sent["id"], "location": place},
        timeout=10,
    )

    assert answer.status_code == 422
