"""Finding what nudges missed, and ending what has served its time."""

from datetime import timedelta

from gateway import audit, erasure
from gateway.answering import unsent_words
from gateway.casework import blocks, pdwork
from gateway.dialogue import ktp
from gateway.intake import profiles, reconcile, spool
from gateway.learning import learning
from gateway.listing import search_terms
from gateway.officers import reminders, staff_sending
from gateway.recording import recording_drafts
from gateway.runtime import Runtime
from gateway.sending import replies, rescue, unclear_sends
from gateway.upkeep import channel_care, channel_health
from store import (
    calls,
    cards,
    conversations,
    media,
    outbox,
    retention,
    search,
    staff_contacts,
    transcripts,
)

_SHORT_LIVED = timedelta(days=1)
_FEEDBACK_KEPT = timedelta(days=365)  # ADR 0008


def due_kinds(runtime: Runtime) -> list[str]:
    """Return the kinds of work that have rows due now; cheap enough for every few seconds."""
    now = runtime.now()
    with runtime.transaction() as session:
        due = {
            "dialogue": conversations.any_due(session, now),
            "media": media.any_due(session, now),
            "outbox": outbox.any_due(session, now),
            "records": reconcile.is_due(runtime, session),
            "unclear": unclear_sends.is_due(runtime, session),
            "care": channel_care.is_due(runtime, session),
            "profiles": profiles.is_due(runtime, session),
            "calls": calls.any_due(session, now),
            "cards": runtime.card_reader is not None and cards.any_due(session, now),
            "transcripts": runtime.transcriber is not None and transcripts.any_due(session, now),
            "learning": learning.is_due(runtime, session),
            "staff": staff_contacts.any_due(session, now),
            "alerts": staff_sending.is_due(runtime, session),
            "reminders": reminders.is_due(runtime, session),
        }
    if spool.waiting(runtime.spool_dir):
        due["spool"] = True
    return [kind for kind, is_due in due.items() if is_due]


def run(runtime: Runtime) -> None:
    """Once a minute: lost sends become uncertain, pending cases wake on their day, old rows go."""
    reconcile.beat(runtime)
    channel_health.count_inbound(runtime)
    channel_care.install_tokens(runtime)
    replies.sweep(runtime)
    if rescue.run(runtime):
        runtime.wake("outbox")
    pdwork.resume_due(runtime)
    blocks.end_due(runtime)
    ktp.erase_due(runtime)
    recording_drafts.clean(runtime)
    unsent_words.clean(runtime)
    search_terms.collect(runtime)
    erasure.run(runtime)
    audit.seal(runtime)
    now = runtime.now()
    with runtime.transaction() as session:
        retention.drop_expired(session, now, now - _SHORT_LIVED)
        webhooks_end = now - timedelta(days=runtime.timers.webhook_retention_days)
        retention.drop_deliveries(session, webhooks_end)
        calls.forget_before(session, webhooks_end)
        search.drop_expired(session, now)
        retention.drop_feedback(session, now - _FEEDBACK_KEPT)
