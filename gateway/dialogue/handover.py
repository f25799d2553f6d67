"""When somebody else has a conversation on the platform, the dialogue keeps quiet for a while.

Messenger and Instagram let several applications and the page's own inbox share a conversation.
What the citizen writes is kept all the same; nothing of it is lost when the conversation returns.
Facts: channels.md section 5; Meta's pages on the handover protocol.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from channels.message import ControlEvent, Holder, InboundMessage
from gateway.runtime import Runtime
from gateway.showing.showing import full_time
from store import holding, reach
from store.models.messaging import Conversation, Message
from store.reach import Contact

# Meta gives an idle conversation back after a day.
_HELD_FOR: Final = timedelta(hours=24)
# A person who answers in the page's inbox is left alone this long after each answer.
_ANSWERING_FOR: Final = timedelta(minutes=30)
_WHO: Final = {
    Holder.INBOX.value: "Percakapan ini dipegang kotak masuk Halaman",
    Holder.APP.value: "Percakapan ini dipegang aplikasi lain",
    "echo_inbox": "Ada yang menjawab dari kotak masuk Halaman",
    "echo_app": "Ada yang menjawab dari aplikasi lain",
    "echo_phone": "Ada yang menjawab dari ponsel dinas",
}


def note_standby(session: Session, message: InboundMessage, now: datetime) -> None:
    """Note that somebody else has the conversation in which this message was written."""
    if not message.standby or message.sender is None:
        return
    contact = Contact(message.channel, message.account, message.sender)
    conversation_id = reach.find_conversation(session, contact)
    if conversation_id is not None:
        at = min(message.sent_at or now, now)
        holding.hold(session, conversation_id, Holder.APP, at, at + _HELD_FOR)


def hand_over(
    session: Session, conversation_id: int, event: ControlEvent, at: datetime, now: datetime
) -> bool:
    """Note who has the conversation now; say whether it came back to us."""
    if event.holder is None:
        return holding.release(session, conversation_id, at, now)
    holding.hold(session, conversation_id, event.holder, at, at + _HELD_FOR)
    return False


def note_answer(session: Session, conversation_id: int, event: ControlEvent, now: datetime) -> None:
    """Keep quiet after an echo that a person wrote; our own carry a reference."""
    if event.holder is None or event.value is not None:
        return
    at = min(event.occurred_at or now, now)
    holding.hold_for_echo(session, conversation_id, event.holder, at, at + _ANSWERING_FOR)


def is_held(conversation: Conversation, fresh: tuple[Message, ...], now: datetime) -> bool:
    """Whether the dialogue keeps quiet; a message that came to us proves that nobody else has it.

    A person's own answer is not undone by that: every page without the handover protocol gives us
    all messages.
    """
    if conversation.held_by is None or conversation.held_until is None:
        return False
    ours = fresh and not (fresh[-1].extras or {}).get("standby")
    later = ours and (conversation.held_at is None or fresh[-1].ordered_at > conversation.held_at)
    if conversation.held_until <= now or (later and not holding.is_answer(conversation.held_by)):
        conversation.held_by = conversation.held_until = None
        return False
    return True


def holder_words(runtime: Runtime, conversation: Conversation) -> str:
    """Return who has the conversation now and until when we keep quiet, or an empty string."""
    until = conversation.held_until
    if conversation.held_by is None or until is None or until <= runtime.now():
        return ""
    who = _WHO.get(conversation.held_by, _WHO[Holder.APP.value])
    return f"{who}; balasan otomatis menunggu sampai {full_time(runtime, until)}."
