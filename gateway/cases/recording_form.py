"""What an officer types for somebody who called, came or posted: the fields and their rules."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from channels.message import ChannelName
from gateway.errors import InvalidInputError
from normalizer.draft import NikProblem
from normalizer.nik import check_nik

CALL: Final = "call"
SOCIAL: Final = "social"
FORMS: Final = frozenset({CALL, SOCIAL})
SOURCES: Final = {
    "phone": "Telepon",
    "walk_in": "Tatap muka",
    "letter": "Surat",
    "other": "Lainnya",
    SOCIAL: "Media sosial",
}
KINDS: Final = {
    "complaint": "Aduan",
    "aspiration": "Aspirasi atau saran",
    "information_request": "Permintaan informasi",
}
PRIVACIES: Final = {"anonymous": "Samarkan nama (anonim)", "secret": "Rahasia"}
LONGEST_STORY: Final = 20_000
_SHORTEST_STORY: Final = 5
_LONGEST: Final = {
    "name": 200,
    "phone": 40,
    "nik": 60,
    "event": 300,
    "place": 300,
    "landmark": 300,
    "link": 2000,
    "posted": 40,
}
FIELDS: Final = (
    *_LONGEST, "source", "consent", "danger", "identity_files", "kind", "story", "privacy",
)  # fmt: skip
_MOBILE = re.compile(r"(?:\+?62|0)(8[0-9]{7,11})")
_LANDLINE = re.compile(r"(?:\+?62|0)([2-79][0-9]{6,10})")
_ABROAD = re.compile(r"\+([1-9][0-9]{7,14})")
_SEPARATORS = re.compile(r"[\s.()\-/]+")
_NIK_DIGITS = 16
_FIRST_POSTS = 2000  # before that there was nothing to post to
_X_HOSTS = frozenset({"x.com", "twitter.com"})


@dataclass(frozen=True)
class Record:
    """A form that may be saved. `phone` is E.164; `posted_at` aware; empty where not said.

    `identity_files`: one of its pictures shows an identity card, so a PD gets none of them.
    """

    source: str
    story: str
    phone: str = ""
    consent: bool = False
    nik: str = ""
    name: str = ""
    kind: str = "complaint"
    event: str = ""
    place: str = ""
    landmark: str = ""
    privacy: str = "anonymous"
    danger: bool = False
    link: str = ""
    posted_at: datetime | None = None
    identity_files: bool = False

    @property
    def where(self) -> str:
        """Landmark and desa in one line, as a citizen would write it."""
        return ", ".join(part for part in (self.landmark, self.place) if part)

    @property
    def channel(self) -> ChannelName:
        """The channel under which the complaint is counted: X for a post there."""
        host = (urlsplit(self.link).hostname or "").removeprefix("www.").removeprefix("mobile.")
        return ChannelName.X if host in _X_HOSTS else ChannelName.OPERATOR


@dataclass(frozen=True, slots=True)
class NikReading:
    """The NIK of a field, or why it is none; both empty where nothing was typed."""

    nik: str | None
    problem: NikProblem | None


def read_record(form: str, fields: Mapping[str, str], now: datetime, timezone: str) -> Record:
    """Return the record that the fields hold.

    Args:
        form: `CALL` or `SOCIAL`.
        fields: as they were typed, by the names in `FIELDS`.
        now: aware UTC; nobody posts in the future.
        timezone: in which the time of the post was typed, IANA.

    Raises:
        InvalidInputError: each problem beside its field. A wrong NIK is none: it is flagged.
    """
    values = {name: fields.get(name, "").strip() for name in FIELDS}
    problems = _too_long(values) | _common_problems(values)
    posted_at = _posted_at(values["posted"], timezone)
    if form == SOCIAL:
        values |= {"source": SOCIAL, "phone": "", "consent": ""}
        problems |= _social_problems(values, posted_at, now)
    else:
        values |= {"link": ""}
        problems |= _call_problems(values)
    if problems:
        raise InvalidInputError(problems)
    return Record(
        source=values["source"],
        story=values["story"],
        phone=read_phone(values["phone"]) or "",
        consent=bool(values["consent"]),
        nik=values["nik"],
        name=values["name"],
        kind=values["kind"],
        event=values["event"],
        place=values["place"],
        landmark=values["landmark"],
        privacy=values["privacy"],
        danger=bool(values["danger"]),
        link=values["link"],
        posted_at=posted_at,
        identity_files=bool(values["identity_files"]),
    )


def read_phone(typed: str) -> str | None:
    """Return a phone number as E.164, None if it is none; 0812 and 62812 are Indonesian."""
    bare = _SEPARATORS.sub("", typed)
    for pattern in (_MOBILE, _LANDLINE):
        if found := pattern.fullmatch(bare):
            return f"+62{found[1]}"
    found = _ABROAD.fullmatch(bare)
    return f"+{found[1]}" if found else None


def caller_addresses(phone: str) -> tuple[tuple[ChannelName, str], ...]:
    """Return the channels that reach an E.164 number, with the address as each writes it."""
    return (
        (ChannelName.SMS, phone),
        (ChannelName.WHATSAPP, phone),
        (ChannelName.WHATSAPP_CLOUD, phone.removeprefix("+")),
    )


def can_get_sms(phone: str) -> bool:
    """Whether an E.164 number is a mobile phone as far as one can see."""
    return not phone.startswith("+62") or phone.startswith("+628")


def read_nik(typed: str, today: date) -> NikReading:
    """Check what was typed as a NIK, with the problem classes of the dialogue."""
    digits = "".join(re.findall(r"[0-9]", typed))
    if not typed.strip():
        return NikReading(None, None)
    if re.search(r"\bkk\b|keluarga", typed.lower()):
        return NikReading(None, NikProblem.KK_ONLY)
    if len(digits) == 2 * _NIK_DIGITS:
        return NikReading(None, NikProblem.MULTIPLE)
    check = check_nik(digits, today)
    problem = check.problem or (NikProblem.KK_ONLY if check.under_age else None)
    return NikReading(None if problem else digits, problem)


def _too_long(values: Mapping[str, str]) -> dict[str, str]:
    return {
        name: f"Paling panjang {most} huruf."
        for name, most in _LONGEST.items()
        if len(values[name]) > most
    }


def _common_problems(values: Mapping[str, str]) -> dict[str, str]:
    story = values["story"]
    checks = (
        ("story", len(story) < _SHORTEST_STORY, "Tulis apa yang terjadi."),
        ("story", len(story) > LONGEST_STORY, f"Paling panjang {LONGEST_STORY} huruf."),
        ("kind", values["kind"] not in KINDS, "Pilih jenisnya."),
        ("privacy", values["privacy"] not in PRIVACIES, "Pilih anonim atau rahasia."),
    )
    return {name: words for name, wrong, words in checks if wrong}


def _call_problems(values: Mapping[str, str]) -> dict[str, str]:
    typed = values["phone"]
    phone = read_phone(typed)
    if values["source"] not in SOURCES or values["source"] == SOCIAL:
        problems = {"source": "Pilih sumber aduan."}
    else:
        problems = {}
    if typed and phone is None:
        problems["phone"] = "Nomor HP belum benar. Contoh: 0812-5550-1021."
    elif values["consent"] and phone is None:
        problems["phone"] = "Tulis nomor HP, atau hapus centang persetujuan."
    elif values["consent"] and phone is not None and not can_get_sms(phone):
        problems["phone"] = "Ini bukan nomor HP, jadi SMS tidak akan sampai. Hapus centangnya."
    return problems


def _social_problems(
    values: Mapping[str, str], posted_at: datetime | None, now: datetime
) -> dict[str, str]:
    problems = {}
    if not _is_https(values["link"]):
        problems["link"] = "Tulis tautan lengkap yang berawalan https://."
    if values["posted"] and posted_at is None:
        problems["posted"] = "Tanggal dan jam unggahan belum benar."
    elif posted_at is not None and posted_at > now:
        problems["posted"] = "Waktu unggahan tidak mungkin setelah sekarang."
    return problems


def _is_https(link: str) -> bool:
    if any(character <= " " or character in '\\"<>' for character in link):
        return False
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme == "https" and "." in host and not parts.username


def _posted_at(typed: str, timezone: str) -> datetime | None:
    """Read what ``type=datetime-local`` sends."""
    try:
        posted_at = datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(timezone))
    except ValueError:
        return None
    return posted_at if posted_at.year >= _FIRST_POSTS else None
