from datetime import timedelta

import pytest
import requests
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReplyParameters,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter

from sandbox.samples import document, photo, voice
from tests.sandbox.sdk import refusal_of, with_bot

SALMAH = 5550100001
YUSUF = 5550100002


def test_an_answer_stands_on_the_phone(chatting):
    sent = with_bot(chatting, lambda bot: bot.send_message(SALMAH, "Terima kasih"))

    start, answer = chatting.thread("salmah", "telegram")
    assert answer["id"] == str(sent.message_id)
    assert (answer["text"], answer["direction"]) == ("Terima kasih", "out")
    assert start["status"] == "read"


def test_files_are_uploaded_with_captions(chatting):
    async def send(bot: Bot) -> None:
        await bot.send_photo(SALMAH, photo(), caption="Sudah diperbaiki")
        await bot.send_document(SALMAH, document(), filename="surat.pdf")
        await bot.send_voice(SALMAH, voice())
        await bot.send_audio(SALMAH, b"ID3-not-checked", filename="lagu.mp3")
        await bot.send_video(SALMAH, b"mp4-not-checked", filename="jalan.mp4")
        await bot.send_location(SALMAH, -1.5, 102.25)
        await bot.send_media_group(
            SALMAH, [InputMediaPhoto(photo(), caption="1"), InputMediaPhoto(photo())]
        )

    with_bot(chatting, send)

    shown = chatting.thread("salmah", "telegram")[1:]
    kinds = [one["files"][0]["kind"] if one["files"] else "place" for one in shown]
    assert kinds == ["image", "document", "voice", "audio", "video", "place", "image", "image"]
    assert shown[0]["text"] == "Sudah diperbaiki"
    assert shown[1]["files"][0]["filename"] == "surat.pdf"
    assert requests.get(chatting.url + shown[0]["files"][0]["url"], timeout=5).content == photo()


@pytest.mark.parametrize(
    ("work", "kind", "text"),
    [
        (lambda bot: bot.send_message(SALMAH, " "), BadRequest, "text is empty"),
        (lambda bot: bot.send_message(SALMAH, "x" * 4097), BadRequest, "message is too long"),
        (lambda bot: bot.send_message(SALMAH, "😀" * 2049), BadRequest, "message is too long"),
        (lambda bot: bot.send_message(999, "halo"), BadRequest, "chat not found"),
        (lambda bot: bot.send_message(YUSUF, "halo"), Forbidden, "can't initiate conversation"),
        (
            lambda bot: bot.send_message(SALMAH, "<b>tebal", parse_mode="HTML"),
            BadRequest,
            "can't parse entities",
        ),
        (
            lambda bot: bot.send_message(SALMAH, "No. 26", parse_mode="MarkdownV2"),
            BadRequest,
            "is reserved",
        ),
        (
            lambda bot: bot.send_message(SALMAH, "*tebal", parse_mode="Markdown"),
            BadRequest,
            "can't find end of the entity",
        ),
        (
            lambda bot: bot.send_message(
                SALMAH, "halo", reply_parameters=ReplyParameters(message_id=9999)
            ),
            BadRequest,
            "message to be replied not found",
        ),
        (
            lambda bot: bot.send_message(
                SALMAH,
                "halo",
                reply_markup=InlineKeyboardMarkup(
                    [[InlineKeyboardButton("x", callback_data="y" * 65)]]
                ),
            ),
            BadRequest,
            "button_data_invalid",
        ),
        (
            lambda bot: bot.send_photo(SALMAH, photo(), caption="x" * 1025),
            BadRequest,
            "caption is too long",
        ),
        (lambda bot: bot.send_photo(SALMAH, b"no picture"), BadRequest, "image_process_failed"),
        (lambda bot: bot.send_photo(SALMAH, "unknown-id"), BadRequest, "wrong file identifier"),
        (lambda bot: bot.get_updates(), Conflict, "webhook is active"),
    ],
)
def test_what_telegram_refuses_is_refused_in_its_words(chatting, work, kind, text):
    refused = refusal_of(chatting, work)

    assert type(refused) is kind
    assert text in str(refused).lower()


def test_a_lenient_reply_to_a_message_that_is_gone_is_sent(chatting):
    reply = ReplyParameters(message_id=9999, allow_sending_without_reply=True)

    with_bot(chatting, lambda bot: bot.send_message(SALMAH, "halo", reply_parameters=reply))

    assert chatting.thread("salmah", "telegram")[-1]["text"] == "halo"


def test_another_token_opens_nothing(stage):
    with pytest.raises(InvalidToken):
        with_bot(stage, lambda bot: bot.get_me(), token="7001234567:another")


def test_the_bot_knows_itself(stage):
    me = with_bot(stage, lambda bot: bot.get_me())

    assert (me.id, me.is_bot, me.username) == (7001234567, True, "sahut_sandbox_bot")


def test_a_throttled_bot_is_told_how_long_to_wait(chatting, monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    chatting.fault("throttled", channel="telegram", retry_after_s=17, times=1)

    refused = refusal_of(chatting, lambda bot: bot.send_message(SALMAH, "halo"))
    accepted = with_bot(chatting, lambda bot: bot.send_message(SALMAH, "halo"))

    assert isinstance(refused, RetryAfter)
    assert refused.retry_after == timedelta(seconds=17)
    assert accepted.text == "halo"
