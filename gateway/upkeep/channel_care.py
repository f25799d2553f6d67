"""Asking providers how our accounts do, setting them up, renewing tokens, sending a test.

Every question leaves outside of any transaction; what was answered is remembered in a row, so that
pages and other processes need not ask again. A provider is asked once a minute at most.
"""

import base64
import logging
import re
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from channels.adapter import ChannelAdapter
from channels.admin import ChannelAdmin, Finding, Health, TokenRefresher, explain_refusal
from channels.errors import SendError
from channels.message import ChannelName
from channels.outbound import OutboundPart
from channels.templates import ListedTemplate, TemplateLister
from gateway.errors import InvalidInputError, NotFoundError
from gateway.rules.dates import day_and_time
from gateway.rules.windows import TEMPLATE_CHANNELS
from gateway.runtime import Runtime
from gateway.upkeep import message_templates, template_words
from gateway.upkeep.findings import remembered, to_state
from store import states
from store.models.staff import AuditEntry

logger = logging.getLogger(__name__)

_ASK_EVERY: Final = timedelta(minutes=1)
_UNASKED_AT_MOST: Final = timedelta(hours=1)
_RENEW_BEFORE: Final = timedelta(days=30)
_TRY_RENEWING_EVERY: Final = timedelta(days=1)
_SOON: Final = timedelta(days=14)
_BY_PHONE: Final = frozenset({ChannelName.WHATSAPP, ChannelName.SMS, ChannelName.WHATSAPP_CLOUD})
_PHONE = re.compile(r"\+[0-9]{8,15}")
_NUMBER = re.compile(r"[0-9]{3,30}")


def drain(runtime: Runtime) -> None:
    """Renew tokens that end soon and ask every provider that was not asked lately."""
    names = askable(runtime)
    for name in runtime.channels:
        _renew(runtime, name)
    if names:
        # Side by side: one provider that does not answer must not hold up the worker for long.
        with ThreadPoolExecutor(len(names), "care") as pool:
            list(pool.map(lambda name: check(runtime, name), names))


def askable(runtime: Runtime) -> list[ChannelName]:
    """Return the channels whose providers can be asked."""
    return [name for name, one in runtime.channels.items() if isinstance(one, ChannelAdmin)]


def is_due(runtime: Runtime, session: Session) -> bool:
    """Whether a provider was not asked for an hour; cheap enough for every few seconds."""
    checks = states.starting(session, "check:")
    for name, adapter in runtime.channels.items():
        if isinstance(adapter, ChannelAdmin):
            at = remembered(checks.get(f"{name.value}:{adapter.account}")).at
            if at is None or runtime.now() - at >= _UNASKED_AT_MOST:
                return True
    return False


def check(runtime: Runtime, name: ChannelName) -> Sequence[Finding]:
    """Return what is good and bad about a channel, asked just now or within the last minute.

    Raises:
        NotFoundError: the channel is off or cannot be asked.
    """
    adapter, now = _adapter(runtime, name), runtime.now()
    if not isinstance(adapter, ChannelAdmin):
        raise NotFoundError("channel")
    key = f"{name.value}:{adapter.account}"
    with runtime.transaction() as session:
        known = remembered(states.get(session, f"check:{key}"))
        if not states.take_turn(session, f"asking:{key}", now, _ASK_EVERY) and known.findings:
            return known.findings
        token = states.get(session, _token_name(adapter))
    _install(runtime, adapter, token)
    findings = [*adapter.check(runtime.profile.public_url, now)]
    findings += _token_life(token, findings, now)
    templates, said = _ask_for_templates(runtime, adapter)
    findings += said
    with runtime.transaction() as session:
        states.put(session, f"check:{key}", to_state(findings, now))
        if templates is not None:
            listing = message_templates.to_state(templates, now)
            states.put(session, message_templates.state_name(name, adapter.account), listing)
    _tell(name, known.findings, findings)
    return findings


def connect(runtime: Runtime, name: ChannelName) -> tuple[str, ...]:
    """Set up at the provider what can be set up from here; return what a person reads next.

    Raises:
        NotFoundError: the channel is off or has nothing to set up.
        InvalidInputError: the provider refused; `problems["channel"]` says why.
    """
    adapter = _adapter(runtime, name)
    if not isinstance(adapter, ChannelAdmin):
        raise NotFoundError("channel")
    try:
        lines = adapter.connect(runtime.profile.public_url)
    except SendError as error:
        raise InvalidInputError({"channel": explain_refusal(name, error)}) from None
    with runtime.transaction() as session:
        # What was asked before says nothing any more.
        states.put(session, f"check:{name.value}:{adapter.account}", {})
        states.put(session, f"asking:{name.value}:{adapter.account}", {"at": "1970-01-01T00:00Z"})
    return lines


def send_test(runtime: Runtime, name: ChannelName, to: str, staff_id: int | None) -> None:
    """Send "Pesan uji" to an address that a person typed; it is written down who did.

    Raises:
        NotFoundError: the channel is off.
        InvalidInputError: the address cannot be right, or the provider refused.
    """
    adapter = _adapter(runtime, name)
    recipient = _recipient(name, to)
    part = OutboundPart(
        channel=name,
        account=adapter.account,
        recipient=recipient,
        reference=str(uuid.uuid4()),
        text=_test_words(runtime),
    )
    note(runtime, staff_id, "channel_tested", name)
    try:
        adapter.send(part)
    except SendError as error:
        raise InvalidInputError({"to": explain_refusal(name, error)}) from None


def note(runtime: Runtime, staff_id: int | None, action: str, name: ChannelName) -> None:
    """Write down who did what to a channel; None: from the command line."""
    with runtime.transaction() as session:
        session.add(
            AuditEntry(at=runtime.now(), actor_id=staff_id, action=action, reason=name.value)
        )


def install_tokens(runtime: Runtime) -> None:
    """Use in this process the tokens that some process has renewed."""
    refreshers = [one for one in runtime.channels.values() if isinstance(one, TokenRefresher)]
    if not refreshers:
        return
    with runtime.transaction() as session:
        tokens = states.starting(session, "token:")
    for adapter in refreshers:
        _install(runtime, adapter, tokens.get(_token_name(adapter).removeprefix("token:")))


def _ask_for_templates(
    runtime: Runtime, adapter: ChannelAdapter
) -> tuple[Sequence[ListedTemplate] | None, Sequence[Finding]]:
    """Return an account's templates and what is to be said of them; None: none, or no answer."""
    if adapter.name not in TEMPLATE_CHANNELS:
        return None, ()
    if not isinstance(adapter, TemplateLister):
        return None, ()
    try:
        templates = adapter.templates()
    except SendError as error:
        return None, [template_words.refused(error)]
    return templates, template_words.findings(runtime, adapter.name, templates)


def _renew(runtime: Runtime, name: ChannelName) -> None:
    adapter, now = runtime.channels[name], runtime.now()
    if not isinstance(adapter, TokenRefresher):
        return
    with runtime.transaction() as session:
        state = states.get(session, _token_name(adapter))
        ends = states.instant(state, "expires_at")
        if ends is not None and ends - now > _RENEW_BEFORE:
            return
        turn = f"renewing:{name.value}"
        if not states.take_turn(session, turn, now, _TRY_RENEWING_EVERY):
            return
    _install(runtime, adapter, state)
    configured = state["of"] if _is_ours(runtime, adapter, state) else _mark(runtime, adapter.token)
    try:
        fresh = adapter.refresh_token(now)
    except SendError as error:
        # Ordinary for a token that comes from a Facebook page: it has no end of its own.
        logger.info("token_not_renewed", extra={"channel": name.value, "code": error.code})
        return
    sealed = base64.b64encode(runtime.keys.encrypt(fresh.value.encode())).decode()
    ends_at = fresh.expires_at.isoformat() if fresh.expires_at else None
    with runtime.transaction() as session:
        value = {"of": configured, "sealed": sealed, "expires_at": ends_at}
        states.put(session, _token_name(adapter), value)
    adapter.use_token(fresh.value)
    logger.info("token_renewed", extra={"channel": name.value})


def _install(runtime: Runtime, adapter: object, state: Any) -> None:
    """Use a renewed token, unless the settings name another one than that which was renewed."""
    if not isinstance(adapter, TokenRefresher) or not isinstance(state, dict):
        return
    if state.get("of") == _mark(runtime, adapter.token):
        sealed = base64.b64decode(str(state.get("sealed", "")))
        adapter.use_token(runtime.keys.decrypt(sealed).decode())


def _is_ours(runtime: Runtime, adapter: TokenRefresher, state: Any) -> bool:
    """Whether the token in use is the one that was renewed last."""
    if not isinstance(state, dict) or "of" not in state:
        return False
    sealed = base64.b64decode(str(state.get("sealed", "")))
    return runtime.keys.decrypt(sealed).decode() == adapter.token


def _mark(runtime: Runtime, token: str) -> str:
    """Return a keyed hash by which a token is recognised without being readable."""
    return runtime.keys.lookup("channel-token", token)


def _token_name(adapter: Any) -> str:
    return f"token:{adapter.name.value}:{adapter.account}"


def _token_life(token: Any, findings: Sequence[Finding], now: datetime) -> list[Finding]:
    """Add when a renewed token ends, where the provider itself does not say."""
    ends = states.instant(token, "expires_at")
    if ends is None or any(one.expires_at for one in findings):
        return []
    health = Health.NOTE if ends - now < _SOON else Health.GOOD
    return [Finding("token", health, "Token diperbarui otomatis sebelum berakhir.", ends)]


def _tell(name: ChannelName, before: Sequence[Finding], found: Sequence[Finding]) -> None:
    """Log when a channel turns bad and when it is good again."""
    was, bad = (any(one.health is Health.BAD for one in both) for both in (before, found))
    if bad and not was:
        subjects = sorted({one.subject for one in found if one.health is Health.BAD})
        logger.error("channel_bad", extra={"channel": name.value, "subjects": subjects})
    elif was and not bad:
        logger.info("channel_good_again", extra={"channel": name.value})


def _adapter(runtime: Runtime, name: ChannelName) -> ChannelAdapter:
    adapter = runtime.channels.get(name)
    if adapter is None:
        raise NotFoundError("channel")
    return adapter


def _recipient(name: ChannelName, typed: str) -> str:
    """Return an address as the channel writes it; numbers of Indonesia may begin with 0."""
    if name is ChannelName.VOICE:
        raise InvalidInputError({"to": "Saluran telepon tidak mengirim pesan."})
    address = re.sub(r"[\s().-]", "", typed)
    if name in _BY_PHONE:
        address = f"+62{address[1:]}" if address.startswith("0") else address
        if not _PHONE.fullmatch(address):
            raise InvalidInputError({"to": "Isi nomor HP, contoh 0812 0000 0000."})
    elif not _NUMBER.fullmatch(address):
        words = "Isi nomor pengguna pada kanal ini (angka), yang sudah pernah menulis ke kita."
        raise InvalidInputError({"to": words})
    return address


def _test_words(runtime: Runtime) -> str:
    at = day_and_time(runtime.now(), runtime.profile.timezone)
    zone = runtime.profile.zone_label
    return f"Pesan uji {runtime.profile.app}, {at} {zone}. Abaikan pesan ini."
