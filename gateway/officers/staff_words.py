"""The lines that officers are told: made when they leave, of what is true then.

No personal value stands in them: number, category, desa, deadline and a link that needs a login.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from channels.message import ChannelName
from gateway.answering.answers import RETURN_REASONS
from gateway.cases.casefile import pd_words, when
from gateway.cases.notices import tenant_values
from gateway.cases.pd_reminders import waits_for_pd
from gateway.cases.staff_alerts import (
    DIRECTIVE,
    DIRECTIVE_MISSED,
    FROM_DISKOMINFO,
    MENTIONED,
    UNMASKINGS,
    URGENT,
)
from gateway.rules.clock_reasons import length_words
from gateway.rules.dates import month_words
from gateway.rules.people import Position, position_words
from gateway.runtime import Runtime
from store import alarms, directives, staff_alerts
from store.models.complaint import Clock, Complaint, Privacy
from store.models.directive import Directive
from store.models.staff_contact import StaffAlert

FRESH, RETURNED = "petugas_disposisi", "petugas_dikembalikan"
NEAR, LATE = "petugas_pengingat", "petugas_lewat"
DAILY, WEEKLY = "petugas_ringkasan", "petugas_pekanan"
_STAGES = {
    "K1": "disposisi",
    "K2": "respons",
    "K3": "draf",
    "K4": "koreksi",
    "K5": "penyelesaian",
}
OF_DISKOMINFO = frozenset({"K1", "K4"})


@dataclass(frozen=True)
class Scene:
    """What the lines of one batch look at, read together."""

    cases: Mapping[int, Complaint]
    clocks: Mapping[int, Clock]
    responses: Mapping[int, Clock]  # running K2 by case
    standing: frozenset[int]  # disposisi that still wait to be accepted
    directives: Mapping[int, tuple[Directive, Position | None]] = field(default_factory=dict)


def look(session: Session, alerts: Sequence[StaffAlert]) -> Scene:
    """Read what these alerts speak of, in a fixed number of queries."""
    cases = staff_alerts.cases(session, [one.complaint_id for one in alerts if one.complaint_id])
    clocks = alarms.clocks(session, [one.facts["clock"] for one in alerts if "clock" in one.facts])
    fresh = [one.facts["disposisi"] for one in alerts if "disposisi" in one.facts]
    return Scene(
        cases,
        clocks,
        alarms.responses(session, list(cases)),
        frozenset(alarms.standing(session, fresh)),
        directives.by_ids(
            session, [one.facts["directive"] for one in alerts if "directive" in one.facts]
        ),
    )


def line(runtime: Runtime, scene: Scene, alert: StaffAlert, channel: ChannelName) -> str | None:
    """Return the line of an alert, None where it is true no more."""
    if alert.kind in {DAILY, WEEKLY, UNMASKINGS}:
        facts = _unmaskings if alert.kind == UNMASKINGS else _summary
        return _rendered(runtime, alert.kind, channel, facts(runtime, alert))
    if alert.kind in {DIRECTIVE, DIRECTIVE_MISSED}:
        return _directive(runtime, scene, alert, channel)
    complaint = scene.cases.get(alert.complaint_id or 0)
    if complaint is None or complaint.archived_at or complaint.withdrawn_at:
        return None
    values = _values(runtime, scene, alert, complaint, channel)
    if values is None:
        return None
    values |= {"T": complaint.ticket, "TAUTAN": link(runtime, complaint.ticket, alert.facts)}
    return _rendered(runtime, alert.kind, channel, values)


def link(runtime: Runtime, ticket: str, facts: Mapping[str, object] | None = None) -> str:
    """Return the address of a case as its officers open it; it needs a login."""
    known = facts or {}
    office = known.get("stage") in OF_DISKOMINFO or known.get("room") == "kotak"
    room = "kotak" if office else "pd"
    return f"{runtime.profile.public_url}/{room}/aduan/{ticket}"


def more(runtime: Runtime, channel: ChannelName, count: int) -> str:
    """Return the line for what did not fit."""
    values = {"JML": str(count), "TAUTAN": f"{runtime.profile.public_url}/pintu"}
    return _rendered(runtime, "petugas_lagi", channel, values)


def _values(
    runtime: Runtime, scene: Scene, alert: StaffAlert, complaint: Complaint, channel: ChannelName
) -> dict[str, str] | None:
    if alert.kind == FRESH:
        return _fresh(runtime, scene, alert, complaint)
    if alert.kind == RETURNED:
        return _returned(alert, complaint)
    if alert.kind in {URGENT, MENTIONED}:
        urgent = alert.kind == URGENT
        return _urgent(runtime, complaint) if urgent else _mentioned(alert, complaint)
    if alert.kind == FROM_DISKOMINFO:
        return _nudged(alert, complaint)
    return _of_clock(runtime, scene, alert, complaint, channel)


def _fresh(
    runtime: Runtime, scene: Scene, alert: StaffAlert, complaint: Complaint
) -> dict[str, str] | None:
    response = scene.responses.get(complaint.id)
    if alert.facts["disposisi"] not in scene.standing or response is None:
        return None
    return {"PERIHAL": _matter(runtime, complaint), "TGL": when(runtime, response.due_at)}


def _returned(alert: StaffAlert, complaint: Complaint) -> dict[str, str] | None:
    if complaint.draft_returned_at is None:
        return None
    return {"ALASAN": RETURN_REASONS.get(str(alert.facts["reason"]), "lihat catatannya")}


def _urgent(runtime: Runtime, complaint: Complaint) -> dict[str, str] | None:
    """Return when and where an emergency came in; None once it is known to be none."""
    if not complaint.emergency:
        return None
    place = complaint.kecamatan or complaint.desa or "tempat belum disebut"
    if complaint.privacy is Privacy.SECRET:
        place = "tempat dirahasiakan"
    return {"TGL": when(runtime, complaint.received_at), "TEMPAT": place}


def _mentioned(alert: StaffAlert, complaint: Complaint) -> dict[str, str] | None:
    """Return the line for a colleague who was named; None where the PD has lost the case."""
    code = alert.facts.get("pd")
    lost = code is not None and (complaint.pd_code != code or complaint.conflict_pd == code)
    return None if lost else {}


def _nudged(alert: StaffAlert, complaint: Complaint) -> dict[str, str] | None:
    """Return the line of a nudge; None where the PD has acted, or has lost the case."""
    same = complaint.pd_code == alert.facts["pd"] and waits_for_pd(complaint)
    return {} if same else None


def _of_clock(
    runtime: Runtime, scene: Scene, alert: StaffAlert, complaint: Complaint, channel: ChannelName
) -> dict[str, str] | None:
    clock = scene.clocks.get(alert.facts["clock"])
    if clock is None or clock.stopped_at or clock.paused_at:
        return None
    over = runtime.now() - clock.due_at
    if (over.total_seconds() >= 0) != (alert.kind == LATE):
        return None  # a reminder that came too late, or a deadline that moved on
    return {
        "TAHAP": _STAGES[clock.kind],
        "TGL": when(runtime, clock.due_at),
        "LAMA": length_words(over),
        "PD": pd_words(runtime, complaint.pd_code, channel),
    }


def _directive(
    runtime: Runtime, scene: Scene, alert: StaffAlert, channel: ChannelName
) -> str | None:
    """Return the line of an Arahan without a word of it; None once it is off the list."""
    directive, position = scene.directives.get(alert.facts["directive"], (None, None))
    case = scene.cases.get(alert.complaint_id or 0)
    if directive is None or directive.closed_at is not None or directives.is_over(case):
        return None
    address = f"{runtime.profile.public_url}/arahan/"
    if case is not None:
        address = link(runtime, case.ticket, {} if case.pd_code else {"room": "kotak"})
    values = {
        "JABATAN": position_words(position, runtime.profile.kabupaten),
        "PERIHAL": case.ticket if case else pd_words(runtime, directive.pd_code, channel),
        "TGL": when(runtime, directive.due_at),
        "TAUTAN": address,
    }
    return _rendered(runtime, alert.kind, channel, values)


def _matter(runtime: Runtime, complaint: Complaint) -> str:
    """Return category and desa; of a Rahasia case only that it is one."""
    if complaint.privacy is Privacy.SECRET:
        return "aduan rahasia"
    names = {one.code: one.name for one in runtime.tenant.categories}
    place = complaint.desa or complaint.kecamatan
    known = [names.get(complaint.category_code or ""), place]
    return ", ".join(word for word in known if word) or "aduan"


def _summary(runtime: Runtime, alert: StaffAlert) -> dict[str, str]:
    facts = alert.facts
    oldest = datetime.fromisoformat(facts["oldest"])
    details = [
        f"{pd_words(runtime, code, ChannelName.TELEGRAM)}: {count}" for code, count in facts["pds"]
    ]
    return {
        "JML": str(facts["count"]),
        "JML2": str(facts["offices"]),
        "LAMA": length_words(runtime.now() - oldest),
        "RINCI": "\n".join(details),
        "TAUTAN": f"{runtime.profile.public_url}/pimpinan/",
    }


def _unmaskings(runtime: Runtime, alert: StaffAlert) -> dict[str, str]:
    month = date.fromisoformat(alert.facts["month"])
    return {
        "BULAN": month_words(month),
        "JML": f"{alert.facts['count']} kali",
        "TAUTAN": f"{runtime.profile.public_url}/pembukaan-identitas/?bulan={month:%Y-%m}",
    }


def _rendered(runtime: Runtime, key: str, channel: ChannelName, values: dict[str, str]) -> str:
    return runtime.catalogue.render(key, channel, {**tenant_values(runtime), **values})
