"""Kesehatan kanal: how every channel does, from our own rows alone. Nobody is asked here.

What providers said when they were last asked is remembered by `gateway.upkeep.channel_care`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from channels.admin import ChannelAdmin, Health
from channels.explanations import explain
from channels.message import ChannelName, DeliveryStatus, ErrorClass
from gateway.cases.assigned import office_time
from gateway.rules.dates import day_and_time, local
from gateway.rules.silence import Silence, find_silence, read_hours, write_hour
from gateway.rules.windows import CHANNEL_WORDS
from gateway.runtime import Runtime
from gateway.upkeep import message_templates, template_words
from gateway.upkeep.findings import FindingView, remembered, views_of
from gateway.upkeep.template_words import TemplateView
from store import health, states
from store.models.messaging import ChannelAccount

_FAILURES_OF: Final = timedelta(days=7)
_HOURS_KEPT: Final = timedelta(days=28)
_MOST_MESSAGES: Final = 200_000
_CANNOT_SEND: Final = frozenset({ChannelName.VOICE, ChannelName.WEB, ChannelName.OPERATOR})
_UNTIL_MENDED: Final = timedelta(days=365)
NAMES: Final = {**CHANNEL_WORDS, ChannelName.WHATSAPP_CLOUD: "WhatsApp Meta"}


@dataclass(frozen=True, slots=True)
class LineItem:
    """One channel in the line on top of the inbox; `words` follow its name."""

    code: str
    name: str
    words: str
    problem: bool


@dataclass(frozen=True, slots=True)
class Pause:
    """Why an account sends nothing; `mendable` if a person has to let it go on."""

    words: str
    mendable: bool


@dataclass(frozen=True)
class ChannelView:
    """One channel as its page shows it. `tone` is ``good``, ``near`` or ``late``."""

    code: str
    name: str
    address: str
    state: str
    tone: str
    last_in: str
    last_out: str
    waiting: int
    oldest: str
    parked: int
    uncertain: int
    pause: Pause | None
    silence: str | None
    failures: Sequence[tuple[str, int]]
    findings: Sequence[FindingView]
    templates: Sequence[TemplateView]
    checked: str
    can_check: bool
    can_test: bool


@dataclass(frozen=True)
class Overview:
    """The whole page at one instant; `stale` if a provider has not been asked lately."""

    channels: Sequence[ChannelView]
    at: datetime
    stale: bool


@dataclass(frozen=True)
class _Facts:
    accounts: Mapping[health.Account, ChannelAccount]
    checks: Mapping[str, Any]
    silences: Mapping[str, Any]
    shelves: Mapping[str, Any] = field(default_factory=dict)
    waiting: Sequence[health.Waiting] = field(default=())
    failures: Sequence[health.Failures] = field(default=())


def line(runtime: Runtime) -> list[LineItem]:
    """Return the line on top of the inbox: one item for each channel that is switched on."""
    with runtime.transaction() as session:
        facts = _short_facts(session)
    items = []
    for name, adapter in runtime.channels.items():
        words = _trouble(runtime, facts, (name, adapter.account))
        items.append(LineItem(name.value, NAMES[name], words or "baik", bool(words)))
    return items


def overview(runtime: Runtime) -> Overview:
    """Return everything that the page shows."""
    now = runtime.now()
    with runtime.transaction() as session:
        short = _short_facts(session)
        facts = _Facts(
            short.accounts,
            short.checks,
            short.silences,
            states.starting(session, message_templates.PREFIX),
            health.waiting(session),
            health.failures(session, now - _FAILURES_OF),
        )
    channels = [_view(runtime, facts, name) for name in runtime.channels]
    asked = [
        remembered(facts.checks.get(_key((name, adapter.account)))).at
        for name, adapter in runtime.channels.items()
        if isinstance(adapter, ChannelAdmin)
    ]
    stale = any(at is None or now - at > timedelta(minutes=1) for at in asked)
    return Overview(channels, now, stale)


def count_inbound(runtime: Runtime) -> None:
    """Once a minute: note what came in since the last time, and who has fallen silent."""
    now = runtime.now()
    with runtime.transaction() as session:
        newest = health.newest_message_id(session)
        read = states.get(session, "inbound_read", lock=True) or {"id": newest - _MOST_MESSAGES}
        arrivals = health.inflow(session, max(0, int(read["id"])), newest)
        states.put(session, "inbound_read", {"id": newest})
        health.note_inbound(session, arrivals)
        kept = states.starting(session, "inbound:")
        for arrival in arrivals:
            hours = kept.setdefault(_key(arrival.account), {})
            hour = write_hour(arrival.hour)
            hours[hour] = hours.get(hour, 0) + arrival.count
        oldest = write_hour(now - _HOURS_KEPT)
        for key in {_key(arrival.account) for arrival in arrivals}:
            recent = {hour: count for hour, count in kept[key].items() if hour >= oldest}
            states.put(session, f"inbound:{key}", recent)
        states.put(session, "silences", _silences(runtime, session, kept))


def _silences(
    runtime: Runtime, session: Session, kept: Mapping[str, Mapping[str, int]]
) -> dict[str, Any]:
    known, office = health.accounts(session), office_time(runtime, session)
    found: dict[str, Any] = {}
    for name, adapter in runtime.channels.items():
        account = (name, adapter.account)
        row = known.get(account)
        if row is None or row.last_inbound_at is None:
            continue
        hours = read_hours(kept.get(_key(account), {}))
        silence = find_silence(hours, row.last_inbound_at, office, runtime.now())
        if silence is not None:
            found[_key(account)] = {
                "since": silence.since.isoformat(),
                "office_s": silence.office_s,
                "usual": silence.usual_per_hour,
            }
    return found


def _short_facts(session: Session) -> _Facts:
    return _Facts(
        accounts=health.accounts(session),
        checks=states.starting(session, "check:"),
        silences=states.get(session, "silences") or {},
    )


def _key(account: health.Account) -> str:
    return f"{account[0].value}:{account[1]}"


def _trouble(runtime: Runtime, facts: _Facts, account: health.Account) -> str:
    """Return in two or three words what is wrong with an account, empty if nothing is."""
    row, now = facts.accounts.get(account), runtime.now()
    if row is not None and row.paused_until is not None and row.paused_until > now:
        if row.paused_until - now > _UNTIL_MENDED:
            return "berhenti mengirim"
        minutes = max(1, round((row.paused_until - now).total_seconds() / 60))
        return f"tertunda {minutes} mnt"
    check = remembered(facts.checks.get(_key(account)))
    if any(one.health is Health.BAD for one in check.findings):
        return "perlu diperiksa"
    since = states.instant(facts.silences.get(_key(account)), "since")
    return f"sunyi sejak {_moment(runtime, since)}" if since else ""


def _view(runtime: Runtime, facts: _Facts, name: ChannelName) -> ChannelView:
    adapter = runtime.channels[name]
    account = (name, adapter.account)
    row = facts.accounts.get(account)
    trouble = _trouble(runtime, facts, account)
    check = remembered(facts.checks.get(_key(account)))
    waiting = {one.status: one for one in facts.waiting if one.account == account}
    queued = waiting.get(DeliveryStatus.QUEUED)
    return ChannelView(
        code=name.value,
        name=NAMES[name],
        address=runtime.profile.channel_addresses.get(name.value, adapter.account),
        state=trouble or "baik",
        tone=_tone(trouble),
        last_in=_moment(runtime, row.last_inbound_at if row else None),
        last_out=_moment(runtime, row.last_outbound_at if row else None),
        waiting=queued.count if queued else 0,
        oldest=_moment(runtime, queued.since) if queued else "",
        parked=_count(waiting, DeliveryStatus.PARKED),
        uncertain=_count(waiting, DeliveryStatus.UNCERTAIN),
        pause=_pause(runtime, row),
        silence=_silence_words(runtime, facts.silences.get(_key(account))),
        failures=_reasons(facts, account),
        findings=views_of(check.findings, runtime.profile.timezone),
        templates=template_words.views_of(runtime, name, _shelf(facts, account)),
        checked=_moment(runtime, check.at),
        can_check=isinstance(adapter, ChannelAdmin),
        can_test=name not in _CANNOT_SEND,
    )


def _count(waiting: Mapping[DeliveryStatus, health.Waiting], status: DeliveryStatus) -> int:
    return waiting[status].count if status in waiting else 0


def _tone(trouble: str) -> str:
    if not trouble:
        return "good"
    return "near" if trouble.startswith(("tertunda", "sunyi")) else "late"


def _pause(runtime: Runtime, row: ChannelAccount | None) -> Pause | None:
    now = runtime.now()
    if row is None or row.paused_until is None or row.paused_until <= now:
        return None
    if row.paused_until - now <= _UNTIL_MENDED:
        again = _moment(runtime, row.paused_until)
        return Pause(f"Penyedia membatasi kiriman; dilanjutkan otomatis {again}.", mendable=False)
    reason = explain(row.channel, row.paused_code, row.paused_class)
    words = f"Kiriman ditahan, pesan masuk tetap diterima. {reason}"
    return Pause(words, mendable=True)


def _shelf(facts: _Facts, account: health.Account) -> message_templates.Shelf:
    return message_templates.remembered(facts.shelves.get(_key(account)))


def _reasons(facts: _Facts, account: health.Account) -> list[tuple[str, int]]:
    """Return failures by what an officer reads of them, most first."""
    counted: dict[str, int] = {}
    for one in facts.failures:
        if one.account == account:
            words = explain(account[0], one.code, one.error_class or ErrorClass.PERMANENT)
            counted[words] = counted.get(words, 0) + one.count
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


def _silence_words(runtime: Runtime, kept: Any) -> str | None:
    since = states.instant(kept, "since")
    if since is None:
        return None
    silence = Silence(since, float(kept["office_s"]), float(kept["usual"]))
    usual = f"{silence.usual_per_hour:.1f}".replace(".", ",")
    return (
        f"Tidak ada pesan masuk sejak {_moment(runtime, since)}, "
        f"{silence.office_s / 3600:.0f} jam kerja. Biasanya {usual} pesan per jam kerja."
    )


def _moment(runtime: Runtime, instant: datetime | None) -> str:
    """Return a time of today, or day and time; a dash if there is none."""
    if instant is None:
        return "-"
    zone = runtime.profile.timezone
    there = local(instant, zone)
    if there.date() == local(runtime.now(), zone).date():
        return f"{there:%H.%M}"
    return day_and_time(instant, zone)
