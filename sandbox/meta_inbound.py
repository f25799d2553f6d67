"""Messenger and Instagram towards the gateway: signed JSON, several events in one request."""

import hashlib
import hmac
import json
import time
from collections import defaultdict
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sandbox.delivery import META, Webhook
from sandbox.draft import Draft, Press, RefusedError
from sandbox.inbound import Outgoing
from sandbox.people import Citizen
from sandbox.settings import SandboxSettings
from sandbox.thread import Entry, StoredFile
from sandbox.world import World, new_entry, random_id

WEBHOOK_PATH = "/webhooks/meta"
_LINK_LIVES_S = 3600
_BATCH_LIMIT = 1000
_ATTACHMENT_TYPES = {
    "image": "image",
    "sticker": "sticker",
    "voice": "audio",
    "audio": "audio",
    "video": "video",
    "document": "file",
}
Json = dict[str, Any]


def sign(app_secret: str, body: bytes) -> str:
    """Value of X-Hub-Signature-256 over the raw body."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def milliseconds(at: datetime) -> int:
    """Meta's timestamps."""
    return int(at.timestamp() * 1000)


class _Waiting:
    """Events of one account that leave in the next request."""

    def __init__(self) -> None:
        self.events: list[Json] = []
        self.entries: list[Entry] = []
        self.labels: list[str] = []
        self.citizen: str | None = None


class MetaInbound:
    """What a citizen does on Messenger and Instagram, and what Meta says of our answers."""

    def __init__(self, world: World, outgoing: Outgoing) -> None:
        self._world = world
        self._outgoing = outgoing
        self.forget()

    def forget(self) -> None:
        """Drop events that wait for their batch."""
        self._batches: defaultdict[str, _Waiting] = defaultdict(_Waiting)

    # A citizen writes

    def write(self, draft: Draft) -> list[Entry]:
        """Send a message. Text and attachments are two messages; attachments travel together."""
        if draft.channel == "instagram" and draft.pin:
            raise RefusedError("Instagram tidak mengirim lokasi.")
        entries: list[Entry] = []
        if draft.pin is not None:
            entry = self._entry(draft)
            entry.pin = draft.pin
            entries.append(self._say(draft, entry))
        if draft.files:
            entry = self._entry(draft)
            entry.files = list(draft.files)
            entries.append(self._say(draft, entry))
        if draft.text:
            entry = self._entry(draft)
            entry.text = draft.text
            entries.append(self._say(draft, entry))
        return entries

    def press(self, press: Press) -> list[Entry]:
        """Press a quick reply (a message with a payload) or a button of a template (a postback)."""
        option = press.option
        if option.kind == "quick_reply":
            draft = Draft(press.citizen, press.channel, text=option.title)
            entry = self._entry(draft)
            entry.text = option.title
            return [self._say(draft, entry, {"quick_reply": {"payload": option.payload}})]
        postback = {"mid": self.new_mid(press.channel), "title": option.title}
        postback["payload"] = option.payload
        event = self._event(press.citizen, press.channel) | {"postback": postback}
        self._post(press.channel, press.citizen.id, event, "tombol ditekan")
        return []

    def withdraw(self, citizen: Citizen, entry: Entry) -> None:
        """Unsend a message; Instagram tells the gateway, which has to honour it.

        Raises:
            RefusedError: the platform does not tell.
        """
        if entry.channel != "instagram":
            raise RefusedError("Hanya Instagram yang mengabarkan pesan yang ditarik.")
        entry.withdrawn = True
        event = self._event(citizen, "instagram")
        event["message"] = {"mid": entry.id, "is_deleted": True}
        self._post("instagram", citizen.id, event, "pesan ditarik")
        self._world.touch()

    # Meta says what became of our answer

    def echo(self, entry: Entry, metadata: str | None) -> None:
        """The message as our own account wrote it."""
        message: Json = {"mid": entry.id, "is_echo": True}
        if entry.channel == "messenger":
            message["app_id"] = int(self._world.settings.app_id)
            if metadata:
                message["metadata"] = metadata
        if entry.text:
            message["text"] = entry.text
        if entry.files:
            message["attachments"] = [self._attachment(one) for one in entry.files]
        event = {
            "sender": {"id": self.account(entry.channel)},
            "recipient": {"id": entry.address},
            "timestamp": milliseconds(entry.at),
            "message": message,
        }
        self._post(entry.channel, entry.citizen, event, "gema pesan kita", receipt=True)

    def delivered(self, entry: Entry) -> None:
        """Messenger names the message and a watermark; Instagram says nothing."""
        if entry.channel != "messenger":
            return
        event = self._event(self._world.citizens[entry.citizen], entry.channel)
        watermark = milliseconds(self._world.clock.now())
        event["delivery"] = {"mids": [entry.id], "watermark": watermark}
        self._post(entry.channel, entry.citizen, event, "kabar terkirim", receipt=True)

    def read(self, entry: Entry) -> None:
        """Messenger: all before the watermark is read. Instagram: this message is."""
        event = self._event(self._world.citizens[entry.citizen], entry.channel)
        if entry.channel == "messenger":
            event["read"] = {"watermark": milliseconds(self._world.clock.now())}
        else:
            event["read"] = {"mid": entry.id}
        self._post(entry.channel, entry.citizen, event, "kabar dibaca", receipt=True)

    def account(self, channel: str) -> str:
        """Our id on the platform."""
        settings = self._world.settings
        return settings.page_id if channel == "messenger" else settings.instagram_id

    def new_mid(self, channel: str) -> str:
        """A message id as each platform writes it."""
        if channel == "messenger":
            return random_id("m_", 40)
        return random_id("aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlE", 40) + "ZD"

    def _entry(self, draft: Draft) -> Entry:
        mid = self.new_mid(draft.channel)
        entry = new_entry(self._world, mid, draft.channel, draft.citizen, "in")
        entry.quote = draft.quote.id if draft.quote else None
        entry.status = "sent"
        return entry

    def _say(self, draft: Draft, entry: Entry, extras: Json | None = None) -> Entry:
        self._world.add(entry)
        message: Json = {"mid": entry.id}
        if entry.text:
            message["text"] = entry.text
        if entry.files:
            message["attachments"] = [self._attachment(one) for one in entry.files]
        if entry.pin is not None:
            place = {"lat": entry.pin.latitude, "long": entry.pin.longitude}
            payload = {"coordinates": place}
            title = entry.pin.name or "Lokasi"
            message["attachments"] = [{"type": "location", "title": title, "payload": payload}]
        if entry.quote:
            message["reply_to"] = {"mid": entry.quote}
        event = self._event(draft.citizen, draft.channel)
        event["message"] = message | (extras or {})
        self._post(draft.channel, draft.citizen.id, event, "pesan masuk", (entry,))
        return entry

    def _event(self, citizen: Citizen, channel: str) -> Json:
        return {
            "sender": {"id": citizen.address(channel)},
            "recipient": {"id": self.account(channel)},
            "timestamp": milliseconds(self._world.clock.now()),
        }

    def _attachment(self, file: StoredFile) -> Json:
        url = signed_link(self._world.settings, file)
        return {"type": _ATTACHMENT_TYPES[file.kind], "payload": {"url": url}}

    # Requests

    def _post(
        self,
        channel: str,
        citizen: str,
        event: Json,
        label: str,
        entries: tuple[Entry, ...] = (),
        *,
        receipt: bool = False,
    ) -> None:
        alone = self._world.settings.meta_batch_s <= 0 or self._outgoing.faulty(channel, citizen)
        if alone:
            self._send(channel, citizen, [event], label, entries, receipt=receipt)
            return
        with self._world.lock:
            waiting = self._batches[channel]
            first = not waiting.events
            waiting.events.append(event)
            waiting.entries.extend(entries)
            waiting.labels.append(label)
            waiting.citizen = citizen
        if first:
            later = self._world.dispatcher.after
            later(self._world.settings.meta_batch_s, lambda: self._flush(channel))

    def _flush(self, channel: str) -> None:
        with self._world.lock:
            waiting = self._batches.pop(channel, None)
        if waiting is None:
            return
        for start in range(0, len(waiting.events), _BATCH_LIMIT):
            events = waiting.events[start : start + _BATCH_LIMIT]
            label = " + ".join(dict.fromkeys(waiting.labels))
            self._send(channel, waiting.citizen, events, label, tuple(waiting.entries))

    def _send(
        self,
        channel: str,
        citizen: str | None,
        events: list[Json],
        label: str,
        entries: tuple[Entry, ...],
        *,
        receipt: bool = False,
    ) -> None:
        settings = self._world.settings
        now = milliseconds(self._world.clock.now())
        entry = {"time": now, "id": self.account(channel), "messaging": events}
        name = "page" if channel == "messenger" else "instagram"
        # ASCII with escapes, as Meta sends it: whoever re-serialises breaks the signature.
        body = json.dumps({"object": name, "entry": [entry]}).encode()
        webhook = Webhook(
            channel=channel,
            citizen=citizen,
            url=settings.target.rstrip("/") + WEBHOOK_PATH,
            body=body,
            headers={
                "Content-Type": "application/json",
                "User-Agent": "facebookexternalua",
                "X-Hub-Signature-256": sign(settings.app_secret, body),
            },
            label=label,
            retrying=META,
            entries=entries,
        )
        self._outgoing.send(webhook, message=not receipt)


def signed_link(settings: SandboxSettings, file: StoredFile) -> str:
    """An address of Meta's CDN: public, signed, good for an hour."""
    expires = f"{int(time.time()) + _LINK_LIVES_S:X}"
    query = urlencode({"oh": link_signature(settings, file.id, expires), "oe": expires})
    return f"{settings.base_url}/cdn/meta/{file.id}?{query}"


def link_signature(settings: SandboxSettings, file_id: str, expires: str) -> str:
    """What makes a CDN address valid."""
    signed = f"{file_id}{expires}".encode()
    return "00_" + hmac.new(settings.app_secret.encode(), signed, hashlib.sha256).hexdigest()[:24]
