"""What the citizen brings: complaint, aspiration, question, emergency, advertisement, greeting.

Each kind collects points from its own wordings; the highest wins, a complaint where nothing does:
what nobody can place, a person should read.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from normalizer.danger import is_emergency
from normalizer.draft import Finding, Kind, ResolvedTime
from normalizer.kind_signs import Signs, read_signs
from normalizer.roles import GREETING_WORDS
from normalizer.wordlists import words

_WISH_FIRST = re.compile(
    r"^\W*(?:(?:min|pak|bu|mau|ngasih|kasih|ada|assalamu\w*|bupati|wali ?kota|sekadar|"
    r"sekedar)\W+){0,6}"
    r"(?:usul\w*|saran\w*|aspirasi|harapan|masukan|mengusulkan|ide|alangkah|sebaiknya|"
    r"bagaimana kalau)\b"
)
_COURTESY = re.compile(
    r"\b(?:selamat (?:hari raya|idul|natal|tahun baru|ulang tahun|menunaikan|berpuasa|hut)\b.*|"
    r"(?:semoga|moga) (?:\w+ )?(?:sehat|sukses|bahagia|berkah)\b.*|sehat selalu|"
    r"dalam lindungan\b.*|"
    r"mohon maaf lahir (?:dan )?batin|(?:terima|"
    r"trima) ?kasih(?: banyak)?(?: ya)?(?: \w+){0,3}? atas [\w ]+|"
    r"(?:terima|trima) ?kasih\w*|makasih\w*|mksh|tq|thanks|thx|hatur nuhun|nuhun|"
    r"(?:apakah |apa )?ada (?:orang|admin|petugas)(?:nya)?|(?:lagi |masih )?online|"
    r"dengan siapa(?: ini)?|wilujeng \w+|sampurasun|rampes|kumaha damang|tabe|salam \w+|"
    r"yg baik hati|yang baik hati|yth|ditunggu\w*|semoga sehat|sudah ya)\b"
)
_SMALL_TALK = GREETING_WORDS | words(
    "terima kasih banyak ya oke ok oks siap sip baik baiklah iya banget sangat selalu nya kakak "
    "hatur nuhun untuk pemkab pemkot semoga pemda ini lg lagi disana di sana atas nih "
    "bantuan bantuannya info infonya informasinya jawaban jawabannya responnya "
    "penjelasannya"
)
_WORD = re.compile(r"[a-z']+")
_GIBBERISH = re.compile(r"\W*[b-df-hj-np-tv-z]*[asdfghjkl]{6,}\W*|\W*[b-df-hj-np-tv-z]{5,}\w*\W*")
# Nothing but laughter or flirting.
_NOISE = re.compile(
    r"\W*(?:(?:boleh|dong|yuk|admin|min|kak|nih|hai|halo)\W+){0,3}"
    r"(?:(?:wk){2,}w?|(?:ha){2,}h?|(?:he){2,}h?|(?:hi){2,}|(?:kw){2,}|lol|iseng(?: aja)?|kenalan|"
    r"(?:i )?love you|sayang|cantik|ganteng)(?:\W+\w+){0,2}\W*"
)
# The line is tried out, or the message was meant for somebody else.
_TRIAL = re.compile(
    r"\W*(?:(?:(?:ini|hanya|cuma|mau|sekedar|sekadar|lagi|halo|min|admin|pak|bot|aplikasi)\W+){0,4}"
    r"(?:test?s?|tess|testing|coba2?|nyoba|mencoba|percobaan|uji coba|ujicoba|cek(?: ombak)?)\b|"
    r"(?:maaf|sorry|sori|eh|waduh|ups)?\W*(?:salah (?:kirim|nomor|no|chat|kamar|sambung|orang|"
    r"pencet)|kepencet|salah ketik)\b)(?:\W+(?:test?s?|tess|testing|coba|ini|kirim|pesan|laporan|"
    r"aduan|masuk|bot|aplikasi|sistem|suara|nomor|wa|sms|fitur|dulu|aja|saja|abaikan|mohon|ya|min|"
    r"pak|bu|admin|kak|maaf|tadi|atau|gak|ga|tidak|apakah|berfungsi|aktif|\d{1,3}|satu|dua|tiga))*"
    r"\W*"
)
_MOST_COUNTED = 5
_GIBBERISH_LENGTH = 40
_NOISE_LENGTH = 80


def read_kind(
    text: str, event: ResolvedTime | None, now: datetime, *, extra_danger: Sequence[str] = ()
) -> Finding[Kind]:
    """Classify a story.

    Args:
        text: its words in lower case, without long numbers.
        event: the time of the event, if told.
        now: when the last message was written.
        extra_danger: the tenant's own words for danger.
    """
    if is_emergency(text, event, now, extra_danger):
        return Finding(Kind.EMERGENCY, 0.9)
    if _is_noise(text):
        return Finding(Kind.SPAM, 0.4)
    if is_courtesy(text):
        return Finding(Kind.GREETING, 0.9)
    signs = read_signs(text)
    points = {
        Kind.COMPLAINT: _complaint_points(signs, event),
        Kind.INFORMATION_REQUEST: _question_points(signs),
        Kind.SPAM: _spam_points(signs),
        Kind.ASPIRATION: _wish_points(signs, text),
    }
    ranked = sorted(points, key=lambda kind: -points[kind])
    best, second = ranked[0], ranked[1]
    if points[best] <= 0:
        return Finding(Kind.COMPLAINT, 0.5)
    margin = points[best] - points[second]
    return Finding(best, round(min(0.95, 0.55 + 0.15 * margin), 2))


def _is_noise(text: str) -> bool:
    """Whether a short text is typed at random, laughter, a trial, or meant for others."""
    if len(text) < _GIBBERISH_LENGTH and _GIBBERISH.fullmatch(text):
        return True
    if len(text) >= _NOISE_LENGTH:
        return False
    return _NOISE.fullmatch(text) is not None or _TRIAL.fullmatch(text) is not None


def is_courtesy(text: str) -> bool:
    """Whether a text holds only greetings, thanks and good wishes."""
    if len(text) > 300:
        return False
    rest = _WORD.findall(_COURTESY.sub(" ", text))
    return bool(_WORD.search(text)) and all(word in _SMALL_TALK for word in rest)


def _complaint_points(signs: Signs, event: ResolvedTime | None) -> float:
    points = min(float(signs.trouble + signs.lacks), _MOST_COUNTED)
    points += 1.5 * signs.asks_repair + 1.0 * signs.reports
    return points + 1.0 * signs.wonders + 0.75 * (event is not None)


def _question_points(signs: Signs) -> float:
    return 2.0 * min(signs.questions, 3) + 0.75 * signs.asks


def _spam_points(signs: Signs) -> float:
    """Advertising needs two signs, so that "jual" or a link alone is none.

    Where a trouble is told ("ada judi slot, meresahkan") words of the trade need an offer beside.
    """
    offers = signs.link + signs.offers + 3 * signs.chain
    total = signs.adverts + offers
    if total < 2 or (not offers and signs.adverts < 3 and signs.trouble):
        return 0.0
    return 1.4 * min(total, _MOST_COUNTED)


def _wish_points(signs: Signs, text: str) -> float:
    points = 1.5 * min(signs.wishes, 3)
    if _WISH_FIRST.match(text[:200]):
        points += 3
    return points + 2.0 * signs.thanked + 1.25 * min(signs.praise, 2)
