"""Reading Twilio's messaging webhooks: WhatsApp and SMS messages, opt-outs, status callbacks.

Both channels arrive in the same form at the same address; the prefix of From and To tells them
apart. Facts: channels.md sections 1 and 2.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from channels.errors import PayloadError
from channels.message import (
    ChannelEvent,
    ChannelName,
    Choice,
    ControlEvent,
    ControlKind,
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
    MediaKind,
    MediaRef,
)
from channels.payload import MAX_ID_LENGTH, SCHEME, address, clean, is_blank, location, origin
from channels.twilio_errors import RETRY_WAITS_S, class_of_report

_MEDIA_URL = re.compile(r"MediaUrl([0-9]{1,3})")
# Twilio acts on these as whole messages by itself, with or without Advanced Opt-Out.
_STOP_WORDS = frozenset(
    {"STOP", "STOPALL", "UNSUBSCRIBE", "REVOKE", "OPTOUT", "CANCEL", "END", "QUIT"}
)
_START_WORDS = frozenset({"START", "UNSTOP"})
_RECEIVED = frozenset({"received", "receiving"})
# Anything else (queued, accepted, sending, values of the future) moves no part.
_STATUSES: Mapping[str, DeliveryStatus] = {
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "partially_delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "failed": DeliveryStatus.FAILED,
    "undelivered": DeliveryStatus.FAILED,
    "canceled": DeliveryStatus.FAILED,
}
_KINDS_BY_MESSAGE_TYPE: Mapping[str, MediaKind] = {
    "image": MediaKind.IMAGE,
    "video": MediaKind.VIDEO,
    "audio": MediaKind.AUDIO,
    "sticker": MediaKind.STICKER,
    "contacts": MediaKind.CONTACT,
}
_READABLE_TYPES = frozenset(
    {"", "text", "image", "video", "audio", "document", "sticker", "contacts", "location"}
    | {"button", "interactive"}
)


def read_form(
    fields: Mapping[str, str], url: str, channel: ChannelName, account: str, number: str = ""
) -> list[ChannelEvent]:
    """Return the events of one form that belong to the channel.

    Args:
        fields: the form, see `twilio_signature.form_fields`.
        url: the address that was called; status callbacks carry our part reference in it.
        channel: WHATSAPP or SMS; a form of the other one gives nothing.
        account: our account SID; a form of another account gives nothing.
        number: our own sender; what comes from it can only be a status.

    Raises:
        PayloadError: no message SID, or nobody it could be from.
    """
    if fields.get("AccountSid", account) != account:
        return []
    ends = [end for end in (fields.get("From"), fields.get("To")) if end]
    if not ends:
        raise PayloadError("neither From nor To")
    if _channel_of(ends) != channel:
        return []
    names = ("MessageSid", "SmsSid", "SmsMessageSid")
    sid = next((sid for name in names if (sid := clean(fields.get(name, "")).strip())), "")
    if not sid or len(sid) > MAX_ID_LENGTH:
        raise PayloadError("no message SID")
    if _is_status(fields, url) or (number and address(fields.get("From")) == address(number)):
        return _receipt(fields, url, channel, account, sid)
    if fields.get("OptOutType", "").strip().upper() == "HELP":
        return []  # Twilio has answered it; a second answer would only confuse
    return _opt_out(fields, channel, account, sid) or [_message(fields, channel, account, sid)]


def _channel_of(ends: list[str]) -> ChannelName | None:
    schemes = {match.group(1).lower() for end in ends if (match := SCHEME.match(end.strip()))}
    if not schemes:
        return ChannelName.SMS
    return ChannelName.WHATSAPP if "whatsapp" in schemes else None


def _is_status(fields: Mapping[str, str], url: str) -> bool:
    if fields.get("SmsStatus", "").lower() in _RECEIVED:
        return False
    return "MessageStatus" in fields or urlsplit(url).path.rstrip("/").endswith("/status")


def _receipt(
    fields: Mapping[str, str], url: str, channel: ChannelName, account: str, sid: str
) -> list[ChannelEvent]:
    word = fields.get("MessageStatus") or fields.get("SmsStatus") or ""
    status = _STATUSES.get(word.lower())
    if status is None:
        return []
    failed = status is DeliveryStatus.FAILED
    code = clean(fields.get("ErrorCode", "")).strip()[:20] if failed else ""
    code = "" if code == "0" else code
    reference = parse_qs(urlsplit(url).query).get("ref", [""])[0]
    return [
        DeliveryReceipt(
            channel=channel,
            account=account,
            status=status,
            external_id=sid,
            reference=clean(reference)[:MAX_ID_LENGTH] or None,
            recipient=address(fields.get("To")),
            error_code=code or None,
            error_class=class_of_report(code) if failed else None,
            retry_waits_s=RETRY_WAITS_S.get(code, ()) if failed else (),
        )
    ]


def _opt_out(
    fields: Mapping[str, str], channel: ChannelName, account: str, sid: str
) -> list[ChannelEvent]:
    """Return STOP or START, which Twilio has obeyed and answered already; empty for a message."""
    word = fields.get("OptOutType", "").strip().upper()
    if not word and channel is ChannelName.SMS:
        word = fields.get("Body", "").strip().upper()
    if word in _STOP_WORDS:
        kind = ControlKind.OPT_OUT
    elif word in _START_WORDS:
        kind = ControlKind.OPT_IN
    else:
        return []
    return [ControlEvent(kind, channel, account, _sender(fields), event_id=sid, external_id=sid)]


def _message(
    fields: Mapping[str, str], channel: ChannelName, account: str, sid: str
) -> InboundMessage:
    sender = _sender(fields)
    text = clean(fields.get("Body", "")) or None
    media = _media(fields)
    pin = location(
        fields.get("Latitude"),
        fields.get("Longitude"),
        clean(fields.get("Label", "")) or None,
        clean(fields.get("Address", "")) or None,
    )
    choice = _choice(fields)
    unsupported = not (text or media or pin or choice) and _withheld(fields)
    return InboundMessage(
        channel=channel,
        account=account,
        external_id=sid,
        sender=sender,
        text=text,
        dedup_scope=f"twilio:{account}",
        sender_name=clean(fields.get("ProfileName", "")).strip() or None,
        aliases=_aliases(fields, sender),
        repliable=channel is ChannelName.WHATSAPP or sender.startswith("+"),
        media=media,
        location=pin,
        reply_to=clean(fields.get("OriginalRepliedMessageSid", ""))[:MAX_ID_LENGTH] or None,
        choice=choice,
        forwarded="true" in (_lower(fields, "Forwarded"), _lower(fields, "FrequentlyForwarded")),
        unsupported=unsupported,
        blank=is_blank(text) and not (media or pin or choice or unsupported),
        origin=origin(fields, "ReferralHeadline", "ReferralSourceId"),
    )


def _sender(fields: Mapping[str, str]) -> str:
    sender = address(fields.get("From")) or address(fields.get("ExternalUserId"))
    if sender is None:
        raise PayloadError("no sender")
    return sender


def _aliases(fields: Mapping[str, str], sender: str) -> tuple[str, ...]:
    """Return the citizen's other names on WhatsApp, so that a new name meets the old person."""
    known = [address(fields.get("ExternalUserId")), address(fields.get("ParentExternalUserId"))]
    if not sender.startswith("+"):
        known.append(address(fields.get("WaId")))
    return tuple(dict.fromkeys(name for name in known if name and name != sender))


def _media(fields: Mapping[str, str]) -> tuple[MediaRef, ...]:
    """Return the media that are there; NumMedia is known to claim more or fewer."""
    numbered = {
        int(match.group(1)): name for name in fields if (match := _MEDIA_URL.fullmatch(name))
    }
    refs: dict[str, MediaRef] = {}
    for number in sorted(numbered):
        source = clean(fields[numbered[number]]).strip()
        mime = clean(fields.get(f"MediaContentType{number}", "")).strip().lower() or None
        if source and source not in refs:
            refs[source] = MediaRef(_kind(mime, _lower(fields, "MessageType")), source, mime)
    return tuple(refs.values())


def _kind(mime: str | None, message_type: str) -> MediaKind:
    if message_type == "sticker" or mime == "image/webp":
        return MediaKind.STICKER
    if mime in ("text/vcard", "text/x-vcard"):
        return MediaKind.CONTACT
    family = (mime or "").partition("/")[0]
    if family in ("image", "video", "audio"):
        return MediaKind(family)
    if mime is None:
        return _KINDS_BY_MESSAGE_TYPE.get(message_type, MediaKind.DOCUMENT)
    return MediaKind.DOCUMENT


def _choice(fields: Mapping[str, str]) -> Choice | None:
    title = clean(fields.get("ButtonText") or fields.get("ListTitle") or "") or None
    payload = clean(fields.get("ButtonPayload") or fields.get("ListId") or "") or title
    return Choice(title, payload) if payload else None


def _withheld(fields: Mapping[str, str]) -> bool:
    """Say whether there was content that Twilio did not hand over."""
    announced = fields.get("NumMedia", "0").strip() not in ("", "0")
    return announced or _lower(fields, "MessageType") not in _READABLE_TYPES


def _lower(fields: Mapping[str, str], name: str) -> str:
    return fields.get(name, "").strip().lower()
