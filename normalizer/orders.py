"""Carries out orders: what STATUS, BATAL, UBAH, LEWATI ... mean in the state the dialogue is in."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from normalizer.cards import CARD_KEYS, settle_cards
from normalizer.commands import Command, Order
from normalizer.draft import Act, Context, DialogueState, Field, KnownComplaint
from normalizer.roles import Role, Roles


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; see `normalizer.draft.Assembly` for the fields of the same name.

    `awaiting` is the key whose answer is waited for afterwards, `asked` the key to count.
    """

    act: Act
    say: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    ticket: str | None = None
    value: str | None = None
    immediate: bool = False
    awaiting: str | None = None
    asked: str | None = None
    urgent: bool = False


_PRIVACY = {
    Command.ANONIM: "anonymous",
    Command.RAHASIA: "secret",
    Command.NAMA: "named",
}
_PRIVACY_NUMBER = {"1": "anonymous", "2": "secret", "3": "named"}
_DECLINES = frozenset({Command.LEWATI, Command.TIDAK_INGAT, Command.TIDAK})
_REFUSES_NIK = re.compile(
    r"\b(?:ga|gak|nggak|enggak|tidak|tdk|tak|dak|ndak|belum|blm|enggan|malas|males|ogah|takut|"
    r"ngapain|kenapa harus)\b[^.\n]{0,30}\b(?:nik|ktp|e-?ktp)\b|"
    r"\b(?:nik|ktp)\b[^.\n]{0,12}\b(?:hilang|ketinggalan|tertinggal|tidak ada|ga ada|gak ada)\b"
)
_CONFIRMING = frozenset({"konfirmasi", "ubah_apa"})


def settle(state: DialogueState, roles: Roles, awaited: Field | None) -> DialogueState:
    """Take over what the new messages settle by themselves: skips, privacy, OK, YA.

    A NIK refused in the citizen's own words ("ga mau kasih NIK") counts as LEWATI.
    """
    if not roles.orders and awaited is not Field.NIK:
        return state
    state = settle_cards(state, roles)
    for message in roles.new:
        order = roles.orders.get(message.id)
        if order is not None:
            state = _settle_one(state, order, awaited)
        elif awaited is Field.NIK and _REFUSES_NIK.search(message.text[:300].lower()):
            state = replace(state, skipped=state.skipped | {Field.NIK})
    return state


def _settle_one(state: DialogueState, order: Order, awaited: Field | None) -> DialogueState:
    if order.command is Command.TIDAK and state.awaiting in CARD_KEYS:
        return state  # the card is not right; the NIK itself is not declined
    declined = _declined(order.command, awaited)
    if declined is not None:
        return replace(state, skipped=state.skipped | {declined})
    privacy = privacy_of(order, state.awaiting)
    if privacy is not None:
        return replace(state, privacy=privacy)
    if order.command in (Command.OK, Command.SUDAH, Command.YA):
        confirmed = state.awaiting in _CONFIRMING
        return replace(
            state, told_complete=True, awaiting="confirmed" if confirmed else state.awaiting
        )
    return state


def _declined(command: Command, awaited: Field | None) -> Field | None:
    """Return the field that a command declines to answer."""
    if command in _DECLINES and awaited is not None:
        return awaited
    if command is Command.TANPA_LOKASI:
        return Field.PLACE
    return Field.TIME if command is Command.TIDAK_INGAT else None


def privacy_of(order: Order, awaiting: str | None) -> str | None:
    """Return the privacy that an order chooses: a word, or 1, 2, 3 after pilih_privasi."""
    if order.command is Command.NILAI and awaiting == "pilih_privasi":
        return _PRIVACY_NUMBER.get(order.argument)
    return _PRIVACY.get(order.command)


def carry_out(state: DialogueState, roles: Roles, context: Context, *, urgent: bool) -> Step | None:
    """Carry out the last new order, unless the citizen went on writing after it.

    Args:
        state: after `settle`.
        roles: which message is what.
        context: known complaints.
        urgent: the messages tell of danger, which goes before every order but DARURAT.
    """
    acting = (m for m in reversed(roles.new) if roles.role[m.id] is not Role.BLANK)
    last = next(acting, None)
    if last is None or roles.role[last.id] is not Role.ORDER:
        return None
    order = roles.orders[last.id]
    if urgent and order.command is not Command.LANJUT:
        return None
    handler = _HANDLERS.get(order.command)
    return None if handler is None else handler(order, state, roles, context)


def _latest(context: Context, ticket: str | None) -> str | None:
    if ticket is not None:
        return ticket
    return context.known[0].ticket if context.known else None


def _resolved(context: Context) -> KnownComplaint | None:
    return next((known for known in context.known if known.resolved), None)


def _has_content(roles: Roles) -> bool:
    return Role.CONTENT in roles.role.values()


def _start(_: Order, state: DialogueState, roles: Roles, __: Context) -> Step | None:
    if _has_content(roles):
        return None
    return Step(
        Act.ASK,
        say=("minta_kronologi",),
        immediate=True,
        awaiting="minta_kronologi",
        asked=None if state.awaiting == "minta_kronologi" else "minta_kronologi",
    )


def _status(order: Order, _: DialogueState, __: Roles, ___: Context) -> Step:
    if order.bad_ticket:
        return Step(Act.SHOW_STATUS, say=("tidak_ditemukan",), immediate=True)
    return Step(Act.SHOW_STATUS, ticket=order.ticket, immediate=True)


def _help(_: Order, __: DialogueState, ___: Roles, ____: Context) -> Step:
    return Step(Act.GREET, say=("sambutan",), immediate=True)


def _officer(_: Order, __: DialogueState, ___: Roles, ____: Context) -> Step:
    return Step(Act.HANDOVER, say=("ke_petugas",), immediate=True)


def _dispute(order: Order, state: DialogueState, roles: Roles, context: Context) -> Step | None:
    """SALAH, PERBAIKI, BUKAN SAYA: about what an officer wrote down for this person.

    Of one's own words, PERBAIKI means UBAH, and the others call a person.
    """
    meant = next((item for item in context.known if order.ticket in (None, item.ticket)), None)
    if meant is None or not meant.relayed or _has_content(roles):
        own = _change if order.command is Command.PERBAIKI else _officer
        return own(order, state, roles, context)
    value = "not_me" if order.command is Command.BUKAN_SAYA else "wrong"
    return Step(Act.DISPUTE, ticket=meant.ticket, value=value, immediate=True)


def _change(order: Order, state: DialogueState, roles: Roles, context: Context) -> Step | None:
    """UBAH: privacy of the last complaint, or, in a draft, whatever is wrong."""
    if order.argument:
        value = _PRIVACY[Command(order.argument)]
        return _privacy_step(value, state, roles, context)
    if _has_content(roles) or not context.known:
        return Step(Act.ASK, say=("ubah_apa",), awaiting="ubah_apa", immediate=True)
    return Step(
        Act.ASK,
        say=("pilih_privasi",),
        awaiting="pilih_privasi",
        immediate=True,
        ticket=_latest(context, order.ticket),
    )


def _choose_privacy(
    order: Order, state: DialogueState, roles: Roles, context: Context
) -> Step | None:
    value = privacy_of(order, state.awaiting)
    return None if value is None else _privacy_step(value, state, roles, context)


def _privacy_step(value: str, state: DialogueState, roles: Roles, context: Context) -> Step | None:
    """Set the privacy of the last complaint; inside a draft `settle` has already noted it."""
    in_draft = _has_content(roles) and state.awaiting != "pilih_privasi"
    if in_draft or not context.known:
        return None
    return Step(Act.SET_PRIVACY, ticket=context.known[0].ticket, value=value, immediate=True)


def _cancel(order: Order, _: DialogueState, __: Roles, ___: Context) -> Step:
    return Step(Act.CANCEL, ticket=order.ticket, immediate=True)


def _danger(_: Order, state: DialogueState, __: Roles, ___: Context) -> Step | None:
    if state.emergency_answered:
        return None
    return Step(Act.FILE, say=("darurat",), immediate=True, urgent=True)


def _stop(order: Order, _: DialogueState, __: Roles, context: Context) -> Step:
    return Step(
        Act.STOP_NEWS,
        say=("berhenti",),
        ticket=_latest(context, order.ticket),
        immediate=True,
    )


def _follow(order: Order, _: DialogueState, __: Roles, context: Context) -> Step:
    return Step(Act.RESUME_NEWS, ticket=_latest(context, order.ticket), immediate=True)


def _answer(order: Order, _: DialogueState, __: Roles, context: Context) -> Step:
    return Step(Act.SHOW_ANSWER, ticket=_latest(context, order.ticket), immediate=True)


def _object(order: Order, _: DialogueState, __: Roles, context: Context) -> Step:
    return Step(Act.OBJECT, ticket=_latest(context, order.ticket), immediate=True)


def _go_on(_: Order, state: DialogueState, roles: Roles, context: Context) -> Step | None:
    """LANJUT: go on with the draft, or, after the emergency text, "it is none"."""
    if _has_content(roles) or state.awaiting is not None or not context.known:
        return None
    return Step(Act.APPEND, ticket=context.known[0].ticket, value="not_emergency", immediate=True)


def _rate(order: Order, state: DialogueState, roles: Roles, context: Context) -> Step | None:
    privacy = _choose_privacy(order, state, roles, context)
    if privacy is not None:
        return privacy
    resolved = _resolved(context)
    if resolved is None or state.awaiting is not None:
        return None
    value = order.argument or order.command.value
    return Step(Act.RATE, ticket=order.ticket or resolved.ticket, value=value, immediate=True)


def _acknowledge(order: Order, state: DialogueState, roles: Roles, context: Context) -> Step | None:
    """OK, YA, MENGERTI, TAMBAH outside a draft: nothing to say, the next message will tell."""
    if state.awaiting is not None or _has_content(roles):
        return None
    ticket = _latest(context, order.ticket)
    return Step(Act.WAIT if ticket is None else Act.APPEND, ticket=ticket, immediate=True)


def _not_right(_: Order, state: DialogueState, __: Roles, ___: Context) -> Step | None:
    """TIDAK to the confirmation: ask what is wrong."""
    if state.awaiting != "konfirmasi":
        return None
    return Step(Act.ASK, say=("ubah_apa",), awaiting="ubah_apa", immediate=True)


def _again(_: Order, state: DialogueState, __: Roles, ___: Context) -> Step | None:
    """KIRIM ULANG, KENAPA NIK: say the open question once more without counting it."""
    if state.awaiting in CARD_KEYS:
        return None  # asked anew, with the figures of the card
    say = () if state.awaiting is None else (state.awaiting,)
    return Step(Act.ASK if say else Act.WAIT, say=say, awaiting=state.awaiting, immediate=True)


_Handler = Callable[[Order, DialogueState, Roles, Context], Step | None]
_HANDLERS: dict[Command, _Handler] = {
    Command.ADUAN: _start,
    Command.BARU: _start,
    Command.STATUS: _status,
    Command.BANTU: _help,
    Command.PETUGAS: _officer,
    Command.UBAH: _change,
    Command.BATAL: _cancel,
    Command.DARURAT: _danger,
    Command.BERHENTI: _stop,
    Command.IKUT: _follow,
    Command.JAWABAN: _answer,
    Command.KEBERATAN: _object,
    Command.LANJUT: _go_on,
    Command.NILAI: _rate,
    Command.BELUM: _rate,
    Command.SUDAH: _rate,
    Command.SEBAGIAN: _rate,
    Command.ANONIM: _choose_privacy,
    Command.RAHASIA: _choose_privacy,
    Command.NAMA: _choose_privacy,
    Command.ULANG: _again,
    Command.TIDAK: _not_right,
    Command.OK: _acknowledge,
    Command.YA: _acknowledge,
    Command.MENGERTI: _acknowledge,
    Command.TAMBAH: _acknowledge,
    Command.SALAH: _dispute,
    Command.PERBAIKI: _dispute,
    Command.BUKAN_SAYA: _dispute,
}
