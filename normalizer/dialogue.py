"""Decides the one next thing to do: wait, ask for one field, confirm, file, or carry out an order.

Rules (decisions 9, 15, 16): everything in one message is filed at once; only what is missing is
asked, one field at a time, none more than twice; what had to be asked or guessed is confirmed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from normalizer.card import CardOffer
from normalizer.cards import CARD_KEYS
from normalizer.draft import (
    Act,
    Assembly,
    ComplaintDraft,
    Context,
    DialogueState,
    Field,
    Kind,
    NikProblem,
    SourceMessage,
)
from normalizer.orders import Step, carry_out, settle
from normalizer.outside import OUTSIDE, with_word_on_place
from normalizer.roles import Role, Roles
from normalizer.summary import confirmation_values
from normalizer.threads import place_in_thread

# The story comes before the NIK, though the catalogue lists minta_nik first: who is asked for an
# identity number before having said a word feels examined, and stops.
_ASK_ORDER = (Field.STORY, Field.NIK, Field.PLACE, Field.TIME)
REQUIRED: dict[Kind, frozenset[Field]] = {
    Kind.COMPLAINT: frozenset(_ASK_ORDER),
    Kind.ASPIRATION: frozenset({Field.NIK, Field.STORY}),
    Kind.INFORMATION_REQUEST: frozenset({Field.STORY}),
    Kind.EMERGENCY: frozenset({Field.PLACE}),
    Kind.SPAM: frozenset(),
    Kind.GREETING: frozenset(),
}
_NIK_KEY: dict[NikProblem, str] = {
    NikProblem.MISSING: "minta_nik",
    NikProblem.INVALID_LENGTH: "nik_salah",
    NikProblem.INVALID_DATE: "nik_tanggal",
    NikProblem.INVALID_REGION: "nik_wilayah",
    NikProblem.KK_ONLY: "nik_kk",
    NikProblem.PHOTO_ONLY: "ktp_foto",
    NikProblem.MULTIPLE: "nik_ganda",
}
_FIELD_KEY = {
    Field.STORY: "minta_kronologi",
    Field.PLACE: "minta_lokasi",
    Field.TIME: "minta_waktu",
}
_FIELD_OF_KEY = {key: name for name, key in _FIELD_KEY.items()} | dict.fromkeys(
    (*_NIK_KEY.values(), *CARD_KEYS), Field.NIK
)
_ASK_LIMIT = {Field.STORY: 2, Field.NIK: 2, Field.PLACE: 2, Field.TIME: 1}
_CONFIRM_LIMIT = 3
_CARD_LIMIT = 3
_SURE = 0.5
_HANDOVER_AFTER = 2
_CONSUMED = frozenset({Role.ORDER, Role.GREETING})
# These answer a question of the citizen and leave our own question open.
_KEEPS_QUESTION = frozenset(
    {
        Act.WAIT,
        Act.GREET,
        Act.SHOW_STATUS,
        Act.SHOW_ANSWER,
        Act.STOP_NEWS,
        Act.RESUME_NEWS,
        Act.OBJECT,
    }
)


@dataclass(frozen=True)
class Scene:
    """All that a decision rests on.

    Attributes:
        found: fields that the messages answer.
        doubtful: fields whose value was guessed.
        progress: the new messages told us something.
    """

    draft: ComplaintDraft
    state: DialogueState
    context: Context
    roles: Roles
    found: frozenset[Field]
    doubtful: frozenset[Field] = frozenset()
    progress: bool = True


def field_of(key: str | None) -> Field | None:
    """Return the field that a catalogue key asks for, or None."""
    return None if key is None else _FIELD_OF_KEY.get(key)


def missing_fields(kind: Kind, found: frozenset[Field]) -> tuple[Field, ...]:
    """Return what a kind requires and the messages do not hold, in the order of asking."""
    return tuple(name for name in _ASK_ORDER if name in REQUIRED[kind] and name not in found)


def wait_until(
    messages: Sequence[SourceMessage],
    state: DialogueState,
    *,
    quiet_s: int = 90,
    cap_s: int = 900,
    media_wait_s: int = 600,
) -> datetime | None:
    """Return when the quiet period of the new messages ends, or None when there are none.

    Args:
        messages: all messages of the draft.
        state: tells which of them were acted on already.
        quiet_s: seconds after the last message.
        cap_s: most seconds after the first.
        media_wait_s: seconds after the first where only photos or pins came.
    """
    heard = {message_id for message_id, _ in state.heard}
    waiting = [message for message in messages if message.id not in heard]
    if not waiting:
        return None
    times = [message.at for message in waiting]
    first, last = min(times), max(times)
    if state.awaiting is None and not any(message.text.strip() for message in waiting):
        return max(first + timedelta(seconds=media_wait_s), last)
    return min(last + timedelta(seconds=quiet_s), first + timedelta(seconds=cap_s))


def decide(scene: Scene) -> Assembly:
    """Return the next step with everything that the gateway needs to carry it out."""
    state = settle(scene.state, scene.roles, field_of(scene.state.awaiting))
    settled = scene if state is scene.state else replace(scene, state=state)
    step = (
        _nothing_new(settled)
        or carry_out(settled.state, settled.roles, settled.context, urgent=_is_emergency(settled))
        or _emergency(settled)
        or place_in_thread(settled.draft, settled.state, settled.roles, settled.context)
        or _no_complaint(settled)
        or _given_up(settled)
        or _next_question(settled)
    )
    return _assembly(scene, settled, with_word_on_place(settled.draft, settled.state, step))


def _nothing_new(scene: Scene) -> Step | None:
    role = scene.roles.role
    blank = all(role[message.id] is Role.BLANK for message in scene.roles.new)
    return Step(Act.WAIT) if blank else None


def _is_emergency(scene: Scene) -> bool:
    return scene.draft.kind.value is Kind.EMERGENCY and not scene.state.emergency_answered


def _emergency(scene: Scene) -> Step | None:
    if not _is_emergency(scene):
        return None
    return Step(Act.FILE, say=("darurat",), immediate=True, urgent=True)


def _no_complaint(scene: Scene) -> Step | None:
    draft, state = scene.draft, scene.state
    if draft.ticket_query is not None:
        return Step(Act.SHOW_STATUS, ticket=draft.ticket_query, immediate=True)
    if draft.kind.value not in (Kind.GREETING, Kind.SPAM) or state.awaiting is not None:
        return None
    # A test of the line is spam by the taxonomy, but who tries whether we answer gets an answer.
    if draft.kind.value is Kind.SPAM and draft.kind.confidence >= _SURE:
        return Step(Act.SHELVE)
    if "sambutan" in state.asked:
        return Step(Act.WAIT)
    return Step(Act.GREET, say=("sambutan",), immediate=True, asked="sambutan")


def _given_up(scene: Scene) -> Step | None:
    """Hand over after two answers in a row that told us nothing (never for the NIK)."""
    if _misunderstood(scene) < _HANDOVER_AFTER:
        return None
    return Step(Act.HANDOVER, say=("ke_petugas",), immediate=True)


def _misunderstood(scene: Scene) -> int:
    awaited = field_of(scene.state.awaiting)
    if awaited in (None, Field.NIK) or scene.progress or awaited in scene.found:
        return 0
    return scene.state.misunderstood + 1


def _next_question(scene: Scene) -> Step:
    state, draft = scene.state, scene.draft
    answered = state.awaiting is not None and state.awaiting != "minta_kronologi"
    prompt = answered or state.told_complete
    for name in missing_fields(draft.kind.value, scene.found | state.skipped):
        if name is Field.NIK and draft.card_offer and _cards_asked(state) < _CARD_LIMIT:
            return _offer(draft.card_offer, immediate=prompt)
        key = _key_for(name, draft)
        if _times_asked(name, state) < _ASK_LIMIT[name]:
            return Step(Act.ASK, say=(key,), awaiting=key, asked=key, immediate=prompt)
    if _needs_confirmation(scene):
        return Step(
            Act.ASK,
            say=("konfirmasi",),
            values=confirmation_values(draft, state.privacy),
            awaiting="konfirmasi",
            asked="konfirmasi",
            immediate=prompt,
        )
    complete = draft.kind.value is Kind.COMPLAINT or draft.kind.confidence >= 0.8
    return Step(Act.FILE, immediate=prompt or complete, urgent=draft.urgent)


def _offer(card: CardOffer, *, immediate: bool) -> Step:
    """Ask whether the NIK on the card is the reporter's, by its last four figures."""
    key = "ktp_nama" if card.stranger else "ktp_konfirmasi"
    last = {"NIK4": card.nik[-4:]}
    return Step(Act.ASK, say=(key,), values=last, awaiting=key, asked=key, immediate=immediate)


def _cards_asked(state: DialogueState) -> int:
    return sum(key in CARD_KEYS for key in state.asked)


def _key_for(name: Field, draft: ComplaintDraft) -> str:
    if name is Field.NIK:
        return _NIK_KEY[draft.nik_problem or NikProblem.MISSING]
    return _FIELD_KEY[name]


def _times_asked(name: Field, state: DialogueState) -> int:
    return sum(field_of(key) is name and key not in CARD_KEYS for key in state.asked)


def _needs_confirmation(scene: Scene) -> bool:
    state = scene.state
    if state.awaiting == "confirmed" or state.asked.count("konfirmasi") >= _CONFIRM_LIMIT:
        return False
    if scene.draft.kind.value in (Kind.INFORMATION_REQUEST, Kind.EMERGENCY):
        return False
    asked = any(field_of(key) is not None for key in state.asked)
    return asked or bool(scene.doubtful - state.confirmed_fields)


def _assembly(scene: Scene, settled: Scene, step: Step) -> Assembly:
    """Add what is missing and what to remember; nothing is remembered of a step still waiting."""
    draft, roles = settled.draft, settled.roles
    if step.urgent and not draft.urgent:
        draft = replace(draft, urgent=True)
    missing = missing_fields(draft.kind.value, settled.found | settled.state.skipped)
    immediate = step.immediate or _quiet_is_over(scene)
    state = _remember(scene, settled, step) if immediate else scene.state
    consumed = tuple([key for key, role in roles.role.items() if role in _CONSUMED])
    return Assembly(
        draft=draft,
        missing=missing,
        act=step.act,
        state=state,
        say=step.say,
        values=step.values,
        immediate=immediate,
        ticket=step.ticket,
        value=step.value,
        consumed=consumed,
    )


def _quiet_is_over(scene: Scene) -> bool:
    context = scene.context
    end = wait_until(
        scene.roles.new,
        scene.state,
        quiet_s=context.quiet_s,
        cap_s=context.cap_s,
        media_wait_s=context.media_wait_s,
    )
    return end is None or context.now >= end


def _remember(scene: Scene, settled: Scene, step: Step) -> DialogueState:
    awaited = scene.state.awaiting or ""
    heard = tuple((message.id, awaited) for message in settled.roles.new)
    asked = settled.state.asked + ((step.asked,) if step.asked else ())
    asked += tuple(key for key in step.say if key == OUTSIDE)
    offer = settled.draft.card_offer if step.asked in CARD_KEYS else None
    cards = settled.state.cards
    return replace(
        settled.state,
        asked=asked,
        awaiting=scene.state.awaiting if step.act in _KEEPS_QUESTION else step.awaiting,
        misunderstood=_misunderstood(settled),
        emergency_answered=settled.state.emergency_answered or "darurat" in step.say,
        heard=settled.state.heard + heard,
        cards=replace(cards, offered=offer.message_id) if offer else cards,
    )
