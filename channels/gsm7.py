"""SMS characters: the GSM-7 alphabet, how many segments a text costs, and how to stay inside it.

One character outside the alphabet turns the whole SMS into UCS-2 and more than halves its length,
so quotation marks, dashes and the like of a word processor are replaced and emoji left out.

Source: 3GPP TS 23.038 (alphabet and extension table); segment sizes: channels.md section 2.
"""

import unicodedata

import regex

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_STAND_INS = {
    "'": "\u2018\u2019\u201a\u201b\u2032\u0060\u00b4",  # single quotation marks and accents
    '"': "\u201c\u201d\u201e\u2033\u00ab\u00bb",  # double quotation marks
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022\u00b7",  # dashes, bullets
    " ": "\t\u00a0\u2007\u2009\u202f",  # spaces of fixed width
    "...": "\u2026",
    "x": "\u00d7",
    "/": "\u00f7",
    " derajat": "\u00b0",
    "1/2": "\u00bd",
    "1/4": "\u00bc",
    "3/4": "\u00be",
    "->": "\u2192",
    "<-": "\u2190",
    ">=": "\u2265",
    "<=": "\u2264",
    "(TM)": "\u2122",
    "(c)": "\u00a9",
    "(R)": "\u00ae",
}
_REPLACEMENTS = {ord(one): plain for plain, many in _STAND_INS.items() for one in many}
_INVISIBLE = regex.compile(r"[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]")
_EMOJI = regex.compile(r"[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}\u20e3]")
_SPACES_LEFT = regex.compile(r" {2,}")
_LINE_ENDS = regex.compile(r" *\n *")


def to_gsm7(text: str) -> str:
    """Return the text in GSM-7 characters as far as its meaning allows.

    Punctuation and accents that the alphabet lacks are replaced, emoji and invisible characters
    left out. Letters of another script stay: the SMS then costs more, but can be read.
    """
    text = text.replace("\r\n", "\n")
    if is_gsm7(text):
        return text
    plain = _INVISIBLE.sub("", _EMOJI.sub("", text.translate(_REPLACEMENTS)))
    folded = "".join(_fold(character) for character in plain)
    tidy: str = _LINE_ENDS.sub("\n", _SPACES_LEFT.sub(" ", folded)).strip()
    return tidy


def is_gsm7(text: str) -> bool:
    """Say whether every character is in the GSM-7 alphabet or its extension."""
    return all(character in _BASIC or character in _EXTENDED for character in text)


def segments(text: str) -> int:
    """Return how many SMS segments the text costs; 0 for an empty text.

    GSM-7: 160 in a single SMS, 153 in each of several (a bracket or euro sign counts as two);
    otherwise UTF-16: 70 and 67.
    """
    if is_gsm7(text):
        units = sum(2 if character in _EXTENDED else 1 for character in text)
        single, joined = 160, 153
    else:
        units = len(text.encode("utf-16-le", "surrogatepass")) // 2
        single, joined = 70, 67
    if units <= single:
        return 1 if units else 0
    return -(-units // joined)


def _fold(character: str) -> str:
    if character in _BASIC or character in _EXTENDED:
        return character
    base = "".join(c for c in unicodedata.normalize("NFKD", character) if not _is_mark(c))
    return base if base and is_gsm7(base) else character


def _is_mark(character: str) -> bool:
    return unicodedata.combining(character) != 0
