"""Running one payload or one sequence of a set, and saying what is wrong with it."""

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from gateway.intake import spool
from tests.conformance.expectations import Outcome, allows, problems_of
from tests.conformance.service import Service, restarted
from tests.conformance.state import State, read_state

Entry = Mapping[str, Any]


def run_payload(service: Service, entry: Entry) -> list[str]:
    """Post one payload against an empty database and compare."""
    service.reset()
    problems = _prepare(service, entry)
    before = read_state(service)
    answer = service.post(entry)
    outcome = Outcome(
        entry=entry,
        answer=answer,
        before=before,
        after=read_state(service),
        own_addresses=frozenset(service.payloads.own_addresses()),
        settle=lambda: _settled(service),
    )
    return problems + problems_of(outcome)


def _prepare(service: Service, entry: Entry) -> list[str]:
    """Insert the fixtures, post what must have been posted first."""
    for fixture_id in entry.get("outbound_fixtures", []):
        service.insert_fixture(service.payloads.fixture(fixture_id))
    problems = []
    for payload_id in entry.get("post_first", []):
        status = service.post(service.payloads.payload(payload_id)).status
        if not 200 <= status < 300:
            problems.append(f"post_first: {payload_id} answered {status}")
    return problems


def _settled(service: Service) -> State:
    service.flush_assembly()
    service.settle()
    return read_state(service)


@dataclass
class _Story:
    """A sequence on its way."""

    service: Service
    statuses: list[int] = field(default_factory=list)
    last: Entry = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    faults: int = 0


def run_sequence(service: Service, sequence: Entry) -> list[str]:
    """Go through the steps of a sequence and compare what is there at its end."""
    steps = sequence["steps"]
    if any("for_each" in step for step in steps):
        return [line for step in steps for line in _for_each(service, step, sequence["expect"])]
    service.reset()
    story = _Story(service)
    for step in steps:
        _take(story, step)
    return story.problems + _compare(story, sequence["expect"]) + _spooled(story)


def _spooled(story: _Story) -> list[str]:
    """While the database is there nothing goes by the disk, however much comes at once."""
    spooled = not story.faults and spool.waiting(story.service.runtime.spool_dir)
    return ["a request went by the disk"] if spooled else []


def channels_of(service: Service, sequence: Entry) -> set[str]:
    """The channels that a sequence speaks of."""
    named = {str(value) for step in sequence["steps"] for value in step.values()}
    return {row["channel"] for row in service.payloads.payloads if row["id"] in named}


def _take(story: _Story, step: Entry) -> None:
    known = [name for name in _STEPS if name in step]
    if not known:
        story.problems.append(f"steps: this runner does not know {dict(step)}")
    for name in known:
        _STEPS[name](story, step)


def _post(story: _Story, step: Entry) -> None:
    entry = story.service.payloads.payload(step["post"])
    status = story.service.post(entry).status
    story.last = entry
    story.statuses.append(status)
    allowed = step.get("http_any_of", ["2xx"])
    if not allows(allowed, status):
        story.problems.append(f"post {step['post']}: {status}, expected {allowed}")


def _post_together(story: _Story, step: Entry) -> None:
    """Post different payloads at the same instant."""
    entries = [story.service.payloads.payload(name) for name in step["post_together"]]
    clients = [story.service.another_client() for _ in entries]
    with ThreadPoolExecutor(len(entries)) as pool:
        statuses = list(
            pool.map(
                lambda pair: story.service.post(*pair).status, zip(entries, clients, strict=True)
            )
        )
    story.statuses += statuses
    refused = [status for status in statuses if not allows(["2xx"], status)]
    story.problems += [f"post_together: {status}" for status in refused]


def _again_if_refused(story: _Story, _step: Entry) -> None:
    if not allows(["2xx"], story.statuses[-1]):
        story.statuses.append(story.service.post(story.last).status)


def _reply(story: _Story, step: Entry) -> None:
    entry = story.service.payloads.payload(step["reply_to"])
    external_id = entry["expect"]["messages"][0]["external_id"]
    if "provider_id" in step:
        story.service.provider_ids.append(step["provider_id"])
    story.service.reply_to(external_id, step["text"])


def _fault(story: _Story, step: Entry) -> None:
    if "database" not in step["fault"]:
        story.problems.append(f"steps: this runner does not know the fault {step['fault']!r}")
    story.service.transaction.unplugged = True
    story.faults += 1


def _heal(story: _Story, _step: Entry) -> None:
    story.service.transaction.unplugged = False


def _die(story: _Story, _step: Entry) -> None:
    """The worker dies before it did anything; nothing of this process is used any more."""
    story.service = restarted(story.service)


_STEPS: Mapping[str, Callable[[_Story, Entry], None]] = {
    "post": _post,
    "post_together": _post_together,
    "insert_fixture": lambda story, step: story.service.insert_fixture(
        story.service.payloads.fixture(step["insert_fixture"])
    ),
    "if_not_2xx": _again_if_refused,
    "flush_assembly": lambda story, _step: story.service.flush_assembly(),
    "reply_to": _reply,
    "fault": _fault,
    "heal": _heal,
    "settle": lambda story, _step: story.service.settle(),
    "kill_worker_before_processing": _die,
    "restart": _die,
}


def _compare(story: _Story, expect: Entry) -> list[str]:
    state = read_state(story.service)
    problems = []
    for key, value in expect.items():
        check = _ENDS.get(key)
        if check is None:
            problems.append(f"{key}: this runner does not know it")
        else:
            problems += [f"{key}: {line}" for line in check(story, state, value)]
    return problems


def _number(found: int, expected: Any) -> list[str]:
    """Compare with a number or with ``{"min": …, "max": …}``."""
    if isinstance(expected, Mapping):
        low, high = expected.get("min", 0), expected.get("max", found)
        return [] if low <= found <= high else [f"{found}, expected {dict(expected)}"]
    return [] if found == expected else [f"{found}, expected {expected}"]


def _complaint(_story: _Story, state: State, expected: Entry) -> list[str]:
    if len(state.complaints) != 1:
        return [f"{len(state.complaints)} complaints"]
    complaint, problems = state.complaints[0], []
    for key, value in expected.items():
        if key == "attachments":
            problems += _number(len(complaint["attachments"]), value)
        elif key == "attachment_kinds":
            kinds = [row["kind"] for row in complaint["attachments"]]
            problems += [] if kinds == value else [f"kinds {kinds}"]
        elif key == "text_contains":
            times = complaint["text"].count(value)
            problems += [] if times == 1 else [f"the text stands there {times} times"]
        else:
            problems.append(f"this runner does not know {key}")
    return problems


def _kinds(_story: _Story, state: State, expected: list[str]) -> list[str]:
    kinds = [file["kind"] for row in state.messages for file in row["attachments"]]
    return [] if kinds == expected else [f"{kinds}, expected {expected}"]


def _text_now(_story: _Story, state: State, expected: Mapping[str, str]) -> list[str]:
    problems = []
    for name, wanted in expected.items():
        channel, _, rest = name.partition(":")
        external_id, _, sender = rest.partition("@")
        texts = [
            row["text"]
            for row in state.messages
            if row["channel"] == channel
            and row["external_id"] == external_id
            and sender in ("", row["sender_id"])
        ]
        problems += [] if texts == [wanted] else [f"{name} is {texts}"]
    return problems


def _versions(_story: _Story, state: State, expected: Any) -> list[str]:
    return _number(sum(1 + len(row["versions"]) for row in state.messages), expected)


def _routing(story: _Story, _state: State, expected: Mapping[str, str]) -> list[str]:
    """Answer each message now and see by which channel the call left."""
    problems = []
    for name, channel in expected.items():
        entry = story.service.payloads.payload(name.removeprefix("to_"))
        wanted = entry["expect"]["messages"][0]
        before = len(story.service.calls)
        story.service.reply_to(wanted["external_id"], "Terima kasih")
        left = [(call.channel.value, call.recipient) for call in story.service.calls[before:]]
        if left != [(channel, wanted["sender_id"])]:
            problems.append(f"{name} left as {left}")
    return problems


def _calls(story: _Story, _state: State, expected: Any) -> list[str]:
    return _number(len(story.service.calls), expected)


def _outbound_status(_story: _Story, state: State, expected: str) -> list[str]:
    """Every part must stand at one of the named statuses, and say why where that is asked."""
    problems = []
    for part in state.parts:
        if part["status"] not in expected:
            problems.append(f"{part['status']}, expected {expected}")
        elif "reason" in expected and not part["error_code"]:
            problems.append("no reason")
    return problems if state.parts else ["there is no outgoing part"]


def _statuses(_story: _Story, state: State, expected: Mapping[str, str]) -> list[str]:
    """Compare the parts that the provider knows by these ids."""
    found = {str(part["external_id"]): part["status"] for part in state.parts}
    return [
        f"{external_id} is {found.get(external_id)}, expected {status}"
        for external_id, status in expected.items()
        if found.get(external_id) != status
    ]


def _acknowledgements(_story: _Story, state: State, expected: Any) -> list[str]:
    """Count the messages that announce a ticket; nothing else may be said twice either."""
    keys = [row["text_key"] for row in state.outgoing]
    twice = sorted({str(key) for key in keys if keys.count(key) > 1})
    return _number(keys.count("tiket_terbit"), expected) + [
        f"{key} was sent twice" for key in twice
    ]


_ENDS: Mapping[str, Callable[[_Story, State, Any], list[str]]] = {
    "messages": lambda _story, state, value: _number(len(state.messages), value),
    "complaints": lambda _story, state, value: _number(len(state.complaints), value),
    "complaint": _complaint,
    "channel_identities": lambda _story, state, value: _number(len(state.contacts), value),
    "attachment_kinds": _kinds,
    "attachments": lambda _story, state, value: _number(
        sum(len(row["attachments"]) for row in state.messages), value
    ),
    "text_now": _text_now,
    "versions_kept": _versions,
    "reply_routing": _routing,
    "provider_calls": _calls,
    "statuses": _statuses,
    "outbound_status": _outbound_status,
    "acknowledgements_sent": _acknowledgements,
    "retries": lambda _story, state, value: _number(
        sum(max(part["attempts"] - 1, 0) for part in state.parts), value
    ),
    "all_http": lambda story, _state, value: [
        str(status) for status in story.statuses if not allows(value, status)
    ],
}


def _for_each(service: Service, step: Entry, expect: Entry) -> list[str]:
    """Do the same with many payloads: the sentence of the index says with which and what."""
    chosen = _chosen(service, step["for_each"])
    action = step["do"]
    if chosen is None:
        return [f"steps: this runner does not understand {step['for_each']!r}"]
    if isinstance(action, list):
        times = len(action)
        threads = 1
    else:
        found = re.search(r"(\d+) threads", action)
        if found is None:
            return [f"steps: this runner does not understand {action!r}"]
        times = threads = int(found.group(1))
    return [
        f"{entry['id']}: {line}"
        for entry in chosen
        for line in _repeat(service, entry, times, threads, expect)
    ]


def _chosen(service: Service, sentence: str) -> list[Entry] | None:
    covered = [row for row in service.payloads.payloads if service.covers(row["channel"])]
    if "2xx" in sentence:
        return [row for row in covered if "2xx" in row["expect"]["http"]]
    found = re.search(r"new_messages >= (\d+)", sentence)
    if found is None:
        return None
    least = int(found.group(1))
    return [row for row in covered if (row["expect"]["new_messages"] or 0) >= least]


def _repeat(service: Service, entry: Entry, times: int, threads: int, expect: Entry) -> list[str]:
    service.reset()
    problems = _prepare(service, entry)
    first = service.post(entry)
    single = _without_ids(read_state(service))
    if threads == 1:
        statuses = [service.post(entry).status for _ in range(times - 1)]
    else:
        service.reset()
        problems += _prepare(service, entry)
        with ThreadPoolExecutor(threads) as pool:
            clients = [service.another_client() for _ in range(threads)]
            statuses = list(pool.map(lambda one: service.post(entry, one).status, clients))
        if spool.waiting(service.runtime.spool_dir):
            problems.append("a request went by the disk")
    for key, value in expect.items():
        if key == "totals_equal_single_post":
            if _without_ids(read_state(service)) != single:
                problems.append("the totals differ from a single post")
        elif key == "all_http":
            problems += [f"answered {status}" for status in statuses if not allows(value, status)]
        else:
            problems.append(f"this runner does not know {key}")
    repeated = [status for status in statuses if status != first.status]
    return problems + [f"answered {status} the second time" for status in repeated]


def _without_ids(state: State) -> tuple[Any, ...]:
    """The totals without row ids, which may leave gaps."""
    return tuple(
        [{key: value for key, value in row.items() if key != "id"} for row in rows]
        for rows in state.totals()
    )
