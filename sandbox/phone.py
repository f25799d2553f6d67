"""What a person (or a test) can do with the phone: write, edit, press, withdraw, block."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sandbox import samples
from sandbox.calls import Calls
from sandbox.delivery import Deliverer
from sandbox.draft import Draft, Press, RefusedError
from sandbox.files import decode, from_phone
from sandbox.inbound import Outgoing
from sandbox.meta_inbound import MetaInbound
from sandbox.people import CHANNELS, Citizen
from sandbox.telegram_inbound import TelegramInbound
from sandbox.thread import Entry, Option, Pin, StoredFile
from sandbox.twilio_inbound import TwilioInbound
from sandbox.world import World

Json = Mapping[str, Any]


class Platform(Protocol):
    """One provider as a citizen's phone sees it."""

    def write(self, draft: Draft) -> list[Entry]:
        """Send; return the messages that it became."""
        ...

    def press(self, press: Press) -> list[Entry]:
        """Press a button; return the messages that it became, if any."""
        ...


@dataclass(frozen=True, slots=True)
class Providers:
    """The three providers and the way to the gateway that they share."""

    deliverer: Deliverer
    outgoing: Outgoing
    twilio: TwilioInbound
    telegram: TelegramInbound
    meta: MetaInbound
    calls: Calls

    def of(self, channel: str) -> Platform:
        """Who carries a channel."""
        if channel in ("whatsapp", "sms"):
            return self.twilio
        return self.telegram if channel == "telegram" else self.meta

    def forget(self) -> None:
        """Drop everything that is on its way."""
        self.outgoing.forget()
        self.telegram.forget()
        self.meta.forget()
        self.calls.forget()


def build_providers(world: World) -> Providers:
    """Connect the providers to one way out."""
    deliverer = Deliverer(world)
    outgoing = Outgoing(world, deliverer)
    return Providers(
        deliverer,
        outgoing,
        TwilioInbound(world, outgoing),
        TelegramInbound(world, outgoing),
        MetaInbound(world, outgoing),
        Calls(world, outgoing),
    )


class Phone:
    """Turns JSON into what the citizen does."""

    def __init__(self, world: World, providers: Providers) -> None:
        self._world = world
        self._providers = providers

    def write(self, citizen: Citizen, wish: Json) -> list[Entry]:
        """Send what is wished: text, attachments, a place, a quotation; or press a button.

        Raises:
            RefusedError: the phone cannot do it; the text says why, in Indonesian.
        """
        channel = self.channel(wish)
        if wish.get("choice"):
            return self._press(citizen, channel, wish["choice"], wish.get("location"))
        draft = Draft(
            citizen=citizen,
            channel=channel,
            text=str(wish["text"]) if wish.get("text") else None,
            files=tuple(_file(one) for one in wish.get("attachments") or ()),
            pin=self._pin(wish.get("location")),
            quote=self._own(citizen, channel, wish["quote"]) if wish.get("quote") else None,
        )
        if not (draft.text or draft.files or draft.pin):
            raise RefusedError("Tidak ada yang dikirim.")
        return self._providers.of(channel).write(draft)

    def edit(self, citizen: Citizen, wish: Json) -> Entry:
        """Change an own message on Telegram, or move a location that is shared live.

        Raises:
            RefusedError: another channel, or no such text of the citizen's own.
        """
        if self.channel(wish) != "telegram":
            raise RefusedError("Hanya Telegram yang mengabarkan pesan yang disunting.")
        entry = self._own(citizen, "telegram", wish.get("message"))
        if wish.get("location"):
            return self._move(citizen, entry, wish["location"])
        text = str(wish.get("text") or "")
        if entry.direction != "in" or not text:
            raise RefusedError("Hanya pesan teks sendiri yang dapat disunting.")
        return self._providers.telegram.edit(citizen, entry, text)

    def _move(self, citizen: Citizen, entry: Entry, place: Any) -> Entry:
        pin = self._pin(place)
        if entry.direction != "in" or not (entry.pin and entry.pin.live_s) or pin is None:
            raise RefusedError("Hanya lokasi langsung sendiri yang dapat bergeser.")
        live_s = entry.pin.live_s if pin.live_s is None else pin.live_s
        return self._providers.telegram.move(citizen, entry, replace(pin, live_s=live_s))

    def withdraw(self, citizen: Citizen, wish: Json) -> Entry:
        """Unsend an own message on Instagram.

        Raises:
            RefusedError: another channel, or not the citizen's own.
        """
        entry = self._own(citizen, self.channel(wish), wish.get("message"))
        if entry.direction != "in":
            raise RefusedError("Hanya pesan sendiri yang dapat ditarik.")
        self._providers.meta.withdraw(citizen, entry)
        return entry

    def channel(self, wish: Json) -> str:
        """The channel that a wish names.

        Raises:
            RefusedError: there is no such channel.
        """
        channel = wish.get("channel")
        if channel not in CHANNELS:
            raise RefusedError("Kanal tidak dikenal.")
        return str(channel)

    def _press(self, citizen: Citizen, channel: str, choice: Any, place: Any) -> list[Entry]:
        if not isinstance(choice, dict):
            raise RefusedError("Pilihan tidak terbaca.")
        entry = self._own(citizen, channel, choice.get("message"))
        option = _option(entry, choice)
        pin = self._pin(place if place else (True if option.kind == "location" else None))
        return self._providers.of(channel).press(Press(citizen, channel, entry, option, pin))

    def _own(self, citizen: Citizen, channel: str, entry_id: Any) -> Entry:
        entry = self._world.entry(channel, citizen.id, str(entry_id))
        if entry is None:
            raise RefusedError("Pesan itu tidak ada di percakapan ini.")
        return entry

    def _pin(self, place: Any) -> Pin | None:
        """A place; ``true`` means where the phone is."""
        if not place:
            return None
        settings = self._world.settings
        if place is True:
            return Pin(settings.pin_latitude_deg, settings.pin_longitude_deg)
        try:
            latitude, longitude = float(place["latitude"]), float(place["longitude"])
            live_s = None if place.get("live_s") is None else int(place["live_s"])
        except (KeyError, TypeError, ValueError) as error:
            raise RefusedError("Lokasi tidak terbaca.") from error
        return Pin(latitude, longitude, place.get("name"), place.get("address"), live_s)


def _file(wish: Any) -> StoredFile:
    if not isinstance(wish, dict):
        raise RefusedError("Lampiran tidak terbaca.")
    kind = str(wish.get("kind") or "photo")
    if wish.get("content_base64"):
        name = str(wish.get("filename") or f"{kind}.bin")
        return from_phone(kind, name, decode(str(wish["content_base64"])), wish.get("mime"))
    name, content, mime = samples.sample(kind)
    return from_phone(kind, str(wish.get("filename") or name), content, mime)


def _option(entry: Entry, choice: Mapping[str, Any]) -> Option:
    for option in entry.options:
        if choice.get("payload") == option.payload and option.payload:
            return option
        if choice.get("title") == option.title:
            return option
    raise RefusedError("Tombol itu tidak ada di pesan ini.")
