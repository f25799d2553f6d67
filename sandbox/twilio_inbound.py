"""Twilio towards the gateway: signed forms for messages and receipts.

Field names and order of events: Twilio's "Messaging webhook request" and "Outbound message status
in status callbacks", as collected in the project's channel notes (November 2026).
"""

import base64
import hashlib
import hmac
import json
import re
from urllib.parse import urlencode, urlsplit

from sandbox.delivery import Webhook, twilio
from sandbox.draft import Draft, Press, RefusedError
from sandbox.inbound import Outgoing
from sandbox.people import Citizen
from sandbox.thread import Entry, StoredFile
from sandbox.world import World, new_entry, random_id

MESSAGING_PATH = "/webhooks/twilio/messaging"
_STOP_WORDS = frozenset(
    {"STOP", "STOPALL", "UNSUBSCRIBE", "REVOKE", "OPTOUT", "CANCEL", "END", "QUIT"}
)
_START_WORDS = frozenset({"START", "UNSTOP"})
_MESSAGE_TYPES = {
    "image": "image",
    "voice": "audio",
    "audio": "audio",
    "video": "video",
    "document": "document",
    "sticker": "sticker",
}
_GSM7_UNITS = 160
_SEGMENT_OVERRIDE = re.compile(r"[#&](rc)=(\d)")

_WORDS = {"sent": "dikirim", "delivered": "terkirim", "read": "dibaca", "failed": "gagal"}
Form = dict[str, str]


def sign(auth_token: str, url: str, form: Form) -> str:
    """Twilio's signature: HMAC-SHA1 over the URL and the sorted fields."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


class TwilioInbound:
    """WhatsApp and SMS of a citizen, and what Twilio says of our answers."""

    def __init__(self, world: World, outgoing: Outgoing) -> None:
        self._world = world
        self._outgoing = outgoing

    # A citizen writes

    def write(self, draft: Draft) -> list[Entry]:
        """Send a message; each attachment travels as a message of its own, the text with the first.

        Raises:
            RefusedError: an SMS carries neither files nor places.
        """
        if draft.channel == "sms" and (draft.files or draft.pin):
            raise RefusedError("SMS hanya membawa teks.")
        if draft.channel == "sms" and draft.quote:
            raise RefusedError("SMS tidak mengenal kutipan.")
        entries: list[Entry] = []
        if draft.pin is not None:
            entries.append(self._message(draft, text=None, with_pin=True))
        text = draft.text
        for file in draft.files:
            entries.append(self._message(draft, text=text, file=file))
            text = None
        if text:
            entries.append(self._message(draft, text=text))
        return entries

    def press(self, press: Press) -> list[Entry]:
        """Press a quick reply of a WhatsApp template."""
        entry = self._entry(press.citizen, press.channel, "SM", press.option.title)
        entry.quote = press.entry.id
        form = self._form(press.citizen, entry)
        form |= {
            "MessageType": "button",
            "ButtonText": press.option.title,
            "ButtonPayload": press.option.payload,
        }
        form |= self._quoted(press.entry)
        self._deliver(entry, form, "tombol ditekan")
        return [entry]

    def _message(
        self,
        draft: Draft,
        text: str | None,
        file: StoredFile | None = None,
        *,
        with_pin: bool = False,
    ) -> Entry:
        entry = self._entry(draft.citizen, draft.channel, "MM" if file else "SM", text)
        entry.files = [file] if file else []
        entry.pin = draft.pin if with_pin else None
        entry.quote = draft.quote.id if draft.quote else None
        form = self._form(draft.citizen, entry)
        if draft.quote is not None:
            form |= self._quoted(draft.quote)
        if draft.channel == "sms":
            form |= self._sms_extras(draft.citizen, text or "")
        self._deliver(entry, form, "pesan masuk")
        return entry

    def _entry(self, citizen: Citizen, channel: str, prefix: str, text: str | None) -> Entry:
        entry = new_entry(self._world, random_id(prefix), channel, citizen, "in")
        entry.text = text
        entry.status = "sent"
        return entry

    def _form(self, citizen: Citizen, entry: Entry) -> Form:
        settings = self._world.settings
        whatsapp = entry.channel == "whatsapp"
        form = {
            "SmsMessageSid": entry.id,
            "SmsSid": entry.id,
            "MessageSid": entry.id,
            "AccountSid": settings.account_sid,
            "ApiVersion": "2010-04-01",
            "SmsStatus": "received",
            "NumSegments": str(1 + len(entry.text or "") // (_GSM7_UNITS + 1)),
            "NumMedia": str(len(entry.files)),
            "Body": entry.text or "",
            "From": citizen.address(entry.channel),
            "To": settings.whatsapp_number if whatsapp else settings.sms_number,
        }
        for number, file in enumerate(entry.files):
            form[f"MediaContentType{number}"] = file.mime
            form[f"MediaUrl{number}"] = self._media_url(entry, file)
        if whatsapp:
            form |= self._whatsapp_extras(citizen, entry)
        return form

    def _whatsapp_extras(self, citizen: Citizen, entry: Entry) -> Form:
        phone = citizen.phone.removeprefix("+")
        context = {"ProfileName": citizen.name, "WaId": phone}
        metadata = {"type": "whatsapp", "data": {"context": context}}
        extras = {
            "ProfileName": citizen.name,
            "WaId": phone,
            "ReferralNumMedia": "0",
            "MessageType": "text",
            "ChannelMetadata": json.dumps(metadata, separators=(",", ":")),
        }
        if entry.files:
            extras["MessageType"] = _MESSAGE_TYPES[entry.files[0].kind]
        if entry.pin is not None:
            extras |= {
                "MessageType": "location",
                "Latitude": str(entry.pin.latitude),
                "Longitude": str(entry.pin.longitude),
            }
            extras |= {"Address": entry.pin.address} if entry.pin.address else {}
            extras |= {"Label": entry.pin.name} if entry.pin.name else {}
        return extras

    def _sms_extras(self, citizen: Citizen, text: str) -> Form:
        unknown = ("ToState", "ToCity", "ToZip", "FromState", "FromCity", "FromZip")
        extras = dict.fromkeys(unknown, "") | {"ToCountry": "US", "FromCountry": "ID"}
        word = text.strip().upper()
        with self._world.lock:
            if word in _STOP_WORDS:
                extras["OptOutType"] = "STOP"
                self._world.opted_out.add(citizen.phone)
            elif word in _START_WORDS:
                extras["OptOutType"] = "START"
                self._world.opted_out.discard(citizen.phone)
        return extras

    def _quoted(self, quoted: Entry) -> Form:
        ours = quoted.direction == "out"
        sender = self._world.settings.whatsapp_number if ours else quoted.address
        return {"OriginalRepliedMessageSid": quoted.id, "OriginalRepliedMessageSender": sender}

    def _media_url(self, entry: Entry, file: StoredFile) -> str:
        settings = self._world.settings
        return (
            f"{settings.base_url}/2010-04-01/Accounts/{settings.account_sid}"
            f"/Messages/{entry.id}/Media/{file.id}"
        )

    def _deliver(self, entry: Entry, form: Form, label: str) -> None:
        self._world.add(entry)
        signed_url = self._world.settings.signed_base + MESSAGING_PATH
        webhook = self._webhook(entry, form, signed_url, label)
        webhook.entries = (entry,)
        self._outgoing.send(webhook)

    # Twilio says what became of our answer

    def report(self, entry: Entry, callback: str | None) -> None:
        """Post the state of an outgoing message to its StatusCallback, if it has a usable one."""
        if not callback:
            return
        url = callback.split("#", 1)[0]
        settings = self._world.settings
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        if origin not in (settings.signed_base, settings.target.rstrip("/")):
            self._world.log(
                entry.channel, entry.citizen, "kabar kirim", "alamat di luar gateway", good=False
            )
            return
        override = _SEGMENT_OVERRIDE.search(callback)
        webhook = self._webhook(
            entry, self._status_form(entry), url, f"kabar {_WORDS[entry.status]}"
        )
        if override:
            webhook.retrying = twilio(int(override[2]))
        self._outgoing.send(webhook, message=False)

    def _status_form(self, entry: Entry) -> Form:
        settings = self._world.settings
        whatsapp = entry.channel == "whatsapp"
        state = entry.status
        if state == "failed" and not whatsapp:
            state = "undelivered"
        form = {
            "SmsSid": entry.id,
            "SmsStatus": state,
            "MessageStatus": state,
            "MessageSid": entry.id,
            "AccountSid": settings.account_sid,
            "ApiVersion": "2010-04-01",
            "From": settings.whatsapp_number if whatsapp else settings.sms_number,
            "To": entry.address,
        }
        if whatsapp:
            form |= {
                "ChannelInstallSid": "XE5a4d0000000000000000000000000000",
                "ChannelPrefix": "whatsapp",
                "ChannelToAddress": entry.address,
                "StructuredMessage": "FALSE",
            }
        if whatsapp and state in ("read", "delivered"):
            form["EventType"] = state.upper()
        if entry.error:
            form["ErrorCode"] = entry.error
        return form

    def _webhook(self, entry: Entry, form: Form, signed_url: str, label: str) -> Webhook:
        settings = self._world.settings
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": sign(settings.auth_token, signed_url, form),
            "I-Twilio-Idempotency-Token": random_id("", 36),
        }
        return Webhook(
            channel=entry.channel,
            citizen=entry.citizen,
            url=reachable(self._world, signed_url),
            body=urlencode(form).encode(),
            headers=headers,
            label=label,
            retrying=twilio(settings.twilio_retries),
        )


def reachable(world: World, url: str) -> str:
    """Rewrite an address of the gateway's public origin to the origin where it really is."""
    settings = world.settings
    if url.startswith(settings.signed_base + "/"):
        return settings.target.rstrip("/") + url.removeprefix(settings.signed_base)
    return url
