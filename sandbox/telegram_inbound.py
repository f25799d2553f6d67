"""Telegram towards the gateway: updates with the secret header, one queue per chat."""

import itertools
import json
from dataclasses import dataclass
from typing import Any

from sandbox import telegram_resource as resource
from sandbox.delivery import TELEGRAM, Webhook
from sandbox.draft import Draft, Press, RefusedError
from sandbox.inbound import Outgoing
from sandbox.people import Citizen
from sandbox.thread import Entry, Pin, StoredFile
from sandbox.twilio_inbound import reachable
from sandbox.world import World, new_entry, random_id

WEBHOOK_PATH = "/webhooks/telegram"
# What Telegram sends when allowed_updates was never given; the rest must be asked for.
_ASKED_FOR_ONLY = ("chat_member", "message_reaction", "message_reaction_count")
_FIRST_UPDATE = 880001000
_FIRST_MESSAGE = 100


@dataclass(slots=True)
class Hook:
    """The webhook as setWebhook left it."""

    url: str
    secret: str
    allowed: tuple[str, ...] = ()
    max_connections: int = 40


class TelegramInbound:
    """What a citizen does on Telegram."""

    def __init__(self, world: World, outgoing: Outgoing) -> None:
        self._world = world
        self._outgoing = outgoing
        self.forget()

    def forget(self) -> None:
        """Start the counters again and return to the default webhook."""
        settings = self._world.settings
        self.hook = Hook(settings.signed_base + WEBHOOK_PATH, settings.telegram_secret)
        self._updates = itertools.count(_FIRST_UPDATE + 1)
        self._messages: dict[str, itertools.count[int]] = {}
        self.queries: set[str] = set()

    def next_message_id(self, citizen: Citizen) -> str:
        """Message ids count up inside one chat; two chats have the same ones."""
        with self._world.lock:
            counter = self._messages.setdefault(citizen.id, itertools.count(_FIRST_MESSAGE + 1))
            return str(next(counter))

    def write(self, draft: Draft) -> list[Entry]:
        """Send a message. Several pictures become an album: one update each, one caption."""
        entries: list[Entry] = []
        if draft.pin is not None:
            entry = self._entry(draft)
            entry.pin = draft.pin
            entries.append(self._say(draft.citizen, entry))
        album = [one for one in draft.files if one.kind in ("image", "video")]
        group = random_id("", 17).translate(str.maketrans("abcdef", "123456"))
        text = draft.text
        for file in draft.files:
            grouped = file in album and len(album) > 1
            entries.append(self._file(draft, file, text, group if grouped else None))
            text = None
        if text:
            entry = self._entry(draft)
            entry.text = text
            entries.append(self._say(draft.citizen, entry))
        return entries

    def edit(self, citizen: Citizen, entry: Entry, text: str) -> Entry:
        """Change an own message; the id stays."""
        entry.text = text
        return self._changed(citizen, entry, "pesan disunting")

    def move(self, citizen: Citizen, entry: Entry, pin: Pin) -> Entry:
        """Move a location that is shared live, or end that; Telegram tells it as an edit."""
        entry.pin = pin
        return self._changed(citizen, entry, "lokasi bergeser" if pin.live_s else "lokasi berakhir")

    def press(self, press: Press) -> list[Entry]:
        """Press an inline button, or a key of the reply keyboard (which writes its own text)."""
        citizen, option = press.citizen, press.option
        if option.kind == "callback":
            self._press_inline(press)
            return []
        if option.kind == "location":
            if press.pin is None:
                raise RefusedError("Tombol ini meminta lokasi.")
            return self.write(Draft(citizen, "telegram", pin=press.pin))
        return self.write(Draft(citizen, "telegram", text=option.title))

    def block(self, citizen: Citizen, *, blocked: bool) -> None:
        """Tell the gateway that a citizen blocked the bot, or took that back."""
        bot = resource.bot(self._world.settings)
        before, after = ("member", "kicked") if blocked else ("kicked", "member")
        membership: dict[str, Any] = {
            "chat": resource.chat(citizen),
            "from": resource.user(citizen),
            "date": int(self._world.clock.now().timestamp()),
            "old_chat_member": {"user": bot, "status": before},
            "new_chat_member": {"user": bot, "status": after},
        }
        for side in ("old_chat_member", "new_chat_member"):
            if membership[side]["status"] == "kicked":
                membership[side]["until_date"] = 0
        label = "bot diblokir" if blocked else "blokir dibuka"
        self._post(citizen, {"my_chat_member": membership}, label)

    def pending(self) -> int:
        """Updates that wait for a 2xx."""
        lanes = (("telegram", one) for one in list(self._world.citizens))
        return sum(self._outgoing.deliverer.waiting(lane) for lane in lanes)

    def _press_inline(self, press: Press) -> None:
        query_id = str(int(random_id("1", 15), 16))
        self.queries.add(query_id)
        query = {
            "id": query_id,
            "from": resource.user(press.citizen),
            "message": resource.message(self._world, press.citizen, press.entry),
            "chat_instance": "-4211000000000000001",
            "data": press.option.payload,
        }
        self._post(press.citizen, {"callback_query": query}, "tombol ditekan")

    def _changed(self, citizen: Citizen, entry: Entry, label: str) -> Entry:
        entry.edited_at = self._world.clock.now()
        update = {"edited_message": resource.message(self._world, citizen, entry)}
        self._post(citizen, update, label)
        self._world.touch()
        return entry

    def _entry(self, draft: Draft) -> Entry:
        message_id = self.next_message_id(draft.citizen)
        entry = new_entry(self._world, message_id, "telegram", draft.citizen, "in")
        entry.quote = draft.quote.id if draft.quote else None
        entry.status = "sent"
        return entry

    def _file(self, draft: Draft, file: StoredFile, text: str | None, group: str | None) -> Entry:
        entry = self._entry(draft)
        entry.files = [file]
        entry.text = text
        return self._say(draft.citizen, entry, group)

    def _say(self, citizen: Citizen, entry: Entry, group: str | None = None) -> Entry:
        self._world.add(entry)
        message = resource.message(self._world, citizen, entry)
        if group:
            message["media_group_id"] = group
        self._post(citizen, {"message": message}, "pesan masuk", (entry,))
        return entry

    def _post(
        self, citizen: Citizen, update: dict[str, Any], label: str, entries: tuple[Entry, ...] = ()
    ) -> None:
        kind = next(iter(update))
        hook = self.hook
        wanted = kind in hook.allowed if hook.allowed else kind not in _ASKED_FOR_ONLY
        if not hook.url or not wanted:
            self._world.log("telegram", citizen.id, label, "tidak diminta gateway", good=False)
            return
        body = json.dumps({"update_id": next(self._updates), **update}, ensure_ascii=False)
        headers = {"Content-Type": "application/json"}
        if hook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret
        webhook = Webhook(
            channel="telegram",
            citizen=citizen.id,
            url=reachable(self._world, hook.url),
            body=body.encode(),
            headers=headers,
            label=label,
            retrying=TELEGRAM,
            entries=entries,
        )
        self._outgoing.send(webhook, lane=("telegram", citizen.id), message=kind == "message")
