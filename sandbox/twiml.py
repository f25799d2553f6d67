"""Reading TwiML as strictly as Twilio, and stricter: what Twilio only warns of is refused.

Source: https://www.twilio.com/docs/voice/twiml and the error pages of the codes (November 2026).
"""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass

_CONTENT_TYPES = frozenset({"text/xml", "application/xml"})
_LONGEST_TEXT = 4096
_LONGEST_PAUSE_S = 60
# The attributes of each verb.
_VERBS: Mapping[str, frozenset[str]] = {
    "Say": frozenset({"language", "voice", "loop"}),
    "Play": frozenset({"loop", "digits"}),
    "Pause": frozenset({"length"}),
    "Record": frozenset(
        {"action", "method", "timeout", "finishOnKey", "maxLength", "playBeep", "trim"}
        | {"recordingStatusCallback", "recordingStatusCallbackMethod"}
        | {"recordingStatusCallbackEvent", "transcribe", "transcribeCallback"}
    ),
    "Gather": frozenset(
        {"action", "method", "input", "numDigits", "timeout", "finishOnKey", "language"}
        | {"actionOnEmptyResult", "bargeIn"}
    ),
    "Redirect": frozenset({"method"}),
    "Hangup": frozenset(),
}
_WITH_TEXT = frozenset({"Say", "Play", "Redirect"})
_IN_GATHER = frozenset({"Say", "Play", "Pause"})
_NUMBERS = frozenset({"length", "timeout", "maxLength", "numDigits", "loop"})


class TwimlError(Exception):
    """Twilio could not play this answer. `code` is Twilio's."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing to do. `text` is what is said, played or gone to."""

    name: str
    attributes: Mapping[str, str]
    text: str = ""
    children: tuple["Verb", ...] = ()

    def number(self, attribute: str, default: int) -> int:
        """A numeric attribute."""
        return int(self.attributes.get(attribute, default))


def read_twiml(content: bytes, content_type: str) -> tuple[Verb, ...]:
    """Return the verbs of an answer in their order.

    Raises:
        TwimlError: it is no TwiML, or holds what Twilio does not know.
    """
    if content_type.partition(";")[0].strip().lower() not in _CONTENT_TYPES:
        raise TwimlError(12300, "Invalid Content-Type")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise TwimlError(12100, "Document parse failure")
    try:
        root = ET.fromstring(content)  # noqa: S314 (no entities: refused above)
    except ET.ParseError:
        raise TwimlError(12100, "Document parse failure") from None
    if root.tag != "Response" or root.attrib or (root.text or "").strip():
        raise TwimlError(12200, "The root is not a bare <Response>")
    return tuple(_verb(element, frozenset(_VERBS)) for element in root)


def _verb(element: ET.Element, allowed: frozenset[str]) -> Verb:
    if element.tag not in allowed:
        raise TwimlError(12200, f"<{element.tag}> may not stand here")
    unknown = set(element.attrib) - _VERBS[element.tag]
    if unknown:
        raise TwimlError(12200, f"<{element.tag}> has no attribute {sorted(unknown)[0]}")
    text = (element.text or "").strip()
    if (element.tail or "").strip() or (text and element.tag not in _WITH_TEXT):
        raise TwimlError(12200, f"text beside <{element.tag}>")
    inside = _IN_GATHER if element.tag == "Gather" else frozenset()
    verb = Verb(
        element.tag, dict(element.attrib), text, tuple(_verb(one, inside) for one in element)
    )
    _check_values(verb)
    return verb


def _check_values(verb: Verb) -> None:
    for name in _NUMBERS & set(verb.attributes):
        if not verb.attributes[name].isdecimal():
            raise TwimlError(12200, f"{name} of <{verb.name}> is no number")
    if verb.number("length", 1) > _LONGEST_PAUSE_S:
        raise TwimlError(12200, "a <Pause> of more than a minute")
    if verb.attributes.get("method", "POST") not in ("GET", "POST"):
        raise TwimlError(12200, f"method of <{verb.name}>")
    if verb.name == "Say" and not 0 < len(verb.text) <= _LONGEST_TEXT:
        raise TwimlError(13520, "Say: Invalid text")
    addresses = [verb.text] if verb.name in ("Play", "Redirect") else []
    addresses += [verb.attributes[name] for name in _ADDRESSES & set(verb.attributes)]
    if any(not one.startswith(("http://", "https://")) for one in addresses):
        raise TwimlError(11100, "Invalid URL format")


_ADDRESSES = frozenset({"action", "recordingStatusCallback", "transcribeCallback"})
