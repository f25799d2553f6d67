"""What Twilio checks when we send, and what becomes of the message afterwards."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta

from werkzeug.datastructures import MultiDict

from sandbox.files import MEGABYTE, FetchError, fetch
from sandbox.people import Citizen
from sandbox.thread import Entry, Option, Pin
from sandbox.twilio_inbound import TwilioInbound
from sandbox.world import World, random_id

WINDOW = timedelta(hours=24)
_BODY_LIMIT = 1600
_MEDIA_LIMIT = 10
_WHATSAPP_MEDIA_BYTES = 16 * MEGABYTE
_E164 = re.compile(r"\+[1-9]\d{6,14}")
# Indonesian numbers that are no mobile ones: area codes instead of 08xx.
_LANDLINE = re.compile(r"\+62[2-79]\d+")
_GEO = re.compile(r"geo:(-?[\d.]+),(-?[\d.]+)(?:\|(.*))?")

# What the phone or the carrier answers, per channel.
_UNREACHABLE = {"whatsapp": "63003", "sms": "30005"}
_BLOCKED = {"whatsapp": "63033", "sms": "30004"}
_UNDELIVERED = {"whatsapp": "63012", "sms": "30008"}


class TwilioRefusalError(Exception):
    """The call is answered with an error."""

    def __init__(self, code: int, retry_after_s: int | None = None) -> None:
        super().__init__(str(code))
        self.code = code
        self.retry_after_s = retry_after_s


class TwilioSend:
    """Messages.create."""

    def __init__(self, world: World, inbound: TwilioInbound) -> None:
        self._world = world
        self._inbound = inbound

    def create(self, form: MultiDict[str, str]) -> Entry:
        """Check a message, take it, and start its way to the phone.

        Raises:
            TwilioRefusalError: with Twilio's code.
        """
        channel, address = self._addresses(form)
        citizen = self._world.citizen_at(channel, address)
        self._check_faults(channel, citizen)
        entry = Entry(
            id=random_id("MM" if form.getlist("MediaUrl") else "SM"),
            channel=channel,
            citizen=citizen.id if citizen else "",
            direction="out",
            at=self._world.clock.now(),
            address=address,
            reference=form.get("StatusCallback") or None,
            shown=False,
        )
        self._fill(entry, form)
        self._world.add(entry)
        later = self._world.dispatcher.after
        later(self._world.settings.sent_after_s, lambda: self._leave(entry, form))
        return entry

    def stay_silent_if_told(self, entry: Entry) -> None:
        """The fault "timeout": the message is on its way, the caller never hears of it."""
        fault = self._world.faults.take("timeout", entry.channel, entry.citizen)
        if fault is not None:
            self._world.log(entry.channel, entry.citizen, "pesan diterima", "jawaban ditahan")
            silence_s = fault.delay_s or self._world.settings.silence_s
            self._world.silence.wait(silence_s)

    # Checks, in the order in which Twilio names the first thing wrong

    def _addresses(self, form: MultiDict[str, str]) -> tuple[str, str]:
        sender, address = form.get("From", ""), form.get("To", "")
        settings = self._world.settings
        if not address:
            raise TwilioRefusalError(21604)
        channel = "whatsapp" if address.startswith("whatsapp:") else "sms"
        service = form.get("MessagingServiceSid")
        if service and not sender:
            if service != settings.messaging_service_sid:
                raise TwilioRefusalError(21701)
            sender = settings.whatsapp_number if channel == "whatsapp" else settings.sms_number
        if not sender:
            raise TwilioRefusalError(21603)
        self._check_sender(sender, channel)
        number = address.removeprefix("whatsapp:")
        if not _E164.fullmatch(number):
            raise TwilioRefusalError(21211)
        if channel == "sms" and _LANDLINE.fullmatch(number):
            raise TwilioRefusalError(21614)
        return channel, address

    def _check_sender(self, sender: str, channel: str) -> None:
        settings = self._world.settings
        if sender.startswith("whatsapp:") != (channel == "whatsapp"):
            raise TwilioRefusalError(21910)
        if channel == "whatsapp" and sender != settings.whatsapp_number:
            raise TwilioRefusalError(63007)
        if channel == "sms" and sender != settings.sms_number:
            raise TwilioRefusalError(21606)

    def _check_faults(self, channel: str, citizen: Citizen | None) -> None:
        who = citizen.id if citizen else None
        take = self._world.faults.take
        throttled = take("throttled", channel, who)
        if throttled is not None:
            raise TwilioRefusalError(20429, throttled.retry_after_s)
        if take("server_error", channel, who):
            raise TwilioRefusalError(20500)
        if take("token_expired", channel, who):
            raise TwilioRefusalError(20003)
        stopped = citizen is not None and citizen.phone in self._world.opted_out
        if channel == "sms" and (stopped or take("opted_out", channel, who)):
            raise TwilioRefusalError(21610)

    def _fill(self, entry: Entry, form: MultiDict[str, str]) -> None:
        body, media = form.get("Body", ""), form.getlist("MediaUrl")
        if len(body) > _BODY_LIMIT:
            raise TwilioRefusalError(21617)
        if form.get("ContentSid"):
            if body or media:
                raise TwilioRefusalError(20422)
            self._fill_template(entry, form)
            return
        if len(media) > (1 if entry.channel == "whatsapp" else _MEDIA_LIMIT):
            raise TwilioRefusalError(21623)
        if any(not address.startswith(("http://", "https://")) for address in media):
            raise TwilioRefusalError(21620)
        entry.pin = _pin(form)
        if not body and not media and entry.pin is None:
            raise TwilioRefusalError(21602)
        entry.text = body or None

    def _fill_template(self, entry: Entry, form: MultiDict[str, str]) -> None:
        template = self._world.templates.get(form.get("ContentSid", ""))
        if template is None or entry.channel != "whatsapp":
            raise TwilioRefusalError(21655)
        values = _variables(form.get("ContentVariables") or "{}")
        if set(template.variables) != set(values):
            raise TwilioRefusalError(21656)
        entry.template = template.sid
        entry.text = template.filled(values)
        entry.options = [
            Option("quick_reply", title, payload) for title, payload in template.buttons
        ]

    # The way to the phone

    def _leave(self, entry: Entry, form: MultiDict[str, str]) -> None:
        code = self._refusal(entry) or self._attach(entry, form)
        if code is not None:
            self._move(entry, "failed", code)
            return
        self._move(entry, "sent")
        settings = self._world.settings
        later = self._world.dispatcher.after
        later(settings.delivered_after_s - settings.sent_after_s, lambda: self._arrive(entry))

    def _arrive(self, entry: Entry) -> None:
        fault = self._world.faults.take("undelivered", entry.channel, entry.citizen)
        if fault is not None:
            self._move(entry, "failed", fault.code or _UNDELIVERED[entry.channel])
            return
        entry.shown = True
        self._world.mark_answered(entry)
        self._move(entry, "delivered")
        if entry.channel == "whatsapp":
            settings = self._world.settings
            later = self._world.dispatcher.after
            pause_s = settings.read_after_s - settings.delivered_after_s
            later(pause_s, lambda: self._move(entry, "read"))

    def _refusal(self, entry: Entry) -> str | None:
        """Why the phone will not get it, found out after the call was accepted."""
        take, where = self._world.faults.take, (entry.channel, entry.citizen)
        if not entry.citizen or take("not_registered", *where):
            return _UNREACHABLE[entry.channel]
        if take("blocked", *where):
            return _BLOCKED[entry.channel]
        template = self._world.templates.get(entry.template or "")
        if template is not None and template.status == "paused":
            return "63041"
        # What WhatsApp has not approved counts as free text.
        approved = template is not None and template.status == "approved"
        free_form = entry.channel == "whatsapp" and not approved
        if free_form and not self._world.wrote_within(*where, WINDOW):
            return "63016"
        return None

    def _attach(self, entry: Entry, form: MultiDict[str, str]) -> str | None:
        """Fetch the media; return Twilio's code when that fails."""
        for address in form.getlist("MediaUrl"):
            try:
                file = fetch(self._world, address)
            except FetchError:
                return "63019" if entry.channel == "whatsapp" else "30008"
            if entry.channel == "sms":
                # Indonesian networks carry no MMS: the picture becomes a link.
                entry.text = f"{entry.text or ''}\n{address}".strip()
                continue
            if len(file.content) > _WHATSAPP_MEDIA_BYTES:
                return "63005"
            entry.files.append(file)
            self._world.files[file.id] = file
        return None

    def _move(self, entry: Entry, status: str, error: str | None = None) -> None:
        with self._world.lock:
            changed = entry.advance(status, error)
        if not changed:
            return
        self._world.touch()
        self._inbound.report(entry, entry.reference)


def _variables(text: str) -> Mapping[str, str]:
    """ContentVariables: an object of strings on one line each."""
    try:
        values = json.loads(text)
    except ValueError as error:
        raise TwilioRefusalError(21656) from error
    if not isinstance(values, dict):
        raise TwilioRefusalError(21656)
    for value in values.values():
        if not isinstance(value, str) or not value or re.search(r"[\n\r\t]| {5}", value):
            raise TwilioRefusalError(21656)
    return values


def _pin(form: MultiDict[str, str]) -> Pin | None:
    for action in form.getlist("PersistentAction"):
        found = _GEO.fullmatch(action)
        if found:
            return Pin(float(found[1]), float(found[2]), found[3])
    return None
