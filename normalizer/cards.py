"""Which photographed card holds the reporter's NIK: offered first, taken only when confirmed."""

from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from normalizer.commands import Command
from normalizer.draft import DialogueState
from normalizer.roles import Roles
from normalizer.transcript import Transcript

CARD_KEYS = frozenset({"ktp_konfirmasi", "ktp_nama"})
AGREES = frozenset({Command.YA, Command.OK, Command.SUDAH, Command.MENGERTI})
_CORRECTING = frozenset({"konfirmasi", "ubah_apa"})
_SAME_WORD = 80.0


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A NIK read off a photo; `index` is the place of its message in the transcript."""

    index: int
    message_id: str
    nik: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Cards:
    """What the photos of a draft come to.

    `confirmed` is the card that the citizen called right; `offer` the one to ask about now.
    `several`: they show different numbers. `family`: one of them is a Kartu Keluarga.
    """

    confirmed: ShownCard | None = None
    offer: ShownCard | None = None
    several: bool = False
    family: bool = False


def settle_cards(state: DialogueState, roles: Roles) -> DialogueState:
    """Take over the answer to "is that your NIK?"; of several, the last."""
    if state.awaiting not in CARD_KEYS or state.cards.offered is None:
        return state
    for message in reversed(roles.new):
        order = roles.orders.get(message.id)
        if order is not None and order.command in AGREES:
            return replace(state, cards=replace(state.cards, confirmed=state.cards.offered))
        if order is not None and order.command is Command.TIDAK:
            refused = state.cards.refused | {state.cards.offered}
            return replace(state, cards=replace(state.cards, refused=refused))
    return state


def read_cards(
    transcript: Transcript, roles: Roles, state: DialogueState, typed: tuple[str, int] | None
) -> Cards:
    """Weigh the cards of a draft against what was typed: what came later goes before.

    Args:
        transcript: the messages with the cards read off their photos.
        roles: what was awaited when each message came.
        state: which card was offered, confirmed or refused before.
        typed: the reporter's NIK in the text with its position there, or None.
    """
    memory = settle_cards(state, roles).cards
    shown = [
        ShownCard(index, message.id, card.nik, card.name)
        for index, message in enumerate(transcript.messages)
        for card in message.cards
        if card.nik is not None and message.id not in memory.refused
    ]
    confirmed = next((card for card in shown if card.message_id == memory.confirmed), None)
    nik, settled_at = None, -1
    if typed is not None:
        nik = typed[0]
        settled_at = max(i for i, start in enumerate(transcript.starts) if start <= typed[1])
    if confirmed is not None and confirmed.index >= settled_at:
        nik, settled_at = confirmed.nik, confirmed.index
    else:
        confirmed = None
    open_cards = [
        card
        for card in shown
        if nik is None
        or (
            card.index > settled_at
            and card.nik != nik
            and roles.awaited[card.message_id] in _CORRECTING
        )
    ]
    several = len({card.nik for card in open_cards}) > 1
    return Cards(
        confirmed=confirmed,
        offer=open_cards[-1] if open_cards and not several else None,
        several=several,
        family=any(card.family for message in transcript.messages for card in message.cards),
    )


def same_person(one: str, other: str) -> bool:
    """Whether two names share a word, a slip of the pen allowed."""
    words = [word for word in other.lower().split() if len(word) > 2]
    return any(
        fuzz.ratio(mine, word) >= _SAME_WORD
        for mine in one.lower().split()
        if len(mine) > 2
        for word in words
    )
