"""Learning from every disposisi: a second opinion beside the keywords; a person still decides.

Models are taught from the database alone and can be taught anew at any time. The database knows
which file is current and its checksum. Without numpy, a folder or a model the keywords suggest
alone.
"""

import hashlib
import importlib.util
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.orm import Session

from gateway.cases.feedback import KEYWORDS
from gateway.errors import NotFoundError
from gateway.rules.dates import local
from gateway.runtime import Runtime
from store import learning as rows
from store import states
from store.learning import Decided

if TYPE_CHECKING:
    from gateway.learning.learning_course import Learned

logger = logging.getLogger(__name__)

FEWEST: Final = 200  # decisions below which the keywords are the better judge
_STATE: Final = "learning"
_PAGE: Final = 200
_BATCH: Final = 50
_UNDOABLE: Final = timedelta(minutes=1)
_NIGHT: Final = range(1, 5)  # hours on the government's clock
_BETWEEN_NIGHTS: Final = timedelta(hours=20)
_FEWEST_NEW: Final = 20
# More than this (half a minute) the worker does not take in at once: it has other work.
_MOST_AT_NIGHT: Final = 1500

Progress = Callable[[int, int], None]


class _Loaded:
    """The model that this process has read last."""

    version: str | None = None
    learned: "Learned | None" = None


def is_on(runtime: Runtime) -> bool:
    """Whether this process can learn: a folder for models, and numpy is installed."""
    return runtime.learning_dir is not None and importlib.util.find_spec("numpy") is not None


def learn(runtime: Runtime, progress: Progress) -> dict[str, Any] | None:
    """Teach models from scratch and make them current; nothing changes until they are whole.

    Returns:
        The facts of the new model, or None below `FEWEST` decisions.
    """
    from gateway.learning import learning_course  # noqa: PLC0415 (numpy may be missing)

    until = runtime.now() - _UNDOABLE
    with runtime.transaction() as session:
        total, last = rows.count_decided(session, 0, until)
    if total < FEWEST:
        return None
    learned = learning_course.teach(
        lambda: _decided(runtime, 0, last, until), total, runtime.tenant, progress
    )
    return _publish(runtime, learned, total, last)


def rollback(runtime: Runtime) -> str:
    """Make the model before the current one current, and return its version.

    Raises:
        NotFoundError: there is none before.
    """
    with runtime.transaction() as session:
        state = _state(session, lock=True)
        previous = state.get("previous")
        if previous is None:
            raise NotFoundError("model")
        states.put(
            session, _STATE, {**state, "current": previous, "previous": state.get("current")}
        )
    return str(previous["version"])


def current(runtime: Runtime) -> dict[str, Any] | None:
    """Return the facts of the current model: version, rows, date, classes, reports."""
    with runtime.transaction() as session:
        found: dict[str, Any] | None = _state(session).get("current")
        return found


def is_due(runtime: Runtime, session: Session) -> bool:
    """Whether a case waits for an opinion, or the night's learning; cheap."""
    if not is_on(runtime):
        return False
    state = _state(session)
    return _is_night_due(runtime, state) or (
        state.get("current") is not None and rows.any_waiting(session)
    )


def drain(runtime: Runtime) -> int:
    """Learn if it is time, then give the waiting cases an opinion; return how many got one."""
    if not is_on(runtime):
        return 0
    with runtime.transaction() as session:
        state = _state(session, lock=True)
        due = _is_night_due(runtime, state)
        if due:
            states.put(session, _STATE, {**state, "checked_at": runtime.now().isoformat()})
    if due:
        _learn_at_night(runtime)
    version, learned = _current_model(runtime)
    if learned is None:
        return 0
    given = 0
    while batch := _give_opinions(runtime, version, learned):
        given += batch
    return given


def _learn_at_night(runtime: Runtime) -> None:
    """Take in what was decided since; teach from scratch where there is no model yet."""
    version, learned = _current_model(runtime)
    facts = current(runtime) if learned is not None else None
    after = int(facts["last_id"]) if facts else 0
    until = runtime.now() - _UNDOABLE
    with runtime.transaction() as session:
        new, last = rows.count_decided(session, after, until)
    if learned is None or facts is None:
        if FEWEST <= new <= _MOST_AT_NIGHT:
            learn(runtime, lambda _done, _total: None)
        elif new > _MOST_AT_NIGHT:
            logger.warning("learning_wants_command", extra={"rows": new})
        return
    if new < _FEWEST_NEW:
        return
    from gateway.learning import learning_course  # noqa: PLC0415 (numpy may be missing)

    cases = list(islice(_decided(runtime, after, last, until), _MOST_AT_NIGHT))
    _Loaded.version = None  # from here on the model in memory is another than the file's
    learning_course.teach_further(learned, cases, runtime.tenant)
    _publish(runtime, learned, int(facts["rows"]) + len(cases), cases[-1].id, base=version)


def _decided(runtime: Runtime, after: int, last: int, until: datetime) -> Iterator[Decided]:
    """Yield decided cases page by page, each page in a transaction of its own."""
    while True:
        with runtime.transaction() as session:
            page = rows.decided(session, after, last, _PAGE, until)
        if not page:
            return
        yield from page
        after = page[-1].id


def _publish(
    runtime: Runtime, learned: "Learned", count: int, last_id: int, base: str | None = None
) -> dict[str, Any] | None:
    """Write the file and make it current, unless another model has taken the place of `base`."""
    from gateway.learning import learning_files  # noqa: PLC0415 (numpy may be missing)

    folder, now = _folder(runtime), runtime.now()
    name = hashlib.sha256(json.dumps([last_id, count, now.isoformat()]).encode()).hexdigest()[:6]
    version = f"{now:%Y%m%d-%H%M%S}-{name}"
    sha256 = learning_files.write(folder, version, learned)
    facts = {
        "version": version,
        "sha256": sha256,
        "rows": count,
        "last_id": last_id,
        "at": now.isoformat(),
        "classes": {target: len(model.classes) for target, model in learned.models.items()},
        "shares": {target: blend.share for target, blend in learned.blends.items()},
        "reports": {target: asdict(found) for target, found in learned.reports.items()},
    }
    with runtime.transaction() as session:
        state = _state(session, lock=True)
        before = state.get("current")
        overtaken = base is not None and (before is None or before["version"] != base)
        if not overtaken:
            states.put(session, _STATE, {**state, "current": facts, "previous": before})
    gone = facts if overtaken else state.get("previous")
    if gone is not None:
        learning_files.path_of(folder, str(gone["version"])).unlink(missing_ok=True)
    if overtaken:
        return None
    logger.info("model_learned", extra={"version": version, "rows": count})
    return facts


def _current_model(runtime: Runtime) -> tuple[str, "Learned | None"]:
    """Return the current version and its model, read once; none where there is none or it is lost.

    A file that cannot be used is forgotten: the keywords suggest alone until the next learning.
    """
    from gateway.learning import learning_files  # noqa: PLC0415 (numpy may be missing)

    facts = current(runtime)
    if facts is None:
        return "", None
    version = str(facts["version"])
    if _Loaded.version != version:
        try:
            _Loaded.learned = learning_files.read(_folder(runtime), version, facts["sha256"])
        except learning_files.ModelFileError as error:
            logger.error("model_lost", extra={"version": version, "reason": str(error)})
            _forget(runtime, version)
            return "", None
        _Loaded.version = version
    return version, _Loaded.learned


def _forget(runtime: Runtime, version: str) -> None:
    with runtime.transaction() as session:
        state = _state(session, lock=True)
        now_current = state.get("current")
        if now_current is not None and now_current["version"] == version:
            states.put(session, _STATE, {**state, "current": None})


def _give_opinions(runtime: Runtime, version: str, learned: "Learned") -> int:
    """Look at one batch of waiting cases; return how many there were."""
    from gateway.learning import learning_course  # noqa: PLC0415 (numpy may be missing)

    with runtime.transaction() as session:
        batch = rows.waiting(session, _BATCH)
    if not batch:
        return 0
    found = []
    for case in batch:
        opinion = learning_course.opinion(learned, case.text, runtime.tenant)
        pds = [
            {"pd": item.pd, "confidence": item.confidence, "words": list(item.words)}
            for item in opinion.pds or ()
        ]
        spoke = bool(pds or opinion.category)
        found.append(
            {
                "case": case.id,
                "by": version if spoke else KEYWORDS,
                "pds": pds or None,
                "code": opinion.category,
            }
        )
    with runtime.transaction() as session:
        rows.give_opinions(session, found)
    return len(batch)


def _is_night_due(runtime: Runtime, state: dict[str, Any]) -> bool:
    now = runtime.now()
    if local(now, runtime.profile.timezone).hour not in _NIGHT:
        return False
    checked = states.instant(state, "checked_at")
    return checked is None or now - checked >= _BETWEEN_NIGHTS


def _state(session: Session, *, lock: bool = False) -> dict[str, Any]:
    return states.get(session, _STATE, lock=lock) or {}


def _folder(runtime: Runtime) -> Path:
    if runtime.learning_dir is None:
        raise NotFoundError("learning folder")
    return runtime.learning_dir
