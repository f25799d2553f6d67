"""The providers' real SDKs, led to the sandbox as the gateway leads them."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import facebook
import pytest
import requests
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from sandbox import defaults
from tests.sandbox.stage import Stage


class RedirectedClient(TwilioHttpClient):
    """The SDK's client with another host, as the gateway does it."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=5)
        self._base = base

    def request(self, method, url, *args, **kwargs):
        url = url.replace("https://api.twilio.com", self._base)
        return super().request(method, url, *args, **kwargs)


def twilio_client(stage: Stage, token: str = defaults.TWILIO_AUTH_TOKEN) -> Client:
    http = RedirectedClient(stage.url)
    return Client(defaults.TWILIO_ACCOUNT_SID, token, http_client=http)


def with_bot(
    stage: Stage,
    work: Callable[[Bot], Coroutine[Any, Any, Any]],
    token: str = defaults.TELEGRAM_BOT_TOKEN,
) -> Any:
    """Run one piece of work with a real Bot that talks to the sandbox."""

    async def run() -> Any:
        bot = Bot(
            token,
            base_url=f"{stage.url}/bot",
            base_file_url=f"{stage.url}/file/bot",
            request=HTTPXRequest(read_timeout=5),
        )
        async with bot.request:
            return await work(bot)

    return asyncio.run(run())


def refusal_of(stage: Stage, work: Callable[[Bot], Coroutine[Any, Any, Any]]) -> TelegramError:
    with pytest.raises(TelegramError) as raised:
        with_bot(stage, work)
    return raised.value


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


def send_meta(stage: Stage, channel: str, message: dict[str, Any], **fields: str) -> dict[str, Any]:
    page = channel == "messenger"
    token = defaults.META_PAGE_TOKEN if page else defaults.META_INSTAGRAM_TOKEN
    recipient = json.dumps({"id": "6120000000000001" if page else "1203000000000001"})
    values = {"recipient": recipient, "message": json.dumps(message), **fields}
    return graph(stage, token).put_object("me", "messages", **values)
