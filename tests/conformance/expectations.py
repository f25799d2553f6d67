"""Comparing what a payload did with what its index entry expects; every difference is a line."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.message import ControlKind
from tests.conformance.payload_set import instant
from tests.conformance.service import Answer
from tests.conformance.state import State

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """One payload's run: before and after its own request, and after the worker had its turn."""

    entry: Entry
    answer: Answer
    before: State
    after: State
    own_addresses: frozenset[str]
    settle: Callable[[], State]

    @property
    def new_messages(self) -> list[dict[str, Any]]:
        known = {row["id"] for row in self.before.messages}
        return [row for row in self.after.messages if row["id"] not in known]


def problems_of(outcome: Outcome) -> list[str]:
    """Return every way in which a run differs from its expectation."""
    expect = outcome.entry["expect"]
    problems = _always(outcome)
    if outcome.entry["tier"] == "robust":
        # Damaged input: only these are promised (see `tiers` of the index).
        expect = {key: value for key, value in expect.items() if key in _ROBUST}
    for key, value in expect.items():
        problems += _CHECKS.get(key, _recoverable)(outcome, key, value)
    return problems


def _always(outcome: Outcome) -> list[str]:
    """What holds whatever the index says."""
    problems = []
    if outcome.answer.status >= 500:
        problems.append(f"http: {outcome.answer.status}, no payload may produce a 5xx")
    ours = {row["sender_id"] for row in outcome.after.contacts} & outcome.own_addresses
    if ours:
        problems.append("contacts: one of our own accounts became a citizen")
    return problems + _answer_problems(outcome)


def _answer_problems(outcome: Outcome) -> list[str]:
    provider, answer = outcome.entry["provider"], outcome.answer
    body = answer.body.decode("utf-8", "replace").strip()
    if not 200 <= answer.status < 300 or not body:
        return []
    if provider == "twilio":
        return _twiml_problems(body)
    if provider == "telegram" and not _may_be_executed(_json_object(body), outcome):
        return ["answer: Telegram would execute it"]
    return []


def _may_be_executed(call: Mapping[str, Any], outcome: Outcome) -> bool:
    """Whether an answer calls nothing, or only ends the waiting of the button just pressed."""
    if "method" not in call:
        return True
    pressed = str(call.get("callback_query_id", ""))
    ours = set(call) == {"method", "callback_query_id"} and call["method"] == "answerCallbackQuery"
    return ours and bool(pressed) and _in_raw(outcome.after.raw, pressed)


def _twiml_problems(body: str) -> list[str]:
    try:
        root = ET.fromstring(body)  # noqa: S314 (our own answer)
    except ET.ParseError:
        return ["answer: not well-formed TwiML"]
    return ["answer: holds a <Message>"] if root.find(".//Message") is not None else []


def _json_object(body: str) -> Mapping[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _http(outcome: Outcome, _key: str, allowed: list[str]) -> list[str]:
    status = outcome.answer.status
    if allows(allowed, status):
        return []
    return [f"http: {status}, expected {' or '.join(allowed)}"]


def allows(allowed: list[str], status: int) -> bool:
    """Whether one of the codes (``2xx`` means any of 200-299) is the status."""
    return any(
        status // 100 == 2 if code == "2xx" else str(status) == code for code in map(str, allowed)
    )


def _outcome(outcome: Outcome, _key: str, expected: str | None) -> list[str]:
    return [] if expected is None else _outcome_any(outcome, "outcome", [expected])


def _outcome_any(outcome: Outcome, _key: str, allowed: list[str]) -> list[str]:
    possible = _possible_outcomes(outcome)
    if possible & set(allowed):
        return []
    return [f"outcome: {' or '.join(sorted(possible))}, expected {' or '.join(allowed)}"]


def _possible_outcomes(outcome: Outcome) -> set[str]:
    if not 200 <= outcome.answer.status < 300:
        changed = outcome.before.totals() != outcome.after.totals()
        return {"rejected, but stored"} if changed else {"rejected"}
    if outcome.before.effects() != outcome.after.effects():
        return {"accepted"}
    if outcome.entry["endpoint"] in _HANDSHAKES:
        return {"accepted"}
    if outcome.before.controls != outcome.after.controls or _speaks(outcome):
        return {"accepted", "ignored"}
    # A quarantined event is neither: it is kept, but had no effect.
    return {"ignored"}


_HANDSHAKES = {"verify", "crc"}


def _speaks(outcome: Outcome) -> bool:
    """Whether the answer itself is an effect: a caller hears it."""
    return "twiml" in outcome.entry["expect"] and b"<Say" in outcome.answer.body


def _new_messages(outcome: Outcome, _key: str, expected: int | None) -> list[str]:
    return [] if expected is None else _new_messages_any(outcome, "new_messages", [expected])


def _new_messages_any(outcome: Outcome, _key: str, allowed: list[int]) -> list[str]:
    count = len(outcome.new_messages)
    return [] if count in allowed else [f"new_messages: {count}, expected {allowed}"]


def _messages(outcome: Outcome, _key: str, expected: list[Entry]) -> list[str]:
    problems = []
    for wanted in expected:
        found = outcome.after.message(wanted["external_id"])
        if found is None:
            problems.append(f"messages: {wanted['external_id']} is missing")
        else:
            problems += [f"messages: {line}" for line in _message(wanted, found, outcome)]
    if outcome.entry["expect"].get("new_messages") is not None:
        wanted_ids = {row["external_id"] for row in expected}
        extra = [row for row in outcome.new_messages if row["external_id"] not in wanted_ids]
        problems += [f"messages: {row['external_id']} was not expected" for row in extra]
    return problems


_ALWAYS_ASSERTED: dict[str, Any] = {
    "sent_at": None,
    "location": None,
    "group_key": None,
    "reply_to": None,
    "unsupported": False,
}


def _message(wanted: Entry, found: Entry, outcome: Outcome) -> list[str]:
    problems = []
    for key, value in {**_ALWAYS_ASSERTED, **wanted}.items():
        if key.endswith("_note"):
            continue
        if key == "attachments":
            problems += _attachments(value, found["attachments"], outcome)
        elif key not in found:
            problems += _recoverable(outcome, key, value)
        elif not _same(key, value, found[key]):
            problems.append(f"{key} is {found[key]!r}, expected {value!r}")
    return problems


def _same(key: str, wanted: Any, found: Any) -> bool:
    if key == "text":
        return (wanted or None) == found
    if key == "aliases":
        return set(wanted) <= set(found)
    compare = _COMPARISONS.get(key)
    return bool(wanted == found) if compare is None else compare(wanted, found)


def _same_instant(wanted: str | None, found: datetime | None) -> bool:
    """Compare as exactly as the index writes it: some providers give milliseconds."""
    if wanted is None or found is None:
        return wanted is None and found is None
    whole_seconds = "." not in wanted
    return instant(wanted) == (found.replace(microsecond=0) if whole_seconds else found)


def _same_location(wanted: Entry | None, found: Entry | None) -> bool:
    if wanted is None or found is None:
        return wanted is None and found is None
    return (
        abs(wanted["lat"] - found["latitude_deg"]) <= 1e-6
        and abs(wanted["lon"] - found["longitude_deg"]) <= 1e-6
        and wanted.get("name") == found["name"]
        and wanted.get("address") == found["address"]
    )


def _same_contact(wanted: Entry, found: Entry | None) -> bool:
    if found is None:
        return False
    exposed = {"phone": found["phone"], "own": found["is_sender"], "name": found["name"]}
    return all(exposed.get(key, value) == value for key, value in wanted.items())


def _same_choice(wanted: Entry, found: Entry | None) -> bool:
    """A list row may be told by its id; a button without payload is told by its words."""
    if found is None:
        return False
    return all(
        value is None or (found[key] == value if key in found else value in found.values())
        for key, value in wanted.items()
    )


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "choice": _same_choice,
    "sent_at": _same_instant,
    "location": _same_location,
    "contact": _same_contact,
}


def _attachments(wanted: list[Entry], found: list[Entry], outcome: Outcome) -> list[str]:
    problems, left = [], list(found)
    for item in wanted:
        match = next((row for row in left if row["source_ref"] == item.get("source_ref")), None)
        match = match or next((row for row in left if _kind_fits(item, row)), None)
        if match is None:
            if not item.get("optional"):
                problems.append(f"attachment {item.get('source_ref')!r} is missing")
            continue
        left.remove(match)
        problems += _attachment(item, match, outcome)
    return problems + [f"attachment {row['source_ref']!r} was not expected" for row in left]


def _kind_fits(wanted: Entry, found: Entry) -> bool:
    return found["kind"] in wanted.get("kind_any_of", [wanted.get("kind")])


def _attachment(wanted: Entry, found: Entry, outcome: Outcome) -> list[str]:
    problems = []
    if not _kind_fits(wanted, found):
        problems.append(f"attachment kind is {found['kind']}, expected {wanted.get('kind')}")
    for key, value in wanted.items():
        if key in {"kind", "kind_any_of", "optional"} or key.endswith("_note"):
            continue
        if key not in found:
            problems += _recoverable(outcome, key, value)
        elif key == "source_ref" and "source_ref_note" in wanted:
            problems += [] if str(found[key]).startswith(value) else ["attachment source_ref"]
        elif found[key] != value:
            problems.append(f"attachment {key} is {found[key]!r}, expected {value!r}")
    return problems


def _status_updates(outcome: Outcome, _key: str, expected: list[Entry]) -> list[str]:
    problems = []
    for wanted in expected:
        part = _part(outcome.after, wanted)
        if part is None:
            problems.append(f"status_updates: {wanted['external_id']} is unknown")
            continue
        named = {"fixture", "channel", "external_id"}
        for key, value in wanted.items():
            if key in named or key.endswith("_note"):
                continue
            found = part["status"] if key == "status_after" else part.get(key)
            if found != value:
                problems.append(f"status_updates: {key} is {found!r}, expected {value!r}")
    named_ids = {row["external_id"] for row in expected}
    for old, new in zip(outcome.before.parts, outcome.after.parts, strict=False):
        if old != new and new["external_id"] not in named_ids:
            problems.append(f"status_updates: {new['external_id']} moved unexpectedly")
    return problems


def _part(state: State, wanted: Entry) -> dict[str, Any] | None:
    return next(
        (
            row
            for row in state.parts
            if row["external_id"] == wanted["external_id"] and row["channel"] == wanted["channel"]
        ),
        None,
    )


_SUPPRESSING = {"opt_out": "opt_out", "stop": "opt_out", "blocked": "blocked"}
_LIFTING = {"opt_in", "start", "unblocked"}


def _contact_events(outcome: Outcome, key: str, expected: list[Entry]) -> list[str]:
    problems = []
    for wanted in expected:
        contact = next(
            (
                row
                for row in outcome.after.contacts
                if (row["channel"], row["sender_id"]) == (wanted["channel"], wanted["sender_id"])
            ),
            None,
        )
        kind = wanted["type"]
        if kind not in _SUPPRESSING and kind not in _LIFTING:
            told = {name: told for name, told in wanted.items() if name not in ("type", "channel")}
            problems += _recoverable(outcome, key, told)
        elif contact is None:
            problems.append(f"contact_events: {wanted['sender_id']} is unknown")
        elif contact["suppressed"] != _SUPPRESSING.get(kind):
            problems.append(f"contact_events: suppressed is {contact['suppressed']!r} after {kind}")
    return problems


# A postback may be the Get Started button, which starts.
_CONTROL_NAMES: Mapping[str, set[str]] = {
    "postback": {ControlKind.BUTTON, ControlKind.START},
    "get_started": {ControlKind.START},
    "callback": {ControlKind.BUTTON},
    "callback_query": {ControlKind.BUTTON},
    "ice_breaker": {ControlKind.BUTTON},
    "referral": {ControlKind.START},
    "optin": {ControlKind.START},
    "bot_command": {ControlKind.COMMAND},
    "unsend": {ControlKind.WITHDRAWN},
}


def _control(outcome: Outcome, _key: str, expected: list[Entry]) -> list[str]:
    known = [row["event_id"] for row in outcome.before.controls]
    new = [row for row in outcome.after.controls if row["event_id"] not in known]
    problems = []
    for wanted in expected:
        kinds = _CONTROL_NAMES.get(wanted["type"], {wanted["type"]})
        values = [value for key, value in wanted.items() if key in _CONTROL_VALUES]
        fitting = [
            row
            for row in new
            if row["type"] in kinds and all(_tells(outcome, row, value) for value in values)
        ]
        if not fitting:
            seen = [(row["type"], row["value"]) for row in new]
            problems.append(f"control: {dict(wanted)} expected, got {seen}")
        rest = {key: value for key, value in wanted.items() if key not in _CONTROL_VALUES}
        problems += _recoverable(outcome, "control", [rest[key] for key in rest if key != "type"])
    return problems


def _tells(outcome: Outcome, row: Entry, value: Any) -> bool:
    """Whether a control row says a value, or at least the stored request does."""
    if value in (row["value"], row["sender_id"]):
        return True
    return value is not None and not _recoverable(outcome, "control", value)


_CONTROL_VALUES = {"argument", "payload", "value", "ref", "data", "emoji", "sender_id"}


def _edits(outcome: Outcome, _key: str, expected: list[Entry]) -> list[str]:
    problems = []
    for wanted in expected:
        found = outcome.after.message(wanted["external_id"])
        if found is None or wanted.get("sender_id", found["sender_id"]) != found["sender_id"]:
            problems.append(f"edits: {wanted['external_id']} is missing")
            continue
        if "new_text" in wanted:
            problems += _edited_text(wanted, found)
        rest = {key: value for key, value in wanted.items() if key not in _EDIT_TEXT}
        problems += _recoverable(outcome, "edits", rest)
    return problems


_EDIT_TEXT = {"new_text", "old_text_kept"}


def _edited_text(wanted: Entry, found: Entry) -> list[str]:
    problems = []
    if found["text"] != wanted["new_text"]:
        problems.append(f"edits: text is {found['text']!r}")
    if bool(found["versions"]) != bool(wanted.get("old_text_kept", True)):
        problems.append(f"edits: {len(found['versions'])} earlier texts kept")
    return problems


def _deletes(outcome: Outcome, _key: str, expected: list[Entry]) -> list[str]:
    problems = []
    for wanted in expected:
        found = outcome.after.message(wanted["external_id"])
        if found is None or found["sender_id"] != wanted["sender_id"] or not found["withdrawn"]:
            problems.append(f"deletes: {wanted['external_id']} is not marked as withdrawn")
    return problems


def _conversation_order(outcome: Outcome, _key: str, expected: list[str]) -> list[str]:
    found = [row["external_id"] for row in outcome.after.messages if row["external_id"] in expected]
    return [] if found == expected else [f"conversation_order: {found}"]


def _body_exact(outcome: Outcome, _key: str, expected: str) -> list[str]:
    body = outcome.answer.body.decode("utf-8", "replace")
    return [] if body == expected else [f"response_body_exact: {body!r}"]


def _twiml(outcome: Outcome, key: str, expected: Entry) -> list[str]:
    answer = outcome.answer
    problems = []
    kinds = expected.get("content_type_any_of", [answer.content_type])
    if not any(answer.content_type.startswith(kind) for kind in kinds):
        problems.append(f"twiml: content type {answer.content_type}")
    try:
        root = ET.fromstring(answer.body)  # noqa: S314 (our own answer)
    except ET.ParseError:
        return [*problems, "twiml: not well-formed"]
    if root.tag != expected.get("root", root.tag):
        problems.append(f"twiml: root is {root.tag}")
    for tag, count in expected.get("count", {}).items():
        found = len(root.findall(f".//{tag}"))
        problems += [] if found == count else [f"twiml: {found} of {tag}"]
    records = root.findall(".//Record")
    for name in expected.get("record_attrs_required", []):
        problems += [] if all(name in row.attrib for row in records) else [f"twiml: no {name}"]
    after = expected.get("after_record_any_of")
    if after and not _follows_record([child.tag for child in root], after):
        problems.append(f"twiml: after Record none of {after}")
    known = {"content_type_any_of", "well_formed_xml", "root", "count", "record_attrs_required"}
    rest = set(expected) - known - {"after_record_any_of"}
    return problems + [f"{key}: this runner does not know {name}" for name in sorted(rest)]


def _follows_record(tags: list[str], wanted: list[str]) -> bool:
    later = tags[tags.index("Record") + 1 :] if "Record" in tags else []
    return any(tag in wanted for tag in later)


def _must_not(outcome: Outcome, _key: str, sentences: list[str]) -> list[str]:
    problems = []
    for sentence in sentences:
        check = next((check for word, check in _PROHIBITIONS if word in sentence.lower()), None)
        if check is None:
            problems.append(f"must_not: this runner does not understand {sentence!r}")
        elif check(outcome, sentence):
            problems.append(f"must_not: {sentence}")
    return problems


def _has_message_element(outcome: Outcome, _sentence: str) -> bool:
    return b"<Message" in outcome.answer.body


def _made_identity(outcome: Outcome, sentence: str) -> bool:
    forbidden = set(re.findall(r"\+?\d{6,}", sentence)) or outcome.own_addresses
    return any(row["sender_id"] in forbidden for row in outcome.after.contacts)


def _made_message(outcome: Outcome, _sentence: str) -> bool:
    return bool(outcome.new_messages)


def _made_contact(outcome: Outcome, _sentence: str) -> bool:
    return len(outcome.after.contacts) > len(outcome.before.contacts)


def _would_fetch(outcome: Outcome, _sentence: str) -> bool:
    """Whether the worker would fetch something that this request announced."""
    return any(file["fetchable"] for row in outcome.new_messages for file in row["attachments"])


def _moved_status(outcome: Outcome, _sentence: str) -> bool:
    return outcome.before.parts != outcome.after.parts


def _answered(outcome: Outcome, _sentence: str) -> bool:
    """Whether the worker, given all the time it wants, tries to write to somebody."""
    settled = outcome.settle()
    tried = [row for row in settled.parts if row["status"] not in {"suppressed", "parked"}]
    return len(tried) > len(outcome.before.parts)


# The first word that stands in the sentence decides.
_PROHIBITIONS: list[tuple[str, Callable[[Outcome, str], bool]]] = [
    ("<message>", _has_message_element),
    ("fetch", _would_fetch),
    ("download", _would_fetch),
    ("identity", _made_identity),
    ("contact", _made_identity),
    ("send", _answered),
    ("reply", _answered),
    ("answer", _answered),
    ("retry", _answered),
    ("status", _moved_status),
    ("regress", _moved_status),
    ("conversation", _made_contact),
    ("message", _made_message),
    ("complaint", _made_message),
]


def _recoverable(outcome: Outcome, key: str, value: Any) -> list[str]:
    """Check a field that no column shows: it must be recoverable from the archived request."""
    return [
        f"{key}: {leaf!r} is in no stored request"
        for leaf in _leaves(value)
        if not _in_raw(outcome.after.raw, leaf)
    ]


def _leaves(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item)]
    if value is None or isinstance(value, bool):
        return []
    return [str(value)]


def _in_raw(raw: str, leaf: str) -> bool:
    spellings = (leaf, json.dumps(leaf)[1:-1], leaf.replace("+", "%2B"))
    return any(spelling in raw for spelling in spellings)


_ROBUST = {"http", "outcome", "outcome_any_of", "new_messages", "new_messages_any_of"}
_CHECKS: dict[str, Callable[[Outcome, str, Any], list[str]]] = {
    "http": _http,
    "outcome": _outcome,
    "outcome_any_of": _outcome_any,
    "new_messages": _new_messages,
    "new_messages_any_of": _new_messages_any,
    "messages": _messages,
    "status_updates": _status_updates,
    "contact_events": _contact_events,
    "control": _control,
    "edits": _edits,
    "deletes": _deletes,
    "conversation_order": _conversation_order,
    "response_body_exact": _body_exact,
    "twiml": _twiml,
    "must_not": _must_not,
}
