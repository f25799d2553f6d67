"""What each message of a draft is for: an order, a greeting, an answer, or part of the story."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from normalizer.commands import Order, fold_words, read_order
from normalizer.draft import DialogueState, SourceMessage
from normalizer.memo import line_by_line
from normalizer.transcript import Transcript
from normalizer.wordlists import words


class Role(StrEnum):
    """The part that one message plays."""

    BLANK = "blank"  # nothing in it, or a sticker
    ORDER = "order"
    GREETING = "greeting"
    CONTENT = "content"


@dataclass(frozen=True)
class Roles:
    """The roles of all messages of a draft.

    Attributes:
        role: message id to role.
        orders: message id to the command that it is.
        awaited: message id to the catalogue key whose answer was awaited when it came ("" none).
        new: messages not acted on yet, oldest first.
        content: messages that belong to the story or carry something for it.
    """

    role: Mapping[str, Role]
    orders: Mapping[str, Order]
    awaited: Mapping[str, str]
    new: tuple[SourceMessage, ...]
    content: tuple[SourceMessage, ...]


GREETING_WORDS = words(
    "assalamualaikum assalamualaikm assalamu assalam asalamualaikum alaikum wr wb wrwb ass "
    "aslm askum waalaikumsalam salam selamat slamat slmt met pagi pgi siang sore malam malem "
    "mlm petang halo haloo hallo hai hay hei hello helo hi p permisi punten sampurasun tabek "
    "tabik om swastiastu shalom pak pa bu bpk bapak ibu ibuk buk min mimin admin kak kakak "
    "bang abang mas mbak gan bos yth bupati walikota wali kota wakil sekda camat lurah besadu "
    "sipendekar pendekar sahut semua semuanya sekalian dan para ya yaa iya apa kabar sehat "
    "mohon maaf ganggu mengganggu waktunya izin numpang assalamualaikumwrwb kominfo "
    "diskominfo petugas test tes tess testing coba cek ping 123"
)
_STICKER = frozenset({"stiker"})
_TEST_WORDS = words("test tes tess testing coba cek ping 123 1 2 3")
_WORD = re.compile(r"[a-z0-9]+")
_STRETCH = re.compile(r"([a-z])\1{2,}")


def read_roles(transcript: Transcript, state: DialogueState) -> Roles:
    """Give every message its role.

    A message heard before keeps the meaning that it had then; a new one is read in the light of
    the question that is open now, unless it was sent before one that was heard when we asked: a
    message that the platform delivered late is no answer.
    """
    messages, heard = transcript.messages, dict(state.heard)
    awaited = _awaited(messages, heard, state.awaiting or "")
    role: dict[str, Role] = {}
    orders: dict[str, Order] = {}
    meanings = _meaning_of([message.text for message in messages])
    for message, (read, by_words) in zip(messages, meanings, strict=True):
        order = read_order(message.choice) if message.choice else read
        # Nobody's draft is dropped because a machine heard "batal" in a recording.
        if order is not None and not message.spoken:
            orders[message.id] = order
            role[message.id] = _role(message, Role.ORDER, awaited)
        else:
            role[message.id] = _role(message, by_words, awaited)
    return Roles(
        role,
        orders,
        awaited,
        new=tuple([message for message in messages if message.id not in heard]),
        content=tuple([message for message in messages if role[message.id] is Role.CONTENT]),
    )


def _awaited(
    messages: Sequence[SourceMessage], heard: Mapping[str, str], open_question: str
) -> dict[str, str]:
    """Return what was awaited when each message came; none of the late ones answers."""
    awaited = dict.fromkeys([message.id for message in messages], open_question)
    if not heard:
        return awaited
    last_heard = max((m.at for m in messages if m.id in heard), default=None)
    for message in messages:
        if message.id in heard:
            awaited[message.id] = heard[message.id]
        elif last_heard is not None and message.at < last_heard:
            awaited[message.id] = ""
    return awaited


def _role(message: SourceMessage, by_words: Role, awaited: Mapping[str, str]) -> Role:
    if message.attachments and not _STICKER.issuperset(message.attachments):
        return Role.CONTENT
    # "???" to a question of ours is an answer, if one that tells nothing.
    blank_answer = by_words is Role.BLANK and awaited[message.id] and message.text.strip()
    return Role.CONTENT if message.location is not None or blank_answer else by_words


@line_by_line
def _meaning_of(text: str) -> tuple[Order | None, Role]:
    """Return the order that a text is, and the role that it has by its words alone."""
    if len(text) < 200 and not fold_words(text):
        return read_order(text), Role.BLANK
    return read_order(text), Role.GREETING if is_greeting(text) else Role.CONTENT


def is_greeting(text: str) -> bool:
    """Whether a text only greets (or tests whether anybody is there)."""
    if len(text) >= 200:
        return False
    words = _WORD.findall(text.lower().replace("'", ""))
    # "haloooo": a letter drawn out stands for one.
    greets = (w in GREETING_WORDS or _STRETCH.sub(r"\1", w) in GREETING_WORDS for w in words)
    return bool(words) and all(greets)


def is_test(text: str) -> bool:
    """Whether a text only tests the line: "tes tes 123"."""
    words = _WORD.findall(text.lower()) if len(text) < 200 else []
    return bool(words) and all(word in _TEST_WORDS for word in words)
