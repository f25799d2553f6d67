"""Reads reply_markup as strictly as Telegram does."""

from typing import Any

from sandbox.telegram_refusal import bad_request
from sandbox.thread import Option

_CALLBACK_BYTES = 64


def options_of(markup: Any) -> list[Option]:
    """Return the buttons of a reply_markup, inline or at the keyboard; none for other markups.

    Raises:
        TelegramRefusalError: a button without text or action, or too much data behind it.
    """
    if not markup:
        return []
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        return [_inline(button) for button in _buttons(markup["inline_keyboard"])]
    if "keyboard" in markup:
        return [_key(button) for button in _buttons(markup["keyboard"])]
    return []


def _buttons(rows: Any) -> list[dict[str, Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse keyboard: expected an Array of Array")
    buttons = [{"text": one} if isinstance(one, str) else one for row in rows for one in row]
    for button in buttons:
        if not isinstance(button, dict) or not str(button.get("text", "")).strip():
            raise bad_request("can't parse keyboard button: text must be non-empty")
    return buttons


def _inline(button: dict[str, Any]) -> Option:
    title = str(button["text"])
    if button.get("url"):
        return Option("url", title, str(button["url"]))
    if "callback_data" not in button:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    payload = str(button["callback_data"])
    if not 1 <= len(payload.encode()) <= _CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    return Option("callback", title, payload)


def _key(button: dict[str, Any]) -> Option:
    title = str(button["text"])
    if button.get("request_location"):
        return Option("location", title)
    if button.get("request_contact"):
        return Option("contact", title)
    return Option("text", title)
