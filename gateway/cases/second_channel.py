"""Sending words by the other address that a citizen agreed to, because their own way is shut.

A template that announces the words has two hours to be answered; without one they go at once. The
address is a conversation of its own: suppression, rate and the ledger of parts hold there too.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from channels.message import ChannelName
from channels.text_split import split_text
from gateway.cases.casefile import News, news_text, pd_words, status_values
from gateway.cases.notices import NEWS_PRIORITY, tenant_values
from gateway.rules.windows import (
    CHANNEL_WORDS,
    SPOKEN,
    TEMPLATE_CHANNELS,
    Window,
    WindowState,
    judge,
)
from gateway.runtime import Runtime
from normalizer.buttons import buttons_for
from store import second_channel, stand_ins
from store.models.complaint import Complaint, Privacy
from store.models.messaging import Author, Conversation, Message
from store.models.outbox import OutboxPart, PartKind
from store.outgoing import Outgoing, queue
from store.stranded import OpenAccount, Stranded, stranded

logger = logging.getLogger(__name__)

PATIENCE: Final = timedelta(hours=2)
_OPT_OUT: Final = "opt_out"


def divert(runtime: Runtime, limit: int) -> int:
    """Pass stuck messages on to the addresses that their citizens agreed to; return how many."""
    with runtime.transaction() as session:
        found = stranded(session, _accounts(runtime), runtime.now(), PATIENCE, limit)
    return sum(_divert(runtime, one) for one in found)


def divert_one(runtime: Runtime, message_id: int) -> bool:
    """Pass one stuck message on at once, because a person wants it; say whether it went."""
    at_once = timedelta(0)
    with runtime.transaction() as session:
        found = stranded(
            session, _accounts(runtime), runtime.now(), at_once, 1, message_id=message_id
        )
    return any(_divert(runtime, one, at_once) for one in found)


def window_of(runtime: Runtime, session: Session, conversation: Conversation) -> Window:
    """Return what may be written to this citizen now, the address they agreed to counted in."""
    window = judge(runtime, conversation)
    shut = window.state in (WindowState.CLOSED, WindowState.UNREACHABLE)
    if not shut or conversation.channel in SPOKEN or conversation.suppressed_reason == _OPT_OUT:
        return window
    targets = second_channel.agreed(session, conversation.id)
    if not targets:
        return window
    name = CHANNEL_WORDS[session.get_one(Conversation, targets[0]).channel]
    if window.state is WindowState.UNREACHABLE:
        words = f"{window.words} Tulisan dikirim lewat {name}."
        return Window(WindowState.CLOSED, words, share_left=0.0)
    if conversation.channel in TEMPLATE_CHANNELS:
        otherwise = f"Lewat {name} bila 2 jam belum terkirim."
        return replace(window, words=f"{window.words} {otherwise}", otherwise=otherwise)
    own = CHANNEL_WORDS[conversation.channel]
    return replace(window, words=f"Jendela {own} tertutup. Tulisan dikirim lewat {name}.")


def _accounts(runtime: Runtime) -> list[OpenAccount]:
    """Return our accounts by which free text may leave now, and to whom."""
    return [
        OpenAccount(name, adapter.account, _written_after(runtime.now(), adapter.limits.window))
        for name, adapter in runtime.channels.items()
    ]


def _written_after(now: datetime, window: timedelta | None) -> datetime | None:
    return None if window is None else now - window


def _divert(runtime: Runtime, one: Stranded, patience: timedelta = PATIENCE) -> bool:
    """Pass one message on, unless it was set free or passed on meanwhile."""
    now = runtime.now()
    with runtime.transaction() as session:
        locked = stand_ins.lock_both(session, one.conversation_id, one.target_id)
        if len(locked) < 2:
            return False
        still = stranded(session, _accounts(runtime), now, patience, 1, message_id=one.message_id)
        if one not in still:
            return False
        message = session.get_one(Message, one.message_id)
        parts = stand_ins.redirect(session, one.message_id, now)
        outgoing = _instead(runtime, session, message, parts, locked[one.target_id])
        queue(session, locked[one.target_id], outgoing, now)
    facts = {"message_id": one.message_id, "channel": locked[one.target_id].channel.value}
    logger.info("message_redirected", extra=facts)
    return True


def _instead(
    runtime: Runtime,
    session: Session,
    message: Message,
    parts: list[OutboxPart],
    target: Conversation,
) -> Outgoing:
    """Return the message that carries the words of these parts by the other channel."""
    complaint = session.get(Complaint, message.complaint_id) if message.complaint_id else None
    secret = complaint is not None and complaint.privacy is Privacy.SECRET
    secrets = stand_ins.take_secrets(session, message.id)
    key, text = "", ""
    if secret or any(part.kind is PartKind.TEXT for part in parts):
        case = _Case(runtime, session, complaint, target.channel)
        key, text = _words(case, message, secrets)
    files = [part.payload["attachment_id"] for part in parts if part.kind is PartKind.MEDIA]
    return Outgoing(
        text=text,
        pieces=split_text(text, runtime.channels[target.channel].limits) if text else (),
        author=message.author or Author.AUTO,
        staff_id=message.staff_id,
        complaint_id=message.complaint_id,
        text_key=key or None,
        buttons=buttons_for(key, complaint.ticket if complaint else None),
        attachment_ids=() if secret else files,
        human=any(part.human for part in parts),
        priority=NEWS_PRIORITY,
        secrets=secrets,
        instead_of_id=message.id,
    )


@dataclass(frozen=True)
class _Case:
    """What the words for the other channel are made of."""

    runtime: Runtime
    session: Session
    complaint: Complaint | None
    channel: ChannelName

    def render(self, key: str, values: Mapping[str, str]) -> tuple[str, str]:
        """Return the key and its text in the channel's own wording."""
        known = {**tenant_values(self.runtime), **values}
        return key, self.runtime.catalogue.render(key, self.channel, known)

    def status(self, complaint: Complaint) -> tuple[str, str]:
        """Return number and status: all that may be said everywhere."""
        values = status_values(self.runtime, self.session, complaint)
        pd = pd_words(self.runtime, complaint.pd_code, self.channel)
        return self.render("status", {"T": complaint.ticket, "PD": pd, **values})


def _words(case: _Case, message: Message, secrets: Mapping[str, str]) -> tuple[str, str]:
    """Return catalogue key and text for the other channel, shortened as its wording wants.

    Of a Rahasia complaint only number and status, and the PIN where it was to be told.
    """
    complaint, said = case.complaint, stand_ins.said(case.session, message.id)
    if message.text_key is None or said is None:
        return _own_words(case, message)
    if "PIN" in secrets or complaint is None:
        return case.render(message.text_key, said["values"])
    if complaint.privacy is Privacy.SECRET or "{PIN}" in (message.text or ""):
        return case.status(complaint)
    values = {name: value for name, value in said["values"].items() if name != "PD"}
    news = News(message.text_key, values, said["flexible"])
    text = news_text(case.runtime, case.session, complaint, news, case.channel)
    return message.text_key, text


def _own_words(case: _Case, message: Message) -> tuple[str, str]:
    """Return an officer's words, with the number that they are about."""
    words = {"JWB": message.text or ""}
    if case.complaint is None:
        return case.render("balasan_umum", words)
    if case.complaint.privacy is Privacy.SECRET:
        return case.status(case.complaint)
    return case.render("balasan_aduan", {"T": case.complaint.ticket, **words})
