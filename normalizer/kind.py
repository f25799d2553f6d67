"""What the citizen brings (first cut)."""

import re

from normalizer.draft import Finding, Kind

_DANGER = re.compile(r"\b(?:kebakaran|terjebak|tenggelam|kecelakaan|parang|hanyut)\b")
_NOW = re.compile(r"\b(?:sekarang|barusan|baru aja|tolong cepat|cepat|masih)\b")
_ASK = re.compile(r"\?|\b(?:berapa|syarat|bagaimana cara|jam buka|apa saja)\b")
_WISH = re.compile(r"\b(?:usul|saran|aspirasi|semoga|mantap)\b")
_SPAM = re.compile(r"https?://|\b(?:pinjaman|slot|promo|transfer pulsa)\b")


def read_kind(masked: str) -> Finding[Kind]:
    """Classify a story."""
    if _DANGER.search(masked) and _NOW.search(masked):
        return Finding(Kind.EMERGENCY, 0.9)
    for pattern, kind in (
        (_SPAM, Kind.SPAM),
        (_WISH, Kind.ASPIRATION),
        (_ASK, Kind.INFORMATION_REQUEST),
    ):
        if pattern.search(masked):
            return Finding(kind, 0.8)
    return Finding(Kind.COMPLAINT, 0.8)
