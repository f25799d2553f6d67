"""How a citizen agrees in the chat to hear from us by SMS too, and ends it again.

The number on which somebody uses WhatsApp, or shares as their own contact, has been proved by the
platform: one word agrees. Any other gets a code by SMS, which is typed back into the chat: that
costs the citizen nothing, and works where our sender cannot be answered.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from channels.adapter import ChannelAdapter
from channels.message import ChannelName
from gateway.cases.notices import Saying, say
from gateway.dialogue.turns import Turn, said
from gateway.runtime import Runtime
from normalizer.commands import Command, read_order
from normalizer.sms_consent import Consent, Wish, mobile_number, read_consent
from store import conversations, outbox_marks, reach, second_channel
from store import staff as attempts
from store.models.messaging import Conversation
from store.second_channel import Agreement

_OFFERS: Final = ("tawar_sms", "tawar_sms_nomor")
_CODE_LIFE: Final = timedelta(minutes=15)
_MOST_TRIES: Final = 5
_SPACE: Final = "sms_code"
_MOST_CODES: Final = 3
_DAY: Final = timedelta(days=1)
_BY_NUMBER: Final = {ChannelName.WHATSAPP, ChannelName.WHATSAPP_CLOUD}


@dataclass(frozen=True)
class _Scene:
    """One conversation in which something about the SMS was said."""

    runtime: Runtime
    session: Session
    conversation: Conversation
    sms: ChannelAdapter
    own_number: str | None

    def tell(self, key: str, number: str = "") -> None:
        """Answer in the chat; of the number only its last three figures."""
        saying = Saying(key, {"AKHIR": number[-3:]})
        say(self.runtime, self.session, self.conversation, saying)


def offer(runtime: Runtime, session: Session, conversation: Conversation) -> None:
    """Offer the SMS after a ticket, once, where the chat may close and an SMS can leave."""
    adapter = runtime.channels.get(conversation.channel)
    if adapter is None or adapter.limits.window is None or _sms(runtime) is None:
        return
    if second_channel.is_linked(session, conversation.id):
        return
    if conversations.was_said(session, conversation.id, _OFFERS):
        return
    key = _OFFERS[0] if _proved(conversation) else _OFFERS[1]
    say(runtime, session, conversation, Saying(key))


def take(runtime: Runtime, session: Session, turn: Turn) -> Turn:
    """Carry out what was said about the SMS and return the turn without it."""
    adapter = _sms(runtime)
    if turn.conversation.channel is ChannelName.SMS:
        return _take_stop(runtime, session, turn)
    if adapter is None:
        return turn
    scene = _Scene(runtime, session, turn.conversation, adapter, _own_number(turn))
    controls = [one for one in turn.controls if _carry_out(scene, one.value or "")]
    bare = [one for one in turn.fresh if not turn.attachments.get(one.id)]
    messages = [one for one in bare if _carry_out(scene, said(one))]
    return _without(runtime, turn, {*controls, *messages})


def _take_stop(runtime: Runtime, session: Session, turn: Turn) -> Turn:
    """BERHENTI on the second address ends the agreements that lead there."""
    stops = [one for one in turn.fresh if _is_stop(said(one))]
    if not stops or not second_channel.withdraw(session, turn.conversation.id, runtime.now()):
        return turn
    say(runtime, session, turn.conversation, Saying("sms_berhenti"))
    return _without(runtime, turn, set(stops))


def _is_stop(text: str) -> bool:
    order, consent = read_order(text), read_consent(text)
    bare = order is not None and order.command is Command.BERHENTI and order.ticket is None
    return bare or (consent is not None and consent.wish is Wish.STOP)


def _without(runtime: Runtime, turn: Turn, taken: set[object]) -> Turn:
    for one in taken:
        one.processed_at = runtime.now()  # type: ignore[attr-defined]  # a message or a control
    return replace(
        turn,
        messages=tuple(one for one in turn.messages if one not in taken),
        controls=tuple(one for one in turn.controls if one not in taken),
    )


def _carry_out(scene: _Scene, text: str) -> bool:
    """Do what a message says of the SMS; False if it says nothing of it."""
    consent = read_consent(text)
    if consent is None:
        return False
    if consent.wish is Wish.CODE:
        return _try_code(scene, consent.code)
    if consent.wish is Wish.STOP:
        second_channel.withdraw_all(scene.session, scene.conversation.id, scene.runtime.now())
        scene.tell("sms_berhenti")
        return True
    _agree(scene, consent)
    return True


def _agree(scene: _Scene, consent: Consent) -> None:
    number = consent.number or scene.own_number
    if consent.wrong or number is None:
        scene.tell("sms_nomor_salah")
        return
    contact = reach.Contact(ChannelName.SMS, scene.sms.account, number)
    target_id = reach.open_conversation(scene.session, contact, scene.runtime.now())
    known = second_channel.agreed(scene.session, scene.conversation.id)
    if number == scene.own_number or target_id in known:
        _settle(scene, target_id, number)
        return
    _send_code(scene, target_id, number)


def _settle(scene: _Scene, target_id: int, number: str) -> None:
    now = scene.runtime.now()
    second_channel.agree(scene.session, scene.conversation.id, target_id, Agreement.CHAT, now)
    scene.tell("sms_siap", number)


def _send_code(scene: _Scene, target_id: int, number: str) -> None:
    """Send a code to the number, a few times a day at most: it may be a stranger's."""
    now, session = scene.runtime.now(), scene.session
    keys = [f"from {scene.conversation.id}", f"to {target_id}"]
    attempts.lock_attempts(session, f"{_SPACE} {target_id}")
    tried = attempts.count_attempts(session, _SPACE, keys, now - _DAY)
    refused = second_channel.is_refused(session, scene.conversation.id, target_id)
    if refused or tried >= _MOST_CODES:
        scene.tell("sms_besok")
        return
    attempts.add_attempts(session, _SPACE, keys, now)
    code = f"{secrets.randbelow(1_000_000):06d}"
    code_hash = _code_hash(scene, target_id, code)
    second_channel.name(session, scene.conversation.id, target_id, code_hash, now)
    target = outbox_marks.locked_conversation(session, target_id)
    say(scene.runtime, session, target, Saying("sms_kode", secrets={"PIN": code}))
    scene.tell("sms_kode_dikirim", number)


def _try_code(scene: _Scene, code: str) -> bool:
    """Compare six figures with the code that was sent; False if none was asked for."""
    since = scene.runtime.now() - _CODE_LIFE
    row = second_channel.pending(scene.session, scene.conversation.id, since)
    if row is None:
        return False
    if not secrets.compare_digest(row.code_hash or "", _code_hash(scene, row.target_id, code)):
        second_channel.count_try(row, _MOST_TRIES)
        scene.tell("sms_kode_salah")
        return True
    row.code_hash = None
    target = scene.session.get_one(Conversation, row.target_id)
    _settle(scene, row.target_id, target.sender or "")
    return True


def _code_hash(scene: _Scene, target_id: int, code: str) -> str:
    """Return the keyed hash of a code; without the key six figures can be guessed from it."""
    return scene.runtime.keys.lookup(f"sms:{scene.conversation.id}:{target_id}", code)


def _sms(runtime: Runtime) -> ChannelAdapter | None:
    adapter = runtime.channels.get(ChannelName.SMS)
    return adapter if adapter is not None and adapter.limits.window is None else None


def _proved(conversation: Conversation) -> str | None:
    """Return the number that the platform itself knows the citizen by."""
    return mobile_number(conversation.sender or "") if conversation.channel in _BY_NUMBER else None


def _own_number(turn: Turn) -> str | None:
    """Return the citizen's proved number: of the account, or of a contact shared as their own."""
    shared = [(one.extras or {}).get("contact") or {} for one in turn.messages]
    own = [card["phone"] for card in shared if card.get("is_sender") and card.get("phone")]
    return _proved(turn.conversation) or (mobile_number(own[-1]) if own else None)
