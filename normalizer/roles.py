"""What each message of a draft is for: an order, a greeting, an answer, or part of the story."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from normalizer.commands import Order, fold_words, read_order
from normalizer.draft import DialogueState, SourceMessage
from normalizer.memo import remembered
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
    """

    role: Mapping[str, Role]
    orders: Mapping[str, Order]
    awaited: Mapping[str, str]
    new: tuple[SourceMessage, ...]

    def is_content(self, message: SourceMessage) -> bool:
        """Whether a message belongs to the story or carries something for it."""
        return self.role[message.id] is Role.CONTENT


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
_TEST_WORDS = words("test tes tess testing coba cek ping 123 1 2 3")
_WORD = re.compile(r"[a-z0-9]+")
_STRETCH = re.compile(r"([a-z])\1{2,}")


def read_roles(transcript: Transcript, state: DialogueState) -> Roles:
    """Give every message its role.

    A message heard before keeps the meaning that it had then; a new one is read in the light of
    the question that is open now, unless it was sent before one that was heard when we asked: a
    message that the platform delivered late is no answer.
    """
    heard = dict(state.heard)
    last_heard = max((m.at for m in transcript.messages if m.id in heard), default=None)
    role: dict[str, Role] = {}
    orders: dict[str, Order] = {}
    awaited: dict[str, str] = {}
    for message in transcript.messages:
        late = last_heard is not None and message.at < last_heard
        awaited[message.id] = heard.get(message.id, "" if late else state.awaiting or "")
        # Nobody's draft is dropped because a machine heard "batal" in a recording.
        order = None if message.spoken else _order(message.choice or message.text)
        if order is not None:
            orders[message.id] = order
        role[message.id] = _role(message, order, awaited=awaited[message.id])
    new = tuple(message for message in transcript.messages if message.id not in heard)
    return Roles(role, orders, awaited, new)


_order = remembered(read_order)


def _role(message: SourceMessage, order: Order | None, *, awaited: str) -> Role:
    if message.location is not None or any(kind != "stiker" for kind in message.attachments):
        return Role.CONTENT
    if order is not None:
        return Role.ORDER
    role = _role_of_words(message.text)
    # "???" to a question of ours is an answer, if one that tells nothing.
    return Role.CONTENT if role is Role.BLANK and awaited and message.text.strip() else role


@remembered
def _role_of_words(text: str) -> Role:
    """Return the role that a text has by its words alone."""
    if len(text) < 200 and not fold_words(text):
        return Role.BLANK
    return Role.GREETING if is_greeting(text) else Role.CONTENT


def is_greeting(text: str) -> bool:
    """Whether a text only greets (or tests whether anybody is there)."""
    if len(text) >= 200:
        return False
    words = _WORD.findall(_STRETCH.sub(r"\1", text.lower().replace("'", "")))
    return bool(words) and all(word in GREETING_WORDS for word in words)


def is_test(text: str) -> bool:
    """Whether a text only tests the line: "tes tes 123"."""
    words = _WORD.findall(text.lower()) if len(text) < 200 else []
    return bool(words) and all(word in _TEST_WORDS for word in words)
