"""What a citizen can do with a complaint that has its ticket, by a word or a button.

Every step works inside the dialogue's transaction. A ticket that this conversation did not file is
treated as unknown: nobody learns of somebody else's complaint by guessing numbers.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gateway.cases import parts
from gateway.cases.notices import Saying, say
from gateway.dialogue import ktp
from gateway.dialogue.filing import new_pin, take_over
from gateway.dialogue.turns import Turn
from gateway.rules import clocks
from gateway.rules.dates import day_and_time
from gateway.rules.statuses import WORDS, require_move
from gateway.runtime import Runtime
from normalizer.draft import Assembly, ComplaintDraft
from store import groups, second_channel, splits
from store.complaints import append_event, has_happened, last_clock, next_due, sent_answers
from store.conversations import is_under_way
from store.models.complaint import Complaint, ComplaintStatus, Privacy
from store.models.messaging import Message
from store.models.staff import PerangkatDaerah

_JUST_SENT = timedelta(minutes=2)


def append(
    runtime: Runtime,
    session: Session,
    complaint: Complaint,
    messages: Sequence[Message],
    draft: ComplaintDraft,
) -> None:
    """Add what a citizen wrote to a complaint and show the officers that something came.

    `draft` is what the normalizer read in these messages.
    """
    if not messages:
        return
    take_over(runtime, session, complaint, messages, draft)
    ktp.look_at_added(runtime, session, complaint, messages)
    _citizen_acted(runtime, complaint)
    _wake_its_group(runtime, session, complaint)
    clocks.resume(session, complaint, "K3", runtime.now())  # it stood still for this answer
    parts.wake(session, complaint, runtime.now())
    ids = {"messages": [message.id for message in messages]}
    append_event(session, complaint, "citizen_added", at=runtime.now(), data=ids)


def show_status(runtime: Runtime, session: Session, turn: Turn, assembly: Assembly) -> None:
    """Tell where the complaint stands: STATUS. A number with a wrong check digit is unknown."""
    mistyped = "tidak_ditemukan" in assembly.say
    complaint = None if mistyped else turn.complaint(assembly.ticket)
    if complaint is None:
        say(runtime, session, turn.conversation, Saying("tidak_ditemukan"))
        return
    standing = groups.leading(session, complaint)
    due_at = next_due(session, standing.id)
    values = {
        "T": complaint.ticket,
        "STATUS": WORDS[standing.status].label,
        "TGL": _when(runtime, standing.status_at),
        "PD": responsible(session, standing),
        "TGL2": _when(runtime, due_at) if due_at else "-",
    }
    _tell(runtime, session, turn, complaint, "status", values)


def show_answer(runtime: Runtime, session: Session, turn: Turn, assembly: Assembly) -> None:
    """Repeat the latest answer: JAWABAN, BACA. Never for a Rahasia complaint."""
    complaint = turn.complaint(assembly.ticket)
    standing = groups.leading(session, complaint) if complaint else None
    answers = sent_answers(session, standing.id) if standing else []
    # BACA answers the template that announced parked words: intake has just set them free.
    since = runtime.now() - _JUST_SENT if answers else _asked_at(runtime, turn)
    if complaint is not None and is_under_way(session, complaint.id, since):
        return
    if complaint is None or standing is None or not answers or _is_secret(complaint, standing):
        show_status(runtime, session, turn, assembly)
        return
    values = {
        "T": complaint.ticket,
        "PD": responsible(session, standing),
        "JWB": answers[-1].body,
    }
    _tell(runtime, session, turn, complaint, "dijawab", values)


def _asked_at(runtime: Runtime, turn: Turn) -> datetime:
    """Return when the first message of this turn arrived."""
    return min((message.received_at for message in turn.fresh), default=runtime.now())


def rate(runtime: Runtime, session: Session, turn: Turn, assembly: Assembly) -> None:
    """Take 1-5, SUDAH, SEBAGIAN or BELUM for a resolved complaint; BELUM reopens it."""
    complaint = turn.complaint(assembly.ticket)
    value = (assembly.value or "").lower()
    standing = groups.leading(session, complaint, lock=True) if complaint else None
    if complaint is None or standing is None or not value or not _is_resolved(standing):
        show_status(runtime, session, turn, assembly)
        return
    if value == "belum":
        if _closed_by_silence(session, standing):
            values = {"T": complaint.ticket}
            _tell(runtime, session, turn, complaint, "masa_tanggapan_lewat", values)
            return
        _reopen(runtime, session, turn, complaint, standing)
        return
    thanks = "nilai_terima"  # after a word it asks for the number
    if value.isdigit():
        complaint.rating, thanks = int(value), "nilai_tersimpan"
    else:
        complaint.verdict = value
    append_event(session, complaint, "rated", at=runtime.now(), data={"value": value})
    _tell(runtime, session, turn, complaint, thanks, {})


def object_to_refusal(runtime: Runtime, session: Session, turn: Turn, assembly: Assembly) -> None:
    """Take an objection to "bukan kewenangan" (KEBERATAN), once: a person looks again."""
    complaint = turn.complaint(assembly.ticket)
    standing = groups.leading(session, complaint, lock=True) if complaint else None
    if (
        complaint is None
        or standing is None
        or standing.status is not ComplaintStatus.NOT_COMPETENT
        or has_happened(session, standing.id, "objected")
    ):
        show_status(runtime, session, turn, assembly)
        return
    _citizen_acted(runtime, standing)
    append_event(session, standing, "objected", at=runtime.now())
    _tell(runtime, session, turn, complaint, "ke_petugas", {})


def set_privacy(runtime: Runtime, session: Session, turn: Turn, assembly: Assembly) -> None:
    """Change who may see the complaint, at once and without asking anybody (UBAH)."""
    complaint = turn.complaint(assembly.ticket)
    if complaint is None:
        show_status(runtime, session, turn, assembly)
        return
    if assembly.value is None:
        _tell(runtime, session, turn, complaint, "pilih_privasi", {})
        return
    complaint.privacy = Privacy(assembly.value)
    complaint.last_activity_at = runtime.now()
    for part in splits.parts_of(session, complaint.id):
        part.privacy = complaint.privacy
    change = {"to": complaint.privacy.value}
    append_event(session, complaint, "privacy_changed", at=runtime.now(), data=change)
    show_status(runtime, session, turn, assembly)


def stop_news(runtime: Runtime, session: Session, turn: Turn, assembly: Assembly) -> None:
    """Stop the news about one complaint (BERHENTI); it is handled all the same."""
    complaint = turn.complaint(assembly.ticket)
    if complaint is None:
        say(runtime, session, turn.conversation, Saying("tidak_ditemukan"))
        return
    _tell(runtime, session, turn, complaint, "berhenti", {"T": complaint.ticket})
    complaint.news_stopped_at = runtime.now()
    append_event(session, complaint, "news_stopped", at=runtime.now())


def resume_news(runtime: Runtime, session: Session, turn: Turn, assembly: Assembly) -> None:
    """Send news again (IKUT)."""
    complaint = turn.complaint(assembly.ticket)
    if complaint is not None and complaint.news_stopped_at is not None:
        complaint.news_stopped_at = None
        append_event(session, complaint, "news_resumed", at=runtime.now())
    show_status(runtime, session, turn, assembly)


def dispute(runtime: Runtime, session: Session, turn: Turn, assembly: Assembly) -> None:
    """Take SALAH or BUKAN SAYA for what an officer wrote down: a person looks at it again.

    Who is behind the number by mistake hears no more of the case, nor reads it by its PIN.
    """
    complaint = turn.complaint(assembly.ticket)
    if complaint is None:
        show_status(runtime, session, turn, assembly)
        return
    take_over(runtime, session, complaint, turn.messages, assembly.draft)
    _citizen_acted(runtime, complaint)
    complaint.dispute = assembly.value
    how = {"how": assembly.value}
    append_event(session, complaint, "disputed", at=runtime.now(), data=how)
    key = "isi_keliru"
    if assembly.value == "not_me":
        second_channel.withdraw(session, turn.conversation.id, runtime.now())
        new_pin(runtime, complaint)  # told to nobody: a stranger has read the other one
        append_event(session, complaint, "pin_renewed", at=runtime.now())
        key = "bukan_pengadu"
    _tell(runtime, session, turn, complaint, key, {"T": complaint.ticket})


def responsible(session: Session, complaint: Complaint) -> str:
    """Return the name of the office that has the complaint now."""
    pd = session.get(PerangkatDaerah, complaint.pd_code) if complaint.pd_code else None
    return pd.name if pd else "Diskominfo"


def _reopen(
    runtime: Runtime, session: Session, turn: Turn, complaint: Complaint, standing: Complaint
) -> None:
    """Reopen the case whose answer did not help; `complaint` is the one that its reporter knows."""
    require_move(standing, ComplaintStatus.IN_PROGRESS)
    complaint.verdict = standing.verdict = "belum"
    standing.status, standing.status_at = ComplaintStatus.IN_PROGRESS, runtime.now()
    standing.resolved_at = None
    _citizen_acted(runtime, standing)
    append_event(session, standing, "reopened", at=runtime.now(), public=True)
    clocks.stop(session, standing, "K6", runtime.now())
    clock = clocks.start(runtime, session, standing, "K3")
    values = {
        "T": complaint.ticket,
        "PD": responsible(session, standing),
        "TGL": _when(runtime, clock.due_at),
    }
    _tell(runtime, session, turn, complaint, "dibuka_kembali", values)


def _closed_by_silence(session: Session, complaint: Complaint) -> bool:
    """Whether the citizen kept silent for as long as the answer could be called wrong."""
    waited = last_clock(session, complaint.id, "K6")
    return waited is not None and waited.stopped_at is not None


def _wake_its_group(runtime: Runtime, session: Session, complaint: Complaint) -> None:
    """Show the officers of the leading case that one who reported the same has written."""
    leader = groups.leading(session, complaint, lock=True)
    if leader is not complaint:
        _citizen_acted(runtime, leader)


def _is_secret(complaint: Complaint, standing: Complaint) -> bool:
    return Privacy.SECRET in {complaint.privacy, standing.privacy}


def _is_resolved(complaint: Complaint) -> bool:
    return complaint.status is ComplaintStatus.RESOLVED


def _tell(
    runtime: Runtime,
    session: Session,
    turn: Turn,
    complaint: Complaint,
    key: str,
    values: dict[str, str],
) -> None:
    saying = Saying(key, values, complaint_id=complaint.id, ticket=complaint.ticket)
    say(runtime, session, turn.conversation, saying)


def _citizen_acted(runtime: Runtime, complaint: Complaint) -> None:
    complaint.citizen_wrote_at = complaint.last_activity_at = runtime.now()


def _when(runtime: Runtime, instant: datetime) -> str:
    return day_and_time(instant, runtime.profile.timezone)
